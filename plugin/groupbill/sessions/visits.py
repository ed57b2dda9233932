"""One Encounter as the shapes look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.dates import at
from ..fhir.index import Index
from ..settings import Settings
from .people import practitioner
from .signals import otherwise, stated

_RANK = {"PPRF": 0, "SPRF": 1, "ATND": 2, "": 3}


@dataclass(frozen=True, slots=True)
class Visit:
    """What decides to which session an Encounter or single Appointment belongs."""

    reference: str
    patient: str | None
    code: str | None
    """Session code that it states, None without a group signal."""
    leader: str
    """Practitioner; empty where nobody is named."""
    site: str
    """Location, else Organization; empty where neither is named."""
    kind: tuple[tuple[str, str], ...]
    """Codings of type and service type, sorted: two groups at one hour differ here."""
    start: datetime | None
    end: datetime | None


def read(index: Index, reference: str, encounter: Mapping[str, Any], settings: Settings) -> Visit:
    """Read an Encounter."""
    resource = dict(encounter)
    codings = encounters.codes(encounter)
    period = encounters.period_element(encounter) or {}
    subject = index.ref(encounter.get("subject"), resource)
    return Visit(
        reference=reference,
        patient=subject if subject is not None and subject.startswith("Patient") else None,
        code=stated(codings, settings),
        leader=_leader(index, resource),
        site=site(index, resource),
        kind=tuple(sorted(codings)),
        start=_moment(period.get("start"), settings),
        end=_moment(period.get("end"), settings),
    )


def individual(encounter: Mapping[str, Any]) -> bool:
    """Whether a procedure code says that it is no group."""
    return otherwise(encounters.codes(encounter))


def _moment(text: Any, settings: Settings) -> datetime | None:
    found = at(text, settings.zone_of(None, None) or UTC)
    return None if found is None else found.astimezone(UTC)


def _leader(index: Index, resource: dict[str, Any]) -> str:
    found = []
    for element, role, _ in encounters.actors(resource):
        reference = index.ref(element, resource)
        if role in _RANK and reference is not None and reference.startswith("Practitioner"):
            found.append((_RANK[role], practitioner(index, reference) or reference))
    return min(found, default=(0, ""))[1]


def site(index: Index, resource: Mapping[str, Any]) -> str:
    """The Location of an Encounter, else its Organization."""
    holder = dict(resource)
    for element in encounters.location_elements(resource):
        reference = index.ref(element, holder)
        if reference is not None:
            return reference
    return index.ref(resource.get("serviceProvider"), holder) or ""
