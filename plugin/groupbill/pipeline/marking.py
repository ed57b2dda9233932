"""Modifiers that a line gets only when the whole day is known: repeats, and fixes that may be applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ..charges.modifiers import MOST, ordered
from ..model import Finding, Line, PatientDay
from ..reference import Reference
from ..rules.mue_sessions import unmarked


def repeats(day: PatientDay, reference: Reference) -> PatientDay:
    """The day with the payer's `repeat_modifier` on the participant's second and later sessions of it."""
    modifier = day.policy["repeat_modifier"]
    if len(day.lines) < 2 or not modifier:
        return day
    return _marked(day, {line.at: str(modifier) for line in unmarked(day)}, reference)


def fixed(
    day: PatientDay, findings: Iterable[Finding], reference: Reference, only: Collection[str] | None = None
) -> PatientDay:
    """The day with the modifiers that findings offer for the participant's own lines, where `apply_fixes` says so.

    Args:
        day: Of the participant.
        findings: What the rules said about it.
        reference: For the order of modifiers.
        only: The modifiers that may be put; all where None.
    """
    if not day.policy["apply_fixes"]:
        return day
    fixes = [each.fix for each in findings if each.fix is not None and each.fix.modifier]
    offered = {fix.line: str(fix.modifier) for fix in fixes if only is None or fix.modifier in only}
    return _marked(day, offered, reference)


def _marked(day: PatientDay, added: Mapping[str, str], reference: Reference) -> PatientDay:
    if day.participant is None:
        return day

    def letter(modifier: str) -> str | None:
        known = reference.modifier(modifier)
        return None if known is None else known.cls

    def marked(line: Line) -> Line:
        modifier = added.get(line.at)
        if modifier is None or modifier in line.modifiers or len(line.modifiers) >= MOST:
            return line
        return replace(line, modifiers=ordered((*line.modifiers, modifier), day.policy, letter))

    changed = {line: marked(line) for line in day.participant.lines}
    if all(line is new for line, new in changed.items()):
        return day
    participant = replace(day.participant, lines=tuple(changed.values()))
    return replace(day, participant=participant, lines=tuple(changed.get(line, line) for line in day.lines))
