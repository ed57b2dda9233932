"""Fetch the facts of sessions through a `read` callable: an EHR's own store, or a FHIR server.

In rounds: the visits first, then who takes part, then everything about these people. The searches of a round don't
depend on each other, and their number does not depend on how many people there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ..fhir.encounter import period_element
from ..fhir.index import Index
from ..fhir.read import add_resources
from ..model import Read, Resource, Session
from ..model.identity import session_key
from ..sessions import find, resolve
from ..settings import Settings
from . import queries
from .reading import Fetched, Together

_LINKED = ("Practitioner", "PractitionerRole", "Organization", "Location", "Patient", "Group", "RelatedPerson")
_NESTED = 4
"""Levels of Groups in Groups."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read about some sessions."""

    resources: tuple[Resource, ...]
    gone: frozenset[str]
    """Encounters and Appointments asked for, or parents of them, that are not there (any more)."""


def facts_of(asked: Iterable[str], read: Read, settings: Settings, together: Together = map) -> Facts:
    """Everything that the bills of these sessions depend on.

    Args:
        asked: `Encounter/id` (the session's, or one participant's) or `Appointment/id`.
        read: Fetches by reference or search.
        settings: Of the site.
        together: `map`, or a pool's, to read several questions at the same time.

    Errors:
        SettingsError: a date needs a time zone and none is set.
    """
    wanted = sorted(set(asked))
    fetched = Fetched(read, together)
    fetched.ask(wanted if len(wanted) == 1 else queries.by_id(wanted))
    _visits(fetched, wanted)
    _rosters(fetched)
    sessions, lone = _sessions(fetched, settings, frozenset(wanted))
    if _whole_days(fetched, lone):
        sessions, _ = _sessions(fetched, settings, frozenset(wanted))
    people, keys = _people(fetched, sessions), _keys(fetched, settings, wanted, sessions)
    fetched.ask(
        queries.by_id(people),
        *(queries.batched(search, people) for search in queries.OF_PATIENTS),
        *(queries.batched(search, _ids(fetched, sessions)) for search in queries.OF_VISITS),
        *(queries.batched(search, keys) for search in queries.OF_SESSIONS),
        queries.on_days("Appointment?patient=", people, _days(sessions)),
        queries.batched("PractitionerRole?practitioner=", fetched.named("Practitioner")),
        ["ChargeItemDefinition?"],
        _of_settings(settings),
    )
    _again(fetched, people)
    _same_days(fetched, people, _days(sessions))
    _referenced(fetched)
    return Facts(tuple(fetched.found.values()), _gone(fetched, wanted))


def _gone(fetched: Fetched, wanted: Iterable[str]) -> frozenset[str]:
    """What was asked for, and what that is part of, when it is not there: asked once more by its id alone."""
    roots = {*wanted, *fetched.missing("Encounter", [each for each in wanted if each in fetched.found])}
    missing = [each for each in sorted(roots) if each not in fetched.found]
    fetched.ask(missing)
    return frozenset(each for each in missing if each not in fetched.found)


def _visits(fetched: Fetched, wanted: Collection[str]) -> None:
    """The Encounters: parents, parts, what came of an Appointment or shares a number, the leaders' of those days."""
    fetched.ask(queries.by_id(fetched.missing("Encounter")), queries.by_id(fetched.missing("PractitionerRole")))
    roots = [*fetched.of("Encounter"), *(each for each in wanted if each.startswith("Encounter/"))]
    fetched.ask(
        queries.batched("Encounter?part-of=", roots),
        queries.batched("Encounter?appointment=", fetched.of("Appointment")),
        queries.batched("Encounter?identifier=", fetched.identifiers("Encounter")),
        queries.by_id(fetched.missing("Appointment")),
        queries.batched("PractitionerRole?practitioner=", fetched.named("Practitioner")),
    )
    days = {day for resource in fetched.found.values() if (day := _day(resource)) is not None}
    people, roles = _leaders(fetched)
    fetched.ask(
        queries.on_days("Encounter?participant=", people | roles, days),
        queries.on_days("Appointment?practitioner=", people, days),
        queries.on_days("Appointment?actor=", roles, days),
        queries.by_id(fetched.missing("Appointment")),
        queries.by_id(fetched.missing("PractitionerRole")),
    )


def _leaders(fetched: Fetched, within: Iterable[str] | None = None) -> tuple[set[str], set[str]]:
    """Practitioners, and their roles: one visit of a group names the one, the next visit the other."""
    roles = fetched.named("PractitionerRole", within)
    people = fetched.named("Practitioner", within) | fetched.named("Practitioner", roles)
    theirs = (
        each
        for each in fetched.of("PractitionerRole")
        if not people.isdisjoint(fetched.named("Practitioner", [each]))
    )
    return people, roles.union(theirs)


def _rosters(fetched: Fetched) -> None:
    """Groups, also those in Groups, relatives with whose they are, Locations for the time zone, visits booked."""
    fetched.ask(
        queries.batched("Encounter?appointment=", fetched.of("Appointment")),
        *(queries.by_id(fetched.missing(kind)) for kind in ("Group", "RelatedPerson", "Location")),
        *_by_identifier(fetched),
    )
    for _ in range(_NESTED):
        if not fetched.ask(queries.by_id(fetched.missing("Group"))):
            return


