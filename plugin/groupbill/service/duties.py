"""What the service does by the clock: it keeps its leases, catches up, and sweeps every night."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from .catching_up import CatchingUp
from .inbox import LEASE
from .logs import fault, logger
from .marks import LOOK, SWEEP
from .parts import Parts
from .store import AHEAD

LOOKS = 3600.0
"""Seconds between two looks for changes that nobody reported."""
AGAIN = 5.0
"""Seconds between two looks at least, however many notifications say only that something changed."""
REST = 60.0
"""Seconds for which a duty that failed is left alone."""
ROUND = 1.0
"""Seconds between two rounds."""

Sweeping = Callable[[], None]
"""Reconciles every session of the look-back window on the FHIR server."""


class Keeper(threading.Thread):
    """Renews the leases of this process; apart from the duties, which may take long."""

    def __init__(self, parts: Parts, stop: threading.Event) -> None:
        """Nothing runs until `start`; it has a stop of its own, because the last work still needs its leases."""
        super().__init__(name="keeper", daemon=True)
        self._holders, self._inbox, self._leases, self._stopping = parts.holders, parts.inbox, parts.leases, stop
        self._log = logger("keeper")

    def run(self) -> None:
        """Renew three times as often as needed, also while the last work is finished."""
        while not self._stopping.wait(LEASE / 3):
            try:
                for holder in self._holders.live():
                    self._inbox.renew(holder)
                    self._leases.renew(holder)
            except Exception as error:  # noqa: BLE001 - the store may be away for a while
                self._log.error("leases not renewed", error=fault(error))


class Duties(threading.Thread):
    """One thread per process; a lease lets one process at a time do a duty."""

    def __init__(self, parts: Parts, catching_up: CatchingUp, sweeping: Sweeping) -> None:
        """Nothing runs until `start`."""
        super().__init__(name="duties", daemon=True)
        self._catching_up, self._sweeping = catching_up, sweeping
        self._holders, self._settings, self._inbox = parts.holders, parts.settings, parts.inbox
        self._leases, self._marks = parts.leases, parts.marks
        self._metrics, self._pause, self._stopping = parts.metrics, parts.pause, parts.stop
        self._all = {
            "answer": self._answer,
            "numbers": catching_up.missing,
            "pulse": catching_up.pulse,
            "look": self._look,
            "sweep": self._sweep,
        }
        self._after: dict[str, float] = {}
        self._log = logger("duties")

    def run(self) -> None:
        """Until told to stop. What happened while no service ran is looked for first."""
        looked = False
        while not self._stopping.wait(ROUND):
            try:
                if not looked:
                    self._marks.want(LOOK)
                    looked = True
                with self._holders.one() as holder:
                    if self._pause.over() and self._leases.take("duties", holder):
                        self.round()
                        self._leases.give_back("duties", holder)
            except Exception as error:  # noqa: BLE001 - the store may be away for a while
                self._log.error("round failed", error=fault(error))

    def round(self) -> None:
        """Everything that is due; a duty that failed is left alone for a while, the others go on."""
        for name, duty in self._all.items():
            if self._stopping.is_set() or not self._pause.over() or self._after.get(name, 0.0) > time.monotonic():
                continue
            try:
                duty()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                away = self._pause.means_away(error)
                self._after[name] = time.monotonic() + (0.0 if away else REST)
                status = getattr(error, "status", None)
                self._log.warning("duty failed", duty=name, error=fault(error), status=status)
                if away:
                    self._pause.begin()

    def _answer(self) -> None:
        """A server that was away is asked whether it is back; there may be no work that would tell."""
        if self._pause.away:
            self._pause.ask()
            self._pause.answered()

    def _look(self) -> None:
        now = time.time()
        if self._due(LOOK, now - LOOKS, now - AGAIN):
            self._catching_up.look()

    def _sweep(self) -> None:
        now = time.time()
        if not self._due(SWEEP, self._last_night(now), now - LOOKS):
            return
        self._marks.begun(SWEEP)
        try:
            self._sweeping()
            self._metrics.swept()
        except BaseException:
            self._marks.want(SWEEP)
            raise
        finally:
            self._marks.done(SWEEP, now)
        self._inbox.forget()

    def _due(self, duty: str, latest: float, earliest: float) -> bool:
        """Whether a duty was last done before `latest`, or is wanted and was last done before `earliest`.

        One that was done in a time to come, before the clock was set back, is done again.
        """
        at = self._marks.at(duty)
        if at > time.time() + AHEAD:
            return True
        return at < latest or (at < earliest and self._marks.wanted(duty))

    def _last_night(self, now: float) -> float:
        """When the last sweep was due: at `sweep_at` in the zone of the site."""
        zone = self._settings.zone_of()
        here = datetime.fromtimestamp(now, zone)
        due = datetime.combine(here.date(), self._settings.sweep_at, zone)
        return (due if due <= here else due - timedelta(days=1)).timestamp()
