"""The agenda: sessions to be reconciled, each when it has been quiet for a while, one lane by one worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, and_, case, delete, func, or_, select, update

from .inbox import State
from .leases import Leases
from .store import due, earlier, leases, sessions, upsert

PATIENCE = 10
"""A session that never comes to rest is looked at after this many settle times all the same."""


@dataclass(frozen=True, slots=True)
class Work:
    """The sessions of one lane that are due."""

    lane: str
    touched: Mapping[str, int]
    """How often each session had been asked for when it was claimed."""
    attempts: Mapping[str, int]
    since: float
    """First change of any of them; 0 where only their time has come."""

    @property
    def references(self) -> tuple[str, ...]:
        """The Encounters and Appointments, sorted."""
        return tuple(sorted(self.touched))


class Agenda:
    """The sessions in one store; several processes and threads may share it."""

    def __init__(self, engine: Engine, settle: float, clock: Callable[[], float] = time.time) -> None:
        """`settle` is the quiet time in seconds."""
        self._engine, self._settle, self._clock = engine, settle, clock
        self._leases = Leases(engine, clock)

    def add(self, lanes: Mapping[str, str], *, at_once: bool = False) -> None:
        """Something of these sessions changed.

        Args:
            lanes: The lane by session.
            at_once: Without the quiet time: nothing more is expected.
        """
        now = self._clock()
        rest = now if at_once else now + self._settle
        first = case((sessions.c.since == 0, now), else_=sessions.c.since)
        values = {
            "state": State.WAITING,
            "since": first,
            "due": earlier(rest, first + PATIENCE * self._settle),
            "touched": sessions.c.touched + 1,
            "attempts": 0,
            "reason": "",
        }
        with self._engine.begin() as connection:
            for reference, lane in sorted(lanes.items()):
                row = _row(reference, lane, since=now, due=rest)
                statement = upsert(self._engine, sessions).values(row)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["reference"], set_={**values, "lane": lane})
                )

    def wait(self, reference: str, lane: str, until: float) -> None:
        """Look at a session again when its time comes, whatever happens before."""
        s = sessions.c
        values = {
            "wake": case((or_(s.wake == 0, s.wake > until), until), else_=s.wake),
            "due": case((s.since == 0, earlier(until, s.due)), else_=s.due),
        }
        row = _row(reference, lane, since=0.0, due=until)
        with self._engine.begin() as connection:
            statement = upsert(self._engine, sessions).values({**row, "wake": until})
            connection.execute(statement.on_conflict_do_update(index_elements=["reference"], set_=values))

    def claim(self, holder: str) -> Work | None:
        """The lane that has been due for longest, for this holder alone."""
        now = self._clock()
        waiting = due(sessions, sessions.c.since, now)
        taken = select(leases.c.name).where(leases.c.until >= now)
        query = (
            select(sessions.c.lane)
            .where(waiting, sessions.c.lane.not_in(taken))
            .group_by(sessions.c.lane)
            .order_by(func.min(sessions.c.due), sessions.c.lane)
            .limit(8)
        )
        with self._engine.begin() as connection:
            lanes = [row[0] for row in connection.execute(query)]
        for lane in lanes:
            if self._leases.take(lane, holder):
                work = self._of(lane, now)
                if work is not None:
                    return work
                self._leases.give_back(lane, holder)
        return None

    def _of(self, lane: str, now: float) -> Work | None:
        mine = and_(due(sessions, sessions.c.since, now), sessions.c.lane == lane)
        with self._engine.begin() as connection:
            rows = connection.execute(select(sessions).where(mine).order_by(sessions.c.reference)).all()
        if not rows:
            return None
        touched = {row.reference: row.touched for row in rows}
        attempts = {row.reference: row.attempts for row in rows}
        return Work(lane, touched, attempts, min((row.since for row in rows if row.since), default=0.0))

    def done(self, work: Work, references: Iterable[str], holder: str) -> None:
        """They were reconciled; what changed meanwhile stays, and what has a later time waits for it."""
        s, now = sessions.c, self._clock()
        with self._engine.begin() as connection:
            for reference in sorted(references):  # as `add` does: two never wait for each other in a circle
                mine = and_(s.reference == reference, s.touched == work.touched[reference])
                connection.execute(delete(sessions).where(mine, s.wake <= now))
                connection.execute(update(sessions).where(mine).values(since=0.0, due=s.wake, wake=0.0, attempts=0))

    def failed(self, reference: str, wait: float) -> None:
        """It could not be reconciled and waits; the attempt is counted."""
        s = sessions.c
        values = {"due": self._clock() + wait, "attempts": s.attempts + 1}
        with self._engine.begin() as connection:
            connection.execute(update(sessions).where(s.reference == reference).values(values))

    def set_aside(self, work: Work, reference: str, reason: str) -> None:
        """A person must look at it; a further change brings it back as well, also one that came meanwhile."""
        s = sessions.c
        unchanged = and_(s.reference == reference, s.touched == work.touched[reference])
        values = {"state": State.SET_ASIDE, "reason": reason[:255]}
        with self._engine.begin() as connection:
            connection.execute(update(sessions).where(unchanged).values(values))

    def give_back(self, work: Work, holder: str) -> None:
        """The lane is free for others."""
        self._leases.give_back(work.lane, holder)

    def count(self) -> dict[str, int]:
        """How many sessions wait and are set aside."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(sessions.c.state, func.count()).group_by(sessions.c.state)).all()
        return {State.WAITING: 0, State.SET_ASIDE: 0, **{row[0]: row[1] for row in rows}}

    def due(self) -> int:
        """How many wait because of a change, and not for a time to come."""
        waiting = and_(sessions.c.state == State.WAITING, sessions.c.since > 0)
        with self._engine.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(sessions).where(waiting)).scalar() or 0)


def _row(reference: str, lane: str, *, since: float, due: float) -> dict[str, object]:
    return {
        "reference": reference,
        "lane": lane,
        "state": State.WAITING,
        "since": since,
        "due": due,
        "wake": 0.0,
        "touched": 1,
        "attempts": 0,
        "reason": "",
    }
