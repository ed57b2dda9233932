"""When a service on file took place: as its line says, completed by the Encounter it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..fhir.dates import period
from ..model import Period, Resource
from .contacts import Contact, contact
from .sources import Sources
from .values import rows, string


def encounter_of(sources: Sources, reference: str | None) -> Contact | None:
    """The Encounter of a line, None where it is not on file."""
    resource = sources.get(reference)
    if resource.get("resourceType") != "Encounter":
        return None
    return sources.once(("contact", reference), lambda: contact(sources, resource))


def when(sources: Sources, stated: Any, visit: Contact | None, provider: str | None) -> Period:
    """A Period or dateTime as stated, at the site; a date alone takes the times of a visit on that day."""
    location = visit.location if visit else None
    zone = sources.zone(location, (visit.provider if visit else None) or provider)
    if isinstance(stated, str):
        stated = {"start": stated}
    found = period(stated, zone)
    if visit is None:
        return found
    if found.date is None:
        return visit.period
    if found.date != visit.period.date:
        return found
    if found.start is None:
        return visit.period
    if found.end is None and visit.period.end is not None and found.start < visit.period.end:
        return replace(found, end=visit.period.end)
    return found


def occurrence(resource: Resource) -> Any:
    """`occurrence[x]` of a ChargeItem: Period, dateTime, or the first event of a Timing."""
    stated = resource.get("occurrencePeriod") or resource.get("occurrenceDateTime")
    if stated:
        return stated
    for timing in rows(resource, "occurrenceTiming"):
        events = timing.get("event")
        return string(events[0]) if isinstance(events, list) and events else None
    return None