def _sessions(fetched: Fetched, settings: Settings, wanted: Collection[str]) -> tuple[list[Session], set[str]]:
    """The sessions that were asked for, as far as they are known without their people; and visits that fit none."""
    index = Index()
    add_resources(index, fetched.found.values())
    found: list[Session] = []
    lone: set[str] = set()
    for candidate in find(index, settings, lone=True):
        if candidate.lone:
            lone.update(candidate.visits)
            continue
        named = {candidate.encounter, *candidate.visits, *candidate.appointments}
        parts = index.find("Encounter", "partOf", candidate.encounter) if candidate.encounter else ()
        if not named.isdisjoint(wanted) or not _named_parts(parts).isdisjoint(wanted):
            session = resolve(candidate, index, settings)
            if isinstance(session, Session):
                found.append(session)
    return found, lone.intersection(wanted)


def _whole_days(fetched: Fetched, lone: Iterable[str]) -> list[str]:
    """Everybody's visits of the days of these, whose leader no search can name: contained, or by NPI alone."""
    nameless = [
        each
        for each in lone
        if not (fetched.named("Practitioner", [each]) or fetched.named("PractitionerRole", [each]))
    ]
    days = {day for each in nameless if (day := _day(fetched.found[each])) is not None}
    return fetched.ask(
        *([question] for day in sorted(days) for question in queries.within("Encounter?", day, day, "date"))
    )


def _named_parts(parts: Iterable[Resource]) -> set[str]:
    return {f"Encounter/{part['id']}" for part in parts}


def _people(fetched: Fetched, sessions: Iterable[Session]) -> set[str]:
    """Patients of the sessions, and those whose relatives are in them."""
    people = {member.patient for session in sessions for member in session.members if member.patient is not None}
    return {each for each in people if each.startswith("Patient/")} | fetched.named(
        "Patient", fetched.of("RelatedPerson")
    )


def _keys(fetched: Fetched, settings: Settings, wanted: Iterable[str], sessions: Iterable[Session]) -> set[str]:
    """Keys under which something may be on file, also where there is no session any more."""
    visits = _ids(fetched, sessions)
    roots = {*wanted, *fetched.named("Encounter", [each for each in wanted if each in fetched.found])} - visits
    own = {session_key(settings.namespace, each) for each in roots if each.startswith("Encounter/")}
    return own | {session.key for session in sessions}


def _ids(fetched: Fetched, sessions: Iterable[Session]) -> set[str]:
    """Encounters under which records of the sessions are filed."""
    found = {source for session in sessions for source in session.sources}
    found |= {member.encounter for session in sessions for member in session.members if member.encounter}
    return {each for each in found if each.startswith("Encounter/")}


def _again(fetched: Fetched, people: set[str]) -> None:
    """The charts of people who turned up meanwhile: other records of the same, and who was charged before."""
    for _ in range(_NESTED):
        turned_up = fetched.named("Patient", fetched.of("Patient", "ChargeItem", "Task", "RelatedPerson")) - people
        if not turned_up:
            return
        people |= turned_up
        charts = (queries.batched(search, turned_up) for search in queries.OF_PATIENTS)
        fetched.ask(queries.by_id(turned_up), *charts)


def _same_days(fetched: Fetched, people: Collection[str], days: Collection[date]) -> None:
    """Other sessions of these people about those days: they compete and collide."""
    near = {day + timedelta(days=offset) for day in days for offset in (-1, 0, 1)}
    others = [each for each in fetched.of("Encounter") if _day(fetched.found[each]) in near]
    parents = fetched.missing("Encounter", others)
    leaders, roles = _leaders(fetched, others)
    fetched.ask(
        queries.by_id(parents),
        queries.batched("Encounter?part-of=", parents),
        queries.on_days("Encounter?participant=", leaders | roles, days) if people else (),
    )


def _referenced(fetched: Fetched) -> None:
    """Read, twice over, what the resources found so far point at (Locations, Organizations, relatives, ...)."""
    for _ in range(2):
        fetched.ask(*(queries.by_id(fetched.missing(kind)) for kind in _LINKED), *_by_identifier(fetched))


def _by_identifier(fetched: Fetched) -> list[Iterable[str]]:
    """Searches for what is referred to by identifier alone."""
    kinds = ("Patient", "Practitioner", "Organization")
    return [queries.batched(f"{kind}?identifier=", fetched.identified(kind)) for kind in kinds]


def _of_settings(settings: Settings) -> Iterable[str]:
    """Resources that only the settings name."""
    provider = settings.billing_provider
    if provider is None:
        return []
    return [f"Organization?identifier={provider}"] if "|" in provider else queries.by_id([provider])


def _days(sessions: Iterable[Session]) -> set[date]:
    return {session.date_of_service for session in sessions}


def _day(resource: Resource) -> date | None:
    """The date of an Encounter or Appointment as written."""
    period = period_element(resource)
    text = period.get("start") if isinstance(period, dict) else resource.get("start")
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
