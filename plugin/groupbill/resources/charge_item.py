"""The ChargeItem of one line of one patient (design 5.6)."""

from __future__ import annotations

from datetime import date

from ..model import Line
from ..model.identity import CHARGE_ITEM_SYSTEM, EXTENSION, SESSION_SYSTEM, resource_id
from .elements import (
    PERFORMERS,
    Element,
    extension,
    meta,
    modifier,
    money,
    nameable,
    patient,
    period,
    procedure,
    quantity,
    reference,
)
from .own import Own

PROFILE = "group-psychotherapy-charge-item"
_MODIFIER = EXTENSION + "charge-modifier"


def charge_item(own: Own, line: Line, value: str, status: str, entered: date) -> Element:
    """A new ChargeItem.

    Args:
        own: The patient's own facts.
        line: The desired line; its order of modifiers is kept.
        value: Value of its identifier, which decides its id.
        status: `planned` where held, `billable` where charged.
        entered: The day of the run.
    """
    when = line.period if line.period.start is not None else own.period
    made: Element = {
        "resourceType": "ChargeItem",
        "id": resource_id(CHARGE_ITEM_SYSTEM, value),
        "meta": meta(PROFILE, own.security),
        "extension": _extensions(own, line),
        "identifier": [
            {"system": CHARGE_ITEM_SYSTEM, "value": value},
            {"system": SESSION_SYSTEM, "value": own.session},
        ],
        "status": status,
        "code": procedure(line.code),
        "subject": patient(own.patient),
        "context": own.visit,
        "occurrencePeriod": period(when, line.date or own.date),
        "quantity": quantity(line.units),
        "enteredDate": entered.isoformat(),
    }
    if nameable(line.rendering, *PERFORMERS):
        made["performer"] = [{"actor": reference(line.rendering)}]
    if line.net is not None:
        made["priceOverride"] = money(line.net)
    return made


def _extensions(own: Own, line: Line) -> list[Element]:
    made = [{"url": _MODIFIER, "valueCodeableConcept": modifier(code)} for code in line.modifiers]
    if own.evidence is not None:
        made.append(extension("attendance-evidence", "valueCode", own.evidence))
    made.append(extension("session-size", "valuePositiveInt", max(own.size, 1)))
    return made
