"""What was written, read off every form of answer that servers give (servers.md 7.5 and 7.6)."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import responses

from groupbill.errors import Conflict, Refused, Unknown
from groupbill.server import Client
from groupbill.server.address import etag, place, version_of

BASE = "https://ehr.example.org/fhir"
CLAIM = {"resourceType": "Claim", "id": "ours", "status": "draft"}
SYSTEM = "https://w3id.org/groupbill/id/chargeitem"


@pytest.mark.parametrize(
    ("headers", "reference", "version"),
    [
        ({"Location": f"{BASE}/Claim/77/_history/3"}, "Claim/77", "3"),
        ({"Location": f"{BASE}/Claim/77"}, "Claim/77", None),
        ({"Location": "/fhir/Claim/77/_history/3"}, "Claim/77", "3"),
        ({"Location": "/Claim/77"}, "Claim/77", None),
        ({"Location": "Claim/77"}, "Claim/77", None),
        ({"Location": f"{BASE}/Claim/77/"}, "Claim/77", None),
        ({"Content-Location": "Claim/77/_history/3"}, "Claim/77", "3"),
        ({"Location": f"{BASE}/Claim/77", "ETag": 'W/"4"'}, "Claim/77", "4"),
        ({"Location": f"{BASE}/Claim/77/_history/3", "ETag": 'W/"4"'}, "Claim/77", "4"),
        ({"Location": "Claim/77", "ETag": '"0f1e-2d3c"'}, "Claim/77", "0f1e-2d3c"),
        ({"Location": "Claim/77", "ETag": "17"}, "Claim/77", "17"),
        ({"Location": "Claim/77", "ETag": 'W/""'}, "Claim/77", None),
    ],
)
@pytest.mark.parametrize("body", ["", " \n"])
def test_a_201_without_a_body_says_in_its_headers_what_was_made(
    wire: responses.RequestsMock,
    client: Client,
    headers: dict[str, str],
    reference: str,
    version: str | None,
    body: str,
) -> None:
    wire.post(BASE + "/Claim", status=201, headers=headers, body=body)
    answer = client.create(CLAIM)
    assert (answer.reference, answer.version, answer.status) == (reference, version, 201)


def test_the_body_says_what_no_header_says(wire: responses.RequestsMock, client: Client) -> None:
    made = {**CLAIM, "id": "77", "meta": {"versionId": "9"}}
    wire.post(BASE + "/Claim", status=201, json=made)
    answer = client.create(CLAIM)
    assert (answer.reference, answer.version, answer.resource) == ("Claim/77", "9", made)


def test_a_201_that_says_nothing_names_nothing(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(BASE + "/Claim", status=201)
    assert client.create(CLAIM).reference is None


def test_an_operation_outcome_in_a_201_is_not_what_was_made(wire: responses.RequestsMock, client: Client) -> None:
    outcome = {"resourceType": "OperationOutcome", "id": "o", "issue": []}
    wire.post(BASE + "/Claim", status=201, json=outcome, headers={"Location": "Claim/77"})
    answer = client.create(CLAIM)
    assert (answer.reference, answer.resource) == ("Claim/77", None)


@pytest.mark.parametrize("body", ["thanks", '{"resourceType": "Cla'])
def test_a_201_whose_body_can_t_be_read_was_written_all_the_same(
    wire: responses.RequestsMock, client: Client, body: str
) -> None:
    wire.post(BASE + "/Claim", status=201, body=body, headers={"Location": "Claim/77/_history/1"})
    assert client.create(CLAIM).reference == "Claim/77"


def test_an_answer_may_be_plain_json_and_gzipped(wire: responses.RequestsMock, client: Client) -> None:
    body = gzip.compress(json.dumps(CLAIM).encode())
    wire.get(BASE + "/Claim/ours", body=body, headers={"Content-Encoding": "gzip"}, content_type="application/json")
    assert client.get("Claim/ours") == CLAIM


def test_the_id_of_ours_is_not_in_a_create(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(BASE + "/Claim", status=201)
    client.create(CLAIM)
    assert "id" not in json.loads(wire.calls[0].request.body)


def test_a_conditional_create_that_finds_one_answers_200(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(BASE + "/Claim", status=200, headers={"ETag": 'W/"2"'}, json={**CLAIM, "id": "77"})
    answer = client.create(CLAIM, "identifier=a|b")
    assert (answer.status, answer.reference, answer.version) == (200, "Claim/77", "2")
    assert wire.calls[0].request.headers["If-None-Exist"] == "identifier=a|b"


@pytest.mark.parametrize(
    ("version", "header"),
    [("3", 'W/"3"'), ('W/"3"', 'W/"3"'), ('"x"', '"x"'), ("0f1e-2d3c", 'W/"0f1e-2d3c"')],
)
def test_a_version_is_opaque_and_goes_into_if_match(
    wire: responses.RequestsMock, client: Client, version: str, header: str
) -> None:
    wire.put(BASE + "/Claim/ours", status=200)
    client.put(CLAIM, version)
    assert wire.calls[0].request.headers["If-Match"] == header
    assert etag(version) == header


def test_a_version_survives_the_way_there_and_back() -> None:
    for version in ("1", "0f1e2d3c-aaaa", "2026-03-10T10:00:00Z"):
        assert version_of(etag(version)) == version


@pytest.mark.parametrize("text", [None, 3, "", "Claim", "/metadata", f"{BASE}/Claim/", f"{BASE}/$op/77"])
def test_what_names_no_resource_is_no_place(text: object) -> None:
    assert place(text) == (None, None)


def charge(number: int) -> dict[str, Any]:
    return {"resourceType": "ChargeItem", "identifier": [{"system": SYSTEM, "value": f"K{number}"}]}


def post(number: int) -> dict[str, Any]:
    request = {"method": "POST", "url": "ChargeItem", "ifNoneExist": f"identifier={SYSTEM}|K{number}"}
    return {"fullUrl": f"urn:uuid:{number}", "resource": charge(number), "request": request}


def put(number: int) -> dict[str, Any]:
    request = {"method": "PUT", "url": f"ChargeItem/{number}"}
    return {"fullUrl": f"urn:uuid:{number}", "resource": {**charge(number), "id": str(number)}, "request": request}


def send(
    wire: responses.RequestsMock, client: Client, asked: list[dict[str, Any]], answered: list[dict[str, Any]]
) -> list[str | None]:
    wire.post(BASE, json={"resourceType": "Bundle", "type": "transaction-response", "entry": answered})
    return [
        answer.reference
        for answer in client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": asked})
    ]


@pytest.mark.parametrize("status", ["201", "201 Created", " 201", "201 201"])
def test_the_status_of_an_entry_may_have_words(wire: responses.RequestsMock, client: Client, status: str) -> None:
    wire.post(BASE, json={"resourceType": "Bundle", "entry": [{"response": {"status": status}}]})
    [answer] = client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [put(1)]})
    assert (answer.status, answer.reference) == (201, "ChargeItem/1")


def test_answers_in_another_order_are_matched_by_id(wire: responses.RequestsMock, client: Client) -> None:
    answered = [{"response": {"status": "200", "location": f"ChargeItem/{n}/_history/1"}} for n in (3, 1, 2)]
    assert send(wire, client, [put(1), put(2), put(3)], answered) == ["ChargeItem/1", "ChargeItem/2", "ChargeItem/3"]


def test_answers_with_ids_of_the_server_are_matched_by_identifier(
    wire: responses.RequestsMock, client: Client
) -> None:
    answered = [{"resource": {**charge(n), "id": f"s{n}"}, "response": {"status": "201"}} for n in (2, 1)]
    assert send(wire, client, [post(1), post(2)], answered) == ["ChargeItem/s1", "ChargeItem/s2"]


def test_equal_conditional_creates_may_be_answered_once(wire: responses.RequestsMock, client: Client) -> None:
    answered = [{"resource": {**charge(1), "id": "s1"}, "response": {"status": "201 Created"}}]
    assert send(wire, client, [post(1), post(1)], answered) == ["ChargeItem/s1", "ChargeItem/s1"]


def test_an_entry_without_an_answer_is_looked_up(wire: responses.RequestsMock, client: Client) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": {**charge(2), "id": "s2"}}]}
    wire.get(BASE + "/ChargeItem", json=bundle)
    answered = [{"resource": {**charge(1), "id": "s1"}, "response": {"status": "201"}}]
    assert send(wire, client, [post(1), post(2)], answered) == ["ChargeItem/s1", "ChargeItem/s2"]


def test_an_entry_that_is_nowhere_leaves_the_transaction_unknown(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(BASE + "/ChargeItem", json={"resourceType": "Bundle"})
    with pytest.raises(Unknown):
        send(wire, client, [post(1), post(2)], [])


def test_two_resources_with_one_identifier_of_ours_are_a_conflict(
    wire: responses.RequestsMock, client: Client
) -> None:
    twice = [{"resource": {**charge(1), "id": name}} for name in ("a", "b")]
    wire.get(BASE + "/ChargeItem", json={"resourceType": "Bundle", "entry": twice})
    with pytest.raises(Conflict):
        client.written(post(1))


@pytest.mark.parametrize("body", ["", "{}", '{"resourceType": "OperationOutcome"}', '{"resourceType": "Bundle"}'])
def test_a_transaction_answered_by_no_bundle_is_unknown(
    wire: responses.RequestsMock, client: Client, body: str
) -> None:
    wire.post(BASE, body=body)
    with pytest.raises(Unknown):
        client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [put(1)]})


def test_a_batch_tells_the_good_entries_from_the_bad(wire: responses.RequestsMock, client: Client) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "required"}]}
    answered = [
        {"response": {"status": "422 Unprocessable Entity", "outcome": outcome}},
        {"response": {"status": "201", "location": "ChargeItem/2/_history/1", "etag": 'W/"1"'}},
    ]
    wire.post(BASE, json={"resourceType": "Bundle", "type": "batch-response", "entry": answered})
    bad, good = client.batch({"resourceType": "Bundle", "type": "batch", "entry": [put(1), put(2)]})
    assert (bad.status, bad.problem) == (422, outcome)
    assert (good.status, good.reference, good.version) == (201, "ChargeItem/2", "1")


def test_a_web_page_in_the_place_of_an_answer_is_refused(wire: responses.RequestsMock, client: Client) -> None:
    wire.put(BASE + "/Claim/ours", body="<html>please sign in</html>", content_type="text/html")
    with pytest.raises(Refused, match="web page"):
        client.put(CLAIM)


@pytest.mark.parametrize("found", [{"resourceType": "Patient", "id": "ours"}, {"resourceType": "OperationOutcome"}])
def test_another_resource_than_the_one_read_is_refused(
    wire: responses.RequestsMock, client: Client, found: dict[str, str]
) -> None:
    wire.get(BASE + "/Claim/ours", json=found)
    with pytest.raises(Refused):
        client.get("Claim/ours")
