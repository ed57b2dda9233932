"""Where a session was, when, and who led it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo

from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..fhir.index import Index
from ..fhir.sites import sites
from ..model import Performer, Period, Resource
from ..settings import Settings
from .bookings import actors
from .people import merged, performers
from .visits import elsewhere, location


def places(
    index: Index, root: Resource | None, visits: Iterable[Resource], bookings: Iterable[Resource]
) -> tuple[str | None, str | None]:
    """Location and Organization of the session.

    Those of its Encounter; else the Location on which all visits agree that took place on site, since what
    only some name may be where those patients sat; else the Appointments'.
    """
    organization = where = None
    if root is not None:
        where = _location(index, root)
        organization = index.ref(root.get("serviceProvider"), root)
    if where is None or organization is None:
        on_site: set[str] = set()
        for visit in visits:
            organization = organization or index.ref(visit.get("serviceProvider"), visit)
            if where is None and "location" in visit and not elsewhere(index, visit):
                found = _location(index, visit)
                on_site.update(() if found is None else (found,))
        where = on_site.pop() if where is None and len(on_site) == 1 else where
    if where is None:
        booked = (each for booking in bookings for each in actors(index, booking))
        where = min((each for each in booked if each.startswith("Location")), default=None)
    return where, organization


def zone_at(index: Index, settings: Settings, location: str | None, organization: str | None) -> tzinfo | None:
    """The time zone of a place; what the settings say of a house goes for its rooms."""
    return settings.zone_of(*(sites(index, location, organization) if settings.timezones else ()))


def _location(index: Index, encounter: Resource) -> str | None:
    found = location(index, encounter)
    return found if found is not None and _is_location(index, found) else None


def _is_location(index: Index, reference: str) -> bool:
    """One inside the Encounter counts: its type is the place of service."""
    if "#" in reference:
        return (index.get(reference) or {}).get("resourceType") == "Location"
    return reference.startswith(("Location/", "Location?"))


def held(
    root: Resource | None, visits: Iterable[Resource], bookings: Iterable[Resource], zone: tzinfo | None
) -> Period | None:
    """When: the Encounter's own time; else from the earliest start to the latest end of visits, of Appointments.

    None where nothing says when.
    """
    if root is not None:
        own = period(encounters.period_element(root), zone)
        if own.date is not None:
            return own
    elements = [encounters.period_element(visit) for visit in visits]
    return span(elements, zone) or span(bookings, zone)


def span(elements: Iterable[object], zone: tzinfo | None) -> Period | None:
    """From the earliest start to the latest end; None where nothing says when."""
    found = [each for element in elements if (each := period(element, zone)).date is not None]
    if not found:
        return None
    first = min(found, key=_earliest)
    ends = [each.end for each in found if each.end is not None]
    return Period(start=first.start, end=max(ends, default=None), date=first.date)


def _earliest(when: Period) -> tuple[date, float]:
    return (when.date or date.max, when.start.timestamp() if when.start is not None else 0.0)


def leaders(
    index: Index, root: Resource | None, visits: Iterable[Resource], bookings: Iterable[Resource]
) -> tuple[Performer, ...]:
    """Leaders of the Encounter, else of the visits together, else of the Appointments."""
    own = performers(index, root) if root is not None else ()
    found = own or merged(performers(index, visit) for visit in visits if "participant" in visit)
    return found or merged(performers(index, _led(booking)) for booking in bookings)


def _led(booking: Resource) -> Mapping[str, object]:
    """An Appointment as an Encounter: it has no roles, its practitioners attend."""
    attending = [{"coding": [{"code": "ATND"}]}]
    participants = [{"actor": each.get("actor"), "type": attending} for each in booking.get("participant") or ()]
    return {"resourceType": "Appointment", "id": booking.get("id"), "participant": participants}
