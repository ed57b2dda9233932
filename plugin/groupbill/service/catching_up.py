"""Catching up with what was not told: missing event numbers, changes nobody reported, subscriptions that went off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from typing import Any

from sqlalchemy import delete, select, update

from ..errors import Refused, ServerError
from ..facts import WATCHED
from ..model import Resource
from .forms import notification
from .logs import hashed, logger
from .marks import LOOK, SWEEP
from .notification import Malformed, Notification
from .numbers import EVERYTHING
from .parts import Parts
from .store import gaps, subscriptions
from .subscription import ours, renewed

GRACE = 15.0
"""Seconds that an overtaken notification has to arrive."""
MARGIN = 300.0
"""Seconds by which the clocks of two machines may differ; what is seen twice is handled once."""
SILENCE = 300.0
"""Seconds after which a subscription that says nothing is asked how it is."""


class CatchingUp:
    """Puts into the inbox what should have come."""

    def __init__(self, parts: Parts, clock: Callable[[], float] = time.time) -> None:
        """Nothing is asked yet."""
        self._engine, self._inbox, self._client = parts.engine, parts.inbox, parts.server.client
        self._metrics, self._marks, self._pause, self._clock = parts.metrics, parts.marks, parts.pause, clock
        self._log = logger("catching-up")

    def missing(self) -> None:
        """Ask for the event numbers that did not arrive; where the server can't say, look at everything.

        Errors:
            ServerError: the server could not be reached; nothing is forgotten.
        """
        for name, numbers in self._overdue().items():
            self._log.warning("notifications lost", subscription=hashed(name), missing=len(numbers))
            complete = self._asked_for(name, numbers)
            if not complete:
                self.look()
            self._marks.want(SWEEP)
            self._metrics.gap("events" if complete else "search")
            with self._engine.begin() as connection:
                known = gaps.c.subscription == name
                connection.execute(delete(gaps).where(known, gaps.c.number.in_(numbers)))

    def _asked_for(self, name: str, numbers: list[int]) -> bool:
        """Whether `$events` of the subscription brought all of them."""
        if EVERYTHING in numbers:
            return False
        told = self._asked(name, min(numbers), max(numbers))
        if told is not None:
            self._inbox.accept([told])
        return told is not None and {each.number for each in told.events}.issuperset(numbers)

    def _overdue(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        old = gaps.c.noticed < self._clock() - GRACE
        with self._engine.begin() as connection:
            for row in connection.execute(select(gaps).where(old).order_by(gaps.c.number).limit(5000)):
                found.setdefault(row.subscription, []).append(row.number)
        return found

    def _asked(self, name: str, first: int, last: int) -> Notification | None:
        """What `$events` of the subscription says; None where the server does not have it."""
        try:
            answer = self._client.operation(f"{name}/$events?eventsSinceNumber={first}&eventsUntilNumber={last}")
            return notification(answer)
        except (ServerError, Malformed) as error:
            if self._pause.means_away(error):
                raise
            return None

    def look(self) -> int:
        """Search what changed since the last look, by `_lastUpdated`; how many versions were new.

        Our Subscriptions that met an error are switched on again first.

        Errors:
            ServerError: the server could not be reached, or broke off at one type; the others were looked at, and the
                next look starts where this one did.
        """
        started = self._clock()
        since = min(started, self._marks.at(LOOK)) - MARGIN
        self._marks.begun(LOOK)
        fresh, trouble = 0, None
        try:
            if "Subscription" in self._client.types:
                with self._unless_away("Subscriptions not looked at"):
                    for each in self._client.search("Subscription?"):
                        self._switch_on(each if ours(each) else None)
            for kind in WATCHED:
                try:
                    fresh += self._take(self._changed_since(kind, since))
                except ServerError as error:
                    if self._pause.means_away(error):
                        raise
                    trouble = error
            if trouble is not None:
                raise trouble
        except BaseException:
            self._marks.want(LOOK)
            raise
        self._marks.done(LOOK, started)
        self._log.info("looked for changes", new=fresh)
        return fresh

    def _changed_since(self, kind: str, since: float) -> Iterator[Resource]:
        """Resources of a type; none where the server can't search so, and none that changed before."""
        instant = datetime.fromtimestamp(since, UTC).isoformat(timespec="milliseconds")
        with self._unless_away("no search by _lastUpdated", Refused, type=kind):
            found = self._client.search(f"{kind}?_lastUpdated=ge{instant}")
            yield from (each for each in found if _changed(each) >= since)

    def _take(self, found: Iterator[Any]) -> int:
        told = [notification(each) for each in found if each.get("id")]
        return sum(self._inbox.accept(told[start : start + 500]) for start in range(0, len(told), 500))

    def pulse(self) -> None:
        """Ask subscriptions that have been silent how they are, and switch those on again that met an error.

        Errors:
            ServerError: the server could not be reached.
        """
        now = self._clock()
        s = subscriptions.c
        quiet = (s.seen < now - SILENCE) & (s.looked < now - SILENCE)
        with self._engine.begin() as connection:
            names = list(connection.execute(select(s.reference).where(quiet)).scalars())
        for name in names:
            with self._unless_away("Subscription not looked at"):
                self._switch_on(self._client.get(name))
            with self._engine.begin() as connection:
                connection.execute(update(subscriptions).where(s.reference == name).values(looked=now))

    def _switch_on(self, found: Resource | None) -> None:
        """One that is off may have been switched off by a person; an error is the server's own."""
        if found is not None and found.get("status") == "error":
            self._client.put(renewed(found))
            self._metrics.gap("status")
            self._marks.want(LOOK)
            self._log.warning("subscription switched on again", subscription=hashed(f"Subscription/{found['id']}"))

    @contextmanager
    def _unless_away(self, words: str, kind: type[ServerError] = ServerError, **more: str) -> Iterator[None]:
        """Go on without what the server does not let us have; that it is away as a whole is raised."""
        try:
            yield
        except kind as error:
            if self._pause.means_away(error):
                raise
            self._log.warning(words, status=error.status, **more)


def _changed(resource: Any) -> float:
    """When it last changed; a server that ignores the search parameter must not flood the inbox."""
    try:
        found = datetime.fromisoformat(str((resource.get("meta") or {}).get("lastUpdated")))
    except ValueError:
        return inf
    return found.timestamp() if found.tzinfo is not None else inf
