"""Input to index: files, folders, standard input, resources in memory; what can't be read is ENG01."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

import orjson

from ..errors import InputError
from . import json
from .bundles import entries
from .index import Index
from .sources import Source, expand

RESOURCE = 10 * 2**20
"""Bytes that one resource may have."""
LINE = 64 * 2**20
"""Bytes that a line of NDJSON may have (a line may be a Bundle)."""
DOCUMENT = 2**30
"""Bytes that a JSON document may have."""
_BUNDLES = 8
"""Levels of Bundles in Bundles."""
_BOM = b"\xef\xbb\xbf"


Advance = Callable[[], None]
"""Called for each resource read."""


def read_sources(index: Index, sources: Iterable[str | Path], advance: Advance | None = None) -> None:
    """Add everything in files, folders and `-`.

    Raises InputError when one is missing, or nothing at all is readable; an empty Bundle is.
    """
    before = index.count
    reader = _Reader(index, advance)
    for source in expand(sources):
        reader.source(source)
    if index.count == before:
        first = [f"{finding.at}: {finding.message}" for finding in index.findings[:3]]
        raise InputError("; ".join(["nothing readable", *(first or ["the sources hold no FHIR resource"])]))


def add_resources(index: Index, resources: Iterable[Mapping[str, Any]]) -> None:
    """Add resources and Bundles from memory. Unreadable ones are findings; none is changed."""
    reader = _Reader(index, None)
    for number, resource in enumerate(resources):
        place = f"resources[{number}]"
        if not isinstance(resource, Mapping):
            index.unreadable(place, "expected a FHIR resource, which is a JSON object")
            continue
        kind, name = resource.get("resourceType"), resource.get("id")
        if isinstance(kind, str) and isinstance(name, str) and name.isprintable() and kind.isprintable():
            place = f"{kind}/{name}"  # what is printed can be written as UTF-8
        try:
            data = json.dumps(resource)
        except (TypeError, RecursionError):
            index.unreadable(place, "expected only what JSON can hold, in UTF-8")
            continue
        reader.take(data, place, place)


class _Reader:
    def __init__(self, index: Index, advance: Advance | None) -> None:
        self.index = index
        self.advance = advance

    def source(self, source: Source) -> None:
        try:
            with source.open() as file:
                self._file(source, file)
        except OSError as error:
            self.index.unreadable(source.name, f"can't be read: {error.strerror or type(error).__name__}")

    def _file(self, source: Source, file: IO[bytes]) -> None:
        lines = iter(partial(file.readline, LINE), b"")
        number, first = _first(lines)
        document = first.strip() in (b"{", b"[")  # spread over lines, whatever the name of the file says
        follow, second = (0, b"") if source.lines or not _complete(first) else _first(lines)
        if second or (source.lines and not document):
            self._line(source.name, number, first, lines)
            self._line(source.name, number + follow, second, lines)
            for at, line in enumerate(lines, number + follow + 1):
                if len(line) == LINE:
                    self._line(source.name, at, line, lines)
                elif data := line.strip():
                    place = f"{source.name}:{at}"
                    self.take(data, place, place)
            return
        data = first + file.read(DOCUMENT)
        if len(data) > DOCUMENT:
            self.index.unreadable(source.name, f"expected at most {DOCUMENT} bytes")
            return
        # The lines before it count for the place of an error.
        self.take(b"\n" * (number - 1) + data, f"{source.name}:{max(number, 1)}", source.name)

    def _line(self, name: str, number: int, line: bytes, lines: Iterator[bytes]) -> None:
        data = line.strip()
        if len(line) == LINE and line[-1:] != b"\n":
            while line and line[-1:] != b"\n":
                line = next(lines, b"")
            self.index.unreadable(f"{name}:{number}", f"expected a line of less than {LINE} bytes")
        elif data:
            place = f"{name}:{number}"
            self.take(data, place, place)

    def take(self, data: bytes, place: str, base: str, full_url: str | None = None, level: int = 0) -> None:
        """Read a resource that stands at `place`, or a Bundle, whose entries stand below `base`."""
        if place != base and b'"Bundle"' in data and self._bundle(data, place, base, level):
            return  # a document: likely to be large, so it is not parsed twice
        try:
            resource = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            if not self._bundle(data, place, base, level):  # a Bundle of which one entry is broken
                at = place if place == base else f"{base}:{error.lineno}"
                self.index.unreadable(at, f"expected JSON; {error.msg}, column {error.colno}")
            return
        if type(resource) is dict and resource.get("resourceType") == "Bundle":
            self._bundle(data, place, base, level)
        elif len(data) > RESOURCE:
            self.index.unreadable(place, f"expected at most {RESOURCE} bytes for a resource")
        elif data.count(b"{") + data.count(b"[") > json.LEVELS and json.too_deep(resource):
            self.index.unreadable(place, f"expected at most {json.LEVELS} levels of nesting")
        elif type(resource) is not dict:
            self.index.unreadable(place, "expected a FHIR resource, which is a JSON object")
        else:
            self.index.add(resource, data, place, full_url)
            if self.advance is not None:
                self.advance()

    def _bundle(self, data: bytes, place: str, base: str, level: int) -> bool:
        try:
            found = entries(data)
        except (ValueError, RecursionError):  # `take` says what is wrong
            return False
        if found is None:
            return False
        self.index.count += 1
        if level >= _BUNDLES:
            self.index.unreadable(place, f"expected at most {_BUNDLES} Bundles in each other")
            return True
        for number, entry in enumerate(found):
            inner = f"{base}.resource.entry[{number}]" if level else f"{base}#entry[{number}]"
            if entry.deleted is not None:
                self.index.delete(entry.deleted, entry.when)
            elif entry.wrong is not None:
                self.index.unreadable(inner, entry.wrong)
            elif entry.resource is not None and not entry.ignored:
                self.take(entry.resource, inner, inner, entry.full_url, level + 1)
            elif not entry.ignored:
                self.index.unreadable(inner, "expected an entry with a resource")
        return True


def _first(lines: Iterator[bytes]) -> tuple[int, bytes]:
    """The first line that is not blank, and how many lines were read; empty at the end."""
    number = 0
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            return number, text
    return number, b""


def _complete(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
