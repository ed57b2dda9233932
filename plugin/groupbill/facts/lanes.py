"""Which session a reference belongs to, and its lane: what must not be reconciled twice at the same time.

Visits that only share therapist and hour (shapes C and E) name one session by many references; all sessions of a
leader on a day are one lane, so they meet there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model import Read, Resource

DEEPEST = 4
"""Levels of Encounter.partOf that are climbed."""


def lane_of(reference: str, read: Read) -> tuple[str, str]:
    """The session's own Encounter or Appointment, and its lane (`Practitioner/id day`, else the reference)."""
    resource: Resource | None = None
    for _ in range(DEEPEST):
        resource = next(iter(read(reference)), None)
        parent = _reference((resource or {}).get("partOf"))
        if parent is None or not parent.startswith("Encounter/"):
            break
        reference = parent
    if resource is None:
        return reference, reference
    leaders = sorted(_leaders(resource))
    day = _day(resource)
    return reference, f"{leaders[0][1]} {day}" if leaders and day else reference


def _leaders(resource: Resource) -> Iterator[tuple[bool, str]]:
    """Practitioners, those who performed first."""
    for each in resource.get("participant") or ():
        if isinstance(each, dict):
            actor = _reference(each.get("individual")) or _reference(each.get("actor"))
            if actor is not None and actor.startswith(("Practitioner/", "PractitionerRole/")):
                yield not _performed(each), actor


def _performed(participant: Any) -> bool:
    types = participant.get("type") if isinstance(participant.get("type"), list) else []
    codings = [each.get("coding") for each in types if isinstance(each, dict)]
    return any(coding.get("code") == "PPRF" for each in codings for coding in each or () if isinstance(coding, dict))


def _day(resource: Resource) -> str:
    period = resource.get("period") or resource.get("actualPeriod") or {}
    start = (period.get("start") if isinstance(period, dict) else None) or resource.get("start")
    return start[:10] if isinstance(start, str) else ""


def _reference(element: Any) -> str | None:
    found = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(found, str):
        return None
    return "/".join(found.split("/_history/")[0].split("/")[-2:])
