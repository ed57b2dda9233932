"""Shape H (confidence 0.9, 0.5 without a code): visits with a common Appointment, identifier, order or episode.

Visits that are associated with an Encounter of the group belong to it; associated with one another they are
a session themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..scan import Scan
from ..slots import Slot
from ..visits import Visit

SHAPE, CONFIDENCE, WITHOUT_CODE = "H", 0.9, 0.5
_WITHOUT_END = 3600
"""Seconds after a start without end in which another visit of the same session may start."""


def named(has_associated: bool) -> bool:
    """Whether associated visits name the session of an Encounter of the group."""
    return has_associated


def linked(scan: Scan, gap: float) -> Iterator[list[Visit]]:
    """Visits of at least two patients that share a link and a time, each visit once."""
    taken: set[str] = set()
    for (strength, _), references in sorted(_by_link(scan).items()):
        free = [scan.loose[each] for each in references if each not in taken]
        for together in _at_one_time(free, gap, definite=strength == 0):
            if several(together):
                taken.update(visit.reference for visit in together)
                yield together


def slot_of(together: list[Visit]) -> Slot:
    """The session of linked visits."""
    coded = any(visit.signal for visit in together)
    slot = Slot(SHAPE, together[0], CONFIDENCE if coded else WITHOUT_CODE)
    for visit in together:
        slot.take(visit)
    return slot


def _by_link(scan: Scan) -> Mapping[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    for reference, visit in sorted(scan.loose.items()):
        for link in visit.links:
            found.setdefault(link, []).append(reference)
        if reference in scan.associated:
            found.setdefault((0, reference), []).append(reference)
    return {link: references for link, references in found.items() if len(references) > 1}


def _at_one_time(visits: list[Visit], gap: float, *, definite: bool) -> Iterator[list[Visit]]:
    """Visits by time: a recurring order links several sessions.

    What may name several sessions (not `definite`) tells two groups at one hour apart by their leaders.
    """
    times: list[list[Visit]] = []
    for visit in sorted(visits, key=_start):
        if not times or not _near(times[-1], visit, gap):
            times.append([])
        times[-1].append(visit)
    for together in times:
        if definite:
            yield together
            continue
        by_leader: dict[str, list[Visit]] = {}
        for visit in together:
            by_leader.setdefault(visit.leader, []).append(visit)
        apart = [each for each in by_leader.values() if several(each)]
        yield from apart if apart else [together]


def several(visits: list[Visit]) -> bool:
    """Whether they are of more than one patient."""
    return len({visit.patient for visit in visits}) > 1


def _near(together: list[Visit], visit: Visit, gap: float) -> bool:
    """Whether a visit starts with the others, or while they are on."""
    first = together[0].start
    if visit.start is None or first is None:
        return True
    if visit.start - first <= gap:
        return True
    ends = [each.end for each in together if each.end is not None]
    return visit.start < max(ends) if ends else visit.start - first <= _WITHOUT_END


def _start(visit: Visit) -> tuple[float, str]:
    return (visit.start if visit.start is not None else float("inf"), visit.reference)
