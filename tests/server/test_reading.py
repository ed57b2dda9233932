"""A server that can do only some searches is asked in other words; what may not be read is said, not left out."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from responses import matchers

from groupbill.errors import Refused
from groupbill.server import Client
from groupbill.server import reading as module
from groupbill.server.reading import Reader

BASE = "https://ehr.example.org/fhir"
CONTROL = {"_count": "500", "_sort": "_id"}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-supported"}]}


def answers(
    wire: responses.RequestsMock, path: str, query: dict[str, str], *found: dict[str, Any], status: int = 200
) -> None:
    body = {"resourceType": "Bundle", "entry": [{"resource": each} for each in found]} if status == 200 else OUTCOME
    wire.add("GET", f"{BASE}/{path}", json=body, status=status, match=[matchers.query_param_matcher(query)])


def refuses(wire: responses.RequestsMock, path: str, query: dict[str, str], status: int = 400) -> None:
    """With and without `_sort`, which the client leaves out after a 400."""
    answers(wire, path, {**query, **CONTROL}, status=status)
    answers(wire, path, {**query, "_count": "500"}, status=status)


@pytest.fixture
def statement(wire: responses.RequestsMock) -> None:
    types = [{"type": each} for each in ("Encounter", "Condition", "Claim", "Consent", "Coverage")]
    wire.add("GET", f"{BASE}/metadata", json={"resourceType": "CapabilityStatement", "rest": [{"resource": types}]})


def visit(name: str, leader: str) -> dict[str, Any]:
    participant = [{"individual": {"reference": f"Practitioner/{leader}"}}]
    return {"resourceType": "Encounter", "id": name, "participant": participant}


def queries(wire: responses.RequestsMock) -> list[str]:
    return [
        str(call.request.url).partition("/fhir/")[2] for call in wire.calls if "metadata" not in str(call.request.url)
    ]


@pytest.mark.usefixtures("statement")
def test_without_dates_where_the_server_has_no_such_parameter(client: Client, wire: responses.RequestsMock) -> None:
    dated = {"participant": "Practitioner/a", "date": "ge2026-03-09T00:00:00Z"}
    refuses(wire, "Encounter", dated)
    answers(wire, "Encounter", {"participant": "Practitioner/a", **CONTROL}, visit("1", "a"))
    reader = Reader(client)
    question = "Encounter?participant=Practitioner/a&date=ge2026-03-09T00:00:00Z"
    assert [each["id"] for each in reader.read(question)] == ["1"]
    assert reader.notes == ["the server can't search Encounter?participant&date: it is asked in other words"]


@pytest.mark.usefixtures("statement")
def test_by_the_other_word_for_the_same(client: Client, wire: responses.RequestsMock) -> None:
    refuses(wire, "Condition", {"subject": "Patient/p1"})
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p1"}}
    answers(wire, "Condition", {"patient": "Patient/p1", **CONTROL}, condition)
    assert Reader(client).read("Condition?subject=Patient/p1") == [condition]


@pytest.mark.usefixtures("statement")
def test_the_whole_type_is_looked_through_and_what_fits_is_kept(client: Client, wire: responses.RequestsMock) -> None:
    for query in ({"participant": "Practitioner/a"}, {"practitioner": "Practitioner/a"}):
        refuses(wire, "Encounter", query)
    answers(wire, "Encounter", CONTROL, visit("1", "a"), visit("2", "b"))
    assert [each["id"] for each in Reader(client).read("Encounter?participant=Practitioner/a")] == ["1"]


@pytest.mark.usefixtures("statement")
def test_too_many_to_look_through_are_an_error(
    client: Client, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    for query in ({"participant": "Practitioner/a"}, {"practitioner": "Practitioner/a"}):
        refuses(wire, "Encounter", query)
    answers(wire, "Encounter", CONTROL, visit("1", "a"), visit("2", "b"))
    with pytest.raises(Refused, match=r"GET Encounter\?participant: the server can't search it, and has too many"):
        Reader(client).read("Encounter?participant=Practitioner/a")


@pytest.mark.usefixtures("statement")
def test_what_a_server_can_not_do_is_found_out_once(client: Client, wire: responses.RequestsMock) -> None:
    refuses(wire, "Condition", {"subject": "Patient/p1"})
    for name in ("p1", "p2"):
        condition = {"resourceType": "Condition", "id": name, "subject": {"reference": f"Patient/{name}"}}
        answers(wire, "Condition", {"patient": f"Patient/{name}", **CONTROL}, condition)
    reader = Reader(client)
    reader.read("Condition?subject=Patient/p1")
    before = len(queries(wire))
    assert [each["id"] for each in reader.read("Condition?subject=Patient/p2")] == ["p2"]
    assert len(queries(wire)) == before + 1


@pytest.mark.usefixtures("statement")
def test_what_may_not_be_read_is_said_where_a_session_can_be_judged_without(
    client: Client, wire: responses.RequestsMock
) -> None:
    answers(wire, "Consent", {"patient": "Patient/p1", **CONTROL}, status=403)
    reader = Reader(client)
    assert reader.read("Consent?patient=Patient/p1") == []
    assert reader.notes == ["Consent may not be read (403): what it would say is not known"]


@pytest.mark.usefixtures("statement")
@pytest.mark.parametrize("kind", ["Claim", "Coverage", "Encounter"])
def test_what_may_not_be_read_is_an_error_where_a_bill_depends_on_it(
    client: Client, wire: responses.RequestsMock, kind: str
) -> None:
    answers(wire, kind, {"patient": "Patient/p1", **CONTROL}, status=403)
    with pytest.raises(Refused, match=rf"GET {kind}\?patient.*403"):
        Reader(client).read(f"{kind}?patient=Patient/p1")


def test_several_identifiers_are_asked_one_by_one_where_a_server_knows_no_lists(
    client: Client, wire: responses.RequestsMock
) -> None:
    client.lists = False
    for value in ("a", "b"):
        claim = {"resourceType": "Claim", "id": value, "identifier": [{"system": "s", "value": value}]}
        answers(wire, "Claim", {"identifier": f"s|{value}", **CONTROL}, claim)
    assert [each["id"] for each in client.search("Claim?identifier=s|a,s|b")] == ["a", "b"]
