"""What the payer did with a Claim: ClaimResponse and ExplanationOfBenefit, or the mark of whoever sent it."""

from __future__ import annotations

from typing import NamedTuple

from ..fhir.extensions import value
from ..model import Resource
from .sources import Sources

_ENDED = frozenset({"cancelled", "entered-in-error", "draft"})


class Answer(NamedTuple):
    """The standing of a Claim with the payer."""

    accepted: bool
    """It can't be changed without the payer any more."""
    control_number: str | None
    """The payer's claim control number, of the newest answer that has one."""
    references: tuple[str, ...]
    """The answers, sorted."""


_NONE = Answer(False, None, ())


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
        return _NONE._replace(accepted=not found and value(claim, "claim-submitted") is not None)
    accepted.sort(key=lambda each: (str(each.get("created") or ""), str(each.get("id"))))
    numbers = [number for each in accepted if (number := _number(each))]
    references = sorted(f"{each.get('resourceType')}/{each.get('id')}" for each in accepted)
    return Answer(True, numbers[-1] if numbers else None, tuple(references))


def _counts(response: Resource) -> bool:
    """Only answers to Claims for payment count, not to preauthorizations and predeterminations."""
    return response.get("use", "claim") == "claim" and response.get("status") not in _ENDED


def _number(response: Resource) -> str | None:
    for identifier in response.get("identifier") or ():
        if identifier.get("value"):
            return str(identifier["value"])
    return None
