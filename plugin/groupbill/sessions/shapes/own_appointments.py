"""Shape E (confidence 0.8): an Appointment per patient, of one leader at one time, booked as a group.

What became of each (fulfilled, noshow, cancelled) is good evidence. Two patients at least.
"""

from __future__ import annotations

from ..bookings import OPEN, Booking
from ..scan import Scan
from ..slots import Slot

SHAPE, CONFIDENCE = "E", 0.8


def opened(booking: Booking) -> Slot | None:
    """A slot that other Appointments may join; None where nothing says that it is a group's."""
    visit = booking.visit
    if not visit.signal or visit.start is None or not visit.leaders or visit.patient is None:
        return None
    return Slot(SHAPE, visit, CONFIDENCE)


def took_place(slot: Slot, bookings: dict[str, Booking]) -> bool:
    """Whether it was for several, and something became of it."""
    found = [bookings[each] for each in slot.appointments if each in bookings]
    return len(slot.patients) > 1 and any(each.status not in OPEN or each.encounters for each in found)


def visits_of(scan: Scan, booking: Booking) -> list[str]:
    """Visits that came of an Appointment and are of no session yet."""
    return [each for each in booking.encounters if each in scan.loose]
