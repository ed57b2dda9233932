"""The plan in a file: one transaction Bundle, or one per patient and line."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import UsageError
from ..fhir.json import dumps


def write_plan(transactions: Iterable[dict[str, Any]], path: Path) -> None:
    """Write `FILE.json` (one transaction, entries grouped by patient) or `FILE.ndjson` (one per patient).

    The file appears whole or not at all.

    Errors:
        UsageError: the file can't be written.
    """
    part = _part(path)
    try:
        with part.open("wb") as file:
            if path.suffix == ".ndjson":
                for bundle in transactions:
                    file.write(dumps(bundle) + b"\n")
            else:
                _write_whole(transactions, file)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"--out {path}: {error.strerror}") from error


def check_writable(path: Path) -> None:
    """Find out before the work whether a file can be written afterwards.

    Errors:
        UsageError: it can't.
    """
    part = _part(path)
    try:
        part.open("wb").close()
        part.unlink()
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise UsageError(f"--out {path}: {error.strerror}") from error


def _part(path: Path) -> Path:
    """Where a file grows until it is whole."""
    return path.with_name(path.name + ".part")


def _write_whole(transactions: Iterable[dict[str, Any]], file: BinaryIO) -> None:
    """One transaction, entry by entry: no more than one patient's is held."""
    file.write(b'{"resourceType":"Bundle","type":"transaction"')
    lead = b',"entry":['
    for bundle in transactions:
        for entry in bundle.get("entry", ()):
            file.write(lead + dumps(entry))
            lead = b","
    file.write(b"]}\n" if lead == b"," else b"}\n")
