"""Editions: the quarter or fiscal year of a table, which of several answers for a date, whether it covers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from ..errors import UsageError
from .values import State

PRACTITIONER = "practitioner"
OUTPATIENT_HOSPITAL = "outpatient-hospital"
SETTINGS = (PRACTITIONER, OUTPATIENT_HOSPITAL)
"""For which CMS publishes tables of its own."""
_QUARTER = re.compile(r"(19|20)(\d\d)Q([1-4])")
_YEAR = re.compile(r"(?:FY)?((?:19|20)\d\d)")


@dataclass(frozen=True, slots=True)
class Edition:
    """A named stretch of time, both ends included."""

    name: str
    start: date
    end: date

    @property
    def fiscal_year(self) -> int:
        """Federal fiscal year (October to September) of its first day."""
        return fiscal_year(self.start)


class Dated(Protocol):
    """Anything that has an edition."""

    @property
    def edition(self) -> Edition:
        """Its edition."""
        ...


T = TypeVar("T", bound=Dated)


def quarter(name: str) -> Edition:
    """The edition of a calendar quarter.

    Errors:
        UsageError: not like 2026Q1.
    """
    found = _QUARTER.fullmatch(name.strip().upper())
    if found is None:
        raise UsageError(f"edition {name!r}: expected a quarter like 2026Q1")
    year, number = int(found[1] + found[2]), int(found[3])
    first = date(year, 3 * number - 2, 1)
    following = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return Edition(f"{year}Q{number}", first, following - timedelta(days=1))


def year_or_quarter(name: str) -> Edition:
    """The edition of a fiscal year (2026 is October 2025 to September 2026), or of a quarter.

    Errors:
        UsageError: neither like 2026 nor like 2026Q1.
    """
    found = _YEAR.fullmatch(name.strip().upper())
    if found is not None:
        year = int(found[1])
        return Edition(str(year), date(year - 1, 10, 1), date(year, 9, 30))
    try:
        return quarter(name)
    except UsageError:
        raise UsageError(f"edition {name!r}: expected a fiscal year like 2026, or a quarter like 2026Q1") from None


def fiscal_year(on: date) -> int:
    """Federal fiscal year of a date: it begins on 1 October of the year before."""
    return on.year + (on.month >= 10)


def contains(edition: Edition, on: date) -> bool:
    """Whether a date lies in the edition."""
    return edition.start <= on <= edition.end


def choose(tables: Sequence[T], on: date) -> T | None:
    """The table that answers for a date: whose edition contains it, else the nearest earlier, else the earliest."""
    earlier = [table for table in tables if table.edition.start <= on]
    # Quarters don't overlap, so one that contains the date is the latest that has begun. A quarter inside of a
    # fiscal year is the newer state of it.
    if earlier:
        return max(earlier, key=lambda table: _recent(table.edition))
    return min(tables, key=lambda table: _recent(table.edition), default=None)


def _recent(edition: Edition) -> tuple[date, timedelta, str]:
    """By the first day; of two that begin on one day the shorter is the more exact."""
    return edition.start, edition.start - edition.end, edition.name


def state(edition: Edition, on: date) -> State:
    """`before` the edition, `after` its end by more than a year, else `covered`."""
    if on < edition.start:
        return "before"
    return "after" if on > edition.end.replace(year=edition.end.year + 1) else "covered"
