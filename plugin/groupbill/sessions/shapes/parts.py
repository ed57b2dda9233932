"""Shape B (confidence 1.0): one Encounter per patient, each part of the session's.

The session's Encounter may be missing from the input, or name one of the patients as its subject: then it has
to have parts of several patients, and it or one of them to state a group code. A hospital stay has parts too.
"""

from __future__ import annotations

from ...fhir import encounter as encounters
from ..heads import Head
from ..scan import Scan
from ..signals import stated
from ..slots import Slot

SHAPE, CONFIDENCE = "B", 1.0


def named(head: Head, has_parts: bool) -> bool:
    """Whether the parts of an Encounter name a session."""
    return has_parts


def unseen(scan: Scan, reference: str) -> Slot | None:
    """The session of an Encounter that is not among the input, or of a single patient."""
    found = scan.visits_in(reference)
    own = encounters.codes(scan.index.get(reference) or {})
    coded = any(visit.signal for visit in found) or stated(own, scan.settings) is not None
    if len({visit.patient for visit in found}) < 2 or not coded:
        return None
    starts = [visit for visit in found if visit.start is not None] or found
    return Slot(SHAPE, min(starts, key=lambda visit: (visit.start or 0.0, visit.reference)), CONFIDENCE)
