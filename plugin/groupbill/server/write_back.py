"""Read, decide, write, for some sessions at a time; read and decide again when somebody else wrote in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import Conflict, Refused, ServerError, Unknown, Unreachable
from ..facts import Facts
from ..model import Action, MemberReport, Resource, Step, Written
from ..report.on_server import as_written, not_written
from ..report.plan import corrects, to_write
from ..report.report import Report
from .lease import Lease, question
from .outbox import Outbox
from .server import Server
from .sinks import Sink
from .steps import condition, is_new

log = logging.getLogger("groupbill.server")

AGAIN = 3
"""How often a conflict or an unknown result leads to reading and deciding again."""
READS = 12
"""How often the facts are read at most, however many others write for the same patients."""

Decide = Callable[[Facts, frozenset[str]], Report]
"""From the facts to the report of these sessions, with the plan."""
Observe = Callable[[Resource, Exception | None], None]
"""Told of every Claim that was written, or (with the error) was not."""


@dataclass(slots=True)
class _Done:
    """What became of the writing so far, over all rounds."""

    written: dict[str, Written] = field(default_factory=dict)
    """By the reference that was planned."""
    steps: dict[str, dict[str, Step]] = field(default_factory=dict)
    """Steps that were written, by patient and reference."""
    problems: dict[str, ServerError] = field(default_factory=dict)
    """By patient: why nothing more is written for them."""
    unclear: dict[str, list[Step]] = field(default_factory=dict)
    """By patient: sent, and nobody knows what became of it."""
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Session and member of each step, by reference."""


class WriteBack:
    """Carries out plans on one server. Threads may share it."""

    def __init__(self, server: Server, decide: Decide, observe: Observe) -> None:
        """Facts come from the server, plans from `decide`."""
        self._server, self._decide, self._observe = server, decide, observe

    def plan(self, asked: frozenset[str]) -> Report:
        """The report without writing anything.

        Errors:
            ServerError: the facts could not be read.
        """
        return self._decide(self._server.facts(asked), asked)

    def write(self, asked: frozenset[str], may_correct: Callable[[int], bool]) -> Report:
        """The report after writing.

        Args:
            asked: `Encounter/id` or `Appointment/id`.
            may_correct: Whether so many replacements and voids may be written.

        Errors:
            ServerError: the facts could not be read. What could not be written is a finding (ENG08).
        """
        sink, outbox = self._server.sink, self._server.outbox
        assert sink is not None and outbox is not None
        return _Round(self._server, sink, outbox, self._decide, self._observe, may_correct).run(asked)


