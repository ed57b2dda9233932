"""Rows of an xlsx workbook, one after the other, without holding the workbook.

openpyxl's read-only mode needs several times as long for the millions of cells of an NCCI edition, for features
(styles, dates, formulas) that its plain tables don't use; so the XML parser of Python reads them here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

_CHUNK = 1 << 18
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_STRINGS = "xl/sharedStrings.xml"
_MOST_COLUMNS = 16384


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an opened zip is an xlsx workbook."""
    return any(_SHEET.fullmatch(name) for name in archive.namelist())


def sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """Every sheet in its order.

    Errors:
        expat.ExpatError, zipfile.BadZipFile, ValueError: here or while rows are read, of a broken workbook.
    """
    found = [(int(match[1]), name) for name in archive.namelist() if (match := _SHEET.fullmatch(name))]
    strings = _shared_strings(archive)
    for _, name in sorted(found):
        yield Sheet(archive, name, strings)


class Sheet:
    """One sheet of a workbook."""

    def __init__(self, archive: zipfile.ZipFile, path: str, strings: list[str]) -> None:
        """Of the part of the archive with this path."""
        self.name = path.rpartition("/")[2]
        self.line = 0
        """Number of the row read last, as a person sees it."""
        self._archive = archive
        self._path = path
        self._strings = strings

    def rows(self) -> Iterator[list[str]]:
        """The rows as text, empty cells included, rows without any cell left out."""
        collector = _Rows(self._strings)
        with self._archive.open(self._path) as file:
            for _ in _parse(file, collector.parser):
                for number, row in collector.taken():
                    self.line = number
                    yield row


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if _STRINGS not in archive.namelist():
        return []
    strings = _Strings()
    with archive.open(_STRINGS) as file:
        for _ in _parse(file, strings.parser):
            pass
    return strings.found


def _parse(file: IO[bytes], parser: expat.XMLParserType) -> Iterator[None]:
    while chunk := file.read(_CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


class _Locals(dict[str, str]):
    """Element names without their namespace prefix."""

    def __missing__(self, name: str) -> str:
        """The part after the colon; kept for the next time."""
        local = self[name] = name.rpartition(":")[2]
        return local


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    # A workbook declares no entities; one that does is built to exhaust memory.
    parser.EntityDeclHandler = _refuse_entity
    return parser


def _refuse_entity(*_declaration: object) -> None:
    raise expat.ExpatError("the workbook declares XML entities")


class _Strings:
    """Collects the shared strings: the texts inside each `si`, phonetic readings left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._local = _Locals()
        self._parts: list[str] = []
        self._phonetic = False

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        local = self._local[name]
        if local == "si":
            self._parts = []
        elif local == "rPh":
            self._phonetic = True
        elif local == "t" and not self._phonetic:
            self.parser.CharacterDataHandler = self._parts.append

    def _end(self, name: str) -> None:
        local = self._local[name]
        if local == "t":
            self.parser.CharacterDataHandler = None
        elif local == "rPh":
            self._phonetic = False
        elif local == "si":
            self.found.append("".join(self._parts))


class _Rows:
    """Collects rows of cells; a cell's text is its value, its shared or its inline string.

    Text is collected wherever it stands and thrown away when a cell begins or a formula ends: switching the
    collection on and off at each of the millions of values would take longer than all the rest.
    """

    def __init__(self, strings: list[str]) -> None:
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._parts: list[str] = []
        self.parser.CharacterDataHandler = self._parts.append
        self._local = _Locals()
        self._strings = strings
        self._columns = _Columns()
        self._done: list[tuple[int, list[str]]] = []
        self._row: list[str] = []
        self._kind = ""
        self._number = 0

    def taken(self) -> list[tuple[int, list[str]]]:
        """Number and cells of the rows finished since the last time."""
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._local[name]
        if local == "c":
            self._kind = attributes.get("t", "n")
            self._parts.clear()
            if "r" in attributes:
                self._skip_to(self._columns[attributes["r"].rstrip("0123456789")])
        elif local == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row = []

    def _skip_to(self, column: int) -> None:
        row = self._row
        while len(row) < column:
            row.append("")

    def _end(self, name: str) -> None:
        local = self._local[name]
        if local == "c":
            text = "".join(self._parts)
            self._row.append(self._shared(text) if self._kind == "s" and text else text)
        elif local == "f":
            self._parts.clear()
        elif local == "row":
            self._done.append((self._number, self._row))

    def _shared(self, text: str) -> str:
        number = int(text)
        if not 0 <= number < len(self._strings):
            raise ValueError(f"a cell names the shared string {number}, which does not exist")
        return self._strings[number]


class _Columns(dict[str, int]):
    """Column letters as positions: A is 0, AA is 26."""

    def __missing__(self, letters: str) -> int:
        """Worked out once per column."""
        position = 0
        for letter in letters:
            position = position * 26 + ord(letter) - 64
        if not 0 < position <= _MOST_COLUMNS:
            raise ValueError(f"a cell stands in column {letters!r}, which no workbook has")
        self[letters] = position - 1
        return position - 1
