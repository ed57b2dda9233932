"""What each status means for each kind of request: which error, and how often it is sent (fhir.md 6.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import responses

from groupbill.errors import Conflict, Refused, ServerError, Unknown, Unreachable
from groupbill.server import Client

BASE = "https://ehr.example.org/fhir"
CLAIM = {"resourceType": "Claim", "id": "c1", "status": "draft"}
CONDITION = "identifier=https://w3id.org/groupbill/id/claim|K7"
STATEMENT = {"resourceType": "CapabilityStatement", "rest": [{"mode": "server", "resource": [{"type": "Claim"}]}]}


def put_entry() -> dict[str, Any]:
    return {"fullUrl": "urn:uuid:1", "resource": CLAIM, "request": {"method": "PUT", "url": "Claim/c1"}}


def post_entry(condition: str | None) -> dict[str, Any]:
    request = {"method": "POST", "url": "Claim", **({"ifNoneExist": condition} if condition else {})}
    return {"fullUrl": "urn:uuid:1", "resource": CLAIM, "request": request}


def transaction(client: Client, entry: dict[str, Any]) -> object:
    return client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})


ASK: dict[str, tuple[str, str, Callable[[Client], object]]] = {
    "read": ("GET", "/Claim/c1", lambda client: client.get("Claim/c1")),
    "search": ("GET", "/Claim", lambda client: list(client.search("Claim?_id=c1"))),
    "put": ("PUT", "/Claim/c1", lambda client: client.put(CLAIM, "1")),
    "conditional": ("POST", "/Claim", lambda client: client.create(CLAIM, CONDITION)),
    "bare post": ("POST", "/Claim", lambda client: client.create(CLAIM)),
    "transaction": ("POST", "", lambda client: transaction(client, put_entry())),
    "transaction, conditional": ("POST", "", lambda client: transaction(client, post_entry(CONDITION))),
    "transaction, bare post": ("POST", "", lambda client: transaction(client, post_entry(None))),
}
OFTEN = 4
"""Once, and the three repetitions of the fixture."""

# status: error for reads; how often a read is sent; error for writes; how often: what may arrive twice, a transaction
# with a bare POST in it, a bare POST.
TABLE: dict[int, tuple[type[ServerError], int, type[ServerError], int, int, int]] = {
    302: (Refused, 1, Refused, 1, 1, 1),
    400: (Refused, 1, Refused, 1, 1, 1),
    401: (Refused, 1, Refused, 1, 1, 1),
    403: (Refused, 1, Refused, 1, 1, 1),
    405: (Refused, 1, Refused, 1, 1, 1),
    406: (Refused, 1, Refused, 1, 1, 1),
    408: (Unreachable, OFTEN, Unknown, 1, 1, 1),
    409: (Conflict, OFTEN, Conflict, 1, 1, 1),
    412: (Conflict, OFTEN, Conflict, 1, 1, 1),
    425: (Unreachable, OFTEN, Unreachable, 1, 1, 1),
    413: (Refused, 1, Refused, 1, 1, 1),
    415: (Refused, 1, Refused, 1, 1, 1),
    422: (Refused, 1, Refused, 1, 1, 1),
    429: (Unreachable, OFTEN, Unreachable, OFTEN, OFTEN, 1),
    500: (Unreachable, OFTEN, Unknown, OFTEN, 1, 1),
    501: (Refused, 1, Refused, 1, 1, 1),
    502: (Unreachable, OFTEN, Unknown, OFTEN, 1, 1),
    503: (Unreachable, OFTEN, Unknown, OFTEN, OFTEN, 1),
    504: (Unreachable, OFTEN, Unknown, OFTEN, 1, 1),
}


def expected(status: int, kind: str) -> tuple[type[ServerError], int]:
    read, read_sent, write, repeatable, deferred, once = TABLE[status]
    if kind == "search" and status == 400:  # once more without `_sort`, which some servers can't
        return read, 2
    if kind in ("read", "search"):
        return read, read_sent
    return write, {"bare post": once, "transaction, bare post": deferred}.get(kind, repeatable)


@pytest.mark.parametrize("kind", ASK)
@pytest.mark.parametrize("status", TABLE)
def test_a_status_is_one_error_after_so_many_requests(
    wire: responses.RequestsMock, client: Client, pauses: list[float], kind: str, status: int
) -> None:
    method, path, ask = ASK[kind]
    wire.add(method, BASE + path, status=status, json={"resourceType": "OperationOutcome", "issue": []})
    wire.get(BASE + "/metadata", json=STATEMENT)
    error, sent = expected(status, kind)
    with pytest.raises(ServerError) as raised:
        ask(client)
    assert type(raised.value) is error
    assert raised.value.status == status
    assert len([call for call in wire.calls if "/metadata" not in call.request.url]) == sent
    assert len(pauses) == (OFTEN - 1 if sent == OFTEN else 0)


@pytest.mark.parametrize("status", [404, 410])
def test_a_resource_that_is_not_there_reads_as_none(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    wire.get(BASE + "/Claim/c1", status=status, body="<html>gone</html>", content_type="text/html")
    assert client.get("Claim/c1") is None


@pytest.mark.parametrize("kind", [kind for kind in ASK if kind not in ("read", "search")])
@pytest.mark.parametrize("status", [404, 410])
def test_a_write_to_what_is_not_there_is_refused(
    wire: responses.RequestsMock, client: Client, kind: str, status: int
) -> None:
    method, path, ask = ASK[kind]
    wire.add(method, BASE + path, status=status)
    with pytest.raises(Refused) as raised:
        ask(client)
    assert raised.value.status == status


@pytest.mark.parametrize("kind", ["read", "search", "put", "conditional", "transaction", "transaction, conditional"])
def test_a_fault_that_passes_is_not_seen(wire: responses.RequestsMock, client: Client, kind: str) -> None:
    method, path, ask = ASK[kind]
    for status in (503, 429, 500):
        wire.add(method, BASE + path, status=status)
    answers = {
        "read": CLAIM,
        "search": {"resourceType": "Bundle", "entry": [{"resource": CLAIM}]},
        "put": CLAIM,
        "conditional": CLAIM,
    }
    entry = {"response": {"status": "200", "location": "Claim/c1/_history/1"}}
    wire.add(method, BASE + path, json=answers.get(kind, {"resourceType": "Bundle", "entry": [entry]}))
    ask(client)
    assert len(wire.calls) == OFTEN


@pytest.mark.parametrize("text", ["Entry failed with status 412", "HTTP 409", "Precondition Failed"])
def test_a_400_of_a_transaction_that_stands_for_a_412_is_a_conflict(
    wire: responses.RequestsMock, client: Client, text: str
) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": text}]}
    wire.post(BASE, status=400, json=outcome)
    with pytest.raises(Conflict):
        transaction(client, put_entry())


@pytest.mark.parametrize("code", ["conflict", "duplicate", "multiple-matches", "lock-error"])
def test_a_400_of_a_transaction_with_the_code_of_a_race_is_a_conflict(
    wire: responses.RequestsMock, client: Client, code: str
) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}
    wire.post(BASE, status=400, json=outcome)
    with pytest.raises(Conflict):
        transaction(client, put_entry())


def test_a_number_in_the_text_of_a_400_is_no_conflict(wire: responses.RequestsMock, client: Client) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"code": "invalid", "diagnostics": "line 412, 4120"}]}
    wire.post(BASE, status=400, json=outcome)
    with pytest.raises(Refused):
        transaction(client, put_entry())


@pytest.mark.parametrize("text", ["ERROR: duplicate key value violates ...", "deadlock detected"])
def test_a_500_of_a_lost_race_is_a_conflict(wire: responses.RequestsMock, client: Client, text: str) -> None:
    wire.put(BASE + "/Claim/c1", status=500, body=text, content_type="text/plain")
    with pytest.raises(Conflict):
        client.put(CLAIM)


def test_an_entry_of_a_transaction_that_failed_fails_it(wire: responses.RequestsMock, client: Client) -> None:
    entry = {"response": {"status": "412 Precondition Failed", "outcome": {"resourceType": "OperationOutcome"}}}
    wire.post(BASE, json={"resourceType": "Bundle", "entry": [entry]})
    with pytest.raises(Conflict):
        transaction(client, put_entry())


def test_a_wrong_base_is_named_whole(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/metadata", status=404)
    with pytest.raises(Refused, match=f"GET {BASE}/metadata: 404"):
        client.metadata()
