"""An Encounter that was billed as a group and is none any more: everything written for it is given up."""

from __future__ import annotations

from datetime import date

from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..model import Attendance, MemberReport, Outcome, Period, Session, SessionReport
from ..reconcile import MemberPlan
from .shop import Shop

_NEVER = date(1, 1, 1)


def dissolved(shop: Shop, key: str, reference: str) -> SessionReport:
    """The report of a session of which only what was charged for it is left."""
    encounter = shop.index.get(reference) or {}
    zone = shop.context.settings.zone_of()
    when: Period = period(encounters.period_element(encounter), zone)
    session = Session(
        key=key,
        shape="A",
        confidence=1.0,
        encounter=reference,
        group=None,
        sources=(reference,),
        status="entered-in-error",
        code=next(iter(encounters.cpt_codes(encounter)), ""),
        typed=True,
        date_of_service=when.date or _NEVER,
        period=when,
        location=None,
        service_provider=None,
        performers=(),
        members=(),
    )
    members = tuple(left(plan) for plan in shop.planner.departed(key, ()))
    return SessionReport(session=session, members=members)


def left(plan: MemberPlan) -> MemberReport:
    """The report of somebody who was charged for a session and is not part of it any more."""
    return MemberReport(
        member=plan.patient,
        patient=plan.patient,
        encounter=None,
        outcome=Outcome.NOT_CHARGED,
        reason="not-attended",
        policy=None,
        attendance=Attendance(member=plan.patient, present=False, reason="not-attended"),
        charge_item=plan.charge_item,
        claim=plan.claim,
        plan=plan.steps,
        findings=plan.findings,
    )
