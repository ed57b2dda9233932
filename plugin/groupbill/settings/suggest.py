"""`did you mean ...` for a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like a word; None when none is near.

    Of equally near ones first those of the same letters (`GRP80` is GRP08), then by the alphabet.
    """
    near = difflib.get_close_matches(word, sorted(map(str, known)), n=20, cutoff=0.6)
    return min(near, key=lambda each: (-_likeness(word, each), sorted(each) != sorted(word), each), default=None)


def _likeness(word: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, word).ratio()


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'medicare'?)`, or nothing when no known word is near."""
    found = nearest(word, known)
    return f" (did you mean {found!r}?)" if found is not None else ""
