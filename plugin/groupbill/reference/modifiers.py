"""Modifiers: class, dates, which bypass NCCI edits, which don't go together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from . import shipped
from .values import Conflict, Modifier


@lru_cache(maxsize=1)
def modifiers() -> dict[str, Modifier]:
    """Every modifier known, by code."""
    return {
        row["modifier"]: Modifier(
            row["modifier"],
            row["class"],
            shipped.day(row["start"]),
            shipped.day(row["end"]),
            row["with_group"],
            row["meaning"],
        )
        for row in shipped.rows("modifiers")
    }


@lru_cache(maxsize=1)
def ncci_associated() -> frozenset[str]:
    """The modifiers that can bypass an NCCI edit with indicator 1."""
    return frozenset(row["modifier"] for row in shipped.rows("ncci_associated_modifiers"))


@lru_cache(maxsize=1)
def _conflicts() -> dict[frozenset[str], Conflict]:
    return {
        frozenset((row["first"], row["second"])): Conflict(
            row["first"], row["second"], row["severity"], row["reason"], row["confidence"]
        )
        for row in shipped.rows("modifier_conflicts")
    }


def conflicts(modifiers: Sequence[str], code: str | None = None) -> tuple[Conflict, ...]:
    """What on one line does not go together, in the order in which the modifiers stand on it."""
    if not modifiers or (code is None and len(modifiers) < 2):
        return ()
    table = _conflicts()
    entries = [*dict.fromkeys(modifiers), *([code] if code else [])]
    return tuple(
        found
        for place, one in enumerate(entries)
        for other in entries[place + 1 :]
        if (found := table.get(frozenset((one, other)))) is not None
    )
