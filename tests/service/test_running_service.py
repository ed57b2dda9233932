"""A running service: a FHIR server that goes away, logs that name nobody, an example that does what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from books import Books
from fault_proxy import Fault, FaultProxy, Request
from running_service import RunningService, example_server

from groupbill import Settings
from groupbill.fhir.json import dumps
from groupbill.server import Client

EXAMPLE = Path(__file__).parents[2] / "examples" / "service"
sys.path.append(str(EXAMPLE))
from morning import HOURS, Morning, settings  # noqa: E402


@contextmanager
def proxied(base: str) -> Iterator[FaultProxy]:
    proxy = FaultProxy(base)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def test_while_the_fhir_server_is_away_notifications_are_taken_and_work_waits(tmp_path: Path) -> None:
    (tmp_path / "groupbill.toml").write_text(settings("m", "1s"))
    with example_server() as base, proxied(base) as proxy:
        service = RunningService(proxy.base, tmp_path, f"sqlite:///{tmp_path / 'store.db'}")
        service.start()
        try:
            service.groupbill("subscribe", "--server", base, "--endpoint", service.endpoint, "--no-check")
            morning = Morning(Client(base), 2)
            morning.open()
            service.rest()
            proxy.plan = _away
            for hour in morning.steps():
                for step in hour:
                    step()
            _until(lambda: service.metrics()["groupbill_fhir_server_up"] == 0)
            found = service.metrics()
            assert found['groupbill_events{state="waiting"}'] + found['groupbill_events{state="claimed"}'] > 0
            assert requests.get(f"{service.url}/health/ready", timeout=10).json() == {"status": "server-away"}
            assert list(Client(base).search("Claim?")) == []
            proxy.plan = lambda request: None
            service.rest()
            assert service.metrics()["groupbill_fhir_server_up"] == 1
            assert "set-aside" not in service.groupbill("inbox", "list").stdout
            books = Books(Client(base), "m")
            assert books.found() == books.expected(Settings.load(tmp_path / "groupbill.toml"))
        finally:
            service.kill()


def _away(request: Request) -> Fault:
    return Fault.RESET


def _until(holds: object, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.2)


def test_logs_metrics_and_answers_name_nobody(tmp_path: Path) -> None:
    (tmp_path / "groupbill.toml").write_text(settings("m", "1s"))
    with example_server() as base:
        service = RunningService(base, tmp_path, f"sqlite:///{tmp_path / 'store.db'}")
        service.start()
        try:
            told = service.groupbill("subscribe", "--server", base, "--endpoint", service.endpoint)
            morning = Morning(Client(base), 7)
            morning.open()
            for hour in morning.steps():
                for step in hour:
                    step()
            service.rest()
            answers = [told.stdout]
            for body in (b"{", b'{"resourceType":"Patient","id":"m-0-p0","x":' + b"[" * 99 + b"]" * 99 + b"}"):
                for path in ("", "/Patient/m-0-p0", "/Patient/m-0-p1"):
                    headers = {**service.signed, "Content-Type": "application/fhir+json"}
                    answers.append(requests.put(service.endpoint + path, body, headers=headers, timeout=10).text)
            answers.append(requests.get(f"{service.url}/metrics", timeout=10).text)
            assert service.stop() == 0
        finally:
            service.kill()
        texts = [*answers, service.log.read_text()]
        assert len(texts[-1].splitlines()) > 10, "it does log"
        secrets = _identifiers(Client(base))
        assert len(secrets) > 100
        for text in texts:
            assert sorted(each for each in secrets if each in text) == []
        for line in texts[-1].splitlines():
            assert "event" in json.loads(line)


def _identifiers(client: Client) -> set[str]:
    """Ids, references, record numbers and names of everybody and everything in the morning."""
    found: set[str] = set()
    for kind in ("Patient", "Encounter", "Group", "Coverage", "DocumentReference", "ChargeItem", "Claim"):
        for each in client.search(f"{kind}?"):
            names = re.findall(r'"(?:value|family|subscriberId)": ?"([^"]{6,})"', dumps(each).decode())
            found |= {str(each["id"]), *names}
    # Amounts, dates and codes are no identifiers.
    return {each for each in found if not re.fullmatch(r"[\d.:TZ+\-]+", each)}


def test_the_example_shows_claims_appear() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "morning.py"), "--sessions", "7", "--pace", "3"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "An event was made and arrived." in done.stdout
    hours = {line[:42].strip(): line[42:].strip() for line in done.stdout.splitlines() if " claims of ours" in line}
    assert list(hours) == list(HOURS)
    assert hours["begun"] == "0 claims of ours, 0 of others, 0 charges held"
    assert hours[HOURS[-1]] == "18 claims of ours, 1 of others, 0 charges held"
