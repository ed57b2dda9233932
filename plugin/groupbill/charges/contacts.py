"""A patient's Encounters, read once per chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from ..fhir.dates import last_day, period
from ..fhir.encounter import actors, category, cpt_codes, period_element, status
from ..model import Period, Resource, Visit
from .chart import Chart
from .notes import notes_of
from .people import practitioner
from .place import IN_PERSON, Said, locations_of, modality, said
from .sources import Sources

_NEVER = frozenset({"cancelled", "entered-in-error"})
_LEADING = ("PPRF", "SPRF", "ATND", "")


class Contact(NamedTuple):
    """An Encounter with its days at the site."""

    reference: str
    status: str
    category: str
    codes: tuple[str, ...]
    period: Period
    last: date | None
    """Day of the end, None where none is recorded."""
    practitioners: tuple[str, ...]
    """Who performed it, PPRF first."""
    in_person: bool
    provider: str | None
    location: str | None
    part_of: str | None
    """The session, of a patient's own Encounter in it."""
    session_codes: tuple[str, ...]
    """What that is typed as."""

    def touches(self, on: date) -> bool:
        """Whether a date is one of its days; without an end only the day it began is known to be."""
        start = self.period.date
        if start is None:
            return False
        return start <= on <= (self.last or start)


def contacts(sources: Sources, chart: Chart) -> tuple[Contact, ...]:
    """All Encounters of a patient that were not cancelled or entered in error, by id."""
    return chart.once("contacts", lambda: _contacts(sources, chart))


def _contacts(sources: Sources, chart: Chart) -> tuple[Contact, ...]:
    return tuple(
        contact(sources, resource)
        for resource in chart.find("Encounter", "subject")
        if status(resource) not in _NEVER
    )


def contact(sources: Sources, resource: Resource) -> Contact:
    """One Encounter; what it does not say its parent says."""
    part_of = sources.index.ref(resource.get("partOf"), resource)
    above = _above(sources, part_of)
    locations = locations_of(sources, resource) if "location" in resource else ()
    location = locations[0] if locations else above.location
    provider = _provider(sources, resource) or above.provider
    zone = sources.zone(location, provider)
    stated = period_element(resource) or above.period
    return Contact(
        reference=f"Encounter/{resource.get('id')}",
        status=status(resource),
        category=category(resource) or "",
        codes=tuple(cpt_codes(resource)),
        period=period(stated, zone),
        last=last_day(stated.get("end"), zone),
        practitioners=_performers(sources, resource) or above.practitioners,
        in_person=modality(said(resource), above.said)[0] == IN_PERSON,
        provider=provider,
        location=location,
        part_of=part_of,
        session_codes=above.codes,
    )


class _Above(NamedTuple):
    """What the Encounters of a session take from it."""

    said: Said
    location: str | None
    provider: str | None
    practitioners: tuple[str, ...]
    period: dict[str, Any]
    codes: tuple[str, ...]


_NO_PARENT = _Above(Said(None, None), None, None, (), {}, ())


def _above(sources: Sources, parent: str | None) -> _Above:
    return _NO_PARENT if parent is None else sources.once(("above", parent), lambda: _read(sources, parent))


def _read(sources: Sources, parent: str) -> _Above:
    resource = sources.get(parent)
    return _Above(
        said=said(resource),
        location=next(iter(locations_of(sources, resource)), None),
        provider=_provider(sources, resource),
        practitioners=_performers(sources, resource),
        period=period_element(resource) or {},
        codes=tuple(cpt_codes(resource)),
    )


def _provider(sources: Sources, resource: Resource) -> str | None:
    return sources.index.ref(resource.get("serviceProvider"), resource)


def _performers(sources: Sources, resource: Resource) -> tuple[str, ...]:
    if "participant" not in resource:
        return ()
    found = []
    for element, role, _ in actors(resource):
        reference = sources.index.ref(element, resource)
        if role in _LEADING and reference is not None and not reference.startswith(("Patient", "Related")):
            found.append((_LEADING.index(role), practitioner(sources, reference) or reference))
    return tuple(dict.fromkeys(who for _, who in sorted(found)))


def visits(sources: Sources, patient: str, on: date, own: str | None = None) -> tuple[Visit, ...]:
    """The patient's Encounters that touch a date, by start and id; `own` is the one of the session at hand.

    Signed notes are looked up only where there is more than one visit: nobody asks about them otherwise.
    """
    chart = sources.chart(patient)
    found = [each for each in contacts(sources, chart) if each.touches(on)]
    if len(found) < 2:
        return tuple(_visit(each, own) for each in found)
    made = [
        replace(
            _visit(each, own),
            notes=tuple(note.reference for note in notes_of(sources, chart, each.reference, own=True) if note.signed),
        )
        for each in found
    ]
    return tuple(sorted(made, key=lambda visit: (_start(visit.period), visit.reference)))


def _start(when: Period) -> str:
    return when.start.isoformat() if when.start else ""


def _visit(each: Contact, own: str | None) -> Visit:
    return Visit(
        reference=each.reference,
        status=each.status,
        category=each.category,
        codes=(*each.codes, *each.session_codes),
        period=each.period,
        practitioners=each.practitioners,
        own_session=each.reference == own,
    )
