"""Sessions that have an Encounter of their own, under the strongest shape that names them: B, F, H, I, A."""

from __future__ import annotations

from .heads import Head
from .scan import Scan
from .shapes import group_subject, links, participants, parts, unnamed_group
from .slots import Slot


def root(scan: Scan, reference: str) -> Slot | None:
    """The session of an Encounter that may stand for a whole group, None when it is none.

    It needs people and a group signal: a Group as subject, or a session code on it or on its parts. A program
    day that only holds other sessions is none.
    """
    head = scan.heads[reference]
    has_parts, has_associated = reference in scan.parts, reference in scan.associated
    if head.other or not (head.grouped or head.coded or _coded(scan, reference, has_parts or has_associated)):
        return None
    if reference in scan.containers and not (has_parts or head.coded):
        return None
    named = _shape(head, has_parts, has_associated)
    if named is None:
        return None
    shape, confidence = named
    slot = Slot(shape, head.visit, confidence)
    slot.encounter, slot.group = reference, head.group
    if has_parts and (slot.start is None or not slot.leaders):
        _complete(scan, slot, reference)
    return slot


def _shape(head: Head, has_parts: bool, has_associated: bool) -> tuple[str, float] | None:
    if parts.named(head, has_parts):
        return parts.SHAPE, parts.CONFIDENCE
    if participants.named(head):
        return participants.SHAPE, participants.CONFIDENCE
    if links.named(has_associated):
        return links.SHAPE, links.CONFIDENCE
    if unnamed_group.named(head):
        return unnamed_group.SHAPE, unnamed_group.CONFIDENCE
    if group_subject.named(head):
        return group_subject.SHAPE, group_subject.CONFIDENCE
    return None


def _coded(scan: Scan, reference: str, has_visits: bool) -> bool:
    """Whether what belongs to the Encounter states a session code."""
    return has_visits and any(visit.signal for visit in scan.visits_in(reference))


def _complete(scan: Scan, slot: Slot, reference: str) -> None:
    """Leader and time of an Encounter that leaves them to its parts."""
    for visit in scan.visits_in(reference):
        slot.leaders = slot.leaders or visit.leaders
        if slot.start is None:
            slot.start, slot.end = visit.start, visit.end
