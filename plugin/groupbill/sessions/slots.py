"""A slot: one leader, one hour, one group; and the calendar in which slots are found."""

from __future__ import annotations

from collections.abc import Iterable

from .signals import agree
from .visits import Visit

_HOUR = 3600
_LONGEST = 24
"""Hours of a session in which late joiners are looked for."""


class Slot:
    """What belongs together, while it is being gathered."""

    __slots__ = (
        "alive", "appointments", "code", "coded", "confidence", "encounter", "end", "filed", "group", "kind", "known",
        "leaders", "patients", "references", "rivals", "shape", "site", "start", "torn", "visitors",
    )  # fmt: skip

    def __init__(self, shape: str, first: Visit, confidence: float = 0.0) -> None:
        """Open with what is known of it; visits and Appointments are taken in afterwards."""
        self.shape = shape
        self.confidence = confidence
        self.encounter: str | None = None
        """The session's Encounter."""
        self.group: str | None = None
        """The Group whose roster says who belongs to it."""
        self.leaders = first.leaders
        self.site = first.site
        self.kind = first.kind
        self.code = first.code
        self.start = first.start
        self.end = first.end
        self.references: list[str] = []
        self.appointments: list[str] = []
        self.patients: set[str] = set()
        self.known: frozenset[str] | None = None
        """Everybody on the roster and in the parts, once somebody asked; None for slots without."""
        self.visitors: set[str | None] = set()
        """Patients with an Encounter of their own."""
        self.coded = 0
        """How many Encounters say that they are a group's."""
        self.rivals: list[Slot] = []
        self.torn = False
        self.alive = True
        self.filed = -1

    @property
    def leader(self) -> str:
        """Who led."""
        return self.leaders[0] if self.leaders else ""

    @property
    def name(self) -> str:
        """A reference that stands for it."""
        return self.encounter or min([*self.references, *self.appointments], default="")

    @property
    def ambiguous(self) -> bool:
        """Whether another session of the leader may claim some of its records."""
        return self.torn or any(other.alive for other in self.rivals)

    def take(self, visit: Visit) -> None:
        """Add an Encounter."""
        self.references.append(visit.reference)
        self.visitors.add(visit.patient)
        self.coded += visit.signal
        if not self.leaders:
            self.leaders = visit.leaders
        if not self.site or (visit.site.startswith("Location") and not self.site.startswith("Location")):
            self.site = visit.site
        if len(visit.kind) > len(self.kind) and agree(self.kind, visit.kind):
            self.kind = visit.kind
        self._note(visit)

    def book(self, visit: Visit, patients: Iterable[str]) -> None:
        """Add an Appointment."""
        self.appointments.append(visit.reference)
        self.patients.update(patients)
        self._note(visit)

    def _note(self, visit: Visit) -> None:
        if visit.patient is not None:
            self.patients.add(visit.patient)
        self.code = self.code or visit.code
        if self.start is None:
            self.start = visit.start
        if visit.end is not None and (self.end is None or visit.end > self.end):
            self.end = visit.end

    def on_time(self, start: float, gap: float) -> bool:
        """Whether a start is as good as the slot's."""
        return self.start is not None and abs(start - self.start) <= gap

    def during(self, start: float) -> bool:
        """Whether a start lies inside the slot's time."""
        return self.start is not None and self.end is not None and self.start < start < self.end

    def alike(self, visit: Visit) -> bool:
        """Whether nothing that is recorded on both sides tells them apart: code, type, site."""
        same_code = not self.code or not visit.code or self.code == visit.code
        return same_code and agree(self.kind, visit.kind) and same_site(self.site, visit.site)

    def fits(self, visit: Visit, gap: float) -> bool:
        """Whether a visit of the same leader belongs here: on time, or late and of the same service."""
        if visit.start is None or not self.alike(visit):
            return False
        return self.on_time(visit.start, gap) or (visit.signal and self._late(visit, visit.start, gap))

    def fits_known(self, visit: Visit, gap: float) -> bool:
        """Whether a visit of somebody on the roster belongs here."""
        if visit.start is None or (self.code and visit.code and self.code != visit.code):
            return False
        return self.on_time(visit.start, gap) or self._late(visit, visit.start, gap)

    def _late(self, visit: Visit, start: float, gap: float) -> bool:
        """Whether somebody came later; who also stayed on is in the next group."""
        return self.during(start) and (visit.end is None or (self.end is not None and visit.end <= self.end + gap))


def same_site(one: str, other: str) -> bool:
    """Whether two sites may be the same: a Location and an Organization say nothing about each other."""
    return not one or not other or one == other or one.partition("/")[0] != other.partition("/")[0]


class Calendar:
    """Slots by leader and hour, so that finding one does not depend on how many there are."""

    def __init__(self, gap: float) -> None:
        """Empty; starts `gap` seconds apart are one."""
        self.gap = gap
        self._hours: dict[tuple[str, int], list[Slot]] = {}

    def enter(self, slot: Slot) -> None:
        """Enter a slot, or what was added to its time."""
        if slot.start is None:
            return
        first = int((slot.start - self.gap) // _HOUR)
        end = min(max(slot.end or 0.0, slot.start + self.gap), slot.start + _LONGEST * _HOUR)
        last = int(end // _HOUR)
        for hour in range(max(first, slot.filed + 1), last + 1):
            for leader in slot.leaders:
                self._hours.setdefault((leader, hour), []).append(slot)
        slot.filed = max(slot.filed, last)

    def near(self, leaders: Iterable[str], start: float | None) -> list[Slot]:
        """Slots of any of these leaders that start then, or are on."""
        if start is None:
            return []
        hour, found = int(start // _HOUR), {}
        for leader in leaders:
            for slot in self._hours.get((leader, hour), ()):
                if slot.alive and (slot.on_time(start, self.gap) or slot.during(start)):
                    found[id(slot)] = slot
        return list(found.values())

    def open(self, slot: Slot) -> None:
        """Enter a new slot; another of its leader at the same time is its rival."""
        for other in self.near(slot.leaders[:1], slot.start):
            if other.leader == slot.leader and self._compete(other, slot):
                other.rivals.append(slot)
                slot.rivals.append(other)
        self.enter(slot)

    def _compete(self, one: Slot, other: Slot) -> bool:
        """Back to back is no competition, not even with a few minutes in common."""
        if one.start is None or other.start is None:
            return False
        if one.on_time(other.start, self.gap):
            return True
        early, late = sorted((one, other), key=lambda slot: slot.start or 0.0)
        return early.end is not None and early.end - (late.start or 0.0) > self.gap
