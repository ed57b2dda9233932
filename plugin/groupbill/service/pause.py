"""While the FHIR server is away everything waits: one pause for all workers of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import GroupBillError
from .metrics import Metrics

LONGEST = 30.0
"""Seconds between two attempts at most."""


class Pause:
    """Doubles from one second; ends with the first answer."""

    def __init__(
        self, metrics: Metrics, ask: Callable[[], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """The server is taken to be there until it is not.

        Args:
            metrics: Show whether it is.
            ask: Asks it for something small that needs the sign-in and its database; raises ServerError.
            clock: Seconds.
        """
        self._metrics, self.ask, self._clock = metrics, ask, clock
        self._lock = threading.Lock()
        self._until, self._length = 0.0, 0.0
        metrics.server(True)

    def over(self) -> bool:
        """Whether work may go on."""
        return self._clock() >= self._until

    @property
    def away(self) -> bool:
        """Whether the server did not answer last."""
        return self._length > 0

    def means_away(self, error: Exception) -> bool:
        """Whether an error means that the server as a whole is away, or no longer knows us; then everything waits.

        One resource that it can't or won't show is not that, so it is asked for something else.
        """
        try:
            if isinstance(error, GroupBillError):
                self.ask()
        except GroupBillError:  # a key of ours that can't be read is a UsageError
            return True
        return False

    def begin(self) -> float:
        """The server is away; how many seconds to wait. Several workers that notice it count as one."""
        with self._lock:
            if self.over():
                self._length = min(LONGEST, max(1.0, self._length * 2))
                self._until = self._clock() + self._length
            self._metrics.server(False)
            return self._length

    def answered(self) -> None:
        """The server is there."""
        with self._lock:
            self._until, self._length = 0.0, 0.0
            self._metrics.server(True)
