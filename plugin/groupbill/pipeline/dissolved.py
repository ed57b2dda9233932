"""An Encounter that was billed as a group and is none any more: everything written for it is given up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, tzinfo

from ..charges.occurrences import occurrence
from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..model import Attendance, MemberReport, Outcome, Period, Session, SessionReport
from ..model.identity import SESSION_SYSTEM
from ..model.period import UNRECORDED
from ..reconcile import MemberPlan
from ..sessions.setting import span
from .shop import Shop

_NEVER = date(1, 1, 1)


def dissolved(shop: Shop, key: str, reference: str) -> SessionReport:
    """The report of a session of which only what was charged for it is left."""
    present = [patient for continued, patient in shop.planner.continued if continued == key]
    return _report(shop, key, reference, shop.planner.departed(key, present))


def lost(shop: Shop, key: str, visits: Sequence[tuple[str, str]]) -> SessionReport:
    """The report of visits of a session that nobody finds any more: each one's patient and Encounter."""
    plans = [shop.planner.gone(key, patient, "not-attended", visit) for patient, visit in visits]
    return _report(shop, key, visits[0][1], plans, whole=False)


def _report(
    shop: Shop, key: str, reference: str, plans: Iterable[MemberPlan], *, whole: bool = True
) -> SessionReport:
    encounter = shop.index.get(reference) or {}
    zone = shop.context.settings.zone_of()
    when: Period = period(encounters.period_element(encounter), zone)
    if when.date is None:
        when = _charged_at(shop, key, zone)
    session = Session(
        key=key,
        shape="A" if whole else "C",
        confidence=1.0,
        encounter=reference if whole else None,
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
    return SessionReport(session=session, members=tuple(left(plan) for plan in plans))


def _charged_at(shop: Shop, key: str, zone: tzinfo | None) -> Period:
    """When a session was whose Encounter is deleted: its charges say so."""
    charges = shop.index.find("ChargeItem", "identifier", f"{SESSION_SYSTEM}|{key}")
    return span(map(occurrence, charges), zone) or UNRECORDED


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
