"""Where a visit or an Appointment belongs: which session of its leader is on, and whose roster names the patient."""

from __future__ import annotations

from ..fhir.index import Index
from ..fhir.references import is_patient
from .bookings import Booking
from .people import surviving
from .roster import entries
from .scan import Scan
from .slots import Calendar, Slot
from .visits import Visit


class Homes:
    """The sessions found so far, as those look at them who seek theirs."""

    def __init__(self, index: Index, scan: Scan, gap: float) -> None:
        """Without sessions yet; starts `gap` seconds apart are one."""
        self.calendar = Calendar(gap)
        self.whole: dict[str, Slot] = {}
        """Sessions that have an Encounter of the whole group, by it."""
        self._index = index
        self._scan = scan
        self._gap = gap
        self._rosters: dict[str, frozenset[str]] = {}

    def home(self, visit: Visit, booking: Booking | None = None) -> Slot | None:
        """The session found already that a visit or Appointment belongs to."""
        fitting = []
        for slot in self.calendar.near(visit.leaders, visit.start):
            known = self._knows(slot, visit, booking)
            if slot.fits_known(visit, self._gap) if known else self._fits(slot, visit, booking):
                fitting.append((not known, abs((visit.start or 0.0) - (slot.start or 0.0)), slot.name, slot))
        if not fitting:
            return None
        first = min(fitting, key=lambda each: each[:3])
        rivals = [each for each in fitting if each[0] == first[0]]
        if len(rivals) > 1:
            for *_, slot in rivals:
                slot.torn = True
        return first[3]

    def _fits(self, slot: Slot, visit: Visit, booking: Booking | None) -> bool:
        """Whether somebody who is not known there belongs to a slot."""
        if booking is None and slot.leader != visit.leader:
            return False
        if booking is not None and booking.group is not None and slot.group not in (None, booking.group):
            return False
        vague = not visit.signal and set(slot.kind).isdisjoint(visit.kind)
        if vague and (self._everybody(slot) or (booking is not None and booking.shared)):
            return False
        return slot.fits(visit, self._gap)

    def _knows(self, slot: Slot, visit: Visit, booking: Booking | None) -> bool:
        people = (visit.patient,) if booking is None else booking.patients
        named = [each for each in people if each is not None]
        if booking is not None and any(each in slot.patients for each in named):
            return True
        known = self._everybody(slot)
        return bool(known) and any(each in known or surviving(self._index, each) in known for each in named)

    def _everybody(self, slot: Slot) -> frozenset[str]:
        """Who belongs to a session by its roster and its parts; empty where nobody is named."""
        if slot.known is None:
            found = set(self._roster(slot.group))
            if slot.encounter is not None and slot.encounter in self.whole:
                found.update(str(each.patient) for each in self._scan.visits_in(slot.encounter))
            slot.known = frozenset(found)
        return slot.known

    def _roster(self, group: str | None) -> frozenset[str]:
        if group is None:
            return frozenset()
        known = self._rosters.get(group)
        if known is None:
            named = [each.member for each in entries(self._index, group, None) if is_patient(each.member)]
            known = frozenset([*named, *(surviving(self._index, each) for each in named)])
            self._rosters[group] = known
        return known
