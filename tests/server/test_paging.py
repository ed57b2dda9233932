"""Pages of a search: all of them, each match once, and never away from the server (fhir.md 6.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import PreparedRequest

from groupbill.errors import Refused
from groupbill.server import Client
from groupbill.server.address import inside
from groupbill.server.questions import LONG, LONGEST

BASE = "https://ehr.example.org/fhir"
SECOND = BASE + "/pages/2"


def encounter(name: str, version: int = 1, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": name, "meta": {"versionId": str(version)}, **more}


def page(*found: dict[str, Any], following: str | None = None, **more: Any) -> dict[str, Any]:
    link = [{"relation": "self", "url": "https://elsewhere.example.org/"}]
    link += [{"relation": "next", "url": following}] if following else []
    return {"resourceType": "Bundle", "type": "searchset", "link": link, **more} | (
        {"entry": [{"resource": each} for each in found]} if found else {}
    )


def names(client: Client, query: str) -> list[str]:
    return [str(each["id"]) for each in client.search(query)]


@pytest.mark.parametrize(
    "link",
    [
        f"{BASE}?_getpages=a1&_getpagesoffset=1",
        f"{BASE}/?ct=opaque%2B%2F%3D",
        f"{BASE}/Encounter?_page_token=a%20b",
        "Encounter?pageContext=2",
        "https://ehr.example.org:443/fhir/Encounter?page=2",
    ],
)
def test_the_next_page_is_asked_for_word_by_word(wire: responses.RequestsMock, client: Client, link: str) -> None:
    wire.get(BASE + "/Encounter", json=page(encounter("a"), following=link), match=[first_page])
    seen: list[str] = []

    def second(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        seen.append(str(request.url))
        return (
            200,
            {},
            '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Encounter", "id": "b"}}]}',
        )

    for url in (BASE, BASE + "/", BASE + "/Encounter", "https://ehr.example.org:443/fhir/Encounter"):
        wire.add_callback(responses.GET, url, second)
    assert names(client, "Encounter?status=finished") == ["a", "b"]
    assert [urlsplit(url).query for url in seen] == [urlsplit(link).query]


def first_page(request: PreparedRequest) -> tuple[bool, str]:
    return "_count" in parse_qs(urlsplit(str(request.url)).query), "the first page"


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example.org/fhir/Encounter?page=2",
        "http://ehr.example.org/fhir/Encounter?page=2",
        "https://ehr.example.org:8443/fhir/Encounter?page=2",
        "https://ehr.example.org/admin?page=2",
        "https://ehr.example.org/fhirer/Encounter?page=2",
        "https://ehr.example.org/fhir/../admin",
        "https://ehr.example.org/fhir/%2e%2e/admin",
        "https://ehr.example.org/fhir/%252e%252e/admin",
        "https://ehr.example.org/fhir/..%5Cadmin",
        "https://ehr.example.org@elsewhere.example.org/fhir/Encounter",
        "https://user@ehr.example.org/fhir/Encounter",
        "//elsewhere.example.org/fhir/Encounter",
        "ftp://ehr.example.org/fhir/Encounter",
        "https://ehr.example.org:x/fhir",
        "http://[::1",
    ],
)
def test_a_link_to_another_place_is_not_followed(wire: responses.RequestsMock, client: Client, link: str) -> None:
    wire.get(BASE + "/Encounter", json=page(encounter("a"), following=link))
    with pytest.raises(Refused, match="another place"):
        names(client, "Encounter?status=finished")
    assert len(wire.calls) == 1
    assert inside(link, BASE) is None


def test_a_match_that_comes_twice_counts_once_in_its_later_version(
    wire: responses.RequestsMock, client: Client
) -> None:
    old, new = encounter("a", 1, status="planned"), encounter("a", 2, status="finished")
    wire.get(BASE + "/Encounter", json=page(old, encounter("b"), following=SECOND))
    wire.get(SECOND, json=page(encounter("c"), new))
    assert list(client.search("Encounter?status=finished")) == [new, encounter("b"), encounter("c")]


def test_an_older_version_on_a_later_page_does_not_win(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/Encounter", json=page(encounter("a", 10), following=SECOND))
    wire.get(SECOND, json=page(encounter("a", 9)))
    assert list(client.search("Encounter?status=finished")) == [encounter("a", 10)]


def test_pages_that_go_in_a_circle_end(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/Encounter", json=page(encounter("a"), following=SECOND))
    wire.get(SECOND, json=page(encounter("b"), following=SECOND))
    with pytest.raises(Refused, match="no end"):
        names(client, "Encounter?status=finished")


def test_an_empty_page_before_the_last_is_passed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/Encounter", json=page(following=SECOND))
    wire.get(SECOND, json=page(encounter("b")))
    assert names(client, "Encounter?status=finished") == ["b"]


def test_the_total_of_a_bundle_is_not_believed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(BASE + "/Encounter", json=page(encounter("a"), following=SECOND, total=1))
    wire.get(SECOND, json=page(encounter("b"), total=1))
    assert names(client, "Encounter?status=finished") == ["a", "b"]


@pytest.mark.parametrize(
    "entry",
    [
        [],
        "none",
        [None, 3, {}, {"resource": None}, {"resource": {"resourceType": "Encounter"}}],
        [{"resource": {"resourceType": "OperationOutcome", "id": "o"}, "search": {"mode": "outcome"}}],
    ],
)
def test_entries_that_are_no_matches_are_left_out(
    wire: responses.RequestsMock, client: Client, entry: object
) -> None:
    wire.get(BASE + "/Encounter", json={"resourceType": "Bundle", "entry": entry})
    assert names(client, "Encounter?status=finished") == []


def test_what_a_search_includes_comes_along(wire: responses.RequestsMock, client: Client) -> None:
    patient = {"resourceType": "Patient", "id": "p"}
    entries = [
        {"resource": encounter("a"), "search": {"mode": "match"}},
        {"resource": patient, "search": {"mode": "include"}},
    ]
    wire.get(BASE + "/Encounter", json={"resourceType": "Bundle", "entry": entries})
    assert list(client.search("Encounter?status=finished&_include=Encounter:patient")) == [encounter("a"), patient]


@pytest.mark.parametrize("body", ["{}", '{"resourceType": "Encounter", "id": "a"}', ""])
def test_a_page_that_is_no_bundle_is_refused(wire: responses.RequestsMock, client: Client, body: str) -> None:
    wire.get(BASE + "/Encounter", body=body)
    with pytest.raises(Refused, match="no Bundle"):
        names(client, "Encounter?status=finished")


def test_a_parameter_that_the_server_ignored_is_applied_here(wire: responses.RequestsMock, client: Client) -> None:
    mine = encounter("a", partOf={"reference": "Encounter/g1"})
    wire.get(
        BASE + "/Encounter", json=page(mine, encounter("b", partOf={"reference": "Encounter/g2"}), encounter("c"))
    )
    assert list(client.search("Encounter?part-of=Encounter/g1")) == [mine]


def test_a_server_that_can_t_sort_is_asked_without_from_then_on(wire: responses.RequestsMock, client: Client) -> None:
    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        sorted_ = "_sort" in parse_qs(urlsplit(str(request.url)).query)
        return (400, {}, "") if sorted_ else (200, {}, '{"resourceType": "Bundle"}')

    statement = {"resourceType": "CapabilityStatement", "rest": [{"resource": [{"type": "Encounter"}]}]}
    wire.get(BASE + "/metadata", json=statement)
    wire.add_callback(responses.GET, BASE + "/Encounter", answer)
    for status in ("finished", "planned", "cancelled"):
        assert names(client, f"Encounter?status={status}") == []
    assert len([call for call in wire.calls if "_sort" in str(call.request.url)]) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_type_that_the_server_does_not_have_has_no_resources(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    statement = {"resourceType": "CapabilityStatement", "rest": [{"resource": [{"type": "Patient"}]}]}
    wire.get(BASE + "/metadata", json=statement)
    wire.get(BASE + "/CarePlan", status=status)
    assert list(client.search("CarePlan?subject=Patient/p")) == []


def long_list() -> list[str]:
    found = [f"Patient/{'p' * 40}{number:03}" for number in range(200)]
    assert len(",".join(found)) > LONGEST > LONG
    return found


def test_a_long_search_goes_into_a_body_and_its_pages_are_read(wire: responses.RequestsMock, client: Client) -> None:
    people = long_list()
    first, second = (encounter(name, subject={"reference": each}) for name, each in zip("ab", people, strict=False))
    wire.post(BASE + "/Encounter/_search", json=page(first, following=SECOND))
    wire.get(SECOND, json=page(second))
    assert names(client, f"Encounter?subject={','.join(people)}") == ["a", "b"]
    sent = parse_qs(wire.calls[0].request.body.decode())
    assert sent["subject"] == [",".join(people)]
    assert wire.calls[0].request.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("people", [["Patient/p"], long_list()], ids=["in the URL", "in a body"])
def test_no_search_is_answered_from_what_it_found_before(
    wire: responses.RequestsMock, client: Client, people: list[str]
) -> None:
    wire.add("POST" if len(people) > 1 else "GET", re.compile(BASE + "/Encounter"), json=page(following=SECOND))
    wire.get(SECOND, json=page())
    assert names(client, f"Encounter?subject={','.join(people)}") == []
    assert [call.request.headers["Cache-Control"] for call in wire.calls] == ["no-cache"] * 2


@pytest.mark.parametrize("status", [404, 405, 415, 501])
def test_a_server_without_search_bodies_is_asked_in_parts(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    people = long_list()
    statement = {"resourceType": "CapabilityStatement", "rest": [{"resource": [{"type": "Encounter"}]}]}
    wire.get(BASE + "/metadata", json=statement)
    wire.post(BASE + "/Encounter/_search", status=status)
    asked: list[str] = []
    wire.add_callback(responses.GET, BASE + "/Encounter", answer_for(asked))
    for _ in range(2):
        asked.clear()
        assert names(client, f"Encounter?subject={','.join(people)}") == [each[8:] for each in people]
        assert asked == people
    assert len([call for call in wire.calls if call.request.method == "POST"]) == 1
    assert max(len(str(call.request.url)) for call in wire.calls) < LONGEST + 200


def answer_for(asked: list[str]) -> Callable[[PreparedRequest], tuple[int, dict[str, str], str]]:
    """A server that has one Encounter for each patient that it is asked for."""

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        subjects = parse_qs(urlsplit(str(request.url)).query)["subject"][0].split(",")
        asked.extend(subjects)
        found = [encounter(each[8:], subject={"reference": each}) for each in subjects]
        return 200, {}, json.dumps(page(*found))

    return answer
