"""Shapes D and E: Appointments. One with many Patients (D), or many with one each in the same slot (E)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..fhir.codes import codings
from ..fhir.dates import at
from ..fhir.index import Index
from ..settings import Settings
from .people import practitioner
from .signals import booked_as_group, stated
from .visits import Visit

OPEN = frozenset({"proposed", "pending", "booked", "waitlist", ""})
"""A session that is only planned is none yet."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One Appointment."""

    reference: str
    status: str
    patients: tuple[str, ...]
    group: str | None
    """R5: the Group that is its subject."""
    signal: bool
    """Whether it says that it is a group."""
    visit: Visit


def read(index: Index, reference: str, appointment: Mapping[str, Any], settings: Settings) -> Booking:
    """Read an Appointment."""
    resource = dict(appointment)
    found = [each for name in _TYPES for each in codings(appointment.get(name))]
    actors = [index.ref(each.get("actor"), resource) for each in appointment.get("participant") or ()]
    named = [actor for actor in actors if actor is not None]
    subject = index.ref(appointment.get("subject"), resource)
    people = tuple(sorted({actor for actor in named if actor.startswith("Patient")}))
    if not people and subject is not None and subject.startswith("Patient"):
        people = (subject,)
    leaders = sorted(practitioner(index, actor) or actor for actor in named if actor.startswith("Practitioner"))
    places = sorted(actor for actor in named if actor.startswith("Location"))
    code = stated(found, settings)
    return Booking(
        reference=reference,
        status=appointment.get("status") or "",
        patients=people,
        group=subject if subject is not None and subject.startswith("Group") else None,
        signal=code is not None or booked_as_group(found),
        visit=Visit(
            reference=reference,
            patient=people[0] if len(people) == 1 else None,
            code=code,
            leader=leaders[0] if leaders else "",
            site=places[0] if places else "",
            kind=tuple(sorted(found)),
            start=_moment(appointment.get("start"), settings),
            end=_moment(appointment.get("end"), settings),
        ),
    )


_TYPES = ("serviceType", "appointmentType", "reasonCode", "specialty")


def _moment(text: Any, settings: Settings) -> datetime | None:
    found = at(text, settings.zone_of(None, None) or UTC)
    return None if found is None else found.astimezone(UTC)
