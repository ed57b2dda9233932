"""What the report says about one member: lines as they will stand, under the ids that they really have."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, MemberReport, Outcome, Participant, ReportLine
from ..model.identity import CLAIM_SYSTEM, claim_value, resource_id
from ..reconcile import MemberPlan
from ..rules.pay import expected_allowed
from ..rules.rule import Context
from .judge import placed


def member_report(
    participant: Participant,
    plan: MemberPlan,
    findings: Iterable[Finding],
    said: Iterable[Finding],
    context: Context,
) -> MemberReport:
    """The report of a member who is charged, patient-pay or held (or turned out not to be charged).

    Args:
        participant: The facts.
        plan: How the member ends.
        findings: Of the rules, at derived references.
        said: While the plan was made, at real references.
        context: For the expected payment.
    """
    member = participant.member
    standing = plan.outcome is not Outcome.NOT_CHARGED
    names = _names(participant, plan, context.settings.namespace)
    if plan.reason == "already-claimed":
        findings = _elsewhere(findings, participant, names)
    ordered = dict.fromkeys([*placed(findings, names), *said])
    return MemberReport(
        member=member.member,
        patient=member.patient,
        encounter=member.encounter,
        outcome=plan.outcome,
        reason=plan.reason,
        policy=participant.policy.id,
        attendance=member.attendance,
        lines=report_lines(participant, plan, context) if standing else (),
        charge_item=plan.charge_item,
        claim=plan.claim,
        plan=plan.steps,
        findings=tuple(sorted(ordered, key=lambda each: each.order)),
    )


def _elsewhere(findings: Iterable[Finding], participant: Participant, names: dict[str, str]) -> list[Finding]:
    """Without what was said about own lines that are not going to exist."""
    own = {line.at for line in participant.lines} | names.keys()
    return [each for each in findings if each.at.split("#", 1)[0] not in own]


def report_lines(participant: Participant, plan: MemberPlan, context: Context) -> tuple[ReportLine, ...]:
    """The lines with their amounts and what the payer is expected to allow."""
    items = [*plan.charge_items, *(None for _ in participant.lines)]
    return tuple(
        ReportLine(
            code=line.code,
            modifiers=line.modifiers,
            units=int(line.units),
            place_of_service=line.place_of_service,
            amount=line.net,
            expected_allowed=expected_allowed(line, participant, context),
            charge_item=item,
        )
        for line, item in zip(participant.lines, items, strict=False)
    )


def _names(participant: Participant, plan: MemberPlan, namespace: str) -> dict[str, str]:
    """Derived references to real ones: a server may have given other ids, a Claim may be a later generation."""
    names: dict[str, str] = {}
    for line, item in zip(participant.lines, plan.charge_items, strict=False):
        if item is not None and item != line.at:
            names[line.at] = item
    session, patient = participant.session.key, participant.member.patient or participant.member.member
    for number in {line.leader for line in participant.lines}:
        value = claim_value(namespace, session, patient, number)
        derived = f"Claim/{resource_id(CLAIM_SYSTEM, value)}"
        real = plan.claims.get(number) or plan.charge_item
        if real is not None and real != derived:
            names[derived] = real
    return names
