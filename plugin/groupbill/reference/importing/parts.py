"""The parts of official files: text tables and workbooks, plain or inside a zip, as rows of cells or as lines."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...errors import UsageError
from .sheets import is_workbook, sheets

_TEXT = (".txt", ".csv", ".tsv")
_WORKBOOK = ".xlsx"
_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """One table inside a file."""

    name: str
    """The file, and the place inside of it, for messages."""
    rows: Iterator[list[str]]
    line: Callable[[], int]
    """Line or row number of the row read last."""


def parts(path: Path, *, table: bool = True) -> Iterator[Part]:
    """Every part of a file that may hold a table, read as its rows are asked for.

    A zip holds each table in several formats; of one name the text is taken, which reads quickest.

    Args:
        path: zip, xlsx, txt, csv or tsv.
        table: False for lines of text as they stand (rows of one cell).

    Errors:
        UsageError: the file can't be opened.
    """
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                yield _text(path.name, file, table)
            return
        with zipfile.ZipFile(path) as archive:
            yield from _archived(archive, path.name, table)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror or error}") from error


def _archived(archive: zipfile.ZipFile, name: str, table: bool) -> Iterator[Part]:
    if is_workbook(archive):
        for sheet in sheets(archive):
            yield Part(f"{name}/{sheet.name}", sheet.rows(), lambda sheet=sheet: sheet.line)  # type: ignore[misc]
        return
    for member in _members(archive):
        with archive.open(member) as file:
            inner = f"{name}/{Path(member).name}"
            if member.lower().endswith((_WORKBOOK, ".zip")):
                with zipfile.ZipFile(file) as within:
                    yield from _archived(within, inner, table)
            else:
                yield _text(inner, file, table)


def _members(archive: zipfile.ZipFile) -> list[str]:
    order = {suffix: place for place, suffix in enumerate((*_TEXT, _WORKBOOK, ".zip"))}
    best: dict[str, str] = {}
    for member in sorted(archive.namelist()):
        suffix = Path(member).suffix.lower()
        if suffix in order and not Path(member).name.startswith("."):
            stem = member[: -len(suffix)].lower()
            if stem not in best or order[suffix] < order[Path(best[stem]).suffix.lower()]:
                best[stem] = member
    return sorted(best.values())


def _text(name: str, file: IO[bytes], table: bool) -> Part:
    buffered = io.BufferedReader(file, _SAMPLE)  # type: ignore[type-var]
    sample = buffered.peek(_SAMPLE)
    stream = io.TextIOWrapper(buffered, encoding=_encoding(sample), errors="replace", newline="")
    if not table:
        lines = _Lines(stream)
        return Part(name, lines.rows(), lambda: lines.line)
    delimiter = "\t" if sample.count(b"\t") > sample.count(b",") else ","
    reader = csv.reader(stream, delimiter=delimiter)
    return Part(name, reader, lambda: reader.line_num)


def _encoding(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    # Copyright signs are all that is not ASCII in these files; whatever they were written in does not matter.
    return "latin-1"


class _Lines:
    """Lines of text as rows of one cell."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.line = 0
        self._stream = stream

    def rows(self) -> Iterator[list[str]]:
        for text in self._stream:
            self.line += 1
            yield [text.rstrip("\r\n")]
