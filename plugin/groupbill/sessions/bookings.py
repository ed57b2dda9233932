"""One Appointment as the shapes look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fhir.index import Index
from ..fhir.references import is_patient
from ..settings import Settings
from .people import leads, practitioner
from .signals import booked_as_group, stated, unchecked
from .visits import Visit, seconds

OPEN = frozenset({"proposed", "pending", "booked", "waitlist", ""})
"""A session that is only planned is none yet."""
_TYPES = ("serviceType", "appointmentType", "reasonCode", "reason", "specialty")


@dataclass(frozen=True, slots=True)
class Booking:
    """One Appointment."""

    reference: str
    status: str
    patients: tuple[str, ...]
    group: str | None
    """R5: the Group that is its subject or takes part."""
    visit: Visit
    encounters: tuple[str, ...] = ()
    """Encounters that came of it."""

    @property
    def shared(self) -> bool:
        """Whether it is the one Appointment of a whole group."""
        return len(self.patients) > 1 or self.group is not None


def read(
    index: Index, reference: str, appointment: Mapping[str, Any], settings: Settings, encounters: tuple[str, ...] = ()
) -> Booking:
    """Read an Appointment."""
    found = [each for name in _TYPES for each in unchecked(appointment.get(name))]
    named = _named(index, appointment)
    people = patients(index, appointment)
    code = stated(found, settings)
    return Booking(
        reference=reference,
        status=appointment.get("status") or "",
        patients=people,
        group=of_group(index, appointment),
        encounters=encounters,
        visit=Visit(
            reference=reference,
            patient=people[0] if len(people) == 1 else None,
            code=code,
            signal=code is not None or booked_as_group(found),
            leaders=tuple(sorted({practitioner(index, each) or each for each in named if leads(each, index)})),
            site=min((each for each in named if each.startswith("Location/")), default=""),
            kind=tuple(sorted(found)),
            start=seconds(appointment.get("start"), settings),
            end=seconds(appointment.get("end"), settings),
        ),
    )


def patients(index: Index, appointment: Mapping[str, Any]) -> tuple[str, ...]:
    """The patients whom an Appointment is for."""
    return tuple(sorted({each for each in _named(index, appointment) if is_patient(each)}))


def of_group(index: Index, appointment: Mapping[str, Any]) -> str | None:
    """The Group that an Appointment is for: then what became of it says nothing about one patient."""
    return next((each for each in _named(index, appointment) if each.startswith("Group/")), None)


def actors(index: Index, appointment: Mapping[str, Any]) -> list[str]:
    """Everybody and everything that takes part."""
    found = (index.ref(each.get("actor"), appointment) for each in appointment.get("participant") or ())
    return [each for each in found if each is not None]


def _named(index: Index, appointment: Mapping[str, Any]) -> list[str]:
    """Everybody and everything that takes part, and the subject."""
    subject = index.ref(appointment.get("subject"), appointment)
    return [*actors(index, appointment), *([] if subject is None else [subject])]
