"""Shape C: Encounters without a link that share leader and start; and how slots of any shape are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from .visits import Visit


class Slot:
    """Visits of one leader that belong together, while they are being gathered."""

    def __init__(self, first: Visit) -> None:
        """Open with its first visit."""
        self.visits = [first]
        self.leader = first.leader
        self.site = first.site
        self.kind = first.kind
        self.code = first.code
        self.start = first.start
        self.end = first.end
        self.ambiguous = False

    def take(self, visit: Visit) -> None:
        """Add a visit."""
        self.visits.append(visit)
        if not self.site or (visit.site and not self.site.startswith("Location")):
            self.site = visit.site
        self.kind = max(self.kind, visit.kind, key=len)
        self.code = self.code or visit.code
        if visit.end is not None and (self.end is None or visit.end > self.end):
            self.end = visit.end

    def near(self, start: datetime | None, gap: timedelta) -> bool:
        """Whether a start is close enough, or inside the slot's time (a late joiner)."""
        if start is None or self.start is None:
            return False
        if abs(start - self.start) <= gap:
            return True
        return self.end is not None and self.start < start < self.end

    def alike(self, visit: Visit) -> bool:
        """Whether nothing that is recorded on both sides tells them apart: site, type, session code."""
        kinds, others = set(self.kind), set(visit.kind)
        same_kind = kinds <= others or others <= kinds
        same_code = not self.code or not visit.code or self.code == visit.code
        return same_kind and same_code and same_site(self.site, visit.site)


def same_site(one: str, other: str) -> bool:
    """Whether two sites may be the same: a Location and an Organization say nothing about each other."""
    return not one or not other or one == other or one.split("/", maxsplit=1)[0] != other.split("/", maxsplit=1)[0]


def gather(visits: Iterable[Visit], gap: timedelta, linked: Sequence[Slot] = ()) -> list[Slot]:
    """Slots by leader, start and what tells groups apart. A visit that fits two is ambiguous in both.

    Args:
        visits: Those to be gathered.
        gap: How far starts may be apart.
        linked: Slots that are known already and may be joined; they come first in the answer.
    """
    slots: list[Slot] = list(linked)
    waiting = sorted((slot for slot in linked if slot.start is not None), key=_opening, reverse=True)
    open_: dict[str, list[Slot]] = {}
    for visit in sorted(visits, key=_order):
        if visit.start is None or not visit.leader:
            continue
        while waiting and waiting[-1].start is not None and waiting[-1].start - gap <= visit.start:
            known = waiting.pop()
            open_.setdefault(known.leader, []).append(known)
        near = [slot for slot in open_.get(visit.leader, ()) if slot.near(visit.start, gap)]
        if not _join(near, visit):
            slot = Slot(visit)
            slots.append(slot)
            open_[visit.leader] = [*near, slot]
            for other in near:
                other.ambiguous = slot.ambiguous = True
    return slots


def _join(near: Sequence[Slot], visit: Visit) -> bool:
    """Let a visit join the closest slot that it fits."""
    fitting = [slot for slot in near if slot.alike(visit)]
    if not fitting:
        return False
    if len(fitting) > 1:
        for slot in fitting:
            slot.ambiguous = True
    min(fitting, key=lambda slot: (_distance(slot, visit), slot.visits[0].reference)).take(visit)
    return True


def _opening(slot: Slot) -> tuple[float, str]:
    start = slot.start.timestamp() if slot.start is not None else 0.0
    return (start, slot.visits[0].reference)


def _distance(slot: Slot, visit: Visit) -> timedelta:
    if slot.start is None or visit.start is None:
        return timedelta.max
    return abs(visit.start - slot.start)


def _order(visit: Visit) -> tuple[float, bool, int, str]:
    """By start; what says more about itself first, so that the vague joins the definite."""
    start = visit.start.timestamp() if visit.start is not None else float("inf")
    return (start, not visit.site, -len(visit.kind), visit.reference)


def confidence(slot: Slot) -> float:
    """0.9 where every visit states a group code, 0.7 where some do, 0.5 where they only coincide."""
    signals: Sequence[bool] = [visit.code is not None for visit in slot.visits]
    if all(signals):
        return 0.9
    return 0.7 if any(signals) else 0.5


def patients(slot: Slot) -> int:
    """How many different patients."""
    return len({visit.patient for visit in slot.visits if visit.patient is not None})
