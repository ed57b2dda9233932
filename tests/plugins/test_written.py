"""What plugins hear of when a plan is written to a server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from groupbill import Host, Report, Settings, hookimpl
from groupbill.testing import MemoryServer, serving
from groupbill.testing import builders as b

TODAY = date(2026, 3, 16)
TIMES = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


class Clinic(MemoryServer):
    """A session of two, on a server that may refuse what is written for one of them."""

    refused = ""

    def __init__(self) -> None:
        super().__init__([b.clinic(), b.payer("plan", "A plan"), b.practitioner("rivera", 1)])
        self.put(b.group("g", ["ana", "ben"]))
        self.put(b.encounter("s", "Group/g", TIMES, leader="rivera"))
        for name in ("ana", "ben"):
            visit = b.encounter(f"s-{name}", f"Patient/{name}", TIMES, part_of="s", code=None)
            for resource in (b.patient(name), b.coverage(name, "plan"), b.condition(name, "F33.1"), visit):
                self.put(resource)

    def transaction(self, bundle: Mapping[str, Any]) -> None:
        if self.refused and self.refused in json.dumps(bundle, default=str):
            raise ValueError("refused")
        super().transaction(bundle)


class Observer:
    """A plugin that hears of every Claim, and then crashes."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    @hookimpl
    def groupbill_after_claim_written(self, claim: Any, context: Any) -> None:
        self.heard.append(("written", claim["patient"]["reference"], claim["meta"]["versionId"], str(context.today)))
        claim["status"] = "draft"

    @hookimpl
    def groupbill_claim_write_failed(self, claim: Any, error: Exception) -> None:
        self.heard.append(("failed", claim["patient"]["reference"], type(error).__name__))
        raise KeyError(claim["patient"]["reference"])


def reconcile(server: MemoryServer, observer: Observer, folder: Path, *, write: bool) -> Report:
    settings = Settings(
        timezone="America/Chicago", prices={"90853": Decimal("120.00")}, path=folder / "groupbill.toml"
    )
    with serving(server) as base:
        return Host(settings, [observer]).reconcile(base, ["Encounter/s"], write, today=TODAY)


def actions(report: Report) -> set[tuple[str, str, str | None]]:
    return {
        (each.member, step.action.value, step.written and step.written.status)
        for each in report.sessions[0].members
        for step in each.plan
        if step.reference.startswith("Claim/")
    }


def test_observers_hear_of_what_was_written_once_and_of_nothing_that_is_only_shown(tmp_path: Path) -> None:
    server, observer = Clinic(), Observer()
    shown = reconcile(server, observer, tmp_path, write=False)
    assert actions(shown) == {("Patient/ana", "create", None), ("Patient/ben", "create", None)}
    assert (observer.heard, server.all("Claim")) == ([], [])
    done = reconcile(server, observer, tmp_path, write=True)
    assert actions(done) == {("Patient/ana", "create", "created"), ("Patient/ben", "create", "created")}
    heard = [("written", f"Patient/{name}", "1", "2026-03-16") for name in ("ana", "ben")]
    assert sorted(observer.heard) == heard
    assert [each["status"] for each in server.all("Claim")] == ["active", "active"]
    again = reconcile(server, observer, tmp_path, write=True)
    assert actions(again) == {("Patient/ana", "keep", None), ("Patient/ben", "keep", None)}
    assert sorted(observer.heard) == heard


def test_observers_hear_of_what_was_refused_and_their_crash_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, observer = Clinic(), Observer()
    server.refused = "Patient/ben"
    report = reconcile(server, observer, tmp_path, write=True)
    assert ("failed", "Patient/ben", "Refused") in observer.heard
    assert ("written", "Patient/ana", "1", "2026-03-16") in observer.heard
    assert report.exit_status == 3
    assert [each["patient"]["reference"] for each in server.all("Claim")] == ["Patient/ana"]
    assert "groupbill_claim_write_failed failed with KeyError" in caplog.text
    assert "Patient/ben" not in caplog.text


@pytest.mark.parametrize(("path", "status"), [("Patient/zoe", 404), ("Patient?name=ana", 400)])
def test_the_server_in_memory_refuses_what_it_does_not_have(path: str, status: int) -> None:
    with serving(Clinic()) as base, pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{base}/{path}")
    with refusal.value as answer:
        assert (answer.code, json.load(answer)["resourceType"]) == (status, "OperationOutcome")
