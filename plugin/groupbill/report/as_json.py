"""The JSON report of design 5.2, from the values of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..model import Checked, Finding, Fix, MemberReport, ReportLine, SessionReport, Step, Tally

JSON = dict[str, Any]


def report(
    *,
    version: str,
    as_of: date,
    sessions: Iterable[SessionReport],
    checked: Iterable[Checked],
    tallies: Mapping[str, Tally],
    findings: Iterable[Finding],
) -> JSON:
    """The whole report; amounts are decimal strings, everything in its stated order."""
    return {
        "groupbill": version,
        "asOf": as_of.isoformat(),
        "sessions": [session(each) for each in sessions],
        "checked": [{"resource": each.resource, "findings": _findings(each.findings)} for each in checked],
        "rules": {code: tally(tallies[code]) for code in sorted(tallies)},
        "findings": _findings(findings),
    }


def session(value: SessionReport) -> JSON:
    """One session with all its members."""
    found = value.session
    return {
        "session": found.key,
        "encounter": found.encounter,
        "shape": found.shape,
        "sources": list(found.sources),
        "dateOfService": found.date_of_service.isoformat(),
        "attended": found.attended,
        "members": [member(each) for each in value.members],
        "findings": _findings(value.findings),
    }


def member(value: MemberReport) -> JSON:
    """One member with outcome, attendance, lines, plan and findings."""
    attendance = value.attendance
    return {
        "member": value.member,
        "patient": value.patient,
        "encounter": value.encounter,
        "outcome": str(value.outcome),
        "reason": value.reason,
        "policy": value.policy,
        "attendance": None
        if attendance is None
        else {
            "evidence": attendance.evidence,
            "source": attendance.source,
            "against": [{"evidence": other.kind, "source": other.source} for other in attendance.against],
        },
        "lines": [line(each) for each in value.lines],
        "chargeItem": value.charge_item,
        "claim": value.claim,
        "plan": [step(each) for each in listed(value.plan)],
        "findings": _findings(value.findings),
    }


def step(value: Step) -> JSON:
    """One line of the plan; after the writing with what became of it."""
    made: JSON = {"resource": value.reference, "action": str(value.action)}
    if value.written is not None:
        found = value.written
        made["written"] = {"reference": found.reference, "version": found.version, "status": found.status}
        if found.others:
            made["written"]["others"] = list(found.others)
    return made


def listed(plan: Iterable[Step]) -> Iterator[Step]:
    """The steps that a report lists: ChargeItems, Claims and Tasks. Provenance goes with what is written."""
    return (step for step in plan if not step.reference.startswith("Provenance/"))


def line(value: ReportLine) -> JSON:
    """One line as it will stand."""
    return {
        "code": value.code,
        "modifiers": list(value.modifiers),
        "units": value.units,
        "placeOfService": value.place_of_service,
        "amount": _money(value.amount),
        "expectedAllowed": _money(value.expected_allowed),
        "chargeItem": value.charge_item,
    }


def finding(value: Finding) -> JSON:
    """One finding with its fix, denial codes, source and edition."""
    return {
        "code": value.code,
        "name": value.name,
        "severity": str(value.severity),
        "verdict": str(value.verdict),
        "at": value.at,
        "message": value.message,
        "evidence": list(value.evidence),
        "fix": None if value.fix is None else _fix(value.fix),
        "denial": list(value.denial),
        "source": value.source,
        "edition": value.edition,
    }


def tally(value: Tally) -> JSON:
    """How often a rule came to each verdict."""
    return {
        "pass": value.passed,
        "fail": value.failed,
        "bypassed": value.bypassed,
        "noData": value.no_data,
    }


def _findings(values: Iterable[Finding]) -> list[JSON]:
    return [finding(each) for each in sorted(values, key=lambda value: value.order)]


def _fix(value: Fix) -> JSON:
    fix: JSON = {"line": value.line}
    if value.item is not None:
        fix["item"] = value.item
    if value.modifier is not None:
        fix["modifier"] = value.modifier
    if value.drop:
        fix["drop"] = True
    return fix


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
