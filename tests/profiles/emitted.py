"""What groupbill emits for the example sessions, and for corrections of paid claims."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from defects import JSON

from groupbill import Host, Settings
from groupbill.conformance import Library, load_cases, run_case
from groupbill.fhir.json import dumps
from groupbill_profiles import WRITTEN

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
TODAY = date(2026, 3, 16)


@lru_cache(maxsize=1)
def emitted() -> tuple[tuple[str, str, JSON], ...]:
    """Name, profile and resource of everything that the plans of the examples write."""
    host = Host(Settings.load(SESSIONS / "groupbill.toml"))
    return tuple(_resources(host))


@lru_cache(maxsize=1)
def corrected() -> tuple[tuple[str, str, JSON], ...]:
    """The same of everything that the conformance cases about corrections write, cancellations among them."""
    found = {}
    for case in load_cases(["corrections"]):
        library = Recording()
        assert run_case(case, library).verdict == "pass"
        for resource in library.written:
            kind = resource["resourceType"]
            found[f"{case.name} {kind}/{resource['id']} {resource.get('status')}"] = (WRITTEN[kind], resource)
    return tuple((name, profile, resource) for name, (profile, resource) in found.items())


class Recording(Library):
    """A library that remembers what it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[JSON] = []

    def _apply(self, transaction: Mapping[str, Any]) -> None:
        super()._apply(transaction)
        self.written += [entry["resource"] for entry in json.loads(dumps(transaction))["entry"]]


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
