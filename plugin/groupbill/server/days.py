"""A sweep over a range of days: window by window, gone on with where an interrupted one stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from ..errors import ServerError
from ..facts import Window, windows
from ..model import SessionReport
from .server import Server
from .sweep import Sweep

log = logging.getLogger("groupbill.server")


class Days:
    """The days from first to last."""

    def __init__(self, server: Server, first: date, last: date, *, write: bool, today: date) -> None:
        """Nothing is read yet. An interrupted walk is known by its range and its day."""
        self._server, self._last = server, last
        self._outbox = server.outbox if write else None
        self._walk = "" if self._outbox is None else self._outbox.key("walk", str(first), str(last), str(today))
        done = None if self._outbox is None else self._outbox.done_through(self._walk)
        self.first = first if done is None else min(done, last) + timedelta(days=1)
        """Where this run begins: later than asked where an interrupted one had come further."""
        self.resumed = done is not None
        self.count = (last - self.first).days + 1
        """How many days are left."""

    def over(self, work: Sweep, done: Callable[[int], None]) -> Iterator[SessionReport]:
        """All their sessions, those with corrections last.

        Args:
            work: Plans or writes.
            done: Told after each window of how many days.

        Errors:
            ServerError: the server refuses us, or has not answered for a while.
        """
        for first, last in windows(self.first, self._last):
            try:
                window = self._server.sessions_between(first, last)
            except ServerError as error:
                work.stop(error)
            if work.stopped:
                break
            yield from work.over([*window.sessions, *self._forgotten(window)])
            self._note(work, last)
            done((last - first).days + 1)
        yield from work.late()
        if self._outbox is not None and not work.trouble:
            self._outbox.note_walk(self._walk, None)

    def _forgotten(self, window: Window) -> Iterator[str]:
        """Sessions that were charged and are none any more, or on another day: the outbox knows which they were."""
        for key, visit in sorted(window.charged.items()):
            known = None if self._server.outbox is None else self._server.outbox.session(key)
            reference = known or visit
            if reference is not None:
                yield reference
            else:
                log.warning("a session was charged and is not on the server any more; nothing says which it was")

    def _note(self, work: Sweep, through: date) -> None:
        """Remember how far we have come, unless something before is not done yet."""
        if self._outbox is not None and not work.waiting and not work.trouble:
            self._outbox.note_walk(self._walk, through)
