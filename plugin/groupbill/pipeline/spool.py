"""What a long run has to keep until all of it is known: in memory while it is little, else in a temporary file."""

from __future__ import annotations

import pickle
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
HELD = 4096
"""Values in memory before a temporary file is used."""
Key = tuple[str, float, str]


class Spool(Generic[T]):
    """Values, given back in the order of their keys; of one key in the order in which they came.

    Memory stays flat in their number. They are pickled: the values of the model are plain data.
    """

    def __init__(self, held: int = HELD) -> None:
        """Empty; `held` values are kept in memory."""
        self._held = held
        self._memory: list[tuple[Key, int, T]] = []
        self._disk: _Disk | None = None
        self._count = 0

    def __len__(self) -> int:
        """How many values."""
        return self._count

    def add(self, key: Key, value: T) -> None:
        """Keep a value."""
        self._count += 1
        self._memory.append((key, self._count, value))
        if len(self._memory) > self._held:
            if self._disk is None:
                self._disk = _Disk()
            for each in self._memory:
                self._disk.put(each[0], each[2])
            self._memory.clear()

    def __iter__(self) -> Iterator[tuple[Key, T]]:
        """Keys and values; nothing may be added meanwhile."""
        if self._disk is None:
            self._memory.sort(key=lambda each: each[:2])
            yield from ((key, value) for key, _, value in self._memory)
            return
        for key, _, value in self._memory:
            self._disk.put(key, value)
        self._memory.clear()
        yield from self._disk.rows()


class _Disk:
    """A temporary SQLite file, gone when the process ends."""

    def __init__(self) -> None:
        # Patient data: NamedTemporaryFile is readable by its owner only.
        self._file = tempfile.NamedTemporaryFile(prefix="groupbill-", suffix=".spool")
        self._base = sqlite3.connect(self._file.name, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._base.close)
        self._base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;")
        self._base.execute("CREATE TABLE item (first TEXT, second REAL, third TEXT, data BLOB)")
        self._base.execute("BEGIN")
        self._beside: dict[int, Any] = {}
        """What can't be pickled, by row: a plugin may answer with a class of its own."""

    def put(self, key: Key, value: object) -> None:
        """Write one value."""
        try:
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError):
            data = None
        row = self._base.execute("INSERT INTO item VALUES (?, ?, ?, ?)", (*key, data)).lastrowid
        if data is None and row is not None:
            self._beside[row] = value

    def rows(self) -> Iterator[tuple[Key, Any]]:
        """All of them, sorted by key; SQLite compares text by code point, as Python does."""
        self._base.execute("CREATE INDEX IF NOT EXISTS by_key ON item (first, second, third)")
        for first, second, third, row, data in self._base.execute(
            "SELECT first, second, third, rowid, data FROM item ORDER BY first, second, third, rowid"
        ):
            yield (first, second, third), self._beside[row] if data is None else pickle.loads(data)
