"""How many notes of a session are nearly the same, by their sketches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

_SHARE = 0.9
"""Of the phrases; groupbill's own default."""
_BAND = 4
"""Buckets that have to agree before two sketches are compared: of two that are alike some band does."""

Sketch = tuple[int, ...]


def most_alike(sketches: Sequence[tuple[int, Sketch]]) -> int:
    """How many owners have nearly the text of the first one who shares theirs; 1 where nobody does.

    Args:
        sketches: With the owner of each; several may be of one.
    """
    for one, other in _candidates(sketches):
        if alike(sketches[one][1], sketches[other][1]):
            return len({owner for owner, sketch in sketches if alike(sketches[one][1], sketch)})
    return 1


def alike(one: Sketch, other: Sketch) -> bool:
    """Whether about nine tenths of the phrases of two texts are the same."""
    filled = [(left, right) for left, right in zip(one, other, strict=True) if left or right]
    return sum(left == right for left, right in filled) >= _SHARE * len(filled)


def _candidates(sketches: Sequence[tuple[int, Sketch]]) -> Iterator[tuple[int, int]]:
    """Pairs of different owners that agree in a band, without comparing each with each."""
    seen: dict[tuple[int, Sketch], int] = {}
    for place, (owner, sketch) in enumerate(sketches):
        for key in _bands(sketch):
            first = seen.setdefault(key, place)
            if sketches[first][0] != owner:
                yield first, place


def _bands(sketch: Sketch) -> Iterable[tuple[int, Sketch]]:
    for start in range(0, len(sketch), _BAND):
        band = sketch[start : start + _BAND]
        if any(band):
            yield start, band
