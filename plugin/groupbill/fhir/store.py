"""Where the index keeps bytes and links: in memory, or in a temporary SQLite file when the input is large."""

from __future__ import annotations

import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from .links import Link


class Store(Protocol):
    """Bytes by `Type/id`, and keys by type, link and value."""

    def put(self, key: str, data: bytes, links: Iterable[Link]) -> None:
        """Add a resource that is not there yet."""

    def remove(self, key: str, links: Iterable[Link]) -> None:
        """Take a resource and its links out."""

    def data(self, key: str) -> bytes | None:
        """The bytes, None when there is no such resource."""

    def keys(self, resource_type: str) -> list[str]:
        """All `Type/id` of a type, sorted."""

    def linked(self, resource_type: str, link: str, value: str) -> Sequence[str]:
        """The `Type/id` that have this link, in any order."""

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything held."""


class Memory:
    """Dictionaries."""

    def __init__(self) -> None:
        """Empty."""
        self._data: dict[str, bytes] = {}
        self._links: dict[str, dict[str, dict[str, str | list[str]]]] = {}
        self._types: dict[str, list[str]] = {}
        """Sorted keys by type, made when they are asked for."""

    def put(self, key: str, data: bytes, links: Iterable[Link]) -> None:
        """Add a resource that is not there yet."""
        self._data[key] = data
        if self._types:
            self._types = {}
        kind = key[: key.index("/")]
        tables = self._links.get(kind)
        if tables is None:
            tables = self._links[kind] = {}
        for name, value in links:
            table = tables.get(name)
            if table is None:
                tables[name] = {value: key}
                continue
            known = table.setdefault(value, key)
            if type(known) is list:
                if known[-1] != key:
                    known.append(key)
            elif known is not key:
                table[value] = [known, key]  # type: ignore[list-item]

    def remove(self, key: str, links: Iterable[Link]) -> None:
        """Take a resource and its links out."""
        kind = key[: key.index("/")]
        del self._data[key]
        self._types = {}
        for name, value in set(links):
            left = [other for other in self.linked(kind, name, value) if other != key]
            if left:
                self._links[kind][name][value] = left
            else:
                del self._links[kind][name][value]

    def data(self, key: str) -> bytes | None:
        """The bytes, None when there is no such resource."""
        return self._data.get(key)

    def keys(self, resource_type: str) -> list[str]:
        """All `Type/id` of a type, sorted."""
        if not self._types:
            for key in sorted(self._data):
                self._types.setdefault(key[: key.index("/")], []).append(key)
        return list(self._types.get(resource_type, ()))

    def linked(self, resource_type: str, link: str, value: str) -> Sequence[str]:
        """The `Type/id` that have this link, in any order."""
        found = self._links.get(resource_type, _NONE).get(link, _NONE).get(value, ())
        return (found,) if isinstance(found, str) else found

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything held."""
        return iter(self._data.items())


_NONE: dict[str, Any] = {}
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE resource (key TEXT PRIMARY KEY, type TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE link (type TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL,
                   PRIMARY KEY (type, name, value, key)) WITHOUT ROWID;
CREATE INDEX resource_type ON resource (type, key);
"""


class Disk:
    """A temporary SQLite file, gone when the process ends; memory stays flat."""

    def __init__(self) -> None:
        """Empty."""
        # Patient data: NamedTemporaryFile is readable by its owner only.
        self._file = tempfile.NamedTemporaryFile(prefix="groupbill-", suffix=".index")
        self._base = sqlite3.connect(self._file.name, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._base.close)
        self._base.executescript(_SCHEMA)
        self._base.execute("BEGIN")

    def put(self, key: str, data: bytes, links: Iterable[Link]) -> None:
        """Add a resource that is not there yet."""
        kind = key[: key.index("/")]
        self._base.execute("INSERT INTO resource VALUES (?, ?, ?)", (key, kind, data))
        rows = [(kind, name, value, key) for name, value in links]
        self._base.executemany("INSERT OR IGNORE INTO link VALUES (?, ?, ?, ?)", rows)

    def remove(self, key: str, links: Iterable[Link]) -> None:
        """Take a resource and its links out."""
        kind = key[: key.index("/")]
        self._base.execute("DELETE FROM resource WHERE key = ?", (key,))
        rows = [(kind, name, value, key) for name, value in links]
        self._base.executemany("DELETE FROM link WHERE type = ? AND name = ? AND value = ? AND key = ?", rows)

    def data(self, key: str) -> bytes | None:
        """The bytes, None when there is no such resource."""
        row = self._base.execute("SELECT data FROM resource WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def keys(self, resource_type: str) -> list[str]:
        """All `Type/id` of a type, sorted."""
        query = "SELECT key FROM resource WHERE type = ? ORDER BY key"
        return [row[0] for row in self._base.execute(query, (resource_type,))]

    def linked(self, resource_type: str, link: str, value: str) -> Sequence[str]:
        """The `Type/id` that have this link, in any order."""
        query = "SELECT key FROM link WHERE type = ? AND name = ? AND value = ?"
        return [row[0] for row in self._base.execute(query, (resource_type, link, value))]

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything held."""
        for key, data in self._base.execute("SELECT key, data FROM resource"):
            yield key, bytes(data)
