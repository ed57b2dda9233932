"""The evidence ladder: the strongest record decides, a negative beats any weaker positive.

| strongest record | attendance |
|---|---|
| says that the patient came (1 own visit or R5 participant, 2 Appointment, 3 attendance record) | present |
| says that not (cancelled, no-show, declined, inactive, died before) | absent, for the reason it gives |
| says that it is not over | wait: `in-progress` |
| two of one rank contradict each other | `attendance-conflict`: held |
| only supports (4 note, 5 reply, 6 roster), or there is none | `attendance-unverified`: held |

A weaker record that says otherwise is named beside the one that counts.
"""

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
    if _is_relative(session, member) and (found.present or found.reason in _OPEN):
        return _because(member, False, "family-member")
    return found


_OPEN = frozenset({"attendance-unverified", "attendance-conflict"})


def _is_relative(session: Session, member: Member) -> bool:
    """Whether another patient's treatment it is: then nothing is charged, whether or not it is known who came."""
    return session.code in _FAMILY and member.family is not None and member.family != member.patient


def _by_evidence(member: Member, roster_is_attendance: bool) -> Attendance:
    if not member.evidence:
        return _because(member, None, "attendance-unverified")
    top = min(each.rank for each in member.evidence)
    strongest = [each for each in member.evidence if each.rank == top]
    positive = next((each for each in strongest if each.present), None)
    negative = next((each for each in strongest if not each.present), None)
    if positive is None:
        return _against(member, negative or strongest[0])
    if negative is not None:
        return _answer(member, positive, None, "attendance-conflict")
    if top < _REVIEW:
        return _answer(member, positive, True, None)
    return _supported(member, positive, roster_is_attendance)


def _against(member: Member, negative: Evidence) -> Attendance:
    """The strongest record says that the patient was not there, or that it is not over."""
    waits = negative.reason == "in-progress"
    return _answer(member, negative, None if waits else False, negative.reason or "not-attended")


def _supported(member: Member, positive: Evidence, roster_is_attendance: bool) -> Attendance:
    """Records that only support are no proof; a roster that the site attests is, where nothing says otherwise."""
    if roster_is_attendance and all(each.present for each in member.evidence):
        roster = next((each for each in member.evidence if each.kind == "roster"), None)
        if roster is not None:
            return _answer(member, roster, True, None)
    return _answer(member, positive, None, "attendance-unverified")


def _in_cancelled(member: Member, found: Attendance) -> Attendance:
    """A cancelled session nobody attended; whose finished visit says otherwise is held until a person decides."""
    came = next((each for each in member.evidence if each.kind == "child-encounter" and each.present), None)
    if came is not None:
        against = tuple(each for each in member.evidence if not each.present)
        return Attendance(
            member=member.member,
            present=None,
            reason="attendance-conflict",
            evidence=came.kind,
            source=came.source,
            against=against,
            conflict=True,
        )
    if found.present is False and found.reason in ("no-show", "not-attended"):
        return found
    return _because(member, False, "cancelled")


def _answer(member: Member, decided: Evidence, present: bool | None, reason: str | None) -> Attendance:
    """The attendance with what speaks against it: everything that says the opposite."""
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
