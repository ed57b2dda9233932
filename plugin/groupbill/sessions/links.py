"""Shape H: visits that share an Appointment, an identifier or an order; the rest by slot (C)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ..fhir import encounter as encounters
from ..fhir.index import Index
from . import slots
from .slots import Slot
from .visits import Visit

Found = tuple[str, float, Slot]


def joined(index: Index, visits: Iterable[Visit], gap: timedelta) -> Iterator[Found]:
    """Slots of visits, those with a common link first (confidence 0.9), each with its shape."""
    loose = {visit.reference: visit for visit in visits}
    for references in _linked(index, loose):
        slot: Slot | None = None
        for visit in sorted((loose.pop(each) for each in references), key=_start):
            if slot is None:
                slot = Slot(visit)
            else:
                slot.take(visit)
        if slot is not None:
            coded = any(visit.code is not None for visit in slot.visits)
            yield "H", 0.9 if coded else 0.5, slot
    for slot in slots.gather(loose.values(), gap):
        yield "C", slots.confidence(slot), slot


def _start(visit: Visit) -> tuple[float, str]:
    return (visit.start.timestamp() if visit.start is not None else float("inf"), visit.reference)


def _linked(index: Index, loose: dict[str, Visit]) -> list[list[str]]:
    """Visits of at least two patients that share a link, each visit under its first shared one."""
    by_link: dict[str, list[str]] = {}
    for reference in sorted(loose):
        for link in _links(index, reference):
            by_link.setdefault(link, []).append(reference)
    taken: set[str] = set()
    groups = []
    for link in sorted(by_link):
        free = [each for each in by_link[link] if each not in taken]
        if len({loose[each].patient for each in free}) > 1 and _one_day([loose[each] for each in free]):
            taken.update(free)
            groups.append(free)
    return groups


def _one_day(visits: list[Visit]) -> bool:
    """A recurring booking or order spans weeks: what it links is no single session."""
    starts = [visit.start for visit in visits if visit.start is not None]
    return not starts or max(starts) - min(starts) < timedelta(hours=12)


def _links(index: Index, reference: str) -> Iterator[str]:
    encounter = index.get(reference) or {}
    for element in encounters.appointment_elements(encounter):
        found = index.ref(element, encounter)
        if found is not None:
            yield found
    for element in encounter.get("basedOn") or ():
        found = index.ref(element, encounter)
        if found is not None:
            yield found
    for identifier in encounter.get("identifier") or ():
        if identifier.get("system") and identifier.get("value"):
            yield f"{identifier['system']}|{identifier['value']}"
