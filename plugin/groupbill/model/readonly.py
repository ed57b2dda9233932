"""Read-only views of FHIR JSON and settings, so that one plugin can't change what the next one sees.

`copy.deepcopy` of a view is plain JSON: dicts and lists of one's own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload


def view(value: Any) -> Any:
    """A view of an object or array that can be read like it and not written; anything else as it is."""
    if isinstance(value, dict):
        return ObjectView(value)
    if isinstance(value, list):
        return ArrayView(value)
    return value


class ObjectView(Mapping[str, Any]):
    """A JSON object, read-only all the way down."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Mapping[str, Any]) -> None:
        """View `inner` without copying it."""
        self._inner = inner

    def __getitem__(self, key: str) -> Any:
        """The value under a key, read-only."""
        return view(self._inner[key])

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._inner)

    def __len__(self) -> int:
        """How many keys."""
        return len(self._inner)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        """A dict of the caller's own, to be changed or sent."""
        return copy.deepcopy(dict(self._inner), memo)

    def __repr__(self) -> str:
        """The type only: a repr may end in a log, and a resource is patient data."""
        return f"<read-only {self._inner.get('resourceType', 'object')}>"


class ArrayView(Sequence[Any]):
    """A JSON array, read-only all the way down."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Sequence[Any]) -> None:
        """View `inner` without copying it."""
        self._inner = inner

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """The item or items at an index, read-only."""
        found = self._inner[index]
        return ArrayView(found) if isinstance(index, slice) else view(found)

    def __len__(self) -> int:
        """How many items."""
        return len(self._inner)

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence with equal items."""
        if isinstance(other, ArrayView):
            return list(self._inner) == list(other._inner)
        return isinstance(other, list | tuple) and list(self._inner) == list(other)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        """A list of the caller's own."""
        return copy.deepcopy(list(self._inner), memo)

    def __repr__(self) -> str:
        """The length only, as of an object the type."""
        return f"<read-only array of {len(self._inner)}>"

    def __hash__(self) -> int:
        """Views of arrays are not hashable, as arrays are not."""
        raise TypeError("unhashable: a view of an array")
