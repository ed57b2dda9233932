"""What came of the writing, over all rounds, and the report that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..errors import ServerError
from ..model import MemberReport, Resource, SessionReport, Step, Written
from ..report.on_server import as_written, not_written
from ..report.report import Report


@dataclass(slots=True)
class Results:
    """By patient and by step."""

    written: dict[str, Written] = field(default_factory=dict)
    """By the reference that was planned."""
    steps: dict[str, dict[str, Step]] = field(default_factory=dict)
    """Steps that were written, by patient and reference."""
    problems: dict[str, ServerError] = field(default_factory=dict)
    """By patient: why nothing more is written for them."""
    _owners: dict[str, tuple[str, str]] = field(default_factory=dict)

    def own(self, session: SessionReport, member: MemberReport, steps: Iterable[Step]) -> None:
        """Remember whose these steps are."""
        owner = (session.session.key, member.member)
        self._owners.update((step.reference, owner) for step in steps)

    def note(self, patient: str, step: Step, made: Written) -> None:
        """A step that was written."""
        self.written[step.reference] = made
        self.steps.setdefault(patient, {})[step.reference] = step

    def finished(self, report: Report) -> Report:
        """The last report of several rounds, with what was written in all of them."""
        sessions = tuple(
            replace(session, members=tuple(self._member(session.session.key, each) for each in session.members))
            for session in report.sessions
        )
        return replace(report, sessions=sessions)

    def _member(self, session: str, member: MemberReport) -> MemberReport:
        """Also where the last look found nothing more to do."""
        steps = self.steps.get(patient_of(member), {})
        real = {self.written[asked].reference: asked for asked in steps}
        plan = [
            steps[real[step.reference]] if step.resource is None and step.reference in real else step
            for step in member.plan
        ]
        listed, own = {step.reference for step in plan}, (session, member.member)
        plan += [each for name, each in steps.items() if name not in listed and self._owners.get(name) == own]
        member = as_written(replace(member, plan=tuple(plan)), self.written)
        problem = self.problems.get(patient_of(member))
        return member if problem is None else not_written(member, str(problem))


def patient_of(member: MemberReport) -> str:
    """For whom a member's steps are written."""
    return member.patient or member.member


def as_stored(step: Step, made: Written) -> Resource:
    """A resource with the id and version that the server gave it."""
    resource = dict(step.resource or {})
    version = {} if made.version is None else {"versionId": made.version}
    return {**resource, "id": made.reference.partition("/")[2], "meta": {**(resource.get("meta") or {}), **version}}
