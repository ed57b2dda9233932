"""Workers: events become sessions on the agenda, sessions that have come to rest are reconciled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ..errors import ServerError
from ..host import Host
from ..report.report import Report
from .agenda import Work
from .inbox import Taken
from .logs import fault, hashed, logger
from .looking import Looking, Poison, remembering
from .parts import Parts

MOST = 50
"""Events that a worker takes at once."""
IDLE = 0.25
"""Seconds until an idle worker looks again."""
ATTEMPTS = 5
"""After so many failures an event or session is set aside."""
RETRY = 2.0
"""Seconds until the next attempt, doubled each time."""

Reconciling = Callable[[Host, Sequence[str]], Report]
"""Reconciles the sessions of these references on the FHIR server."""


class Unfinished(Exception):
    """A session could not be reconciled; the text is that of a finding, which holds no patient data."""


class Worker(threading.Thread):
    """One thread with a host of its own; stops after the piece of work it has in hand."""

    def __init__(self, parts: Parts, host: Host, looking: Looking, reconciling: Reconciling) -> None:
        """Nothing runs until `start`."""
        super().__init__(name="worker", daemon=True)
        self._host, self._looking, self._reconciling = host, looking, reconciling
        self._holders, self._holder, self._stopping = parts.holders, "", parts.stop
        self._inbox, self._agenda, self._read = parts.inbox, parts.agenda, parts.server.read
        self._metrics, self._pause = parts.metrics, parts.pause
        self._log = logger("worker")

    def run(self) -> None:
        """Work until told to stop."""
        while not self._stopping.is_set():
            try:
                busy = self._pause.over() and self.step()
            except Exception as error:  # noqa: BLE001 - a worker outlives a store that is away for a while
                self._log.error("step failed", error=fault(error))
                busy = False
            if not busy:
                self._stopping.wait(IDLE)

    def step(self) -> bool:
        """A handful of events and one lane; False when there was nothing to do."""
        with self._holders.one() as self._holder:
            return self._step()

    def _step(self) -> bool:
        taken = self._inbox.claim(self._holder, MOST)
        if taken:
            self._look(taken)
        work = None if self._stopping.is_set() else self._agenda.claim(self._holder)
        if work is not None:
            try:
                self._reconcile(work, work.references)
            finally:
                self._agenda.give_back(work, self._holder)
        return bool(taken or work)

    def _look(self, taken: Sequence[Taken]) -> None:
        """Put each on the agenda; what is left when the server goes away, or we are to end, is handed back."""
        read, today = remembering(self._read), self._host.today()
        left = {each.id: each for each in taken}
        try:
            for each in taken:
                if self._stopping.is_set():
                    return
                try:
                    self._looking.at(each.event, self._host, read, today)
                except Exception as error:  # noqa: BLE001 - one event never stops the others
                    if self._away(error):
                        return
                    self._failed(each, error)
                else:
                    self._pause.answered()
                    self._inbox.done([each.id], self._holder)
                del left[each.id]
        finally:
            self._inbox.hand_back(left, self._holder)

    def _failed(self, taken: Taken, error: Exception) -> None:
        self._log.warning("event failed", id=taken.id, error=fault(error), attempt=taken.attempts + 1)
        if isinstance(error, Poison) or taken.attempts + 1 >= ATTEMPTS:
            self._inbox.set_aside(taken.id, self._holder, _reason(error))
            self._metrics.set_aside("event")
        else:
            self._inbox.hand_back([taken.id], self._holder, RETRY * 2**taken.attempts, failed=True)

    def _reconcile(self, work: Work, references: Sequence[str]) -> None:
        """All sessions of a lane at once; where that fails, each by itself."""
        started = time.time()
        try:
            report = self._reconciling(self._host, references)
            self._raise_trouble(report)
        except Exception as error:  # noqa: BLE001 - one session never stops the others
            if not self._away(error):
                self._apart(work, references, error)
        else:
            self._pause.answered()
            self._agenda.done(work, references, self._holder)
            self._metrics.reconciled(report.sessions, work.since, time.time())
            self._log.info(
                "reconciled",
                lane=hashed(work.lane),
                sessions=len(report.sessions),
                asked=len(references),
                seconds=round(time.time() - started, 3),
            )

    def _raise_trouble(self, report: Report) -> None:
        """What was not read or not written stays on the agenda.

        Errors:
            ServerError: the server is away.
            Unfinished: it is there, and refused something.
        """
        found = [
            *report.findings,
            *(each for session in report.sessions for member in session.members for each in member.findings),
        ]
        trouble = next((each for each in found if each.code == "ENG08"), None)
        if trouble is not None:
            self._pause.ask()
            raise Unfinished(trouble.message)

    def _apart(self, work: Work, references: Sequence[str], error: Exception) -> None:
        if len(references) > 1:
            for reference in references:
                self._reconcile(work, [reference])
            return
        (reference,) = references
        attempt = work.attempts[reference] + 1
        self._log.warning("session failed", session=hashed(reference), error=fault(error), attempt=attempt)
        if attempt >= ATTEMPTS:
            self._agenda.set_aside(work, reference, _reason(error))
            self._metrics.set_aside("session")
        else:
            self._agenda.failed(reference, RETRY * 2 ** (attempt - 1))

    def _away(self, error: Exception) -> bool:
        """Whether the server is away; then everything stays as it is."""
        if self._pause.means_away(error):
            self._log.warning("FHIR server away", error=fault(error), again_in=self._pause.begin())
            return True
        return False


def _reason(error: Exception) -> str:
    """For `inbox list`: our own messages name types and never values, others may hold anything."""
    ours = isinstance(error, ServerError | Poison | Unfinished)
    return str(error) if ours else type(error).__name__
