"""How a database of ours is opened, for the outbox and for the service: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL


def with_driver(url: URL) -> URL:
    """The URL with the driver that the extra `postgres` installs; others as they are."""
    if url.drivername and url.get_backend_name() in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def open_engine(url: URL, *, synchronous: str = "NORMAL") -> Engine:
    """An engine that many threads and processes may share.

    Args:
        url: With its driver.
        synchronous: Of SQLite: `FULL` where a commit must outlive a loss of power, `NORMAL` where it need not.

    Errors:
        SQLAlchemyError, OSError: it can't be opened.
        ModuleNotFoundError: the driver is not installed.
    """
    if url.get_backend_name() == "postgresql":
        options = {"connect_timeout": 10}
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args=options)
    if url.database:
        # Readable by its owner only. One that is there is not touched: closing any handle of a file takes away all
        # locks of the process on it (POSIX), and the next process to leave would delete the log under our hands.
        with suppress(FileExistsError):
            os.close(os.open(url.database, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    engine = create_engine(url, connect_args={"timeout": 60})
    event.listen(engine, "connect", _configured(synchronous))
    event.listen(engine, "begin", _immediate)
    return engine


def _configured(synchronous: str) -> Callable[[sqlite3.Connection, Any], None]:
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun by `_immediate`: sqlite3 begins them late.
        connection.isolation_level = None
        connection.execute(f"PRAGMA synchronous = {synchronous}").close()
        # Only once per file: it wants the file for itself, and does not wait for others.
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL").close()

    return configure


def _immediate(connection: Connection) -> None:
    """Take the write lock first: two that read and then write would refuse each other."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
