"""The roster: who is on the Group, nested Groups included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.dates import first_day, last_day
from ..fhir.index import Index
from ..fhir.references import GROUP, LOGICAL, is_patient

_DEPTH = 16
"""Levels of nested Groups; a circle ends before."""


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
    yield from _expand(index, group, zone, {group}, _ALWAYS)


def participating(index: Index, encounter: Mapping[str, Any]) -> Iterator[str]:
    """R5: Groups on file that are participants of an Encounter; a Group says who may come there as well."""
    for actor, _, _ in encounters.actors(encounter):
        reference = index.ref(actor, encounter)
        if reference is not None and _is_group(index, reference):
            yield reference


def families(index: Index, group: str) -> Iterator[set[str]]:
    """Patients by the Groups that are members of a Group: the families of a group of families."""
    resource = index.get(group) or {}
    for member in resource.get("member") or ():
        nested = index.ref(member.get("entity"), resource)
        if nested is not None and nested != group and _is_group(index, nested):
            yield {entry.member for entry in entries(index, nested, None) if is_patient(entry.member)}


@dataclass(frozen=True, slots=True)
class _Within:
    """What the membership of a nested Group says about those in it."""

    depth: int = 0
    inactive: bool = False
    start: date | None = None
    end: date | None = None


_ALWAYS = _Within()
_PLAIN = _Within(depth=1)
"""Most memberships say nothing."""


def _expand(index: Index, group: str, zone: tzinfo | None, seen: set[str], within: _Within) -> Iterator[Entry]:
    resource = index.get(group)
    if resource is None:
        return
    people = resource.get("type", "person") == "person"
    for position, member in enumerate(resource.get("member") or ()):
        reference = index.ref(member.get("entity"), resource) or _named(index, group, position, member)
        if reference.startswith(LOGICAL) and people:
            # Who is meant is not on file; of people in therapy it is a patient.
            reference = "Patient" + reference
        own = _own(member, zone, within)
        if reference in seen:  # a circle, or a Group that is in two others
            continue
        if _is_group(index, reference) and within.depth < _DEPTH:
            seen.add(reference)
            yield from _expand(index, reference, zone, seen, own)
            continue
        # A Group that is not on file stands for nobody we know, and is named all the same.
        yield Entry(member=reference, source=group, inactive=own.inactive, start=own.start, end=own.end)


def _own(member: Mapping[str, Any], zone: tzinfo | None, within: _Within) -> _Within:
    """One membership; it lasts no longer than that of the Group it is in."""
    if within is _ALWAYS and "period" not in member and "inactive" not in member:
        return _PLAIN
    period = member.get("period") or {}
    start, end = first_day(period.get("start"), zone), last_day(period.get("end"), zone)
    return _Within(
        depth=within.depth + 1,
        inactive=within.inactive or member.get("inactive") is True,
        start=max((each for each in (start, within.start) if each is not None), default=None),
        end=min((each for each in (end, within.end) if each is not None), default=None),
    )


def _is_group(index: Index, reference: str) -> bool:
    """Whether it is a Group on file."""
    if "#" in reference or reference.startswith(GROUP):
        return (index.get(reference) or {}).get("resourceType") == "Group"
    return False


def _named(index: Index, group: str, position: int, member: Mapping[str, Any]) -> str:
    """What a roster says of somebody without a reference that can be followed: its text, else the place."""
    entity = member.get("entity")
    text = entity.get("reference") if isinstance(entity, dict) else None
    return text if isinstance(text, str) and text else _place(index, group, position)


def _place(index: Index, group: str, position: int) -> str:
    """Where on the roster somebody stands who has no reference; never who it is."""
    owner, _, name = group.partition("#")
    if not name:
        return f"{group}#Group.member[{position}]"
    contained = (index.get(owner) or {}).get("contained") or ()
    number = next((at for at, each in enumerate(contained) if each.get("id") == name), 0)
    return f"{owner}#{owner.partition('/')[0]}.contained[{number}].member[{position}]"
