"""The inbox: notifications, on the disk before they are acknowledged, each version of a resource once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, cast, delete, func, or_, select, update
from sqlalchemy import String as Text

from .notification import Event, Kind, Notification
from .numbers import note
from .store import due, events, gaps, upsert

LEASE = 15.0
"""Seconds after which the work of a process that went silent is anybody's."""
KEPT = 14 * 86400.0
"""Seconds for which a version that was handled is remembered."""


class State(StrEnum):
    """Of a notification or a session."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True)
class Taken:
    """A notification that was claimed."""

    id: int
    event: Event
    attempts: int
    received: float


class Inbox:
    """The notifications in one store; several processes and threads may share it."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        """Use the tables of `open_store`."""
        self._engine = engine
        self._clock = clock

    def accept(self, notifications: Sequence[Notification]) -> int:
        """Write them down, in one transaction. How many events were new."""
        now = self._clock()
        with self._engine.begin() as connection:
            plain = [event for each in notifications if each.subscription is None for event in each.events]
            fresh = self._add(connection, plain, now)
            for each in notifications:
                if each.subscription is not None:
                    new = self._add(connection, each.events, now)
                    if each.kind not in (Kind.QUERY_STATUS, Kind.QUERY_EVENT):
                        note(self._engine, connection, each, new > 0, now)
                    fresh += new
        return fresh

    def _add(self, connection: Connection, found: Iterable[Event], now: float) -> int:
        """How many were new: only what was inserted is returned."""
        rows = [_row(event, now) for event in found]
        insert = upsert(self._engine, events).on_conflict_do_nothing(index_elements=["key"]).returning(events.c.id)
        chunks = (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
        return sum(len(connection.execute(insert.values(chunk)).all()) for chunk in chunks)

    def claim(self, holder: str, most: int) -> list[Taken]:
        """The oldest that are due, for this holder alone until the lease runs out."""
        now = self._clock()
        free = or_(
            due(events, events.c.received, now),
            and_(events.c.state == State.CLAIMED, events.c.until < now),
        )
        with self._engine.begin() as connection:
            query = select(events).where(free).order_by(events.c.id).limit(most).with_for_update(skip_locked=True)
            rows = connection.execute(query).all()
            if rows:
                # Without a version nothing tells the next change from this one: it must not count as a repetition.
                key = case((events.c.key.startswith("?"), "=" + cast(events.c.id, Text)), else_=events.c.key)
                ids = [row.id for row in rows]
                values = {"state": State.CLAIMED, "holder": holder, "until": now + LEASE, "key": key}
                connection.execute(update(events).where(events.c.id.in_(ids)).values(values))
        return [Taken(row.id, Event(row.reference, deleted=row.deleted), row.attempts, row.received) for row in rows]

    def done(self, ids: Iterable[int], holder: str) -> None:
        """They were handled; events that can come again under the same key are forgotten at once."""
        with self._engine.begin() as connection:
            mine = and_(events.c.id.in_(list(ids)), events.c.holder == holder)
            connection.execute(update(events).where(mine).values(state=State.DONE, holder=""))

    def hand_back(self, ids: Iterable[int], holder: str, wait: float = 0.0, *, failed: bool = False) -> None:
        """They wait again; `failed` counts the attempt."""
        values = {"state": State.WAITING, "holder": "", "due": self._clock() + wait}
        if failed:
            values["attempts"] = events.c.attempts + 1
        with self._engine.begin() as connection:
            mine = and_(events.c.id.in_(list(ids)), events.c.holder == holder)
            connection.execute(update(events).where(mine).values(values))

    def set_aside(self, id: int, holder: str, reason: str) -> None:
        """A person must look at it; the others go on."""
        with self._engine.begin() as connection:
            mine = and_(events.c.id == id, events.c.holder == holder)
            values = {"state": State.SET_ASIDE, "holder": "", "reason": reason[:255]}
            connection.execute(update(events).where(mine).values(values))

    def renew(self, holder: str) -> None:
        """The holder lives: its work stays its own for another while."""
        with self._engine.begin() as connection:
            mine = and_(events.c.holder == holder, events.c.state == State.CLAIMED)
            connection.execute(update(events).where(mine).values(until=self._clock() + LEASE))

    def release(self, process: str) -> None:
        """Hand back everything that the holders of a process have in their hands."""
        with self._engine.begin() as connection:
            mine = and_(events.c.holder.startswith(process, autoescape=True), events.c.state == State.CLAIMED)
            connection.execute(update(events).where(mine).values(state=State.WAITING, holder=""))

    def forget(self) -> None:
        """Delete what was handled long ago."""
        with self._engine.begin() as connection:
            old = and_(events.c.state == State.DONE, events.c.received < self._clock() - KEPT)
            connection.execute(delete(events).where(old))

    def knows(self, reference: str) -> bool:
        """Whether a notification of this resource has come."""
        with self._engine.begin() as connection:
            query = select(events.c.id).where(events.c.reference == reference).limit(1)
            return connection.execute(query).first() is not None

    def count(self) -> dict[str, int]:
        """How many are in each state."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(events.c.state, func.count()).group_by(events.c.state)).all()
        return {**dict.fromkeys(State, 0), **{row[0]: row[1] for row in rows}}

    def missing(self) -> int:
        """Event numbers that did not arrive and are not caught up with yet."""
        with self._engine.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(gaps)).scalar_one())

    def oldest(self) -> float:
        """Seconds for which the oldest has been waiting; 0 where none waits."""
        open_: ColumnElement[bool] = events.c.state.in_([State.WAITING, State.CLAIMED])
        with self._engine.begin() as connection:
            first = connection.execute(select(func.min(events.c.received)).where(open_)).scalar()
        return 0.0 if first is None else max(0.0, self._clock() - first)


_CHUNK = 1000
"""Rows of one INSERT: below the number of parameters that the databases allow (SQLite: 32,766)."""


def _row(event: Event, now: float) -> dict[str, Any]:
    return {
        "key": _key(event),
        "reference": event.reference,
        "deleted": event.deleted,
        "received": now,
        "state": State.WAITING,
        "due": now,
        "attempts": 0,
        "holder": "",
        "until": 0.0,
        "reason": "",
    }


def _key(event: Event) -> str:
    """One version of a resource has one key; without a version one that holds while the event waits (`?`)."""
    text = f"{event.reference}\n{event.version}\n{event.deleted}"
    return ("" if event.version else "?") + hashlib.sha256(text.encode()).hexdigest()[:40]
