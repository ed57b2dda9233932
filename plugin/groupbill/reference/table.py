"""Imported tables: one file per edition, sorted columns of whole numbers, looked up where they lie on disk.

A file is a line of magic, a line of JSON (kind, setting, edition, texts, number of rows), and four columns: keys
(8 bytes), values (4), effective and deletion days (2 each). Opening reads the two lines; a look-up is a binary
search in the mapped file, a few microseconds whatever its size, and nothing is held in memory.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from ..errors import UsageError
from .edition import Edition

SUFFIX = ".groupbill-table"
_MAGIC = b"groupbill table 1\n"
_FORMATS: tuple[Literal["Q", "I", "H"], ...] = ("Q", "I", "H", "H")
_WIDTH = 16
"""Bytes of a row over its four columns."""


class Columns(NamedTuple):
    """The four columns of a table."""

    keys: Sequence[int]
    values: Sequence[int]
    effective: Sequence[int]
    deletion: Sequence[int]


class Row(NamedTuple):
    """What stands beside a key."""

    value: int
    effective: int
    deletion: int


@dataclass(frozen=True)
class Table:
    """One imported edition."""

    path: Path
    kind: str
    """ncci, mue, addon or icd10."""
    setting: str
    """practitioner or outpatient-hospital; empty where the table is the same for both."""
    edition: Edition
    texts: tuple[str, ...]
    """What values refer to by number: the rationales."""
    count: int
    offset: int
    """Where the columns begin in the file."""

    @cached_property
    def columns(self) -> Columns:
        """The columns, mapped from the file when first asked for."""
        with self.path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        parts, at = [], self.offset
        for letter in _FORMATS:
            size = array(letter).itemsize * self.count
            parts.append(view[at : at + size].cast(letter))
            at += size
        return Columns(*parts)

    def rows(self, key: int) -> Iterator[Row]:
        """The rows of a key, in the order of their values and dates."""
        columns = self.columns
        at = bisect_left(columns.keys, key)
        while at < self.count and columns.keys[at] == key:
            yield Row(columns.values[at], columns.effective[at], columns.deletion[at])
            at += 1

    def under(self, low: int, high: int) -> Iterator[tuple[int, Row]]:
        """The keys from `low` up to, and without, `high`, with their rows."""
        columns = self.columns
        for at in range(bisect_left(columns.keys, low), bisect_left(columns.keys, high)):
            yield columns.keys[at], Row(columns.values[at], columns.effective[at], columns.deletion[at])


def open_table(path: Path) -> Table:
    """Open an imported table.

    Errors:
        UsageError: the file is not one, is cut off, or was made on a machine of another byte order.
    """
    try:
        with path.open("rb") as file:
            header = _header(file)
            offset = file.tell()
            size = os.fstat(file.fileno()).st_size
        edition = Edition(header["edition"], date.fromisoformat(header["start"]), date.fromisoformat(header["end"]))
        table = Table(
            path, header["kind"], header["setting"], edition, tuple(header["texts"]), header["rows"], offset
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: is no imported table ({error}); import the edition again") from error
    if header.get("byteorder") != sys.byteorder or size != offset + _WIDTH * table.count:
        raise UsageError(f"{path}: the table is cut off or from another kind of machine; import the edition again")
    return table


def _header(file: BinaryIO) -> dict[str, Any]:
    if file.readline(len(_MAGIC)) != _MAGIC:
        raise ValueError("its first line is another")
    header = json.loads(file.readline())
    if not isinstance(header, dict):
        raise ValueError("its second line is no object")
    return header


def write_table(path: Path, header: Mapping[str, Any], rows: list[int]) -> int:
    """Write packed rows as a table, all or nothing, in the place of an older one.

    `rows` is sorted where it stands; equal ones are written once. The number of rows written.
    """
    import tempfile

    rows.sort()
    columns = _columns(rows)
    count = len(columns[0])
    text = json.dumps({**header, "rows": count, "byteorder": sys.byteorder}, ensure_ascii=True).encode()
    # The columns begin at a multiple of eight, so that their numbers lie aligned in the mapped file.
    text += b" " * (-(len(_MAGIC) + len(text) + 1) % 8) + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(_MAGIC + text)
            for column in columns:
                column.tofile(file)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    path.chmod(0o644)
    return count


def _columns(rows: Sequence[int]) -> tuple[array[int], ...]:
    keys, values, effective, deletion = (array(letter) for letter in _FORMATS)
    last = -1
    for row in rows:
        if row != last:
            last = row
            keys.append(row >> 64)
            values.append(row >> 32 & 0xFFFFFFFF)
            effective.append(row >> 16 & 0xFFFF)
            deletion.append(row & 0xFFFF)
    return keys, values, effective, deletion
