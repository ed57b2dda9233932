"""The roster: who is on the Group, nested Groups included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from ..fhir.dates import day
from ..fhir.index import Index

_DEPTH = 8
"""Levels of nested Groups; a cycle ends before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One membership."""

    member: str
    """The reference on the roster; `Group/x#Group.member[3]` for one that has none."""
    source: str
    """The Group."""
    inactive: bool
    start: date | None
    end: date | None

    def active(self, on: date) -> bool:
        """Whether the membership covers a date."""
        return not (
            self.inactive or (self.start is not None and self.start > on) or (self.end is not None and self.end < on)
        )


def entries(index: Index, group: str, zone: tzinfo | None) -> Iterator[Entry]:
    """The memberships of a Group and of the Groups in it, each Group once."""
    yield from _expand(index, group, zone, {group}, 0, False)


def _expand(
    index: Index, group: str, zone: tzinfo | None, seen: set[str], depth: int, inactive: bool
) -> Iterator[Entry]:
    resource = index.get(group)
    if resource is None:
        return
    for position, member in enumerate(resource.get("member") or ()):
        reference = index.ref(member.get("entity"), resource) or f"{group}#Group.member[{position}]"
        gone = inactive or member.get("inactive") is True
        if reference.startswith("Group/") and "#Group.member" not in reference:
            if reference not in seen and depth < _DEPTH:
                seen.add(reference)
                yield from _expand(index, reference, zone, seen, depth + 1, gone)
            continue
        yield _entry(reference, group, member, zone, gone)


def _entry(reference: str, group: str, member: Mapping[str, Any], zone: tzinfo | None, gone: bool) -> Entry:
    period = member.get("period") or {}
    return Entry(
        member=reference,
        source=group,
        inactive=gone,
        start=day(period.get("start"), zone),
        end=day(period.get("end"), zone),
    )
