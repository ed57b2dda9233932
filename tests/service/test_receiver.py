"""`/hook` on a running service: what is let in, what is refused, and that refusals tell nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from running_service import RunningService, example_server

from groupbill.service.guard import LARGEST, Denied, Guard

FHIR = {"Content-Type": "application/fhir+json"}
SECRET = "a-secret-of-the-test"
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Visible"}]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("receiver")
    (folder / "groupbill.toml").write_text('timezone = "America/Chicago"\n[events]\nsettle = "1h"\n')
    with example_server() as base:
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}", secret=SECRET)
        made.start()
        yield made
        made.kill()


def send(service: RunningService, method: str = "POST", path: str = "", **more: Any) -> requests.Response:
    return requests.request(method, service.endpoint + path, timeout=30, **more)


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def version(number: int) -> bytes:
    return json.dumps({**PATIENT, "meta": {"versionId": str(number)}}).encode()


GOOD = {"Authorization": f"Bearer {SECRET}"}
DEEP = b'{"resourceType":"Patient","id":"p1","extension":' + b"[" * 70 + b"]" * 70 + b"}"
VERY_DEEP = b'{"a":' * 100_000
TAKEN: dict[str, tuple[str, str, dict[str, str], bytes | None]] = {
    "an empty POST": ("POST", "", GOOD, None),
    "a resource": ("POST", "", {**GOOD, **FHIR}, version(1)),
    "the bare secret": ("POST", "", {"Authorization": SECRET, **FHIR}, version(1)),
    "an endpoint that ends in a slash": ("POST", "/", {**GOOD, **FHIR}, version(1)),
    "a charset": ("POST", "", {**GOOD, "Content-Type": "application/fhir+json; charset=UTF-8"}, version(1)),
    "HAPI's PUT": ("PUT", "/Patient/p1", {**GOOD, **FHIR}, version(1)),
    "HAPI's DELETE": ("DELETE", "/Patient/p1", GOOD, None),
    "a DELETE without a name": ("DELETE", "", GOOD, None),
    "Medplum's signature": ("POST", "", {**FHIR, **signature(version(1))}, version(1)),
    "Medplum's deletion": (
        "POST",
        "",
        {**FHIR, **signature(b"{}"), "X-Medplum-Deleted-Resource": "Patient/p1"},
        b"{}",
    ),
    "a slash at the end": ("POST", "/", {**GOOD, **FHIR}, version(1)),
    "a slash after the id": ("PUT", "/Patient/p1/", {**GOOD, **FHIR}, version(1)),
    "two slashes after the endpoint": ("PUT", "//Patient/p1", {**GOOD, **FHIR}, version(1)),
    "an empty signed POST": ("POST", "", signature(b""), None),
}
REFUSED: dict[str, tuple[str, str, dict[str, str], bytes | None, int]] = {
    "nothing shown": ("POST", "", FHIR, version(2), 401),
    "nothing shown, DELETE": ("DELETE", "/Patient/p1", {}, None, 401),
    "another secret": ("POST", "", {**FHIR, "Authorization": "Bearer guess"}, version(2), 403),
    "a part of the secret": ("POST", "", {**FHIR, "Authorization": SECRET[:-1]}, version(2), 403),
    "an empty Authorization": ("POST", "", {**FHIR, "Authorization": "Bearer "}, version(2), 403),
    "basic authentication": ("POST", "", {**FHIR, "Authorization": "Basic YTpi"}, version(2), 403),
    "a forged signature": ("POST", "", {**FHIR, **signature(version(2), "guess")}, version(2), 403),
    "the signature of other bytes": ("POST", "", {**FHIR, **signature(version(1))}, version(2), 403),
    "an empty signature": ("POST", "", {**FHIR, "X-Signature": ""}, version(2), 403),
    "a signature that is no text of ours": ("POST", "", {**FHIR, "X-Signature": "é"}, version(2), 403),
    "XML": ("POST", "", {**GOOD, "Content-Type": "application/fhir+xml"}, b"<Patient/>", 415),
    "a form": ("POST", "", {**GOOD, "Content-Type": "application/x-www-form-urlencoded"}, b"a=b", 415),
    "no media type": ("POST", "", GOOD, version(2), 415),
    "no JSON": ("POST", "", {**GOOD, **FHIR}, b"{", 422),
    "null": ("POST", "", {**GOOD, **FHIR}, b"null", 422),
    "no resource": ("POST", "", {**GOOD, **FHIR}, b'"Visible"', 422),
    "bytes that are no text": ("POST", "", {**GOOD, **FHIR}, b'{"resourceType":"\xff\xfe"}', 422),
    "nested deeply": ("POST", "", {**GOOD, **FHIR}, DEEP, 422),
    "nested without end": ("POST", "", {**GOOD, **FHIR}, VERY_DEEP, 422),
    "another resource than the path": ("PUT", "/Patient/p2", {**GOOD, **FHIR}, version(2), 422),
    "a path that is no reference": ("PUT", "/patient/p1", {**GOOD, **FHIR}, None, 422),
    "an id that is none": ("DELETE", "/Patient/a%20b", GOOD, None, 422),
    "a method that is none": ("PATCH", "/Patient/p1", {**GOOD, **FHIR}, b"[]", 405),
    "a path that is none": ("POST", "/Patient/p1/more", {**GOOD, **FHIR}, version(2), 404),
    "too large": ("POST", "", {**GOOD, **FHIR}, b" " * (LARGEST + 1), 413),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_notification_is_taken(service: RunningService, name: str) -> None:
    method, path, headers, body = TAKEN[name]
    answer = send(service, method, path, headers=headers, data=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["issue"] == [{"severity": "information", "code": "informational"}]


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_is_refused_and_learns_nothing(service: RunningService, name: str) -> None:
    method, path, headers, body, status = REFUSED[name]
    encoded = {key: value.encode("latin-1") for key, value in headers.items()}
    before = service.metrics()["groupbill_events_received_total"]
    answer = send(service, method, path, headers=encoded, data=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/fhir+json"
    outcome = answer.json()
    assert list(outcome) == ["resourceType", "issue"]
    assert [sorted(issue) for issue in outcome["issue"]] == [["code", "severity"]], "a code and nothing else"
    assert service.metrics()["groupbill_events_received_total"] == before


def test_a_method_that_is_none_is_told_which_are(service: RunningService) -> None:
    answer = send(service, "PATCH", "/Patient/p1", headers=GOOD)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, GET, POST, PUT")


def test_a_body_without_a_length_is_stopped_at_the_limit(service: RunningService) -> None:
    pieces = (b" " * 65_536 for _ in range(LARGEST // 65_536 + 2))
    answer = send(service, headers={**GOOD, **FHIR}, data=pieces)
    assert answer.status_code == 413


def test_a_replayed_notification_changes_nothing(service: RunningService) -> None:
    body = version(77)
    headers = {**FHIR, **signature(body)}
    assert send(service, headers=headers, data=body).status_code == 200
    before = service.metrics()
    for _ in range(3):
        assert send(service, headers=headers, data=body).status_code == 200
    after = service.metrics()
    assert after["groupbill_events_repeated_total"] - before["groupbill_events_repeated_total"] == 3


def test_what_was_acknowledged_outlives_a_kill(service: RunningService) -> None:
    for number in range(100, 120):
        assert send(service, headers={**GOOD, **FHIR}, data=version(number)).status_code == 200
    service.kill()
    with sqlite3.connect(service.folder / "store.db") as store:
        (count,) = store.execute("select count(*) from groupbill_inbox where reference = 'Patient/p1'").fetchone()
    service.start()
    assert count >= 20


def test_who_looks_into_the_store_takes_nothing_away_from_the_service(tmp_path: Path) -> None:
    """SQLite: the last one to close a database removes its log, so it must see that the service has it open."""
    (tmp_path / "groupbill.toml").write_text('timezone = "America/Chicago"\n[events]\nsettle = "1h"\n')
    with example_server() as base:
        service = RunningService(base, tmp_path, f"sqlite:///{tmp_path / 'store.db'}")
        service.start()
        for id in ("before", "after"):
            told = requests.delete(f"{service.endpoint}/Slot/{id}", headers=service.signed, timeout=30)
            assert told.status_code == 200
            assert service.groupbill("inbox", "list").returncode == 0
        service.kill()
    with closing(sqlite3.connect(tmp_path / "store.db")) as store:
        known = [row[0] for row in store.execute("select reference from groupbill_inbox order by id")]
    assert known == ["Slot/before", "Slot/after"]


def test_a_store_that_can_not_be_written_is_a_503_and_heals(service: RunningService) -> None:
    with sqlite3.connect(service.folder / "store.db", isolation_level=None) as store:
        store.execute("alter table groupbill_inbox rename to elsewhere")
        answer = send(service, headers={**GOOD, **FHIR}, data=version(900))
        ready = requests.get(f"{service.url}/health/ready", timeout=10)
        store.execute("alter table elsewhere rename to groupbill_inbox")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["issue"] == [{"severity": "error", "code": "transient"}]
    assert (ready.status_code, ready.json()) == (503, {"status": "no-store"})
    assert send(service, headers={**GOOD, **FHIR}, data=version(900)).status_code == 200


def test_whether_a_notification_came_is_told_to_who_knows_the_secret(service: RunningService) -> None:
    assert send(service, headers={**GOOD, **FHIR}, data=version(1)).status_code == 200
    assert send(service, "GET", "/Patient/p1", headers=GOOD).status_code == 200
    assert send(service, "GET", "/Patient/unknown", headers=GOOD).status_code == 404
    assert send(service, "GET", "/Patient/p1").status_code == 401


def test_too_many_requests_are_asked_to_come_again() -> None:
    now = [0.0]
    guard = Guard("secret", rate=10, burst=5, clock=lambda: now[0])
    for _ in range(5):
        guard.admit()
    with pytest.raises(Denied) as denied:
        guard.admit()
    assert (denied.value.status, denied.value.code) == (503, "throttled")
    now[0] += 0.1
    guard.admit()


def test_without_a_secret_everybody_on_this_machine_may_notify(tmp_path: Path) -> None:
    guard = Guard(None)
    assert guard.signed({}) is False
    assert guard.signed({"authorization": "whatever"}) is False
