"""Which sessions were held on some days: by their visits and bookings, and by what groupbill wrote about those days.

A week is looked at at a time, so memory does not grow with the range.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..fhir.dates import day
from ..fhir.index import Index
from ..fhir.read import add_resources
from ..model import Read, Resource, Session
from ..model.identity import CHARGE_ITEM_SYSTEM, SESSION_SYSTEM, session_key
from ..sessions import find, resolve
from ..settings import Settings
from . import queries
from .reading import Fetched, Together, references

WINDOW = 7
"""Days that are looked at together."""
_SEARCHES = (("Encounter", "date"), ("Appointment", "date"), ("ChargeItem", "occurrence"))


@dataclass(frozen=True, slots=True)
class Window:
    """Some days with what is to be reconciled on them."""

    first: date
    last: date
    sessions: tuple[str, ...]
    """`Encounter/id` or `Appointment/id`, one per session, by date and start."""
    charged: Mapping[str, str | None]
    """Sessions that were charged for these days and were not found: by key an Encounter, where one is named."""


def windows(first: date, last: date, size: int = WINDOW) -> Iterator[tuple[date, date]]:
    """The days from first to last, some at a time."""
    while first <= last:
        until = min(first + timedelta(days=size - 1), last)
        yield first, until
        first = until + timedelta(days=1)


def sessions_between(first: date, last: date, read: Read, settings: Settings, together: Together = map) -> Window:
    """The sessions whose local date of service lies in the range, both ends included.

    Args:
        first: First day.
        last: Last day; memory grows with the visits between.
        read: Fetches by reference or search.
        settings: Of the site: zones, codes.
        together: `map`, or a pool's.

    Errors:
        SettingsError: a date needs a time zone and none is set.
    """
    fetched = Fetched(read, together)
    fetched.ask(*(queries.within(f"{kind}?", first, last, name) for kind, name in _SEARCHES))
    # What the visits are part of may have no date of its own.
    for kinds in (("Encounter", "PractitionerRole"), ("Group",)):
        visits = fetched.of("Encounter", "Appointment")
        fetched.ask(*(queries.by_id(fetched.missing(kind, visits)) for kind in kinds))
    index = Index()
    add_resources(index, (each for each in fetched.found.values() if each.get("resourceType") != "ChargeItem"))
    sessions, known = _sessions(index, settings)
    inside = sorted(
        (each for each in sessions if first <= each.date_of_service <= last),
        key=lambda each: (
            each.date_of_service,
            each.period.start.timestamp() if each.period.start else 0.0,
            each.key,
        ),
    )
    asked = dict.fromkeys(each.encounter or each.sources[0] for each in inside)
    charged = _charged(fetched, settings, first, last, known)
    behind = {key: _behind(fetched, settings, key, charged[key]) for key in sorted(charged)}
    return Window(first, last, tuple(asked), behind)


def _sessions(index: Index, settings: Settings) -> tuple[list[Session], set[str]]:
    """All sessions among what was read, and their keys."""
    resolved = (resolve(candidate, index, settings) for candidate in find(index, settings))
    found = [each for each in resolved if isinstance(each, Session)]
    return found, {each.key for each in found}


def _charged(
    fetched: Fetched, settings: Settings, first: date, last: date, known: Collection[str]
) -> dict[str, list[Resource]]:
    """ChargeItems of ours on these days whose session was not found, by its key."""
    zone = settings.zone_of()
    found: dict[str, list[Resource]] = {}
    for reference in fetched.of("ChargeItem"):
        resource = fetched.found[reference]
        tokens = {each.get("system"): each.get("value") for each in _rows(resource.get("identifier"))}
        key, when = tokens.get(SESSION_SYSTEM), _occurrence(resource)
        if not isinstance(key, str) or CHARGE_ITEM_SYSTEM not in tokens or key in known:
            continue
        on = day(when, zone) if when is not None else None
        if on is None or first <= on <= last:
            found.setdefault(key, []).append(resource)
    return found


def _behind(fetched: Fetched, settings: Settings, key: str, items: Iterable[Resource]) -> str | None:
    """The Encounter of a charged session that is none any more: its own, else a patient's."""
    own = (each for each in fetched.of("Encounter") if session_key(settings.namespace, each) == key)
    visits = (each for item in items for each in references(item.get("context")) if each.startswith("Encounter/"))
    return next(own, None) or next(visits, None)


def _rows(element: object) -> list[Resource]:
    return [each for each in element if isinstance(each, dict)] if isinstance(element, list) else []


def _occurrence(resource: Resource) -> str | None:
    period = resource.get("occurrencePeriod")
    when = period.get("start") if isinstance(period, dict) else resource.get("occurrenceDateTime")
    return when if isinstance(when, str) else None
