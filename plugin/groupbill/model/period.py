"""A stretch of time with the precision in which it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Period:
    """Start and end, as aware datetimes where a time of day was recorded, and the local date of the start."""

    start: datetime | None = None
    """Aware; None where only a date, or nothing, was recorded."""
    end: datetime | None = None
    date: date | None = None
    """Local date of the start in the zone of the site; a date without time stands as it is."""

    @property
    def minutes(self) -> int | None:
        """Whole elapsed minutes (clock changes counted), None where an end is missing or before the start."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: Period) -> bool | None:
        """Whether both share time; None where what is on file does not tell. Touching is no overlap."""
        if self.start is None or other.start is None:
            return None
        if self.end is not None and other.end is not None:
            return self.start < other.end and other.start < self.end
        # Which of them ended is enough to know where the other one began later, or at once.
        early, late = (self, other) if self.start <= other.start else (other, self)
        if early.start == late.start and early.end is None:
            early, late = late, early
        return None if early.end is None or late.start is None else late.start < early.end

    def coincides(self, other: Period) -> bool:
        """Whether both must be one service where somebody can't give two at once: they overlap, or start together.

        Ends are often not recorded; a start is taken as the same within the quarter of an hour of a session key.
        """
        if self.overlaps(other):
            return True
        return self.start is not None and other.start is not None and abs(self.start - other.start) < _QUARTER


UNRECORDED = Period()
"""Nothing is known of the time."""
