"""The Task by which a person reviews a held charge (design 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ..model.identity import SESSION_SYSTEM, TASK_SYSTEM, resource_id
from .elements import Element, meta, patient
from .own import Own

PROFILE = "held-charge-task"


def task(own: Own, focus: str, codes: Sequence[str], value: str, authored: date) -> Element:
    """A new Task about a held ChargeItem.

    Args:
        own: The patient's own facts.
        focus: `ChargeItem/id`.
        codes: Codes of the findings that hold it; each stands once, in order.
        value: Value of its identifier, which decides its id.
        authored: The day of the run.
    """
    return {
        "resourceType": "Task",
        "id": resource_id(TASK_SYSTEM, value),
        "meta": meta(PROFILE, own.security),
        "identifier": [
            {"system": TASK_SYSTEM, "value": value},
            {"system": SESSION_SYSTEM, "value": own.session},
        ],
        "status": "requested",
        "intent": "order",
        "focus": {"reference": focus},
        "for": patient(own.patient),
        "authoredOn": authored.isoformat(),
        "input": [{"type": {"text": "finding"}, "valueCode": code} for code in sorted(set(codes))],
    }
