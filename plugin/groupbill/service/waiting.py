"""`groupbill inbox`: what waits, what was set aside and why; try it again, or drop it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, delete, select, true, update

from .inbox import State
from .store import events, sessions

_OPEN = (State.WAITING, State.CLAIMED, State.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event or session."""

    id: str
    """The number of an event; the reference of a session."""
    reference: str
    state: str
    age: float
    """Seconds since it came; of a session that waits for a time to come 0."""
    attempts: int
    reason: str


def listed(engine: Engine, *, most: int = 1000, clock: Callable[[], float] = time.time) -> list[Entry]:
    """Events and sessions that are not done, the oldest first, those set aside before all others."""
    now = clock()
    with engine.begin() as connection:
        e = events.c
        first = (e.state != State.SET_ASIDE, e.id)
        rows = connection.execute(select(events).where(e.state.in_(_OPEN)).order_by(*first).limit(most)).all()
        found = [Entry(str(r.id), r.reference, r.state, now - r.received, r.attempts, r.reason) for r in rows]
        s = sessions.c
        by = (s.state != State.SET_ASIDE, s.due, s.reference)
        rows = connection.execute(select(sessions).where(s.state.in_(_OPEN)).order_by(*by).limit(most)).all()
        found += [
            Entry(r.reference, r.reference, r.state, now - r.since if r.since else 0.0, r.attempts, r.reason)
            for r in rows
        ]
    return found


def retry(engine: Engine, ids: Collection[str], clock: Callable[[], float] = time.time) -> int:
    """Let what was set aside wait again, all of it where no id is given. How many."""
    values = {"state": State.WAITING, "attempts": 0, "reason": "", "due": clock()}
    return _both(engine, ids, lambda table: update(table).where(table.c.state == State.SET_ASIDE).values(values))


def drop(engine: Engine, ids: Collection[str]) -> int:
    """Forget what was set aside, all of it where no id is given. How many."""
    return _both(engine, ids, lambda table: delete(table).where(table.c.state == State.SET_ASIDE))


def _both(engine: Engine, ids: Collection[str], statement: Callable[..., object]) -> int:
    numbers = [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < 19]
    chosen: tuple[tuple[object, ColumnElement[bool]], ...] = (
        (events, events.c.id.in_(numbers) if ids else true()),
        (sessions, sessions.c.reference.in_(list(ids)) if ids else true()),
    )
    done = 0
    with engine.begin() as connection:
        for table, which in chosen:
            done += connection.execute(statement(table).where(and_(which))).rowcount  # type: ignore[attr-defined]
    return done
