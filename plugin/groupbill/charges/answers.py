"""What the payer did with a Claim: ClaimResponse and ExplanationOfBenefit, or the mark of whoever sent it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from ..fhir.codes import codings
from ..fhir.extensions import value
from ..model import Resource
from .sources import Sources
from .values import amount, rows

_ENDED = frozenset({"cancelled", "entered-in-error", "draft"})


_PAID = frozenset({"benefit", "paidtoprovider", "paidtopatient"})
_SHARE = frozenset({"copay", "coinsurance", "deductible"})
_ALL_SHARES = "memberliability"
_ALLOWED = frozenset({"eligible", "allowed"})


class Answer(NamedTuple):
    """The standing of a Claim with the payer."""

    accepted: bool
    """It can't be changed without the payer any more."""
    control_number: str | None
    """The payer's claim control number, of the newest answer that has one."""
    references: tuple[str, ...]
    """The answers, sorted."""
    newest: Resource | None = None
    """The answer that counts for amounts."""
    refused: bool = False
    """Every answer was an error without a number: the payer never took it in."""


_NONE = Answer(False, None, ())
_NOTHING = Decimal(0)


def answer(sources: Sources, claim: Resource) -> Answer:
    """How a Claim stands. An error without a number was never accepted; queued was, without a number yet.

    A Claim that somebody sent counts as accepted until an answer says otherwise.
    """
    reference = f"Claim/{claim.get('id')}"
    found = []
    for kind, link in (("ClaimResponse", "request"), ("ExplanationOfBenefit", "claim")):
        if sources.has(kind):
            found += [each for each in sources.index.find(kind, link, reference) if _counts(each)]
    accepted = [each for each in found if each.get("outcome") != "error" or _number(each)]
    if not accepted:
        sent = not found and value(claim, "claim-submitted") is not None
        return _NONE._replace(accepted=sent, refused=bool(found))
    accepted.sort(key=lambda each: (str(each.get("created") or ""), str(each.get("id"))))
    numbers = [number for each in accepted if (number := _number(each))]
    references = sorted(f"{each.get('resourceType')}/{each.get('id')}" for each in accepted)
    return Answer(True, numbers[-1] if numbers else None, tuple(references), accepted[-1])


def _counts(response: Resource) -> bool:
    """Only answers to Claims for payment count, not to preauthorizations and predeterminations."""
    return response.get("use", "claim") == "claim" and response.get("status") not in _ENDED


def _number(response: Resource) -> str | None:
    for identifier in response.get("identifier") or ():
        if identifier.get("value"):
            return str(identifier["value"])
    return None


def allowed(found: Answer, sequence: int | None) -> Decimal | None:
    """What the payer allowed for an item: paid plus the patient's share, where none is told what it calls eligible.

    Categories of HL7 `adjudication` and CARIN `C4BBAdjudication`; None where the answer says none of them.
    """
    for item in rows(found.newest, "item"):
        if sequence is not None and item.get("itemSequence", item.get("sequence")) == sequence:
            return _sum(item)
    return None


def _sum(item: dict[str, Any]) -> Decimal | None:
    amounts: dict[str, Decimal] = {}
    for entry in rows(item, "adjudication"):
        stated = amount(entry.get("amount"))
        for _, code in codings(entry.get("category")):
            if stated is not None:
                amounts[code] = amounts.get(code, _NOTHING) + stated
    paid = next((value for code, value in amounts.items() if code in _PAID), None)
    eligible = next((value for code, value in amounts.items() if code in _ALLOWED), None)
    shares = [value for code, value in amounts.items() if code in _SHARE]
    share = sum(shares, _NOTHING) if shares else amounts.get(_ALL_SHARES)
    if paid is None or share is None:
        return paid if eligible is None else eligible
    return paid + share
