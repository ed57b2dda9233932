"""What became of a session: finished, in-progress (wait), cancelled, entered-in-error; only planned is none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..fhir import encounter as encounters
from ..model import Resource
from .evidence import ERROR, WAITING

_ENDED = frozenset({"finished", "cancelled", ERROR})
_BEGUN = WAITING - {"planned"}
_CAME = ("fulfilled", "arrived", "checked-in")


def status(root: Resource | None, visits: Iterable[Resource], bookings: Iterable[Resource]) -> str | None:
    """By the session's Encounter, else by the visits, else by the Appointments; None for what is only planned."""
    own = "" if root is None else encounters.status(root)
    if own in _ENDED:
        return own
    if own in _BEGUN:
        return "in-progress"
    states = Counter(encounters.status(visit) for visit in visits)
    found = _begun(states)
    if found is None and own != "planned":
        found = _by_bookings(states, Counter(str(each.get("status") or "") for each in bookings))
        # A session of which nobody says what became of it waits until somebody does.
        found = found or ("in-progress" if root is not None else None)
    return found


def _begun(states: Counter[str]) -> str | None:
    """What visits say that took place, or are taking place."""
    if states["finished"]:
        return "finished"
    return "in-progress" if any(states[each] for each in _BEGUN) else None


def _by_bookings(states: Counter[str], booked: Counter[str]) -> str | None:
    """What became of the Appointments, then of the visits."""
    if any(booked[each] for each in _CAME):
        return "finished"
    if states["planned"]:
        return None
    ended = next((each for each in ("cancelled", ERROR) if states[each]), None)
    return ended or ("cancelled" if booked["cancelled"] or booked["noshow"] else None)
