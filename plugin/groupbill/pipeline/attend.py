"""From evidence to attendance: the hook decides, and every member of the roster gets an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..model import Attendance, Finding, Member, Session
from ..plugins import Context, Hooks


def attend(
    session: Session, hooks: Hooks, context: Context, complexity: Callable[[Session, Member], bool]
) -> tuple[Session, tuple[Finding, ...]]:
    """The session with everybody's attendance, and the crashes (ENG02) that hold its participants.

    Args:
        complexity: Whether a member's own record shows interactive complexity.
    """
    answers, crashes = hooks.resolve_attendance(session, context)
    other = absent if answers is not None and not answers else unverified
    decided = {answer.member: answer for answer in reversed(answers or ())}
    members = tuple(
        replace(
            member,
            attendance=(answer := decided.get(member.member) or other(member)),
            interactive_complexity=answer.present is True and complexity(session, member),
        )
        for member in session.members
    )
    return replace(session, members=members), tuple(crashes)


def absent(member: Member) -> Attendance:
    """For a member of a session to which, says the deciding plugin, nobody came."""
    reason = "not-a-patient" if member.patient is None else "not-attended"
    return Attendance(member=member.member, present=False, reason=reason)


def unverified(member: Member) -> Attendance:
    """For a member about whom the deciding plugin said nothing."""
    if member.patient is None:
        return Attendance(member=member.member, present=False, reason="not-a-patient")
    return Attendance(member=member.member, present=None, reason="attendance-unverified")
