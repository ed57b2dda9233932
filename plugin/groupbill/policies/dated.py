"""A value of a policy file with the dates on which it is in force, and one file of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Dated:
    """One value, from a first day to a last day, both included; None is open."""

    value: Any
    start: date | None = None
    end: date | None = None
    source: str = ""
    confidence: str = ""
    """V, V2, R-hi or R-lo as in the reference; empty where the file says nothing."""

    def covers(self, on: date) -> bool:
        """Whether the value is in force on a date."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    @property
    def first(self) -> date:
        """First day, for sorting and comparing."""
        return self.start or date.min

    @property
    def last(self) -> date:
        """Last day, for comparing."""
        return self.end or date.max

    def turns(self) -> Iterator[date]:
        """Days on which what is in force changes because of this value."""
        if self.start is not None:
            yield self.start
        if self.end is not None and self.end < date.max:
            yield self.end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What one policy file says, before inheritance."""

    id: str
    title: str
    extends: str | None
    """Id of the parent; None for the root only."""
    values: Mapping[str, tuple[Dated, ...]]
    """By key; the dates of one key never overlap."""
    place: str
    """The file, for messages."""

    def on(self, key: str, on: date) -> Dated | None:
        """What this file itself says about a key on a date."""
        return next((each for each in self.values.get(key, ()) if each.covers(on)), None)
