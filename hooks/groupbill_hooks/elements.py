"""Elements of a resource that a server sent: nobody has checked yet that they have the shape FHIR gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def element(container: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    """The object of this name; an empty one where there is none."""
    found = container.get(name) if container else None
    return found if isinstance(found, Mapping) else {}


def elements(container: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects in the array of this name."""
    found = container.get(name)
    if isinstance(found, Sequence):
        yield from (each for each in found if isinstance(each, Mapping))
