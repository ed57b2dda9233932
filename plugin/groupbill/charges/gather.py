"""From one member who attended to a Participant: every fact that rules judge and resources state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..fhir.dates import last_day
from ..model import Billing, Charge, Documentation, Member, Participant, Policy, Rendering, Resource, Session
from .authorizations import authorization, referral
from .billing import billing_provider
from .chart import Chart
from .coverages import insurance
from .diagnoses import diagnoses
from .documentation import documentation
from .history import day_program, inpatient_stay, last_in_person
from .lines import Price, Terms, billed_code, lines
from .performers import leaders, under_supervisor
from .place import IN_PERSON, Place, place
from .sources import Sources


def gather(
    sources: Sources,
    session: Session,
    member: Member,
    charges: Sequence[Charge],
    *,
    price: Price | None = None,
    kept: frozenset[str] = frozenset(),
) -> Participant:
    """One participant of one session.

    Args:
        charges: Those of this member, as the hooks derived them.
        price: The answer of the price hooks; None from it means the list price.
        kept: What the session keeps on file (`documentation.kept`), the same for all its members.
    """
    patient, on = member.patient or member.member, session.date_of_service
    chart = sources.chart(patient)
    own, parent = sources.get(member.encounter), sources.get(session.encounter)
    insured = insurance(sources, chart, on)
    policy = sources.policies.in_force(insured.policy_id, on)
    where = place(sources, session, own, parent)
    record = documentation(sources, session, member)
    rendering, ambiguous = _rendering(sources, session, own, policy, record)
    billing = _billing(sources, session, own, where)
    found = diagnoses(sources, chart, own, on)
    made, said = lines(
        Terms(
            sources=sources,
            session=session,
            member=member,
            policy=policy,
            coverage=insured.focal.resource if insured.focal else None,
            place=where,
            rendering=rendering,
            billing=billing.reference,
            payer=insured.focal.payer if insured.focal else None,
            diagnoses=len(found),
            price=price,
        ),
        charges,
    )
    return Participant(
        session=session,
        member=member,
        patient=chart.resource,
        policy=policy,
        coverage=insured.focal,
        coverages=insured.all,
        self_pay=insured.self_pay,
        modality=where.modality,
        modality_assumed=where.modality_assumed,
        place_of_service=where.code,
        place_assumed=where.assumed,
        home=where.home,
        facility=where.facility,
        rendering=rendering,
        ambiguous_leader=ambiguous,
        billing=billing,
        diagnoses=found,
        authorization=authorization(sources, chart, insured.focal, _codes(session, policy), on),
        referral=referral(sources, chart, own, on),
        documentation=record if record.kept == kept else replace(record, kept=kept),
        lines=made,
        last_in_person=_last_in_person(sources, chart, member, where, billing.reference, on),
        inpatient=inpatient_stay(sources, chart, member.encounter, member.period, on),
        program=day_program(sources, chart, member.encounter, on),
        deceased=_deceased(sources, chart),
        security=_security(own, parent),
        findings=(*insured.findings, *said),
    )


def _rendering(
    sources: Sources, session: Session, own: Resource, policy: Policy, record: Documentation
) -> tuple[tuple[Rendering, ...], bool]:
    rendering, ambiguous = leaders(sources, session, own, policy)
    if record.incident_to and policy["rendering.supervised"] == "supervisor":
        rendering = tuple(under_supervisor(sources, each, session) for each in rendering)
    return rendering, ambiguous


def _billing(sources: Sources, session: Session, own: Resource, where: Place) -> Billing:
    provider = session.service_provider or sources.index.ref(own.get("serviceProvider"), own)
    return billing_provider(sources, provider, where.code)


def _codes(session: Session, policy: Policy) -> tuple[str, str]:
    return session.code, billed_code(session.code, policy)


def _last_in_person(
    sources: Sources, chart: Chart, member: Member, where: Place, billing: str | None, on: date
) -> date | None:
    """Only asked for remote services (TEL11)."""
    if where.modality == IN_PERSON:
        return None
    return last_in_person(sources, chart, billing, on, member.encounter)


def _deceased(sources: Sources, chart: Chart) -> date | None:
    return last_day(chart.resource.get("deceasedDateTime"), sources.zone())


def _security(own: Resource, parent: Resource) -> tuple[Resource, ...]:
    """Labels of both Encounters, each once, in their order."""
    labels: dict[tuple[str, str], Resource] = {}
    for encounter in (own, parent):
        for label in (encounter.get("meta") or {}).get("security") or ():
            labels.setdefault((str(label.get("system")), str(label.get("code"))), label)
    return tuple(labels.values())
