"""`did you mean ...` for a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'medicare'?)`, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, sorted(map(str, known)), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
