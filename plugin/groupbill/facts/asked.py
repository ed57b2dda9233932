"""From the effects that hooks answer with to the Encounters and Appointments whose sessions are reconciled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ..fhir.references import bare
from ..model import Effect, Read, Recheck, Reconcile, ReconcileGroup, Resource
from .concerned import visits, window


def asked(effects: Iterable[Effect], today: date, read: Read) -> Iterator[str]:
    """`Encounter/id` and `Appointment/id`; `Wait` asks for nothing now, and other references name no session."""
    for effect in effects:
        match effect:
            case Reconcile(session):
                reference = bare(session) or ""
                if reference.startswith(("Encounter/", "Appointment/")):
                    yield reference
            case ReconcileGroup(group, look_back):
                yield from sessions_of(group, today - min(look_back, today - date.min), None, read)
            case Recheck(patient, on):
                yield from visits(patient, on, on, read)
                for roster in read(f"Group?member={patient}"):
                    yield from sessions_of(f"Group/{roster['id']}", on, on, read)
            case _:
                continue


def sessions_of(group: str, first: date, last: date | None, read: Read) -> list[str]:
    """The Encounters of a Group between two days."""
    found: Iterable[Resource] = read(f"Encounter?subject={group}{window(first, last)}")
    return sorted(f"Encounter/{resource['id']}" for resource in found if resource.get("id"))
