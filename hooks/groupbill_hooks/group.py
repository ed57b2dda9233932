"""What a Group means: a roster whose sessions are looked at again, and whose members came if evidence says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from groupbill import Attendance, Change, Context, Effect, ReconcileGroup, Session, hookimpl

from .attendance import ladder


@hookimpl
def groupbill_group_changed(change: Change, context: Context) -> Iterable[Effect]:
    """Look at the Group's sessions of the look-back window again."""
    yield ReconcileGroup(change.reference, timedelta(days=context.settings.look_back_days))


@hookimpl
def groupbill_resolve_attendance(session: Session, context: Context) -> Sequence[Attendance]:
    """Decide every member by the evidence ladder."""
    return ladder(session, roster_is_attendance=context.settings.roster_is_attendance)
