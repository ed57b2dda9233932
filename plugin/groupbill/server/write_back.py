"""Read, decide, write, for some sessions at a time; read and decide again when somebody else wrote in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..errors import Conflict, ServerError, Unknown, Unreachable
from ..facts import Facts
from ..model import Action, Resource, Step, Written
from ..report.plan import corrects, to_write
from ..report.report import Report
from .capability import Way
from .lease import Lease
from .outbox import Outbox
from .results import Results, as_stored, patient_of
from .server import Server
from .sinks import Sink
from .unfinished import Unfinished, became, with_owed

log = logging.getLogger("groupbill.server")

AGAIN = 3
"""How often a conflict or an unknown result leads to reading and deciding again."""
READS = 12
"""How often the facts are read at most, however many others write for the same patients."""
_WHOLE = frozenset({Way.IDS, Way.CONDITIONAL})
"""Ways of writing in which a patient's resources are written all or none."""

Decide = Callable[[Facts, frozenset[str]], Report]
"""From the facts to the report of these sessions, with the plan."""
Observe = Callable[[Resource, Exception | None], None]
"""Told of every Claim that was written, or (with the error) was not."""
Attempt = Callable[[tuple[str, list[Step]]], tuple[Written, ...] | ServerError | None]
Together = Callable[[Attempt, Iterable[tuple[str, list[Step]]]], Iterable[tuple[Written, ...] | ServerError | None]]
"""Writes for several patients, as `map` does; a pool's `map` writes at the same time."""
May = Callable[[int], bool]
"""Whether so many replacements and voids may be written."""


class WriteBack:
    """Carries out plans on one server. Threads may share it."""

    def __init__(self, server: Server, decide: Decide, observe: Observe, together: Together = map) -> None:
        """Facts come from the server, plans from `decide`; `together` is `map`, or that of a pool of writers."""
        self._server, self._decide, self._observe, self._together = server, decide, observe, together

    def plan(self, asked: frozenset[str]) -> Report:
        """The report without writing anything.

        Errors:
            ServerError: the facts could not be read.
        """
        return self._decide(self._server.facts(asked), asked)

    def write(self, asked: frozenset[str], may_correct: May) -> Report:
        """The report after writing.

        Args:
            asked: `Encounter/id` or `Appointment/id`.
            may_correct: Whether so many replacements and voids may be written.

        Errors:
            ServerError: the facts could not be read. What could not be written is a finding (ENG08).
        """
        sink, outbox = self._server.sink, self._server.outbox
        assert sink is not None and outbox is not None
        rounds = _Rounds(self._server, sink, outbox, self._decide, self._observe, self._together)
        return rounds.run(asked, may_correct)


