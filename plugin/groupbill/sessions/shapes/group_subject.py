"""Shape A (confidence 0.9): one Encounter whose subject is a Group. Who came is recorded elsewhere.

Family therapy of one patient with relatives present is one Encounter as well; its subject is the patient.
"""

from __future__ import annotations

from ..heads import Head
from ..slots import Slot
from ..visits import Visit

SHAPE, CONFIDENCE = "A", 0.9


def named(head: Head) -> bool:
    """Whether the Group names a session."""
    return head.grouped


def of_family(visit: Visit) -> Slot | None:
    """The session of one family, None for any other visit of a single patient."""
    if not visit.family:
        return None
    slot = Slot(SHAPE, visit, CONFIDENCE)
    slot.encounter = visit.reference
    slot.take(visit)
    return slot
