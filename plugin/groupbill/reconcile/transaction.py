"""The plan as FHIR transactions: one per patient, `PUT Type/id`, `If-Match` where the version is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..model import Action, Step
from ..model.identity import BASE

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORDER = {"ChargeItem": 0, "Claim": 1, "Task": 2, "Provenance": 3}


def targets_first(step: Step) -> int:
    """Place of a step among others: what is referred to comes before what refers to it."""
    reference = step.reference
    return _ORDER.get(reference[: reference.find("/")], len(_ORDER))


def transactions(steps: Iterable[tuple[str, Iterable[Step]]], base: str | None = None) -> list[dict[str, Any]]:
    """One transaction Bundle per patient with something to write, by patient.

    Args:
        steps: Patient and steps; a patient may come several times. Steps that only keep are left out.
        base: Base URL of the server, for the fullUrl of what it has.
    """
    by_patient: dict[str, list[Step]] = {}
    for patient, each in steps:
        by_patient.setdefault(patient, []).extend(step for step in each if step.resource is not None)
    return [bundle(found, base) for _, found in sorted(by_patient.items()) if found]


def bundle(steps: Iterable[Step], base: str | None = None) -> dict[str, Any]:
    """One transaction Bundle; without entries where nothing is to be written."""
    written = [step for step in steps if step.resource is not None]
    written.sort(key=targets_first)
    made: dict[str, Any] = {"resourceType": "Bundle", "type": "transaction"}
    if written:
        made["entry"] = [entry(step, base) for step in written]
    return made


def entry(step: Step, base: str | None = None) -> dict[str, Any]:
    """The entry of a step that writes."""
    request = {"method": "PUT", "url": step.reference}
    if step.version is not None:
        request["ifMatch"] = f'W/"{step.version}"'
    return {"fullUrl": _full_url(step, base), "resource": step.resource, "request": request}


def _full_url(step: Step, base: str | None) -> str:
    """Where the server has it; of what is new, and of what was read without a fullUrl, `urn:uuid` where that fits."""
    if base is not None:
        return f"{base.rstrip('/')}/{step.reference}"
    if step.full_url is not None:
        return step.full_url
    name = step.reference.split("/", 1)[1]
    return f"urn:uuid:{name}" if _UUID.fullmatch(name) else f"{BASE}fhir/{step.reference}"


def corrections(steps: Iterable[Step]) -> int:
    """How many accepted claims would be replaced or voided: what `max_corrections` limits (ENG07)."""
    return sum(1 for step in steps if step.action in (Action.REPLACE, Action.VOID))
