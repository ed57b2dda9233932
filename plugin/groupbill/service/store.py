"""The tables of the service: SQLite by default, PostgreSQL by URL; times are seconds of the epoch, in UTC."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    make_url,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from ..errors import UsageError
from ..server.database import open_engine, with_driver
from ..server.outbox import STORE
from ..settings import Settings

FILE = "groupbill-inbox.db"

metadata = MetaData()
_number = BigInteger().with_variant(Integer, "sqlite")

events = Table(
    "groupbill_inbox",
    metadata,
    Column("id", _number, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("reference", String(255), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("received", Float, nullable=False),
    Column("state", String(10), nullable=False),
    Column("due", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", String(255), nullable=False),
    Column("until", Float, nullable=False),
    Column("reason", String(255), nullable=False),
    Index("groupbill_inbox_due", "state", "due"),
    Index("groupbill_inbox_reference", "reference"),
)
"""Notifications. `key` is what is taken once: a version of a resource, or a resource that waits already."""

sessions = Table(
    "groupbill_sessions",
    metadata,
    Column("reference", String(255), primary_key=True),
    Column("lane", String(255), nullable=False),
    Column("state", String(10), nullable=False),
    Column("since", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("wake", Float, nullable=False),
    Column("touched", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(255), nullable=False),
    Index("groupbill_sessions_due", "state", "due"),
)
"""Sessions to be reconciled. One lane (a leader's day) is worked on by one worker at a time; `since` is the first
change that was not looked at (0: none, the row waits for its time), `wake` a later time to look again (0: none)."""

leases = Table(
    "groupbill_leases",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("holder", String(255), nullable=False),
    Column("until", Float, nullable=False),
)
"""Who works on what; a lease that has run out is anybody's."""

traces = Table(
    "groupbill_traces",
    metadata,
    Column("reference", String(255), primary_key=True),
    Column("session", String(255), primary_key=True),
    Column("lane", String(255), nullable=False),
)
"""Which sessions a resource concerned when it was last looked at: what remains to say when it moves or goes."""

subscriptions = Table(
    "groupbill_subscriptions",
    metadata,
    Column("reference", String(255), primary_key=True),
    Column("number", _number, nullable=False),
    Column("seen", Float, nullable=False),
    Column("looked", Float, nullable=False),
)
"""Last event number, last sign of life, and when it was last looked up, by Subscription."""

gaps = Table(
    "groupbill_gaps",
    metadata,
    Column("subscription", String(255), primary_key=True),
    Column("number", _number, primary_key=True),
    Column("noticed", Float, nullable=False),
)
"""Event numbers that did not arrive."""

tokens = Table(
    "groupbill_tokens",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("until", Float, nullable=False),
)
"""Tokens of CDS clients that were used, by hash, until they expire."""

marks = Table(
    "groupbill_marks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", Float, nullable=False),
    Column("wanted", Boolean, nullable=False),
)
"""When something was last done: the sweep, the look for changes that nobody reported."""


def open_store(url: str) -> Engine:
    """An engine on the store, its tables made where they are missing.

    Args:
        url: `sqlite:///FILE`, or `postgresql+psycopg://...` (extra `postgres`).

    Errors:
        UsageError: the URL can't be used, or the database can't be reached; the message holds no password.
    """
    try:
        address = with_driver(make_url(url))
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise UsageError("--store: expected sqlite:///FILE or a PostgreSQL URL")
        # What was acknowledged outlives a loss of power.
        engine = open_engine(address, synchronous="FULL")
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Two processes that start together would both find the tables missing.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(90853)")
            metadata.create_all(connection)
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError("--store: expected a URL like sqlite:///FILE or postgresql://host/database") from error
    except ModuleNotFoundError as error:
        raise UsageError(f"--store: the driver {error.name} is missing: pip install 'groupbill[postgres]'") from error
    except (OperationalError, OSError) as error:
        raise UsageError("--store: the database can't be opened") from error
    return engine


def belongs(engine: Engine, base: str) -> None:
    """Make the store that of one FHIR server: events name resources, and not where.

    Errors:
        UsageError: it is that of another one.
    """
    name = f"server {hashlib.sha256(base.encode()).hexdigest()[:40]}"
    with engine.begin() as connection:
        row = {"name": name, "at": 0.0, "wanted": False}
        connection.execute(upsert(engine, marks).values(row).on_conflict_do_nothing())
        known = connection.execute(select(marks.c.name).where(marks.c.name.startswith("server ")))
        if known.scalars().all() != [name]:
            raise UsageError("--store: it is that of another FHIR server; give each a store of its own")


def store_of(settings: Settings, url: str | None) -> str:
    """The URL of the store: the given one, else that of the environment, else a file beside the settings."""
    folder = settings.path.parent if settings.path is not None else Path()
    return url or os.environ.get(STORE) or f"sqlite:///{folder / FILE}"


AHEAD = 3600.0
"""Seconds that a time may lie ahead of the clock where machines share a store; beyond, the clock was set back."""


def due(table: Table, since: Column[Any], now: float) -> ColumnElement[bool]:
    """Rows whose time has come, or was written by a clock that has been set back since."""
    return and_(table.c.state == "waiting", or_(table.c.due <= now, since > now + AHEAD))


def earlier(a: Any, b: Any) -> Any:
    """The smaller of two values; SQLite and PostgreSQL have different words for it."""
    return case((a < b, a), else_=b)


def upsert(engine: Engine, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the database."""
    return postgresql.insert(table) if engine.dialect.name == "postgresql" else sqlite.insert(table)


__all__ = [
    "AHEAD",
    "belongs",
    "due",
    "earlier",
    "events",
    "gaps",
    "leases",
    "marks",
    "metadata",
    "open_store",
    "sessions",
    "store_of",
    "subscriptions",
    "tokens",
    "traces",
    "upsert",
]
