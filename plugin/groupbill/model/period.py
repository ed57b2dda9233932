"""A stretch of time with the precision in which it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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
        """Whether both share time; None where a start or an end is not on file. Touching is no overlap."""
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return None
        return self.start < other.end and other.start < self.end


UNRECORDED = Period()
"""Nothing is known of the time."""
