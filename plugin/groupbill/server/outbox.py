"""The outbox: what is about to be written is recorded before it is sent, and settled after.

It also keeps two writers from working for one patient at the same time, in threads, processes or on several
machines that share the database. SQLite by default, PostgreSQL by URL; the same statements for both.
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from ..errors import Unreachable, UsageError
from ..settings import Settings
from .database import open_engine, with_driver
from .lease import Lease
from .tables import INTENT, LEASE, SCHEMA, SESSION, WALK

FILE = "groupbill-outbox.db"
STORE = "GROUPBILL_STORE"
"""Environment variable with the database URL, where none is given: it may hold a password."""
KEPT = 30 * 86400.0
"""Seconds that settled intents are kept."""
RESUMED = 12 * 3600.0
"""Seconds after which an interrupted walk starts from its beginning."""
_NOW = {
    "sqlite": text("(julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("extract(epoch from clock_timestamp())"),
}


class Outbox:
    """One database. Threads may share it."""

    def __init__(self, url: str, scope: str = "") -> None:
        """Open it, and make its tables where there are none.

        Args:
            url: `sqlite:///FILE` or `postgresql://...`.
            scope: Of the keys: the base URL of the FHIR server.

        Errors:
            UsageError: no such database, or it can't be opened.
        """
        self._scope = scope
        self._url = _database(url)
        try:
            self._engine = _engine(self._url)
            _create(self._engine)
            self._clock = _NOW[self._engine.dialect.name]
            self._forget()
        except (SQLAlchemyError, OSError) as error:
            shown = self._url.render_as_string(hide_password=True)
            kind = type(error).__name__
            raise UsageError(f"the outbox {shown} can't be opened ({kind}); another one: --store, {STORE}") from None

    @classmethod
    def of(cls, settings: Settings, scope: str, url: str | None = None) -> Outbox:
        """By URL, by the environment, else a file beside the settings."""
        folder = settings.path.parent if settings.path is not None else Path()
        return cls(url or os.environ.get(STORE) or f"sqlite:///{folder / FILE}", scope)

    def key(self, *parts: str) -> str:
        """A hash that stands for something of this server."""
        return hashlib.sha256("\x1f".join((self._scope, *parts)).encode()).hexdigest()[:40]

    def now(self) -> float:
        """Seconds since 1970 by the database's clock: one clock for all workers."""
        with self.begin() as connection:
            return self.clock(connection)

    def clock(self, connection: Connection) -> float:
        """The same inside a transaction."""
        return float(connection.execute(select(self._clock)).scalar_one())

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction.

        Errors:
            Unreachable: the database does not answer.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise Unreachable(f"the outbox does not answer ({type(error).__name__})") from None

    def lease(self, patients: Iterable[str], patience: float = 120.0) -> Lease:
        """Wait until nobody else writes for these patients, then write for them alone; all of them or none.

        Args:
            patients: `Patient/id`.
            patience: Seconds to wait.

        Errors:
            Unreachable: somebody else has been writing for one of them all the time.
        """
        keys = {self.key("patient", patient): patient for patient in sorted(set(patients))}
        lease, end, wait = Lease(self, keys), time.monotonic() + patience, 0.01
        while not lease.take():
            if time.monotonic() > end:
                raise Unreachable("another writer is at work for the same patients")
            time.sleep(wait * random.uniform(0.5, 1.5))
            wait = min(wait * 1.5, 0.25)
        return lease

    def open_intents(self) -> int:
        """How many writes nobody knows the fate of."""
        with self.begin() as connection:
            found = connection.execute(select(func.count()).where(INTENT.c.state == "open"))
            return int(found.scalar_one())

    def session(self, key: str) -> str | None:
        """The Encounter or Appointment of a session that was written for, by its session key."""
        with self.begin() as connection:
            asked = select(SESSION.c.reference).where(SESSION.c.key == self.key("session", key))
            return connection.execute(asked).scalar_one_or_none()

    def done_through(self, walk: str) -> date | None:
        """The last day that an interrupted walk has finished; None where there is none to go on with."""
        with self.begin() as connection:
            row = connection.execute(select(WALK.c.through, WALK.c.at).where(WALK.c.key == walk)).first()
            fresh = row is not None and row.at > self.clock(connection) - RESUMED
            return date.fromisoformat(row.through) if fresh and row is not None else None

    def note_walk(self, walk: str, through: date | None) -> None:
        """Remember how far a walk has come; None: to its end."""
        with self.begin() as connection:
            connection.execute(delete(WALK).where(WALK.c.key == walk))
            if through is not None:
                row = {"key": walk, "through": through.isoformat(), "at": self.clock(connection)}
                connection.execute(WALK.insert().values(row))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _forget(self) -> None:
        with self._engine.begin() as connection:
            old = self.clock(connection) - KEPT
            connection.execute(delete(INTENT).where(INTENT.c.state != "open", INTENT.c.intended < old))
            idle = select(LEASE.c.key).where(LEASE.c.holder.is_(None), LEASE.c.written < old)
            # What somebody is taking just now is left: nobody is waited for here.
            connection.execute(delete(LEASE).where(LEASE.c.key.in_(idle.with_for_update(skip_locked=True))))


def _database(url: str) -> URL:
    try:
        found = with_driver(make_url(url))
    except ArgumentError:
        raise UsageError(
            "the outbox: expected a database URL like sqlite:///outbox.db or postgresql://host/name"
        ) from None
    kind = found.get_backend_name() if found.drivername else ""
    if kind not in ("sqlite", "postgresql"):
        raise UsageError(f"the outbox: {kind} is not known; expected sqlite:///FILE or postgresql://host/name")
    return found


def _engine(url: URL) -> Engine:
    try:
        engine = open_engine(url)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise UsageError('the outbox: PostgreSQL needs an extra: pip install "groupbill[postgres]"') from None
    engine.connect().close()
    return engine


def _create(engine: Engine) -> None:
    """Several processes may be first at once."""
    for left in reversed(range(10)):
        try:
            SCHEMA.create_all(engine)
            return
        except SQLAlchemyError:
            if not left:
                raise
            time.sleep(random.uniform(0.05, 0.3))
