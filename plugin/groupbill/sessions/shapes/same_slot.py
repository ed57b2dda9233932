"""Shape C: visits without a link, of one leader at one time (confidence 0.9, 0.7 or 0.5).

0.9 where every visit says that it is a group, 0.7 where some do, 0.5 where they only coincide. Two patients
at least, whose visits nothing tells apart: session code, type, site.
"""

from __future__ import annotations

from ..slots import Slot
from ..visits import Visit

SHAPE = "C"
ALL, SOME, NONE = 0.9, 0.7, 0.5


def opened(visit: Visit) -> Slot | None:
    """A slot that others may join; None without a leader and a time."""
    if visit.start is None or not visit.leaders:
        return None
    slot = Slot(SHAPE, visit)
    slot.take(visit)
    return slot


def order(visit: Visit) -> tuple[float, bool, int, str]:
    """By start; what says more about itself first, so that the vague joins the definite."""
    start = visit.start if visit.start is not None else float("inf")
    return (start, not visit.site.startswith("Location"), -len(visit.kind), visit.reference)


def confidence(slot: Slot) -> float:
    """How sure it is that the visits of a slot are one session; 0 for a single patient's."""
    if len(slot.patients) < 2:
        return 0.0
    if slot.coded == len(slot.references):
        return ALL
    return SOME if slot.coded else NONE


def named(slot: Slot) -> bool:
    """Whether the visits name a session that Appointments name as well, and more surely."""
    return len(slot.visitors) > 1 and slot.coded == len(slot.references)
