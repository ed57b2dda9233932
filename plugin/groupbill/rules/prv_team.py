"""PRV, continued: sessions with more than one leader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Finding, Line, Participant, PatientDay, Session, Severity
from .rule import Context, DayRule, SessionRule
from .services import SESSION_CODES, own_place


class CoLeaders(DayRule):
    """More leaders are paid for one participant than the payer pays.

    ## What it does
    In a run: fails when several led as equals and nobody is marked as the primary performer, so that nobody
    can say who is billed. On file: fails for the later lines when one patient's session is billed under more
    practitioners than the policy's `rendering.max` (1).

    ## Why it matters
    A session is one procedure with one rendering practitioner per patient; the second leader documents. Both
    billing is a duplicate.

    ## Options
    `rendering.max`.

    ## References
    - theinsurancemaze.com/cotherapy: one encounter, one procedure.
    - Wis. Adm. Code DHS 107.13(2)(c)2: one or two may be paid.
    """

    code = "PRV06"
    name = "co-leaders"
    severity = Severity.ERROR
    remedy = "mark the primary performer (PPRF) and bill that one"
    source = "theinsurancemaze.com/cotherapy; Wis. Adm. Code DHS 107.13(2)(c)2, read 2026-11"
    confidence = "V"
    denial = ("18", "54", "B20")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge who is paid for the sessions of one day."""
        participant = day.participant
        findings = []
        if participant is not None and participant.ambiguous_leader:
            names = len(participant.session.performers)
            message = f"{names} led as equals and none is the primary performer: nobody can say who is billed"
            findings.append(self.finding(message, at=own_place(participant)))
        limit = day.policy["rendering.max"] or 1
        for lines in _sessions(day.lines):
            paid = list(dict.fromkeys(line.rendering for line in lines))
            message = f"{len(paid)} practitioners are billed for one session; the payer pays {limit}"
            late = [line for line in lines if line.rendering in paid[limit:]]
            source = day.policy.source("rendering.max") or None
            findings.extend(self.finding(message, at=line.place(), source=source) for line in late)
        return findings if participant is not None or len(day.lines) > 1 else None


def _sessions(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Lines on file of one session each: same code and same visit."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.code in SESSION_CODES and line.encounter and line.rendering and not line.desired:
            found.setdefault((line.code, line.encounter), []).append(line)
    return found.values()


class SplitSession(SessionRule):
    """The members of one session are billed under different leaders.

    ## What it does
    Warns when the participants' lines name different practitioners, unless the payer of each of them says
    that it allows it (`rendering.split`) or pays several.

    ## Why it matters
    Sharing one group between two billers, half the members each, is a payer's decision. Without its consent
    an audit reads it as two groups.

    ## References
    - Practice of payers; no rule was read.
    """

    code = "PRV07"
    name = "split-session"
    severity = Severity.WARNING
    remedy = "bill one leader, or get the payer's consent"
    source = "Practice of payers; no rule was read"
    confidence = "R-lo"

    def check(
        self, session: Session, participants: Sequence[Participant], context: Context
    ) -> Iterable[Finding] | None:
        """Compare the practitioners of one session's lines."""
        strict = [one for one in participants if one.lines and _alone(one)]
        billed = {one.lines[0].rendering for one in strict} - {None}
        if len(session.performers) < 2 and len(billed) < 2:
            return None
        if len(billed) < 2:
            return ()
        place = session.encounter or next(iter(session.sources), session.key)
        message = f"the members of one session are billed under {len(billed)} practitioners"
        return (self.finding(message, at=place),)


def _alone(participant: Participant) -> bool:
    """Whether the payer pays one leader and has not agreed to a split."""
    policy = participant.policy
    return not policy["rendering.split"] and (policy["rendering.max"] or 1) < 2
