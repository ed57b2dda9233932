"""A session that was found, before it is read: references only, so that a clinic's years fit in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What belongs to one session."""

    shape: str
    """A, B, C, D, E, F, H or I: the strongest shape that names it."""
    confidence: float
    encounter: str | None = None
    """The session Encounter; it may be known by reference only."""
    visits: tuple[str, ...] = ()
    """Encounters of participants that are not found through `partOf`, sorted."""
    appointments: tuple[str, ...] = ()
    """Sorted."""
    ambiguous: bool = False
    """Another session fits some of this one's records as well (ENG05)."""
    lone: bool = False
    """No session, but one visit that says it is of one and fits none (ENG05)."""
