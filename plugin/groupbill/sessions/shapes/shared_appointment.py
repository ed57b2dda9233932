"""Shape D (confidence 0.8, 0.5 without a group signal): one Appointment of many patients, or of a Group.

Encounters may refer to it: those of single patients say who came, one of the whole group is the session's.
"""

from __future__ import annotations

from ..bookings import OPEN, Booking
from ..scan import Scan
from ..slots import Slot

SHAPE, CONFIDENCE, WITHOUT_SIGNAL = "D", 0.8, 0.5


def opened(scan: Scan, booking: Booking) -> Slot | None:
    """The session of a shared Appointment, None while it is only planned."""
    visits = [scan.loose[each] for each in booking.encounters if each in scan.loose]
    whole = [each for each in booking.encounters if each in scan.heads and not scan.heads[each].other]
    if booking.status in OPEN and not visits and not whole:
        return None
    signal = booking.visit.signal or booking.group is not None or any(visit.signal for visit in visits)
    signal = signal or any(scan.heads[each].coded for each in whole)
    slot = Slot(SHAPE, booking.visit, CONFIDENCE if signal else WITHOUT_SIGNAL)
    slot.group = booking.group
    slot.encounter = whole[0] if len(whole) == 1 else None
    slot.book(booking.visit, booking.patients)
    for visit in visits:
        del scan.loose[visit.reference]
        slot.take(visit)
    return slot