class _Rounds:
    """One call of `write`."""

    def __init__(
        self, server: Server, sink: Sink, outbox: Outbox, decide: Decide, observe: Observe, together: Together
    ) -> None:
        self._server, self._sink, self._outbox = server, sink, outbox
        self._decide, self._observe, self._together = decide, observe, together
        self._down: ServerError | None = None
        self._lease: Lease | None = None
        self._results = Results()
        self._unclear: dict[str, list[Step]] = {}
        """By patient what was sent and may be there or not, in part or whole."""
        self._owed: dict[str, list[Step]] = {}
        """By patient the Provenance of writes that broke off before it."""
        self._tries: dict[str, int] = {}

    def run(self, asked: frozenset[str], may_correct: May) -> Report:
        todo: dict[str, list[Step]] = {}
        report: Report | None = None
        try:
            for _ in range(READS):
                mark = self._outbox.now()
                try:
                    report = self._report(asked)
                except ServerError as unread:
                    if report is None:
                        raise
                    # What was written before stays told.
                    self._results.problems.update(dict.fromkeys(self._unfinished(todo), unread))
                    break
                todo = self._todo(report, may_correct)
                if not todo or not (self._must_read_again(todo, mark) or self._send(todo, report)):
                    break
            else:
                busy = Conflict("others write for the same patients all the time")
                self._results.problems.update(dict.fromkeys(todo, busy))
        except Exception:
            self._release()
            raise
        except BaseException:
            # Interrupted: a write may be on its way, so nobody else may begin before it has arrived.
            if self._lease is not None:
                self._lease.abandon()
            raise
        self._release()
        assert report is not None
        counts = (len(report.sessions), len(self._results.written), len(self._results.problems))
        log.info("%d sessions reconciled: %d resources written, %d patients not", *counts)
        return self._results.finished(report)

    def _unfinished(self, todo: Mapping[str, Iterable[Step]]) -> list[str]:
        """Patients of whom not everything was written."""
        written = self._results.written
        return [patient for patient, steps in todo.items() if any(each.reference not in written for each in steps)]

    def _report(self, asked: frozenset[str]) -> Report:
        """Facts and plan. What earlier writers left open, and what got no answer, is looked up on the way."""
        facts = self._server.facts(asked)
        left_open = [] if self._lease is None else self._lease.open
        unclear = {patient: Unfinished.of(patient, steps) for patient, steps in self._unclear.items()}
        questions = [question for each in (*left_open, *unclear.values()) for question in each.questions]
        if questions:
            known = {_key(each) for each in facts.resources}
            found = [each for each in self._server.look_up(questions) if _key(each) not in known]
            facts = replace(facts, resources=(*facts.resources, *found))
            self._look(facts.resources, left_open, unclear)
        return self._decide(facts, asked)

    def _look(
        self, resources: Iterable[Resource], left_open: Iterable[Unfinished], unclear: Mapping[str, Unfinished]
    ) -> None:
        """Settle what was open by what is there now."""
        assert self._lease is not None
        for each in (*left_open, *unclear.values()):
            left = each.left(resources)
            owed = None if self._sink.way in _WHOLE else each.owed(left)
            if owed is not None:
                self._owed.setdefault(each.patient, []).append(owed)
            if each.patient in unclear and each is unclear[each.patient]:
                self._lease.settle(each.patient, "looked-up")
                self._clear(each.patient, left)
        self._lease.looked_up()

    def _clear(self, patient: str, left: Mapping[str, Resource]) -> None:
        """Note what was written after all."""
        steps = self._unclear.pop(patient)
        made = became(steps, left)
        for step in steps:
            if step.reference in made:
                self._note(patient, step, made[step.reference])
        if len(made) == len(steps):
            self._results.problems.pop(patient, None)

    def _todo(self, report: Report, may_correct: May) -> dict[str, list[Step]]:
        """Steps to write by patient, without those that may not or can't be written."""
        members = [(session, member) for session in report.sessions for member in session.members]
        corrections = sum(step.action in (Action.REPLACE, Action.VOID) for _, each in members for step in each.plan)
        allowed = may_correct(corrections)
        todo: dict[str, list[Step]] = {}
        for session, member in members:
            steps = to_write(member)
            if steps and (allowed or not corrects(member)):
                todo.setdefault(patient_of(member), []).extend(steps)
                self._results.own(session, member, steps)
        for patient, owed in self._owed.items():
            todo[patient] = with_owed(todo.get(patient, []), owed)
        return {patient: todo[patient] for patient in sorted(todo) if patient not in self._results.problems}

    def _must_read_again(self, todo: Mapping[str, object], mark: float) -> bool:
        """Make sure that we alone write for these patients, and whether somebody did since the facts were read."""
        if self._lease is not None and self._lease.patients.issuperset(todo):
            return False
        wanted = set(todo) | (self._lease.patients if self._lease is not None else set())
        self._release()
        self._lease = self._outbox.lease(wanted)
        return self._lease.overtaken(mark)

    def _release(self) -> None:
        if self._lease is not None:
            lease, self._lease = self._lease, None
            lease.release()

    def _send(self, todo: Mapping[str, list[Step]], report: Report) -> bool:
        """Write for each patient; whether the facts must be read again."""
        assert self._lease is not None
        sessions = (each.session for each in report.sessions)
        self._lease.intend(todo, {each.key: each.encounter or each.sources[0] for each in sessions})
        again = False
        for (patient, steps), outcome in zip(todo.items(), self._together(self._attempt, todo.items()), strict=True):
            if outcome is None:
                self._give_up(patient, steps, self._down or Unreachable("the server is down"))
            elif isinstance(outcome, ServerError):
                again |= self._broken(patient, steps, outcome)
            else:
                self._lease.settle(patient, "written")
                self._owed.pop(patient, None)
                for step, made in zip(steps, outcome, strict=True):
                    self._note(patient, step, made)
        return again

    def _attempt(self, todo: tuple[str, list[Step]]) -> tuple[Written, ...] | ServerError | None:
        """Write for one patient; None where it is not tried, because the server has gone down meanwhile."""
        if self._down is not None:
            return None
        try:
            return self._sink.write(todo[1])
        except ServerError as error:
            if isinstance(error, Unreachable) and not isinstance(error, Unknown):
                self._down = error
            return error

    def _broken(self, patient: str, steps: list[Step], error: ServerError) -> bool:
        """After an error: whether to read and decide again, within bounds."""
        assert self._lease is not None
        self._lease.settle(patient, "not-written")
        self._owed.pop(patient, None)
        unclear = isinstance(error, Unknown) or self._sink.way not in _WHOLE
        if unclear:
            self._lease.settle(patient, "open")
            self._unclear[patient] = steps
        tries = self._tries[patient] = self._tries.get(patient, 0) + 1
        if not isinstance(error, Conflict | Unknown) or tries > AGAIN:
            self._give_up(patient, steps, error)
            return unclear
        log.info("a write is decided again (%s)", type(error).__name__)
        return True

    def _give_up(self, patient: str, steps: Iterable[Step], error: ServerError) -> None:
        assert self._lease is not None
        if patient not in self._unclear:
            self._lease.settle(patient, "not-written")
        self._results.problems[patient] = error
        log.warning("a patient's charges could not be written: %s", error)
        for step in steps:
            if step.resource is not None and step.reference.startswith("Claim/"):
                self._observe(step.resource, error)

    def _note(self, patient: str, step: Step, made: Written) -> None:
        self._results.note(patient, step, made)
        if step.resource is not None and step.reference.startswith("Claim/"):
            self._observe(as_stored(step, made), None)


def _key(resource: Mapping[str, object]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
