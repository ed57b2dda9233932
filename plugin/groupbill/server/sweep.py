"""Many sessions: some at a time, several such parcels at once, corrections last; the results in the order asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

from ..errors import Refused, ServerError, Unreachable
from ..model import Action, Checked, Finding, SessionReport, Tally
from ..pipeline.stages import too_many_corrections
from ..report.on_server import trouble
from ..report.report import Report
from .write_back import WriteBack

PARCEL = 8
"""Sessions whose facts are read together."""
PATIENCE = 3
"""Parcels in a row that can't be read before the server is taken as down."""
May = Callable[[int], bool]
"""Whether so many replacements and voids may be written."""
_REFUSING = frozenset({401, 403})


class Sweep:
    """One run over sessions of a server: iterate with `over`, then ask for the rest."""

    def __init__(self, work: WriteBack, *, write: bool, jobs: int = 1, allowed: int | None = None) -> None:
        """Begin.

        Args:
            work: Reads, decides and writes a parcel.
            write: Whether anything is written.
            jobs: Parcels at work at the same time.
            allowed: Replacements and voids that the whole run may write; None: as many as there are.
        """
        self._work, self._write, self._jobs, self._allowed = work, write, max(jobs, 1), allowed
        self._planned = 0
        self._waiting: list[SessionReport] = []
        self._shown: set[str] = set()
        self._silent = 0
        self._any = False
        self._trouble = False
        self.stopped = False
        """Whether the server is taken as down, or refuses us."""
        self._checked: dict[str, dict[Finding, None]] = {}
        self._findings: dict[Finding, None] = {}
        self.tallies: dict[str, Tally] = {}
        """Verdicts per rule."""

    @property
    def corrections_held(self) -> bool:
        """More replacements and voids than allowed: they are shown, and not written (ENG07)."""
        return self._allowed is not None and self._planned > self._allowed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What concerns the run as a whole, by code and place."""
        found = list(self._findings)
        if self.corrections_held:
            found.append(too_many_corrections(self._planned, self._allowed or 0))
        return tuple(sorted(found, key=lambda each: each.order))

    @property
    def shown(self) -> int:
        """How many sessions so far."""
        return len(self._shown)

    @property
    def trouble(self) -> bool:
        """Whether anything could not be read or written so far."""
        return self._trouble

    @property
    def checked(self) -> tuple[Checked, ...]:
        """Claims and ChargeItems of others that got a finding, by reference."""
        return tuple(
            Checked(resource=place, findings=tuple(sorted(found, key=lambda each: each.order)))
            for place, found in sorted(self._checked.items())
        )

    def over(self, asked: Iterable[str], *, whole: bool = False) -> Iterator[SessionReport]:
        """The sessions of these Encounters and Appointments, each once; but those with corrections: see `late`.

        What can't be read or written is a finding (ENG08).

        Args:
            asked: `Encounter/id` or `Appointment/id`.
            whole: Whether nothing follows.

        Errors:
            ServerError: the server refuses us, or has not answered for a while.
        """
        references = iter(asked)
        first, second = _parcel(references), _parcel(references)
        if whole and not second:
            yield from self._counted(self._reconcile(first, self._fits) if first else [], whole=True)
            return
        rest = iter(lambda: _parcel(references), frozenset[str]())
        yield from self._parcels(filter(None, chain((first, second), rest)), whole=False)

    @property
    def waiting(self) -> bool:
        """Whether sessions with corrections wait until it is known how many there are."""
        return bool(self._waiting)

    def late(self) -> Iterator[SessionReport]:
        """At the end of the run: the sessions with corrections, now that it is known how many there are."""
        late, self._waiting = self._waiting, []
        self._planned -= sum(map(_corrections, late))
        self._shown.difference_update(each.session.key for each in late)
        names = iter([_name(each) for each in late])
        yield from self._parcels(iter(lambda: _parcel(names), frozenset[str]()), whole=True)

    def _fits(self, corrections: int) -> bool:
        return self._allowed is None or corrections <= self._allowed

    def _none(self, corrections: int) -> bool:
        return self._allowed is None or not corrections

    def _parcels(self, parcels: Iterator[frozenset[str]], *, whole: bool) -> Iterator[SessionReport]:
        """A bounded number of parcels is at work; results come in order."""
        may = self._fits if whole else self._none
        with ThreadPoolExecutor(self._jobs, thread_name_prefix="groupbill-write") as pool:
            pending: deque[Future[list[Report]]] = deque()
            try:
                for parcel in parcels:
                    if self.stopped:
                        break
                    pending.append(pool.submit(self._reconcile, parcel, may))
                    if len(pending) > self._jobs:
                        yield from self._counted(pending.popleft().result(), whole=whole)
                while pending:
                    yield from self._counted(pending.popleft().result(), whole=whole)
            finally:
                for each in pending:
                    each.cancel()

    def _reconcile(self, asked: frozenset[str], may: May) -> list[Report]:
        """One parcel; a session that makes the server refuse all is parted from the others."""
        if self.stopped:
            return []
        try:
            report = self._work.write(asked, may) if self._write else self._work.plan(asked)
        except Refused as error:
            if len(asked) > 1 and error.status not in _REFUSING:
                return [found for each in sorted(asked) for found in self._reconcile(frozenset({each}), may)]
            return self._unread(asked, error)
        except ServerError as error:
            return self._unread(asked, error)
        self._silent, self._any = 0, True
        return [report]

    def _unread(self, asked: frozenset[str], error: ServerError) -> list[Report]:
        self._silent += isinstance(error, Unreachable)
        if getattr(error, "status", None) in _REFUSING or self._silent >= PATIENCE:
            self.stop(error)
        self._trouble = True
        self._findings.update({trouble(each, f"Not read: {error}"): None for each in sorted(asked)})
        return []

    def stop(self, error: ServerError) -> None:
        """Nothing more is tried: the server refuses us, or is down. What was done stays told.

        Errors:
            ServerError: nothing was done yet.
        """
        self.stopped = self._trouble = True
        if not self._any:
            raise error
        self._findings[trouble("CapabilityStatement", f"The run ended here: {error}")] = None

    def _counted(self, reports: list[Report], *, whole: bool) -> Iterator[SessionReport]:
        """Count a parcel in; what waits for the end is kept back."""
        for report in reports:
            self._add(report)
        defer = self._write and self._allowed is not None and not whole
        for session in (each for report in reports for each in report.sessions):
            if session.session.key in self._shown:
                continue
            self._shown.add(session.session.key)
            corrections = _corrections(session)
            self._planned += corrections
            if corrections and defer and not self.corrections_held:
                self._waiting.append(session)
                continue
            if self.corrections_held:
                yield from self._waiting
                self._waiting = []
            yield session

    def _add(self, report: Report) -> None:
        self._trouble = self._trouble or report.exit_status == 3
        self._findings.update(dict.fromkeys(report.findings))
        for each in report.checked:
            self._checked.setdefault(each.resource, {}).update(dict.fromkeys(each.findings))
        for code, tally in report.tallies.items():
            mine = self.tallies.setdefault(code, Tally())
            mine.passed += tally.passed
            mine.failed += tally.failed
            mine.bypassed += tally.bypassed
            mine.no_data += tally.no_data


def _parcel(references: Iterator[str]) -> frozenset[str]:
    return frozenset(islice(references, PARCEL))


def _name(report: SessionReport) -> str:
    """An Encounter or Appointment by which a session can be asked for."""
    return report.session.encounter or report.session.sources[0]


def _corrections(report: SessionReport) -> int:
    """Replacements and voids of a session."""
    steps = (step for member in report.members for step in member.plan)
    return sum(1 for step in steps if step.action in (Action.REPLACE, Action.VOID))
