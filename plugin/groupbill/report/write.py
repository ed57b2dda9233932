"""The plan in a file: one transaction Bundle, or one per patient and line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..fhir.json import dumps


def write_plan(transactions: Iterable[dict[str, Any]], path: Path) -> None:
    """Write `FILE.json` (one transaction, entries grouped by patient) or `FILE.ndjson` (one per patient).

    The file appears whole or not at all.

    Errors:
        UsageError: the file can't be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            if path.suffix == ".ndjson":
                for bundle in transactions:
                    file.write(dumps(bundle) + b"\n")
            else:
                entries = [entry for bundle in transactions for entry in bundle.get("entry", ())]
                whole: dict[str, Any] = {"resourceType": "Bundle", "type": "transaction"}
                if entries:
                    whole["entry"] = entries
                file.write(dumps(whole) + b"\n")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"--out {path}: {error.strerror}") from error
