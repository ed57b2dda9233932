"""When and how often a request is sent again: Retry-After in both forms, jitter, bounds, silence, ids of requests."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from groupbill.errors import Unknown, Unreachable
from groupbill.server import Client
from groupbill.server.transport import PAUSE

BASE = "https://ehr.example.org/fhir"
CLAIM = {"resourceType": "Claim", "id": "c1"}
BACKOFF = 0.25


def once_then_good(wire: responses.RequestsMock, status: int, headers: dict[str, str]) -> None:
    wire.get(BASE + "/Claim/c1", status=status, headers=headers)
    wire.get(BASE + "/Claim/c1", json=CLAIM)


@pytest.mark.parametrize("status", [429, 503])
def test_seconds_that_the_server_asks_for_are_waited(
    wire: responses.RequestsMock, client: Client, pauses: list[float], status: int
) -> None:
    once_then_good(wire, status, {"Retry-After": "7"})
    assert client.get("Claim/c1") == CLAIM
    [wait] = pauses
    assert 7 <= wait <= 7 + BACKOFF


@pytest.mark.parametrize("status", [429, 503])
def test_a_date_that_the_server_asks_for_is_waited_for(
    wire: responses.RequestsMock, client: Client, pauses: list[float], status: int
) -> None:
    later = datetime.now(UTC) + timedelta(seconds=30)
    once_then_good(wire, status, {"Retry-After": format_datetime(later, usegmt=True)})
    assert client.get("Claim/c1") == CLAIM
    [wait] = pauses
    assert 25 <= wait <= 30 + BACKOFF


@pytest.mark.parametrize("value", ["Wed, 21 Oct 2015 07:28:00 GMT", "0", "soon", "-5", "", "1.5"])
def test_a_past_or_senseless_retry_after_means_our_own_pause(
    wire: responses.RequestsMock, client: Client, pauses: list[float], value: str
) -> None:
    once_then_good(wire, 503, {"Retry-After": value})
    assert client.get("Claim/c1") == CLAIM
    [wait] = pauses
    assert 0 <= wait <= 2 * BACKOFF


def test_the_longest_pause_is_still_waited(wire: responses.RequestsMock, client: Client, pauses: list[float]) -> None:
    once_then_good(wire, 503, {"Retry-After": f"{PAUSE:.0f}"})
    assert client.get("Claim/c1") == CLAIM
    assert len(pauses) == 1


@pytest.mark.parametrize("value", ["61", "86400", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_server_that_wants_more_than_the_longest_pause_is_unreachable(
    wire: responses.RequestsMock, client: Client, pauses: list[float], value: str
) -> None:
    once_then_good(wire, 429, {"Retry-After": value})
    with pytest.raises(Unreachable) as raised:
        client.get("Claim/c1")
    assert raised.value.status == 429
    assert pauses == []


def test_pauses_grow_and_stay_within_their_jitter(
    wire: responses.RequestsMock, client: Client, pauses: list[float]
) -> None:
    wire.get(BASE + "/Claim/c1", status=500)
    with pytest.raises(Unreachable):
        client.get("Claim/c1")
    assert len(pauses) == 3
    for number, wait in enumerate(pauses):
        least = 0 if number == 0 else BACKOFF * 2**number
        assert least <= wait <= least + 2 * BACKOFF


@given(retries=st.integers(0, 6))
def test_a_request_is_sent_once_and_as_often_as_the_retries_say(retries: int) -> None:
    pauses: list[float] = []
    client = Client(BASE, retries=retries, pause=pauses.append)
    with responses.RequestsMock() as wire:
        wire.get(BASE + "/Claim/c1", status=503)
        with pytest.raises(Unreachable):
            client.get("Claim/c1")
        assert len(wire.calls) == retries + 1
    assert len(pauses) == retries
    client.close()


def test_every_attempt_has_an_id_of_its_own_and_all_of_one_write_share_another(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.put(BASE + "/Claim/c1", status=503)
    wire.put(BASE + "/Claim/c1", status=503)
    wire.put(BASE + "/Claim/c1", json=CLAIM)
    client.put(CLAIM)
    client.put(CLAIM)
    attempts = [call.request.headers["X-Request-Id"] for call in wire.calls]
    writes = [call.request.headers["X-Correlation-Id"] for call in wire.calls]
    assert len({uuid.UUID(each) for each in attempts}) == 4
    assert writes[0] == writes[1] == writes[2] != writes[3]


@pytest.mark.parametrize(
    "error",
    [requests.ConnectionError("reset"), requests.ReadTimeout(), requests.exceptions.ChunkedEncodingError()],
)
def test_a_read_that_got_no_answer_is_sent_again(
    wire: responses.RequestsMock, client: Client, pauses: list[float], error: Exception
) -> None:
    wire.get(BASE + "/Claim/c1", body=error)
    wire.get(BASE + "/Claim/c1", json=CLAIM)
    assert client.get("Claim/c1") == CLAIM
    assert len(pauses) == 1


@pytest.mark.parametrize(
    "error",
    [requests.ConnectionError("reset"), requests.ReadTimeout(), requests.exceptions.ChunkedEncodingError()],
)
def test_a_write_that_got_no_answer_is_unknown_and_not_sent_again(
    wire: responses.RequestsMock, client: Client, pauses: list[float], error: Exception
) -> None:
    wire.put(BASE + "/Claim/c1", body=error)
    with pytest.raises(Unknown):
        client.put(CLAIM)
    assert len(wire.calls) == 1
    assert pauses == []


def test_a_write_that_could_not_be_sent_is_sent_again_and_never_unknown(pauses: list[float]) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}/fhir", retries=2, pause=pauses.append)
    with pytest.raises(Unreachable) as raised:
        client.create(CLAIM)
    assert not isinstance(raised.value, Unknown)
    assert len(pauses) == 2
    client.close()


@pytest.fixture
def torn() -> Iterator[str]:
    """A real server that promises more bytes than it sends, then closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 900\r\n\r\n"
                connection.sendall(head + b'{"resourceType": "Claim"')

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/fhir"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_body_that_breaks_off_is_an_answer_that_did_not_come(torn: str, pauses: list[float]) -> None:
    client = Client(torn, retries=2, pause=pauses.append)
    with pytest.raises(Unreachable):
        client.get("Claim/c1")
    assert len(pauses) == 2
    with pytest.raises(Unknown):
        client.put(CLAIM)
    assert len(pauses) == 2
    client.close()


@pytest.mark.parametrize("body", ['{"resourceType": "Claim", "id": "c', "[]", "7", "not json", "\xff"])
def test_a_body_that_is_no_resource_is_asked_for_again(
    wire: responses.RequestsMock, client: Client, body: str
) -> None:
    wire.get(BASE + "/Claim/c1", body=body.encode("latin-1"), content_type="application/fhir+json")
    wire.get(BASE + "/Claim/c1", json=CLAIM)
    assert client.get("Claim/c1") == CLAIM


def test_a_transaction_whose_answer_is_cut_off_is_unknown(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(BASE, body='{"resourceType": "Bundle", "entry": [{"respo', content_type="application/fhir+json")
    entry = {"fullUrl": "urn:uuid:1", "resource": CLAIM, "request": {"method": "PUT", "url": "Claim/c1"}}
    with pytest.raises(Unknown):
        client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert len(wire.calls) == 1
