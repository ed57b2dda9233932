"""Shape H: visits that share an Appointment, an identifier, an order or an episode; the rest by slot (C)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ..fhir import encounter as encounters
from ..fhir.index import Index
from . import slots
from .slots import Slot
from .visits import Visit

Found = tuple[str, float, Slot]
_WITHOUT_END = timedelta(hours=1)
"""How much later than a start without end another visit of the same session may start."""


def joined(index: Index, visits: Iterable[Visit], gap: timedelta) -> Iterator[Found]:
    """Slots of visits, those with a common link first (confidence 0.9), each with its shape.

    A visit without the link joins the slot of its leader and hour all the same.
    """
    loose = {visit.reference: visit for visit in visits}
    linked = list(_linked(index, loose, gap))
    taken = {visit.reference for slot in linked for visit in slot.visits}
    rest = [visit for reference, visit in loose.items() if reference not in taken]
    every = slots.gather(rest, gap, linked)
    for slot in every[: len(linked)]:
        yield "H", 0.9 if any(visit.code is not None for visit in slot.visits) else 0.5, slot
    for slot in every[len(linked) :]:
        yield "C", slots.confidence(slot), slot


def _linked(index: Index, loose: dict[str, Visit], gap: timedelta) -> Iterator[Slot]:
    """Visits of at least two patients that share a link and a time, each visit under its first shared one."""
    by_link: dict[tuple[int, str], list[str]] = {}
    for reference in sorted(loose):
        for link in _links(index, reference):
            by_link.setdefault(link, []).append(reference)
    taken: set[str] = set()
    for strength, link in sorted(by_link):
        free = [loose[each] for each in by_link[strength, link] if each not in taken]
        for slot in _at_one_time(free, gap, definite=strength == 0):
            if slots.patients(slot) > 1:
                taken.update(visit.reference for visit in slot.visits)
                yield slot


def _at_one_time(visits: list[Visit], gap: timedelta, *, definite: bool) -> list[Slot]:
    """Slots by time: a recurring order or a day's number links several sessions.

    Args:
        visits: Those that share a link, of whatever leader.
        gap: How far starts may be apart.
        definite: Whether the link names one session; else what tells groups apart counts as well.
    """
    found: list[Slot] = []
    for visit in sorted(visits, key=_start):
        home = next((slot for slot in found if _fits(slot, visit, gap) and (definite or slot.alike(visit))), None)
        if home is None:
            found.append(Slot(visit))
        else:
            home.take(visit)
    return found


def _fits(slot: Slot, visit: Visit, gap: timedelta) -> bool:
    if visit.start is None or slot.start is None or slot.near(visit.start, gap):
        return True
    return slot.end is None and visit.start - slot.start <= _WITHOUT_END


def _start(visit: Visit) -> tuple[float, str]:
    return (visit.start.timestamp() if visit.start is not None else float("inf"), visit.reference)


def _links(index: Index, reference: str) -> Iterator[tuple[int, str]]:
    """Links of a visit: 0 for those that name one session, 1 for those that may name several."""
    encounter = index.get(reference) or {}
    for element in encounters.appointment_elements(encounter):
        found = index.ref(element, encounter)
        if found is not None:
            yield 0, found
    for identifier in encounter.get("identifier") or ():
        if identifier.get("system") and identifier.get("value"):
            yield 0, f"{identifier['system']}|{identifier['value']}"
    for name in ("basedOn", "episodeOfCare"):
        for element in encounter.get(name) or ():
            found = index.ref(element, encounter)
            if found is not None:
                yield 1, found
