"""A member's report after the writing: what stands on the server, under the ids that it has there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..model import Action, Finding, MemberReport, Severity, Step, Written

CODE = "ENG08"
_TWICE = "Two writers without a common outbox wrote this at once; run again, which ends "
_NEW = frozenset({Action.CREATE, Action.REPLACE, Action.VOID})


def trouble(at: str, message: str) -> Finding:
    """Finding ENG08: the FHIR server refused something, or could not be reached. It makes exit status 3."""
    return Finding(
        code=CODE, name="server-trouble", severity=Severity.ERROR, at=at, message=message, source="groupbill"
    )


def as_written(member: MemberReport, written: Mapping[str, Written]) -> MemberReport:
    """The member with what became of each step, and with the server's ids where they are other ones.

    Args:
        member: As planned.
        written: By the step's reference; of other members' steps as well.
    """
    own = {step.reference: written[step.reference] for step in member.plan if step.reference in written}
    if not own:
        return member
    names = {asked: each.reference for asked, each in own.items()}
    plan = tuple(
        replace(step, reference=names.get(step.reference, step.reference), written=own.get(step.reference))
        for step in member.plan
    )
    twice = [trouble(each.reference, _TWICE + ", ".join(each.others)) for each in own.values() if each.others]
    findings = tuple(sorted((*member.findings, *twice), key=lambda each: each.order))
    return _named(replace(member, plan=plan, findings=findings), names)


def not_written(member: MemberReport, problem: str) -> MemberReport:
    """The member whose steps could not be written: what would be new does not stand, what would end does.

    A finding says why.
    """
    steps = [step for step in member.plan if step.resource is not None and step.written is None]
    if not steps:
        return member
    stands = {_kind(step): step.reference for step in steps if step.action is Action.CANCEL}
    missing = {step.reference: stands.get(_kind(step)) for step in steps if step.action in _NEW}
    found = trouble(_focus(steps), f"Not written: {problem}")
    findings = tuple(sorted((*member.findings, found), key=lambda each: each.order))
    told = _named(replace(member, findings=findings), missing)
    charge_item, claim = told.charge_item or stands.get("ChargeItem"), told.claim or stands.get("Claim")
    return replace(told, charge_item=charge_item, claim=claim)


def _kind(step: Step) -> str:
    return step.reference.partition("/")[0]


def _focus(steps: Iterable[Step]) -> str:
    """Where the finding sits: the Claim, else the first."""
    references = [step.reference for step in steps]
    return next((each for each in references if each.startswith("Claim/")), references[0])


def _named(member: MemberReport, names: Mapping[str, str | None]) -> MemberReport:
    """The member under other references; None for what does not stand."""

    def name(reference: str | None) -> str | None:
        return names.get(reference, reference) if reference is not None else None

    return replace(
        member,
        charge_item=name(member.charge_item),
        claim=name(member.claim),
        lines=tuple(replace(line, charge_item=name(line.charge_item)) for line in member.lines),
        findings=tuple(_moved(finding, names) for finding in member.findings),
    )


def _moved(finding: Finding, names: Mapping[str, str | None]) -> Finding:
    place, mark, path = finding.at.partition("#")
    real = names.get(place)
    fix = finding.fix
    if fix is not None and names.get(fix.line):
        fix = replace(fix, line=str(names[fix.line]))
    return replace(finding, at=finding.at if real is None else f"{real}{mark}{path}", fix=fix)
