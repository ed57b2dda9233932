"""What stands on file for one patient of one session: read from ChargeItems, Claims and Tasks, and from nothing else.

This is what a payer, a biller or a vendor's own test sees, whatever software wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..fhir.codes import CLAIM_FREQUENCY, POS, code_in, procedure_code
from ..fhir.dates import moment
from ..model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM, EXTENSION, TASK_SYSTEM

JSON = Mapping[str, Any]
_LIVE = ("planned", "billable", "billed")
_OVER = ("cancelled", "entered-in-error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The end of one patient of one session, as the server has it."""

    outcome: str
    """charged, patient-pay, held, not-charged."""
    lines: tuple[JSON, ...] = ()
    """code, modifiers, units, placeOfService, amount."""
    frequency: str | None = None
    """Of the newest claim that is not cancelled: 1, 7, 8."""
    held_by: tuple[str, ...] = ()
    """Codes of the findings on the open Task."""
    claim: JSON | None = None
    """The newest claim that is not cancelled."""
    charges: tuple[JSON, ...] = ()


def standing(resources: Iterable[JSON], patient: str, session: JSON) -> Standing:
    """What stands for a patient of one session.

    Args:
        resources: Everything of the patient, of groupbill and of others.
        patient: `Patient/id`.
        session: An expected session: `from`, `to` and `dateOfService` tell which charges are of it.
    """
    found = list(resources)
    charges = [
        each
        for each in found
        if _ours(each, "ChargeItem", CHARGE_ITEM_SYSTEM) and _about(each, patient) and _within(each, session)
    ]
    live = sorted((each for each in charges if each["status"] in _LIVE), key=lambda each: str(_code(each)))
    claim = _claim(found, patient, charges, session["dateOfService"])
    return Standing(
        outcome=_outcome(live, claim),
        lines=tuple(_line(each, claim) for each in live),
        frequency=None if claim is None else frequency(claim),
        held_by=tuple(sorted(_held_by(found, charges))),
        claim=claim,
        charges=tuple(charges),
    )


def _outcome(live: Sequence[JSON], claim: JSON | None) -> str:
    if claim is not None and frequency(claim) != "8" and (not live or any(_charged(each) for each in live)):
        return "charged"
    if any(_charged(each) for each in live):
        return "patient-pay"
    return "held" if live else "not-charged"


def _charged(charge: JSON) -> bool:
    return bool(charge["status"] != "planned")


def _claim(found: Sequence[JSON], patient: str, charges: Sequence[JSON], on: str) -> JSON | None:
    """The newest claim for the visits of the charges; without charges, for the day."""
    visits = [charge.get("context") for charge in charges]
    claims = [
        each
        for each in found
        if _ours(each, "Claim", CLAIM_SYSTEM)
        and each["status"] not in _OVER
        and _about(each, patient)
        and (_visit(each) in visits if visits else each["item"][0]["servicedDate"] == on)
    ]
    replaced = {prior for each in claims for prior in _priors(each)}
    newest = [each for each in claims if f"Claim/{each['id']}" not in replaced]
    # After a void that was accepted a new original stands beside it.
    return max(newest, key=lambda each: (frequency(each) != "8", each["created"], each["id"]), default=None)


def _visit(claim: JSON) -> Any:
    return claim["item"][0]["encounter"][0]


def _priors(claim: JSON) -> Iterator[str]:
    for related in claim.get("related", ()):
        yield related["claim"]["reference"]


def frequency(claim: JSON) -> str:
    """1, 7 or 8."""
    for info in claim.get("supportingInfo", ()):
        if code_in(info.get("category"), CLAIM_FREQUENCY) == "claimFrequency":
            return str(info["code"]["coding"][0]["code"])
    return "1"


def _line(charge: JSON, claim: JSON | None) -> JSON:
    code = _code(charge)
    items = (
        [] if claim is None else [each for each in claim["item"] if procedure_code(each["productOrService"]) == code]
    )
    price = charge.get("priceOverride")
    return {
        "code": code,
        "modifiers": [
            procedure_code(each["valueCodeableConcept"])
            for each in charge.get("extension", ())
            if each["url"] == EXTENSION + "charge-modifier"
        ],
        "units": int(charge["quantity"]["value"]),
        "placeOfService": code_in(items[0]["locationCodeableConcept"], POS) if items else None,
        "amount": None if price is None else Decimal(str(price["value"])),
    }


def _held_by(found: Sequence[JSON], charges: Sequence[JSON]) -> Iterator[str]:
    names = {f"ChargeItem/{each['id']}" for each in charges}
    for task in found:
        open_ = _ours(task, "Task", TASK_SYSTEM) and task["status"] == "requested"
        if open_ and task["focus"]["reference"] in names:
            yield from (each["valueCode"] for each in task["input"] if "valueCode" in each)


def _code(charge: JSON) -> str | None:
    return procedure_code(charge["code"])


def _ours(resource: JSON, kind: str, system: str) -> bool:
    if resource["resourceType"] != kind:
        return False
    return any(each.get("system") == system for each in resource.get("identifier", ()))


def _about(resource: JSON, patient: str) -> bool:
    named = resource.get("subject") or resource.get("patient") or {}
    return bool(named.get("reference") == patient)


def _within(charge: JSON, session: JSON) -> bool:
    """Whether a charge begins within the session; one that has only a date, on its day."""
    begun = charge["occurrencePeriod"]["start"]
    if len(begun) == 10:
        return bool(begun == session["dateOfService"])
    return _at(session["from"]) <= _at(begun) < _at(session["to"])


def _at(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise ValueError("no moment")
    return found
