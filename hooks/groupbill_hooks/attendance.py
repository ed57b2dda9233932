"""The evidence ladder: the strongest record decides, a negative beats any weaker positive."""

from __future__ import annotations

from groupbill import Attendance, Evidence, Member, Session

_REVIEW = 4
"""From this rank on evidence only supports: a note, a reply or the roster alone is no proof."""
_FAMILY = frozenset({"90849", "90847", "90846"})


def ladder(session: Session, *, roster_is_attendance: bool = False) -> list[Attendance]:
    """Attendance of every member of a session."""
    return [_decide(session, member, roster_is_attendance) for member in session.members]


def _decide(session: Session, member: Member, roster_is_attendance: bool) -> Attendance:
    if member.patient is None:
        return Attendance(member=member.member, present=False, reason="not-a-patient")
    if session.status == "entered-in-error":
        return _because(member, False, "not-attended")
    if session.status == "in-progress":
        return _because(member, None, "in-progress")
    found = _by_evidence(member, roster_is_attendance)
    if session.status == "cancelled":
        return _in_cancelled(member, found)
    if found.present and _is_relative(session, member):
        return _because(member, False, "family-member")
    return found


def _is_relative(session: Session, member: Member) -> bool:
    """Whether another patient's treatment it is."""
    return session.code in _FAMILY and member.family is not None and member.family != member.patient


def _by_evidence(member: Member, roster_is_attendance: bool) -> Attendance:
    if not member.evidence:
        return _because(member, None, "attendance-unverified")
    top = member.evidence[0].rank
    strongest = [each for each in member.evidence if each.rank == top]
    positive = next((each for each in strongest if each.present), None)
    negative = next((each for each in strongest if not each.present), None)
    if positive is not None and negative is not None:
        return _answer(member, positive, None, "attendance-conflict")
    if negative is not None:
        present = None if negative.reason == "in-progress" else False
        return _answer(member, negative, present, negative.reason or "not-attended")
    if positive is None:
        return _because(member, None, "attendance-unverified")
    if positive.rank < _REVIEW or (positive.kind == "roster" and roster_is_attendance):
        return _answer(member, positive, True, None)
    return _supported(member, positive, roster_is_attendance)


def _supported(member: Member, positive: Evidence, roster_is_attendance: bool) -> Attendance:
    """Only records that support: a weaker negative decides, an attested roster does, else nobody knows."""
    against = next((each for each in member.evidence if not each.present), None)
    if against is not None:
        return _answer(member, positive, None, "attendance-unverified")
    if roster_is_attendance and any(each.kind == "roster" for each in member.evidence):
        return _answer(member, positive, True, None)
    return _answer(member, positive, None, "attendance-unverified")


def _in_cancelled(member: Member, found: Attendance) -> Attendance:
    """A cancelled session nobody attended; whose visit says otherwise is held until a person decides."""
    if found.present or found.reason == "attendance-conflict":
        strong = found.evidence in ("child-encounter", "participant")
        if strong or found.reason == "attendance-conflict":
            return Attendance(
                member=member.member,
                present=None,
                reason="attendance-conflict",
                evidence=found.evidence,
                source=found.source,
                against=found.against,
                conflict=True,
            )
    if found.present is False and found.reason in ("no-show", "not-attended"):
        return found
    return _because(member, False, "cancelled")


def _answer(member: Member, decided: Evidence, present: bool | None, reason: str | None) -> Attendance:
    """The attendance with what speaks against it: for a conflict the negatives, else what says the opposite."""
    against = tuple(each for each in member.evidence if each.present is not decided.present)
    return Attendance(
        member=member.member,
        present=present,
        reason=reason,
        evidence=decided.kind,
        source=decided.source,
        against=against,
        conflict=bool(against) and (present is True or reason == "attendance-conflict"),
    )


def _because(member: Member, present: bool | None, reason: str) -> Attendance:
    """An attendance that the session, not the member's own evidence, decides."""
    top = member.evidence[0] if member.evidence else None
    return Attendance(
        member=member.member,
        present=present,
        reason=reason,
        evidence=None if top is None else top.kind,
        source=None if top is None else top.source,
    )
