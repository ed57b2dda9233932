"""The rules on one participant: what holds the charge, what is said about it, and what about other services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..model import Bill, Finding, Participant, PatientDay
from ..rules.rule import Context
from ..rules.rulebook import Rulebook
from ..rules.tim_overlap import PractitionerInTwoPlaces


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules said."""

    findings: tuple[Finding, ...]
    """At the member: on the own lines and on other services of the same patient."""
    elsewhere: tuple[Finding, ...]
    """On services of the same leader for other patients (TIM07): they stand at the session."""
    blocking: tuple[Finding, ...]
    """Those that hold the charge."""

    def and_also(self, findings: Iterable[Finding]) -> Judgement:
        """With further findings at the member."""
        findings = tuple(findings)
        if not findings:
            return self
        return replace(self, findings=tuple(dict.fromkeys([*self.findings, *findings])))


def judge(
    participant: Participant, day: PatientDay, bills: Iterable[Bill], rulebook: Rulebook, context: Context
) -> Judgement:
    """Run all rules on one participant; while the attendance is open there is nothing else to judge."""
    bills = tuple(bills)
    own = {line.at for line in participant.lines} | {bill.at for bill in bills}
    rivals = {line.at for line in day.lines if line.desired} - own
    about = rulebook.participant(participant, context)
    if not participant.member.present:
        return Judgement(tuple(about), (), ())
    for bill in bills:
        about += rulebook.bill(bill, context)
    about += [found for each in participant.findings if (found := rulebook.weigh(each, participant.policy))]
    elsewhere: list[Finding] = []
    blocking = [finding for finding in about if rulebook.blocks(finding, participant.policy)]
    for finding in rulebook.day(day, context):
        place = finding.at.split("#", 1)[0]
        if place in own:
            if rulebook.blocks(finding, participant.policy):
                blocking.append(finding)
            about.append(finding)
        elif finding.code == PractitionerInTwoPlaces.code:
            elsewhere.append(finding)
        elif place not in rivals:
            about.append(finding)
    about.sort(key=lambda finding: finding.order)
    return Judgement(tuple(dict.fromkeys(about)), tuple(elsewhere), tuple(blocking))


def placed(findings: Iterable[Finding], names: dict[str, str]) -> tuple[Finding, ...]:
    """The findings under the ids that the resources really have; `names` maps derived to real references."""
    out = []
    for finding in findings:
        place, sharp, path = finding.at.partition("#")
        real, fix = names.get(place), finding.fix
        moved = finding
        if real is not None:
            same_type = real.split("/", 1)[0] == place.split("/", 1)[0]
            moved = replace(moved, at=real + sharp + path if same_type else real)
        if fix is not None and fix.line in names:
            moved = replace(moved, fix=replace(fix, line=names[fix.line]))
        out.append(moved)
    return tuple(sorted(dict.fromkeys(out), key=lambda each: each.order))
