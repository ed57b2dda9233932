"""The right to write for some patients: one holder at a time, kept up while it works, free when it dies."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..errors import ServerError
from ..model import Step
from .process import is_dead, this_process
from .tables import INTENT, LEASE, SESSION
from .unfinished import Unfinished, entry

if TYPE_CHECKING:
    from .outbox import Outbox

SECONDS = 60.0
"""A lease that nobody keeps up is free after this time."""
_MARGIN = 0.05
"""Seconds by which two readings of the clock are not told apart."""


class Lease:
    """Patients for whom the holder alone writes."""

    def __init__(self, outbox: Outbox, keys: Mapping[str, str]) -> None:
        """Nothing is taken yet; `keys` are those of the patients."""
        self._outbox, self._keys = outbox, dict(keys)
        self._holder = uuid.uuid4().hex
        self._written: set[str] = set()
        self._settled: dict[str, str] = {}
        self._sent: dict[str, str] = {}
        self._last = 0.0
        self._stop = threading.Event()
        self.open: list[Unfinished] = []
        """Of earlier writers that did not come to their end."""

    @property
    def patients(self) -> frozenset[str]:
        """Whom it is for."""
        return frozenset(self._keys.values())

    def take(self) -> bool:
        """All of it, or nothing: False while somebody else holds a part."""
        keys = sorted(self._keys)
        with self._outbox.begin() as connection:
            _add(connection, LEASE, [{"key": key, "until": 0.0, "written": 0.0} for key in keys])
            rows = _locked(connection, LEASE.c.key.in_(keys))
            now = self._outbox.clock(connection)
            if any(row.holder is not None and row.until > now and not is_dead(row.process) for row in rows):
                return False
            values = {"holder": self._holder, "process": this_process(), "until": now + SECONDS}
            connection.execute(update(LEASE).where(LEASE.c.key.in_(keys)).values(values))
            self._last = max((row.written for row in rows), default=0.0)
            found = connection.execute(select(INTENT).where(INTENT.c.key.in_(keys), INTENT.c.state == "open"))
            self.open = [Unfinished(self._keys[row.key], json.loads(row.entries), row.id) for row in found]
        threading.Thread(target=self._keep, daemon=True, name="groupbill-lease").start()
        return True

    def overtaken(self, mark: float) -> bool:
        """Whether somebody wrote for one of the patients after `mark`, or left a write open."""
        return bool(self.open) or self._last > mark - _MARGIN

    def intend(self, plans: Mapping[str, Iterable[Step]], sessions: Mapping[str, str]) -> None:
        """Record what is about to be sent for each patient, and which sessions it is for (reference by key)."""
        by_patient = {patient: key for key, patient in self._keys.items()}
        with self._outbox.begin() as connection:
            now = self._outbox.clock(connection)
            rows = []
            for patient, steps in plans.items():
                self._sent[patient] = uuid.uuid4().hex
                rows.append(
                    {
                        "id": self._sent[patient],
                        "key": by_patient[patient],
                        "state": "open",
                        "entries": json.dumps([entry(step) for step in steps]),
                        "intended": now,
                    }
                )
            if rows:
                connection.execute(INTENT.insert(), rows)
            known = [
                {"key": self._outbox.key("session", key), "reference": reference, "at": now}
                for key, reference in sessions.items()
            ]
            _add(connection, SESSION, sorted(known, key=lambda each: str(each["key"])))

    def settle(self, patient: str, state: str) -> None:
        """What became of the write for a patient; it is stored when the lease is given back."""
        self._settled[self._sent[patient]] = state
        self._written.add(patient)

    def looked_up(self) -> None:
        """The open writes of earlier writers have been looked up."""
        self._settled.update({each.id: "looked-up" for each in self.open})
        self.open = []

    def abandon(self) -> None:
        """Keep it up no longer, and don't give it back: it is free when its time is over or the process has ended."""
        self._stop.set()

    def release(self) -> None:
        """Give it back."""
        self._stop.set()
        with self._outbox.begin() as connection:
            now = self._outbox.clock(connection)
            for state in sorted(set(self._settled.values())):
                ids = [each for each, found in self._settled.items() if found == state]
                connection.execute(update(INTENT).where(INTENT.c.id.in_(ids)).values(state=state, settled=now))
            mine = LEASE.c.holder == self._holder
            _locked(connection, mine)
            wrote = [key for key, patient in self._keys.items() if patient in self._written]
            if wrote:
                connection.execute(update(LEASE).where(mine, LEASE.c.key.in_(wrote)).values(written=now))
            connection.execute(update(LEASE).where(mine).values(holder=None, process=None, until=0.0))

    def _keep(self) -> None:
        """Keep it up until it is given back."""
        while not self._stop.wait(SECONDS / 4):
            try:
                with self._outbox.begin() as connection:
                    mine = LEASE.c.holder == self._holder
                    _locked(connection, mine)
                    until = self._outbox.clock(connection) + SECONDS
                    connection.execute(update(LEASE).where(mine).values(until=until))
            except ServerError:
                continue


def _locked(connection: Connection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """These rows, for this transaction alone; by key, so that two writers never wait for each other in a circle."""
    return connection.execute(select(LEASE).where(which).order_by(LEASE.c.key).with_for_update()).all()


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Add the rows whose key is new; they come sorted, as `_locked` takes them."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
    else:
        connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
