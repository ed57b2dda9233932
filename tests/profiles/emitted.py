"""What groupbill emits for the example sessions, and for corrections of paid claims."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from defects import JSON

from groupbill import Host, Settings
from groupbill.fhir.json import dumps
from groupbill_profiles import WRITTEN

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
TODAY = date(2026, 3, 16)


@lru_cache(maxsize=1)
def emitted() -> tuple[tuple[str, str, JSON], ...]:
    """Name, profile and resource of everything that the plans of the examples write."""
    host = Host(Settings.load(SESSIONS / "groupbill.toml"))
    return tuple(_resources(host))


def _resources(host: Host) -> Iterator[tuple[str, str, JSON]]:
    for path in sorted(SESSIONS.glob("[0-9]-*.json")):
        if path.name.endswith(".report.json"):
            continue
        report = host.run([json.loads(path.read_bytes())], today=TODAY)
        for transaction in report.transactions():
            for entry in json.loads(dumps(transaction))["entry"]:
                resource = entry["resource"]
                kind = resource["resourceType"]
                if kind in WRITTEN:
                    yield f"{path.stem} {kind}/{resource['id']}", WRITTEN[kind], resource
