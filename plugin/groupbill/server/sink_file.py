"""Writing to a file, where a server takes no ChargeItems or Claims (Epic, Oracle Health, FHIR R5)."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..fhir import json
from ..model import Step, Written
from ..reconcile.transaction import bundle
from .capability import Way
from .written import kept


class FileSink:
    """NDJSON: one transaction Bundle per patient on each line, as `groupbill run --out FILE.ndjson` writes."""

    way = Way.EXPORT

    def __init__(self, path: Path) -> None:
        """Begin an empty file.

        Errors:
            UsageError: it can't be written.
        """
        self._path = path
        self._lock = threading.Lock()
        self._open("wb")

    def write(self, steps: Sequence[Step]) -> tuple[Written, ...]:
        """Add a line; see `Sink`."""
        made = bundle(steps)
        if "entry" in made:
            self._open("ab", json.dumps(made) + b"\n")
        return tuple(kept(step) if step.resource is None else _exported(step) for step in steps)

    def _open(self, mode: str, line: bytes = b"") -> None:
        try:
            with self._lock, self._path.open(mode) as out:
                out.write(line)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise UsageError(f"{self._path}: can't be written: {error.strerror}") from None


def _exported(step: Step) -> Written:
    return Written(asked=step.reference, reference=step.reference, version=step.version, status="exported")
