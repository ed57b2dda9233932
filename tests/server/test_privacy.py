"""What a client never does: give a token to another host, follow a redirect, keep a cookie, or name a patient."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import responses

from groupbill.errors import GroupBillError, Refused, ServerError, UsageError
from groupbill.server import Client
from groupbill.server.address import base_url
from groupbill.server.sign_in import Bearer

BASE = "https://ehr.example.org/fhir"
ELSEWHERE = "https://elsewhere.example.org/fhir"
SECRET = "the-token"
NAMES = ("Ana", "Lopez", "1980-02-03", "ana-1980", SECRET)
CLAIM = {"resourceType": "Claim", "id": "ana-1980", "patient": {"display": "Ana Lopez 1980-02-03"}}


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> Client:
    """A client with a token."""
    monkeypatch.setenv("GROUPBILL_TOKEN", SECRET)
    return Client(BASE, Bearer("GROUPBILL_TOKEN"), retries=1, pause=pauses.append)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_redirect_is_refused_and_the_token_stays_here(
    wire: responses.RequestsMock, signed: Client, method: str, status: int
) -> None:
    wire.add(method, BASE + "/Claim/ana-1980", status=status, headers={"Location": ELSEWHERE})
    with pytest.raises(Refused):
        signed.get("Claim/ana-1980") if method == "GET" else signed.put(CLAIM)
    assert [call.request.url for call in wire.calls] == [BASE + "/Claim/ana-1980"]


def test_the_token_goes_with_every_request_and_every_page(wire: responses.RequestsMock, signed: Client) -> None:
    link = [{"relation": "next", "url": BASE + "/pages/2"}]
    wire.get(BASE + "/Claim", json={"resourceType": "Bundle", "link": link})
    wire.get(BASE + "/pages/2", json={"resourceType": "Bundle"})
    assert list(signed.search("Claim?_id=a")) == []
    assert [call.request.headers["Authorization"] for call in wire.calls] == [f"Bearer {SECRET}"] * 2


def test_a_password_file_of_the_user_is_not_read(
    wire: responses.RequestsMock, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ehr.example.org login ana password lopez\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.get(BASE + "/Claim/c", status=404)
    assert client.get("Claim/c") is None
    assert "Authorization" not in wire.calls[0].request.headers


def test_a_cookie_is_not_kept(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/Claim/c", status=404, headers={"Set-Cookie": "session=1; Path=/"})
    client.get("Claim/c")
    client.get("Claim/c")
    assert "Cookie" not in wire.calls[1].request.headers


OUTCOME = {
    "resourceType": "OperationOutcome",
    "text": {"div": "<div>Ana Lopez</div>"},
    "issue": [
        {
            "severity": "error",
            "code": "invalid",
            "diagnostics": "HAPI-0450: Ana Lopez born 1980-02-03 is wrong in Patient/ana-1980",
            "details": {"text": "Ana Lopez"},
            "expression": ["Claim.patient.display", "Ana Lopez"],
        },
        {"severity": "error", "code": "Ana Lopez", "location": ["1980-02-03"]},
    ],
}
BODIES = [
    pytest.param(b"<html>Ana Lopez</html>", "text/html", "", id="html"),
    pytest.param(b"Ana Lopez 1980-02-03", "text/plain", "", id="text"),
    pytest.param(b'{"error": "Ana Lopez", "error_description": "1980-02-03"}', "application/json", "", id="json"),
    pytest.param(b'{"error": "invalid_token"}', "application/json", "invalid_token", id="oauth"),
    pytest.param(b'{"resourceType": "OperationOutcome", "issue": "Ana"}', "application/fhir+json", "", id="odd"),
    pytest.param(b'["Ana Lopez"]', "application/json", "", id="list"),
    pytest.param(b"\xff\xfe\x00 Ana", "application/octet-stream", "", id="bytes"),
    pytest.param(b"", "text/plain", "", id="empty"),
]


def whole(error: BaseException) -> str:
    """The message, and those of what it was raised from."""
    text = str(error)
    if error.__cause__ is not None:
        text += whole(error.__cause__)
    return text


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 500])
@pytest.mark.parametrize(("body", "media", "says"), BODIES)
def test_an_error_of_any_form_says_what_it_can_and_names_nobody(
    wire: responses.RequestsMock,
    signed: Client,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: bytes,
    media: str,
    says: str,
) -> None:
    wire.put(BASE + "/Claim/ana-1980", status=status, body=body, content_type=media)
    with caplog.at_level(logging.DEBUG), pytest.raises(ServerError) as raised:
        signed.put(CLAIM)
    assert str(raised.value).startswith(f"PUT Claim: {status} ")
    assert says in str(raised.value)
    assert not [name for name in NAMES if name in whole(raised.value) + caplog.text]


def test_an_operation_outcome_is_told_by_code_place_and_number(wire: responses.RequestsMock, signed: Client) -> None:
    wire.put(BASE + "/Claim/ana-1980", status=422, json=OUTCOME)
    with pytest.raises(Refused) as raised:
        signed.put(CLAIM)
    told = "PUT Claim: 422 Unprocessable Entity (invalid at Claim.patient.display, HAPI-0450)"
    assert str(raised.value).replace("Content", "Entity") == told


def test_a_search_that_fails_tells_names_of_parameters_and_no_values(
    wire: responses.RequestsMock, signed: Client, caplog: pytest.LogCaptureFixture
) -> None:
    wire.get(BASE + "/Claim", status=403)
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as raised:
        list(signed.search("Claim?patient=Patient/ana-1980&created=1980-02-03"))
    assert str(raised.value) == "GET Claim?patient&created&_count&_sort: 403 Forbidden"
    assert not [name for name in NAMES if name in caplog.text]


@pytest.mark.parametrize(
    "text",
    [
        "ehr.example.org/fhir",
        "ftp://ehr.example.org/fhir",
        "https://",
        "https://ana:secret@ehr.example.org/fhir",
        "https://ehr.example.org/fhir?token=1",
        "https://ehr.example.org/fhir#x",
        "https://ehr.example.org:notaport/fhir",
        "https://[::1/fhir",
        "",
    ],
)
def test_what_is_no_base_of_a_server_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        base_url(text)
    assert isinstance(raised.value, GroupBillError)
    assert "secret" not in str(raised.value)


def test_a_slash_at_the_end_of_the_base_makes_no_difference() -> None:
    assert base_url(" https://ehr.example.org/fhir/ ") == BASE