class _Round:
    """One call of `write`."""

    def __init__(
        self,
        server: Server,
        sink: Sink,
        outbox: Outbox,
        decide: Decide,
        observe: Observe,
        may_correct: Callable[[int], bool],
    ) -> None:
        self._server, self._sink, self._outbox = server, sink, outbox
        self._decide, self._observe, self._may_correct = decide, observe, may_correct
        self._lease: Lease | None = None
        self._done = _Done()
        self._tries: dict[str, int] = {}

    def run(self, asked: frozenset[str]) -> Report:
        try:
            for _ in range(READS):
                mark = self._outbox.now()
                report = self._report(asked)
                todo = self._todo(report)
                if not todo:
                    break
                if self._must_read_again(todo, mark):
                    continue
                if not self._send(todo, _sessions(report)):
                    break
            else:
                for patient in todo:
                    self._done.problems[patient] = Conflict("others write for the same patient all the time")
        finally:
            if self._lease is not None:
                self._lease.release()
        return self._finished(report)

    def _report(self, asked: frozenset[str]) -> Report:
        """Facts and plan; what earlier writers left open, and what got no answer, is looked up on the way."""
        facts = self._server.facts(asked)
        questions = [each for intent in self._open() for each in intent.questions]
        questions += [
            question(step.reference, condition(step.resource or {}))
            for steps in self._done.unclear.values()
            for step in steps
        ]
        if questions:
            known = {_key(each) for each in facts.resources}
            found = [each for each in self._server.look_up(questions) if _key(each) not in known]
            facts = replace(facts, resources=(*facts.resources, *found))
            self._settle_unclear(facts.resources)
        if self._lease is not None:
            self._lease.looked_up()
        return self._decide(facts, asked)

    def _open(self) -> list[Any]:
        return [] if self._lease is None else self._lease.open

    def _settle_unclear(self, resources: Iterable[Resource]) -> None:
        """Of what was sent without an answer: what is there was written."""
        by_key, by_token = {}, {}
        for each in resources:
            by_key[_key(each)] = each
            token = condition(each)
            if token is not None:
                by_token[token] = each
        for patient, steps in self._done.unclear.items():
            if self._lease is not None:
                self._lease.settle(patient, "looked-up")
            missing = len(steps)
            for step in steps:
                found = by_token.get(condition(step.resource or {}) or "") or by_key.get(step.reference)
                if found is not None and (is_new(step) or _version(found) != step.version):
                    status = "created" if is_new(step) else "updated"
                    made = Written(
                        asked=step.reference, reference=_key(found), version=_version(found), status=status
                    )
                    self._note(patient, step, made)
                    missing -= 1
            if not missing:
                self._done.problems.pop(patient, None)
        self._done.unclear.clear()

    def _todo(self, report: Report) -> dict[str, list[Step]]:
        """Steps to write by patient, without those that may not or can't be written."""
        correcting = sum(1 for member in _members(report) for step in member.plan if _is_correction(step))
        allowed = self._may_correct(correcting)
        todo: dict[str, list[Step]] = {}
        for session in report.sessions:
            for member in session.members:
                patient, steps = _patient(member), to_write(member)
                if steps and patient not in self._done.problems and (allowed or not corrects(member)):
                    todo.setdefault(patient, []).extend(steps)
                    owner = (session.session.key, member.member)
                    self._done.owners.update((step.reference, owner) for step in steps)
        return {patient: todo[patient] for patient in sorted(todo)}

    def _must_read_again(self, todo: Mapping[str, object], mark: float) -> bool:
        """Make sure that we alone write for these patients, and whether somebody did since the facts were read."""
        if self._lease is not None and self._lease.patients.issuperset(todo):
            return False
        wanted = set(todo)
        if self._lease is not None:
            wanted |= self._lease.patients
            self._lease.release()
            self._lease = None
        self._lease = self._outbox.lease(wanted)
        return self._lease.overtaken(mark)

    def _send(self, todo: Mapping[str, list[Step]], sessions: Mapping[str, str]) -> bool:
        """Write for each patient; whether the facts must be read again."""
        assert self._lease is not None
        self._lease.intend(todo, sessions)
        again, down = False, None
        for patient, steps in todo.items():
            if down is not None:
                self._done.problems[patient] = down
                self._lease.settle(patient, "not-sent")
                continue
            try:
                written = self._sink.write(steps)
            except (Conflict, Unknown) as error:
                again |= self._repeat(patient, steps, error)
            except ServerError as error:
                self._failed(patient, steps, error)
                down = error if isinstance(error, Unreachable) else None
            else:
                self._lease.settle(patient, "written")
                for step, made in zip(steps, written, strict=True):
                    self._note(patient, step, made)
        return again

    def _repeat(self, patient: str, steps: list[Step], error: Conflict | Unknown) -> bool:
        """After a conflict or silence: read and decide again, within bounds."""
        assert self._lease is not None
        self._lease.settle(patient, "open" if isinstance(error, Unknown) else "refused")
        if isinstance(error, Unknown):
            self._done.unclear[patient] = list(steps)
        tries = self._tries[patient] = self._tries.get(patient, 0) + 1
        log.info("a write is decided again (%s)", type(error).__name__)
        if tries <= AGAIN:
            return True
        self._failed(patient, steps, error)
        return isinstance(error, Unknown)

    def _failed(self, patient: str, steps: Iterable[Step], error: ServerError) -> None:
        assert self._lease is not None
        if isinstance(error, Refused) or not isinstance(error, Unknown):
            self._lease.settle(patient, "refused")
        self._done.problems[patient] = error
        log.warning("a patient's charges could not be written: %s", error)
        for step in steps:
            if step.resource is not None and step.reference.startswith("Claim/"):
                self._observe(step.resource, error)

    def _note(self, patient: str, step: Step, made: Written) -> None:
        self._done.written[step.reference] = made
        self._done.steps.setdefault(patient, {})[step.reference] = step
        if step.resource is not None and step.reference.startswith("Claim/"):
            name = made.reference.partition("/")[2]
            meta = {**(step.resource.get("meta") or {}), **({"versionId": made.version} if made.version else {})}
            self._observe({**step.resource, "id": name, "meta": meta}, None)

    def _finished(self, report: Report) -> Report:
        sessions = tuple(
            replace(session, members=tuple(self._member(session.session.key, each) for each in session.members))
            for session in report.sessions
        )
        return replace(report, sessions=sessions)

    def _member(self, session: str, member: MemberReport) -> MemberReport:
        """With what was written in this call, also where the last look found nothing more to do."""
        steps = self._done.steps.get(_patient(member), {})
        real = {self._done.written[asked].reference: asked for asked in steps}
        plan = [
            steps[real[step.reference]] if step.resource is None and step.reference in real else step
            for step in member.plan
        ]
        listed = {step.reference for step in plan}
        own = (session, member.member)
        plan += [each for name, each in steps.items() if name not in listed and self._done.owners.get(name) == own]
        member = as_written(replace(member, plan=tuple(plan)), self._done.written)
        problem = self._done.problems.get(_patient(member))
        return member if problem is None else not_written(member, str(problem))


def _members(report: Report) -> Iterable[MemberReport]:
    return (member for session in report.sessions for member in session.members)


def _sessions(report: Report) -> dict[str, str]:
    """By key an Encounter or Appointment of each session."""
    found = (each.session for each in report.sessions)
    return {each.key: each.encounter or each.sources[0] for each in found}


def _patient(member: MemberReport) -> str:
    return member.patient or member.member


def _is_correction(step: Step) -> bool:
    return step.action in (Action.REPLACE, Action.VOID)


def _key(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def _version(resource: Mapping[str, Any]) -> str | None:
    return (resource.get("meta") or {}).get("versionId")
