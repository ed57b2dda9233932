"""Encounter of R4 and R5 alike: one accessor per fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codes import CPT, HCPCS, codings

_R4_STATUS = {"completed": "finished", "discharged": "finished", "on-hold": "onleave", "discontinued": "cancelled"}
"""By HL7's own map (Extensions Pack, ConceptMap Encounter5to4B#EncounterStatus)."""
_UNUSED = ("planned", "reserved")
_ROLES = ("PPRF", "SPRF", "ATND", "CON", "ADM", "DIS", "REF", "PART", "OBS")


def status(encounter: Mapping[str, Any]) -> str:
    """The status in the words of R4 (R5 `completed` is `finished`, and so on); empty when absent."""
    text = encounter.get("status") or ""
    return _R4_STATUS.get(text, text)


def category(encounter: Mapping[str, Any]) -> str | None:
    """The code of `class`: AMB, VR, HH, IMP, EMER, OBSENC, ..."""
    element = encounter.get("class")
    if isinstance(element, dict) and element.get("code"):
        return str(element["code"]).strip().upper()
    return next((code.upper() for _, code in codings(encounter.get("class"))), None)


def codes(encounter: Mapping[str, Any]) -> list[tuple[str, str]]:
    """System and code of everything in `type` and `serviceType`, normalised, in their order."""
    return [*codings(encounter.get("type")), *codings(encounter.get("serviceType"))]


def cpt_codes(encounter: Mapping[str, Any]) -> list[str]:
    """CPT and HCPCS codes of `type` and `serviceType`, each once, in their order."""
    return list(dict.fromkeys(code for uri, code in codes(encounter) if uri in (CPT, HCPCS)))


def period_element(encounter: Mapping[str, Any]) -> Any:
    """The Period: `period`, in R5 `actualPeriod`."""
    return encounter.get("period") or encounter.get("actualPeriod")


def actors(encounter: Mapping[str, Any]) -> list[tuple[dict[str, Any], str, Any]]:
    """Reference, role code (PPRF before others, else empty) and Period of every participant named."""
    return [
        (actor, _role(participant.get("type")), participant.get("period"))
        for participant in encounter.get("participant") or ()
        if (actor := participant.get("individual") or participant.get("actor"))
    ]


def _role(types: Any) -> str:
    found = [code.upper() for _, code in codings(types)]
    return next((role for role in _ROLES if role in found), found[0] if found else "")


def location_elements(encounter: Mapping[str, Any]) -> list[dict[str, Any]]:
    """References to the Locations that were really used, in their order."""
    return [
        ref
        for entry in encounter.get("location") or ()
        if (ref := entry.get("location")) and entry.get("status") not in _UNUSED
    ]


def diagnosis_elements(encounter: Mapping[str, Any]) -> list[dict[str, Any]]:
    """References (R5: CodeableReferences) to the conditions by rank, without rank last, in their order."""
    entries = encounter.get("diagnosis") or ()
    found: list[dict[str, Any]] = []
    for entry in sorted(entries, key=lambda entry: entry.get("rank") or float("inf")):
        condition = entry.get("condition")
        found.extend(condition if isinstance(condition, list) else [condition] if condition else [])
    return found


def virtual(encounter: Mapping[str, Any]) -> bool:
    """Whether R5 `virtualService` is there."""
    return bool(encounter.get("virtualService"))


def appointment_elements(encounter: Mapping[str, Any]) -> list[dict[str, Any]]:
    """References to the Appointments."""
    element = encounter.get("appointment") or []
    return element if isinstance(element, list) else [element]
