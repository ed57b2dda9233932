"""Finding the columns of an official table below its preamble."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_WORDS = re.compile(r"[a-z0-9]+")
Heading = Callable[[str], bool]
"""Whether a heading, in lower-case words, is that of a column."""


def locate(cells: Sequence[str], wanted: Mapping[str, Heading]) -> dict[str, list[int]] | None:
    """The places of the columns by name, None where this row does not name the columns.

    A row names them when it has the first two of `wanted` in two cells; the others may be missing.
    """
    headings = [" ".join(_WORDS.findall(cell.lower())) for cell in cells]
    found = {name: [at for at, text in enumerate(headings) if text and fits(text)] for name, fits in wanted.items()}
    first, second = (found[name] for name in list(wanted)[:2])
    return found if first and second and first[0] != second[0] else None


def starting(*beginnings: str, without: tuple[str, ...] = ()) -> Heading:
    """A heading that begins so, and in which none of the others occurs."""
    return lambda text: text.startswith(beginnings) and not any(word in text for word in without)


def holding(*words: str) -> Heading:
    """A heading in which all of these occur."""
    return lambda text: all(word in text for word in words)
