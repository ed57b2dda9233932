"""The sites that a place belongs to: its Location and what that is part of, then its Organizations."""

from __future__ import annotations

from collections.abc import Iterator

from .index import Index

_HIGH = 8
"""Levels of `partOf` that are followed; a circle ends before."""


def sites(index: Index, location: str | None, organization: str | None) -> tuple[str, ...]:
    """Locations from the inside out, Organizations likewise, then those that manage the Locations."""
    found = dict.fromkeys((*_upwards(index, location), *_upwards(index, organization)))
    for place in tuple(found):
        resource = index.get(place) or {}
        if resource.get("resourceType") == "Location":
            found.update(dict.fromkeys(_upwards(index, index.ref(resource.get("managingOrganization"), resource))))
    return tuple(found)


def _upwards(index: Index, reference: str | None) -> Iterator[str]:
    for _ in range(_HIGH):
        if reference is None:
            return
        yield reference
        resource = index.get(reference)
        reference = None if resource is None else index.ref(resource.get("partOf"), resource)
