"""The cases on real servers with groupbill beside them: by a command, and by the running service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pytest
import running

from groupbill.conformance import Deployment, Result, load_cases, run_case
from groupbill.conformance.isolation import Isolation
from groupbill.conformance.trigger import Command, Notification, Subscribed
from groupbill.errors import Refused, Unreachable, UsageError
from groupbill.server import Client

RUN = (
    f"{sys.executable} -m groupbill run --server {{server}} --date {{date}} --write"
    " --today {today} --settings {settings}"
)
SAMPLE = (
    "shape-c-local-code-in-utc",
    "shape-e-own-appointments",
    "size-thirteen-elsewhere",
    "attendance-no-show",
    "coverage-self-pay",
    "correction-gone-after-acceptance",
)
NAMES = [case.name for case in load_cases()] if os.environ.get("GROUPBILL_LONG") else SAMPLE
"""All in `.ci/long`, else some."""
KINDS = ("Patient", "Encounter", "ChargeItem", "Claim", "Task", "Provenance", "ClaimResponse", "Coverage")


@pytest.fixture(scope="module", params=["hapi", "medplum"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty server."""
    with ExitStack() as stack:
        try:
            yield stack.enter_context(running.SERVERS[request.param]())
        except running.Missing as missing:
            if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
                pytest.fail(f"{request.param} did not run: {missing}")
            pytest.skip(f"{request.param}: {missing}")


@pytest.fixture
def client(base: str) -> Iterator[Client]:
    """A client of it."""
    made = Client(base, timeout=(30, 300))
    yield made
    made.close()


def run(name: str, target: Deployment) -> Result:
    return run_case(next(case for case in load_cases() if case.name == name), target)


def left(client: Client) -> list[str]:
    return [f"{kind}/{each['id']}" for kind in KINDS for each in client.search(f"{kind}?_count=50")]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_passes_with_the_command_and_leaves_nothing(name, client):
    result = run(name, Deployment(client, Command(RUN)))
    assert result.differences == ()
    assert result.skipped is None or result.case.fhir == "5.0"
    assert left(client) == []


def test_a_deployment_that_does_nothing_fails_and_leaves_nothing(client):
    result = run("shape-b-all-came", Deployment(client, Command("true")))
    assert result.case.name == "shape-b-all-came"
    assert "step 1: Patient/ana: not-charged on file instead of charged" in result.differences
    assert left(client) == []


def test_a_broken_plugin_beside_the_server_fails_the_case_by_name(client, tmp_path):
    (tmp_path / "broken.py").write_text(
        "from groupbill import Attendance, hookimpl\n\n"
        "@hookimpl\n"
        "def groupbill_resolve_attendance(session):\n"
        "    return [Attendance(member=m.member, present=True, evidence='note', source=None)"
        " for m in session.members]\n"
    )
    about = tmp_path / "broken-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[groupbill]\nbroken = broken\n")
    result = run("attendance-no-show", Deployment(client, Command(f"env PYTHONPATH={tmp_path} {RUN}")))
    assert result.case.name == "attendance-no-show"
    assert "step 1: Patient/dee: charged on file instead of not-charged" in result.differences
    assert left(client) == []


def test_a_trigger_that_fails_is_told(client):
    failing = f'{sys.executable} -c "raise SystemExit(3)"'
    result = run("shape-b-all-came", Deployment(client, Command(failing)))
    assert result.differences == ("Refused: the trigger ended with status 3: ",)
    assert left(client) == []


@contextmanager
def service(base: str, folder: Path) -> Iterator[str]:
    """`groupbill serve` with the settings of the kit; where it takes notifications."""
    printed = [sys.executable, "-m", "groupbill", "conformance", "--print-settings"]
    settings = subprocess.run(printed, capture_output=True, text=True, check=True).stdout
    (folder / "groupbill.toml").write_text(f'{settings}\n[events]\nsettle = "1s"\n')
    port = running.free_port()
    command = [sys.executable, "-m", "groupbill", "serve", "--server", base, "--port", str(port)]
    with (folder / "service.log").open("wb") as log:
        serving = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _live(f"http://127.0.0.1:{port}/health/live")
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        serving.terminate()
        serving.wait(30)


def _live(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {url}")


@pytest.mark.parametrize("name", ["shape-b-all-came", "correction-gone-before-sending"])
def test_a_case_passes_with_the_service_that_is_notified(name, base, client, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    with service(base, tmp_path) as endpoint:
        result = run(name, Deployment(client, Notification(endpoint), wait=300))
    assert (result.skipped, result.differences) == (None, ())
    assert left(client) == []


def test_what_a_deployment_can_not_be_told_is_skipped_with_the_reason(client):
    waiting = Deployment(client, Subscribed())
    assert run("correction-changed-draft", waiting).skipped.startswith("it needs other settings")
    assert run("who-may-bill-therapist-before-2024", waiting).skipped.startswith("it depends on the day")
    assert run("shape-f-participants-of-release-5", waiting).skipped.startswith("its resources are of FHIR R5")


def test_ids_and_days_move_together_and_the_clock_on_the_wall_stays():
    moved = Isolation("c1-", 259, "America/Chicago")
    before = {
        "resourceType": "Encounter",
        "id": "s",
        "subject": {"reference": "Group/g"},
        "partOf": {"reference": "#inside"},
        "identifier": [{"system": "http://a/b", "value": "Group/g"}],
        "period": {"start": "2026-03-10T09:00:00-05:00", "end": "2026-03-10T15:00:00Z"},
        "date": "2026-03-10",
    }
    assert moved.resource(before) == {
        "resourceType": "Encounter",
        "id": "c1-s",
        "subject": {"reference": "Group/c1-g"},
        "partOf": {"reference": "#inside"},
        "identifier": [{"system": "http://a/b", "value": "Group/g"}],
        "period": {"start": "2026-11-24T09:00:00-06:00", "end": "2026-11-24T16:00:00Z"},
        "date": "2026-11-24",
    }
    assert moved.day(date(2026, 3, 10)) == date(2026, 11, 24)
    table = {"timezone": "America/Chicago", "billing": {"provider": "Organization/clinic"}}
    assert moved.settings(table, {"Organization/clinic"}) == {
        **table,
        "billing": {"provider": "Organization/c1-clinic"},
    }


@pytest.mark.parametrize("text", ["", "run {nobody}", "run 'unclosed"])
def test_a_command_that_can_not_be_meant_is_refused(text):
    with pytest.raises(UsageError, match="--trigger: expected a command"):
        Command(text)


def test_a_command_or_a_service_that_is_not_there_is_told():
    with pytest.raises(Refused, match="could not be started"):
        Command("/no/such/program").pull("http://a", "2026-03-10", "2026-03-10", {}, ())
    notice = Notification(f"http://127.0.0.1:{running.free_port()}/hook")
    with pytest.raises(Unreachable, match=r"PUT http://127\.0\.0\.1"):
        notice.pull("http://a", "2026-03-10", "2026-03-10", {}, [{"resourceType": "Patient", "id": "p"}])
