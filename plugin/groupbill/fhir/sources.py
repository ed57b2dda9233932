"""Where input comes from: files, folders of them, standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import InputError

_SUFFIXES = {".json", ".ndjson", ".jsonl"}
_LINES = {".ndjson", ".jsonl"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or standard input."""

    name: str
    """As places in findings begin."""
    path: Path | None
    """None is standard input."""

    @property
    def lines(self) -> bool:
        """Whether the name says that every line is a resource."""
        return self.path is not None and self.path.suffix.lower() in _LINES

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """The bytes; standard input stays open. Raises OSError."""
        return nullcontext(sys.stdin.buffer) if self.path is None else self.path.open("rb")


def expand(sources: Iterable[str | Path]) -> Iterator[Source]:
    """The files behind paths, folders (sorted, all below) and `-`. Raises InputError if one is missing."""
    for given in sources:
        path = Path(given)
        if str(given) == "-":
            yield Source("-", None)
        elif os.path.isdir(path):
            yield from (Source(found.as_posix(), found) for found in sorted(_below(path)))
        elif os.path.lexists(path):
            yield Source(path.as_posix(), path)
        else:
            raise InputError(f"{path.as_posix()}: no such file or folder")


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if (
            path.suffix.lower() in _SUFFIXES and not hidden and not os.path.isdir(path)
        ):  # what can't be opened is a finding
            yield path
