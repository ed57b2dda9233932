"""A complete groupbill plugin: in the clinic's open group the front desk's roster is attendance, at a flat price."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from groupbill import Attendance, Charge, Context, Session, hookimpl

MEMBER_PRICE = Decimal("95.50")
OPEN_GROUPS = frozenset({"Group/open-door"})
"""Groups whose roster the front desk writes at the door."""


@hookimpl
def groupbill_resolve_attendance(session: Session) -> Sequence[Attendance] | None:
    """In an open group the roster that the front desk keeps is attendance; other groups are not our business."""
    if session.group not in OPEN_GROUPS:
        return None
    return [
        Attendance(member=member.member, present=True, evidence="roster", source=session.group)
        if member.patient is not None
        else Attendance(member=member.member, present=False, reason="not-a-patient")
        for member in session.members
    ]


@hookimpl
def groupbill_resolve_price(charge: Charge, context: Context) -> Decimal | None:
    """One price for groups; everything else is priced as usual."""
    return MEMBER_PRICE if charge.code == "90853" else None
