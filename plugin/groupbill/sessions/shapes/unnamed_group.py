"""Shape I (confidence 0.9): the Group is contained in the Encounter, or named by identifier or display only."""

from __future__ import annotations

from ..heads import Head

SHAPE, CONFIDENCE = "I", 0.9


def named(head: Head) -> bool:
    """Whether such a Group names a session."""
    return head.grouped and head.unnamed
