"""FHIR date, dateTime and instant: what moment they name, and which day it is at the site.

Written by hand because `fromisoformat` of Python 3.11 takes what FHIR refuses (week dates, `24:00`, no
separators) and refuses what FHIR allows (years and months alone, leap seconds).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ..model.period import Period

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_ORDINARY = re.compile(
    r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d))?",
    re.ASCII,
)
"""What surely exists: found without looking at a calendar."""
_NOTHING = Period()


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, None when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


@lru_cache(maxsize=16384)
def moment(text: str | None) -> datetime | None:
    """The aware datetime of a dateTime or instant; None for dates, without offset, and for nonsense."""
    stamp = _stamp(text)
    return stamp if stamp is not None and stamp.tzinfo is not None else None


@lru_cache(maxsize=16384)
def day(text: str | None, site: tzinfo | None) -> date | None:
    """The day at the site (no site: the day as written). A date stands; year or month alone: None."""
    if not isinstance(text, str):
        return None
    if len(text) == 10:
        return _calendar(text)
    stamp = _stamp(text)
    if stamp is None:
        return None
    if stamp.tzinfo is None or site is None or not 2 < stamp.year < 9998:
        return _calendar(text[:10])
    return stamp.astimezone(site).date()


def first_day(text: Any, site: tzinfo | None) -> date | None:
    """The first day that a date, whole or partial, may mean."""
    return _partial(text, first=True) or day(text, site)


def last_day(text: Any, site: tzinfo | None) -> date | None:
    """The last day that a date, whole or partial, may mean."""
    return _partial(text, first=False) or day(text, site)


def _partial(text: Any, *, first: bool) -> date | None:
    if not isinstance(text, str) or len(text) not in (4, 7):
        return None
    year, month = int(text[:4]), int(text[5:] or (1 if first else 12))
    if not 0 < year < 9999:
        return None
    return date(year, month, 1 if first else monthrange(year, month)[1])


def period(element: Any, site: tzinfo | None) -> Period:
    """The Period of a FHIR Period: its times, aware, and the day of the start at the site."""
    if not isinstance(element, dict):
        return _NOTHING
    return _period(element.get("start"), element.get("end"), site)


def dated(value: object, *, time: bool = True) -> bool:
    """Whether this is a FHIR date, or where `time` a dateTime, that exists."""
    return isinstance(value, str) and (time or len(value) <= 10) and exists(value)


def exists(text: str) -> bool:
    """Whether this is a FHIR date (partial ones are) or dateTime that exists."""
    if _ORDINARY.fullmatch(text) is not None:
        return True
    return (_calendar(text, partial=True) if len(text) <= 10 else _stamp(text)) is not None


@lru_cache(maxsize=16384)
def _period(start: str | None, end: str | None, site: tzinfo | None) -> Period:
    return Period(start=at(start, site), end=at(end, site), date=day(start, site))


def at(text: str | None, site: tzinfo | None) -> datetime | None:
    """The aware datetime; one written without offset is a time at the site. Offsets are fixed, so that
    differences count elapsed time over clock changes."""
    stamp = _stamp(text)
    if stamp is None or stamp.tzinfo is not None:
        return stamp
    offset = stamp.replace(tzinfo=site).utcoffset() if site is not None else None
    return None if offset is None else stamp.replace(tzinfo=timezone(offset))


def _calendar(text: str, *, partial: bool = False) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None or not (partial or match[3]):
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None


@lru_cache(maxsize=16384)
def _stamp(text: str | None) -> datetime | None:
    """Naive where there is no offset. A leap second is the second before it: the same minute and day."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, dom, hour, minute = map(int, match.groups()[:5])
    second, fraction, offset = match[6] or "0", (match[7] or "")[:6].ljust(6, "0"), match[8]
    # Years at the edge stand for "no end" and "never set"; a year less keeps sums and zones within range.
    year = min(max(year, 3), 9997) if 0 < year else year
    seconds, zone_ = (59 if second == "60" else int(second)), _offset(offset)
    if offset and zone_ is None:
        return None
    try:
        return datetime(year, month, dom, hour, minute, seconds, int(fraction), zone_)
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(-delta if text[0] == "-" else delta)
