"""From the effects that hooks answer with to the Encounters and Appointments whose sessions are reconciled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ..model import Effect, Read, Recheck, Reconcile, ReconcileGroup, Resource
from .concerned import visits


def asked(effects: Iterable[Effect], today: date, read: Read) -> Iterator[str]:
    """`Encounter/id` and `Appointment/id`; `Wait` asks for nothing now, and other references name no session."""
    for effect in effects:
        match effect:
            case Reconcile(session) if session.startswith(("Encounter/", "Appointment/")):
                yield session
            case ReconcileGroup(group, look_back):
                yield from sessions_of(group, today - look_back, None, read)
            case Recheck(patient, on):
                yield from visits(patient, on, on, read)
                for roster in read(f"Group?member={patient}"):
                    yield from sessions_of(f"Group/{roster['id']}", on, on, read)
            case _:
                continue


def sessions_of(group: str, first: date, last: date | None, read: Read) -> list[str]:
    """The Encounters of a Group between two days, a day wider because servers search by UTC days."""
    window = f"&date=ge{first - timedelta(days=1)}"
    if last is not None:
        window += f"&date=lt{last + timedelta(days=2)}"
    found: Iterable[Resource] = read(f"Encounter?subject={group}{window}")
    return sorted(f"Encounter/{resource['id']}" for resource in found if resource.get("id"))
