"""Shape F (confidence 1.0): R5, the Patients who came are participants of the session's Encounter."""

from __future__ import annotations

from ..heads import Head

SHAPE, CONFIDENCE = "F", 1.0


def named(head: Head) -> bool:
    """Whether participants name a session."""
    return head.attended
