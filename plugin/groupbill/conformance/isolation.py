"""Ids and days of a run's own: a case stands on a shared server beside others, and where nobody can tell the
deployment which day it is, shortly before today.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(Z|[+-][0-9]{2}:[0-9]{2})")


class Isolation:
    """Every id with a prefix, every date so many days later by the clock on the wall."""

    def __init__(self, prefix: str = "", days: int = 0, zone: str = "UTC") -> None:
        """The prefix of the run; whole weeks, so that days of the week stay; the zone of the clinic."""
        self.prefix = prefix
        self._by = timedelta(days=days)
        self._zone = ZoneInfo(zone)

    def reference(self, reference: str) -> str:
        """`Patient/p1` as `Patient/<prefix>p1`; anything but a relative reference as it is."""
        match = _REFERENCE.fullmatch(reference)
        return reference if match is None else f"{match[1]}/{self.prefix}{match[2]}"

    def resource(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """A resource under its own id, whose references lead to others of the run."""
        moved: dict[str, Any] = self.inside(resource)
        return {**moved, "id": self.prefix + str(resource["id"])}

    def settings(self, table: Mapping[str, Any], loaded: Container[str]) -> dict[str, Any]:
        """Settings whose values name resources of the run, where they name resources that it loads."""
        return {name: self._named(value, loaded) for name, value in table.items()}

    def _named(self, value: Any, loaded: Container[str]) -> Any:
        if isinstance(value, Mapping):
            return self.settings(value, loaded)
        return self.reference(value) if isinstance(value, str) and value in loaded else value

    def day(self, on: date) -> date:
        """A date in the days of the run."""
        return on + self._by

    def inside(self, value: Any) -> Any:
        """Any JSON with references and dates of the run."""
        if isinstance(value, Mapping):
            return {
                name: self.reference(each) if name == "reference" and isinstance(each, str) else self.inside(each)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self.inside(each) for each in value]
        return self._later(value) if self._by and isinstance(value, str) else value

    def _later(self, text: str) -> str:
        if _DATE.fullmatch(text):
            return self.day(date.fromisoformat(text)).isoformat()
        if not _TIME.fullmatch(text):
            return text
        wall = datetime.fromisoformat(text).astimezone(self._zone).replace(tzinfo=None) + self._by
        moved = wall.replace(tzinfo=self._zone)
        return moved.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if text.endswith("Z") else moved.isoformat()
