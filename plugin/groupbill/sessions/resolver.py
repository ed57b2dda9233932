"""The resolver: every Encounter and Appointment goes to at most one session.

First Encounters of a whole group with what is part of them, then Appointments, then visits that are linked,
then visits of one leader at one time. What is recorded about a session in a second shape joins it: the
later steps look in the calendar of the earlier ones first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..fhir.index import Index
from ..settings import Settings
from . import bookings as booked
from .bookings import Booking
from .candidate import Candidate
from .homes import Homes
from .roots import root
from .scan import scan
from .shapes import group_subject, links, own_appointments, parts, same_slot, shared_appointment
from .signals import ONE_FAMILY
from .slots import Slot
from .visits import Visit

_ERROR = "entered-in-error"


def find(index: Index, settings: Settings, *, lone: bool = False) -> Iterator[Candidate]:
    """All sessions among what was read: those with an Encounter by its reference, then the others by time.

    Args:
        index: What was read.
        settings: Session codes, how close starts must be, how sure is sure enough.
        lone: Also, at the end, visits that say they are of a group and fit no session.
    """
    search = _Search(index, settings)
    search.whole_groups()
    search.appointments()
    search.linked()
    search.at_one_time()
    search.late_bookings()
    yield from search.candidates()
    if lone:
        yield from search.lone()


class _Search:
    """What was assigned so far."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._scan = scan(index, settings)
        self._gap = 60.0 * settings.slot_minutes
        self._homes = Homes(index, self._scan, self._gap)
        self._slots: list[Slot] = []
        self._owner: dict[str, Slot] = {}
        """Sessions of the Encounters that Appointments may belong to."""
        self._with_booking = {each for found in self._scan.booked.values() for each in found}
        self._rest: list[Booking] = []

    # Encounters of a whole group

    def whole_groups(self) -> None:
        """Encounters that stand for a whole group, and what is part of or associated with them."""
        for key in self._scan.heads:
            slot = root(self._scan, key)
            if slot is not None:
                self._homes.whole[key] = slot
        for key in sorted(self._scan.parts.keys() - self._scan.heads.keys()):
            slot = parts.unseen(self._scan, key)
            if slot is not None:
                slot.encounter = key
                self._scan.loose.pop(key, None)
                self._homes.whole[key] = slot
        for key, visits in self._scan.parts.items():
            self._assign_parts(key, visits)
        for key in self._scan.associated.keys() & self._homes.whole.keys():
            for reference in self._scan.associated[key]:
                self._adopt(self._homes.whole[key], reference)
        for key, slot in sorted(self._homes.whole.items(), key=_by_start):
            self._owner[key] = slot
            self._homes.calendar.open(slot)

    def _assign_parts(self, parent: str, visits: list[str]) -> None:
        """Parts of a session are its own; those of a part of one as well; others stand alone."""
        slot = self._homes.whole.get(parent)
        if slot is not None:
            self._owner.update((each, slot) for each in visits if each in self._with_booking)
            return
        above = next((each for each in self._scan.ancestors(parent) if each in self._homes.whole), None)
        self._scan.loosen(visits)
        for reference in visits if above is not None else ():
            self._adopt(self._homes.whole[str(above)], reference)

    def _adopt(self, slot: Slot, reference: str) -> None:
        """Add a visit that stands alone to a session."""
        visit = self._scan.loose.pop(reference, None)
        if visit is not None:
            self._take(slot, visit)

    def _take(self, slot: Slot, visit: Visit) -> None:
        slot.take(visit)
        if visit.reference in self._with_booking:
            self._owner[visit.reference] = slot

    # Appointments

    def appointments(self) -> None:
        """Appointments: of a session that was found, or a session of their own (D, E)."""
        shared: list[Booking] = []
        single: list[Booking] = []
        for key in self._index.keys("Appointment"):
            came = tuple(self._scan.booked.get(key, ()))
            booking = booked.read(self._index, key, self._index.get(key) or {}, self._settings, came)
            if booking.status == _ERROR or self._by_encounter(booking):
                continue
            (shared if booking.shared else single).append(booking)
        for booking in sorted(shared, key=_when):
            self._whole_group(booking)
        self._parallel([booking for booking in single if not self._of_another_service(booking)])

    def _by_encounter(self, booking: Booking) -> bool:
        """Let an Appointment, and what else came of it, join the session of an Encounter that came of it."""
        slot = next((self._owner[each] for each in booking.encounters if each in self._owner), None)
        if slot is not None:
            self._book(slot, booking)
        return slot is not None

    def _book(self, slot: Slot, booking: Booking) -> None:
        slot.book(booking.visit, booking.patients)
        for reference in booking.encounters:
            self._adopt(slot, reference)
        self._homes.calendar.enter(slot)

    def _of_another_service(self, booking: Booking) -> bool:
        """An individual hour came of it."""
        return bool(booking.encounters) and not any(each in self._scan.loose for each in booking.encounters)

    def _whole_group(self, booking: Booking) -> None:
        home = self._homes.home(booking.visit, booking)
        if home is not None:
            self._book(home, booking)
            return
        slot = shared_appointment.opened(self._scan, booking)
        if slot is not None:
            self._owner.update((each, slot) for each in booking.encounters)
            self._open(slot)

    def _parallel(self, single: list[Booking]) -> None:
        opened: list[Slot] = []
        names = {booking.reference: booking for booking in single}
        for booking in sorted(single, key=_when):
            home = self._homes.home(booking.visit, booking) if booking.visit.signal else None
            if home is None:
                home = own_appointments.opened(booking)
                if home is None:
                    self._rest.append(booking)
                    continue
                opened.append(home)
                self._homes.calendar.open(home)
            home.book(booking.visit, booking.patients)
            self._homes.calendar.enter(home)
        for slot in opened:
            if own_appointments.took_place(slot, names):
                self._slots.append(slot)
                for key in slot.appointments:
                    for reference in own_appointments.visits_of(self._scan, names[key]):
                        self._adopt(slot, reference)
            else:
                slot.alive = False
                self._rest.extend(names[key] for key in slot.appointments)

    def late_bookings(self) -> None:
        """Appointments that say little by themselves: they join what was found in the end."""
        for booking in sorted(self._rest, key=_when):
            if not self._by_encounter(booking):
                home = self._homes.home(booking.visit, booking)
                if home is not None:
                    self._book(home, booking)

    # Visits

    def linked(self) -> None:
        """Visits that share a link (H)."""
        for together in list(links.linked(self._scan, self._gap)):
            slot = links.slot_of(together)
            if slot.confidence < self._settings.min_confidence:
                continue
            home = next((found for each in together if (found := self._homes.home(each)) is not None), None)
            for visit in together:
                del self._scan.loose[visit.reference]
                if home is not None:
                    self._take(home, visit)
                elif visit.reference in self._with_booking:
                    self._owner[visit.reference] = slot
            if home is None:
                self._open(slot)

    def at_one_time(self) -> None:
        """Visits of one leader at one time (C), and of one family."""
        for visit in sorted(self._scan.loose.values(), key=same_slot.order):
            slot = self._homes.home(visit)
            if slot is not None:
                self._take(slot, visit)
                self._homes.calendar.enter(slot)
                continue
            slot = same_slot.opened(visit)
            if slot is None:
                slot = group_subject.of_family(visit)
            if slot is not None:
                self._open(slot)
                self._owner[visit.reference] = slot

    def _open(self, slot: Slot) -> None:
        self._slots.append(slot)
        self._homes.calendar.open(slot)

    # The end

    def candidates(self) -> Iterator[Candidate]:
        """Everything found that is certain enough."""
        for slot in self._slots:
            self._settle(slot)
        for _, slot in sorted(self._homes.whole.items()):
            if slot.confidence >= self._settings.min_confidence:
                yield _candidate(slot)
        for slot in self._slots:
            if slot.alive:
                yield _candidate(slot)

    def lone(self) -> Iterator[Candidate]:
        """Visits that say they are a group's and belong to no session: somebody has to look at them."""
        slots = [*self._homes.whole.values(), *(slot for slot in self._slots if slot.alive)]
        placed = {reference for slot in slots for reference in slot.references}
        for reference, visit in sorted(self._scan.loose.items()):
            if visit.signal and visit.code not in ONE_FAMILY and reference not in placed:
                yield Candidate(shape=same_slot.SHAPE, confidence=0.0, visits=(reference,), lone=True)

    def _settle(self, slot: Slot) -> None:
        """Give a slot of visits its confidence; what is not certain enough competes with nobody."""
        if slot.shape == own_appointments.SHAPE and same_slot.named(slot):
            slot.shape = same_slot.SHAPE
        if slot.shape == same_slot.SHAPE:
            slot.confidence = same_slot.confidence(slot)
            lone = self._scan.loose.get(slot.references[0]) if len(slot.references) == 1 else None
            if lone is not None and lone.family and len(slot.patients) == 1:
                slot.shape, slot.confidence = group_subject.SHAPE, group_subject.CONFIDENCE
                slot.encounter = lone.reference
        slot.alive = slot.confidence >= self._settings.min_confidence


def _candidate(slot: Slot) -> Candidate:
    return Candidate(
        shape=slot.shape,
        confidence=slot.confidence,
        encounter=slot.encounter,
        visits=tuple(sorted(set(slot.references))),
        appointments=tuple(sorted(set(slot.appointments))),
        ambiguous=slot.ambiguous,
    )


def _by_start(item: tuple[str, Slot]) -> tuple[float, str]:
    return (item[1].start or 0.0, item[0])


def _when(booking: Booking) -> tuple[float, str]:
    return (booking.visit.start or 0.0, booking.reference)
