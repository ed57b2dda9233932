"""CDS Hooks: discovery, cards by the rules of the specification, facts that can't be had, and nobody else's name."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from running_service import RunningService, example_server

from groupbill.server import Client

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
JSON = dict[str, Any]
RESOURCES = [each["resource"] for each in json.loads((SESSIONS / "1-in-person.json").read_bytes())["entry"]]
MEMBERS = sorted(
    {each["subject"]["reference"] for each in RESOURCES if each["resourceType"] == "Encounter" and "partOf" in each}
)


def put(client: Client, resources: list[JSON]) -> None:
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in resources
    ]
    client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("cds")
    (folder / "groupbill.toml").write_bytes((SESSIONS / "groupbill.toml").read_bytes())
    with example_server() as base:
        put(Client(base), RESOURCES)
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        made.start()
        yield made
        made.kill()


def visit_of(patient: str) -> str:
    return next(
        str(each["id"])
        for each in RESOURCES
        if each["resourceType"] == "Encounter" and "partOf" in each and each["subject"]["reference"] == patient
    )


def request(patient: str, encounter: str, **more: Any) -> JSON:
    return {
        "hook": "encounter-discharge",
        "hookInstance": str(uuid.uuid4()),
        "context": {"userId": "Practitioner/rivera", "patientId": patient, "encounterId": encounter},
        **more,
    }


def call(service: RunningService, body: Any, id: str = "groupbill-discharge", **headers: str) -> requests.Response:
    return requests.post(
        f"{service.url}/cds-services/{id}", json=body, headers={**service.signed, **headers}, timeout=60
    )


def check(card: JSON) -> None:
    """CDS Hooks 2.0, "Card attributes"."""
    assert 0 < len(card["summary"]) < 140
    assert card["indicator"] in ("info", "warning", "critical")
    assert card["source"]["label"]
    assert card["source"]["url"].startswith("https://w3id.org/groupbill/rules/")
    uuid.UUID(card["uuid"])
    assert bool(card.get("suggestions")) == ("selectionBehavior" in card)
    for suggestion in card.get("suggestions", ()):
        assert suggestion["label"]
        for action in suggestion["actions"]:
            assert action["type"] == "update"
            assert action["description"]
            assert action["resource"]["resourceType"] in ("ChargeItem", "Claim")
    assert all(reason["code"] and reason["system"] and reason["display"] for reason in card["overrideReasons"])


def test_the_services_are_discovered(service: RunningService) -> None:
    found = requests.get(f"{service.url}/cds-services", timeout=10).json()["services"]
    assert [(each["id"], each["hook"]) for each in found] == [
        ("groupbill-discharge", "encounter-discharge"),
        ("groupbill-booking", "appointment-book"),
    ]
    tokens = [value for each in found for value in each["prefetch"].values()]
    assert all("{{context." in each for each in tokens), "root-level fields of the context alone"


def test_a_finding_is_a_card_with_its_fix(service: RunningService) -> None:
    """The example has a bare 90834 beside 90853: XE belongs there (NCC02)."""
    answers = [call(service, request(patient, visit_of(patient))) for patient in MEMBERS]
    cards = [card for answer in answers for card in answer.json()["cards"]]
    for card in cards:
        check(card)
    (found,) = [card for card in cards if card["source"]["topic"]["code"] == "NCC02"]
    assert found["indicator"] == "critical"
    (action,) = found["suggestions"][0]["actions"]
    added = action["resource"]["extension"][-1]
    assert added["url"].endswith("charge-modifier")
    assert added["valueCodeableConcept"]["coding"][0]["code"] in ("XE", "59")


@pytest.mark.parametrize("patient", MEMBERS)
def test_no_card_names_another_member(service: RunningService, patient: str) -> None:
    text = call(service, request(patient, visit_of(patient))).text
    others = [each.partition("/")[2] for each in MEMBERS if each != patient]
    names = [visit_of(each) for each in MEMBERS if each != patient]
    group = [each["id"] for each in RESOURCES if each["resourceType"] == "Group"]
    for other in (*(f"Patient/{each}" for each in others), *(f"Encounter/{each}" for each in names)):
        assert f'{other}"' not in text and f"{other} " not in text
    assert not any(f"Group/{each}" in text for each in group)


def test_ids_may_be_written_as_references(service: RunningService) -> None:
    patient = MEMBERS[0]
    plain = call(service, request(patient.partition("/")[2], visit_of(patient))).json()
    assert plain == call(service, request(patient, f"Encounter/{visit_of(patient)}")).json()


def test_a_visit_that_is_no_group_session_has_no_cards(service: RunningService) -> None:
    alone = {"resourceType": "Encounter", "id": "alone", "status": "finished", "subject": {"reference": MEMBERS[0]}}
    put(Client(service.base), [alone])
    assert call(service, request(MEMBERS[0], "alone")).json() == {"cards": []}


def test_what_is_prefetched_is_enough(service: RunningService) -> None:
    patient = MEMBERS[0]
    by_key = {f"{each['resourceType']}/{each['id']}": each for each in RESOURCES}
    prefetch = {"encounter": by_key[f"Encounter/{visit_of(patient)}"], "charges": None}
    answer = call(service, request(patient, visit_of(patient), prefetch=prefetch))
    assert answer.status_code == 200
    assert "cards" in answer.json()


INCOMPLETE: dict[str, JSON] = {
    "an Encounter that is not there": {},
    "another server, and nothing prefetched": {"fhirServer": "https://elsewhere.example/fhir"},
    "a server that is no URL": {"fhirServer": "file:///etc/passwd"},
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_facts_that_can_not_be_had_are_a_412(service: RunningService, name: str) -> None:
    answer = call(service, request(MEMBERS[0], "unknown", **INCOMPLETE[name]))
    assert answer.status_code == 412
    assert answer.json()["issue"] == [{"severity": "error", "code": "incomplete"}]


MALFORMED: dict[str, Any] = {
    "a list": [],
    "nothing": {},
    "another hook": {**request("p", "e"), "hook": "patient-view"},
    "no instance": {**request("p", "e"), "hookInstance": "1"},
    "no context": {**request("p", "e"), "context": None},
    "a patient that is no id": {**request("p", "e"), "context": {"patientId": "a b", "encounterId": "e"}},
    "no encounter": {**request("p", "e"), "context": {"patientId": "p"}},
    "a token of two lines": request("p", "e", fhirAuthorization={"access_token": "a\nb"}),
    "a token that is no ASCII": request("p", "e", fhirAuthorization={"access_token": "a€"}),
    "a token that is no text": request("p", "e", fhirAuthorization={"access_token": "\ud800"}),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_request_is_refused(service: RunningService, name: str) -> None:
    assert call(service, MALFORMED[name]).status_code == 422


def test_an_unknown_service_is_a_404(service: RunningService) -> None:
    assert call(service, request("p", "e"), id="other").status_code == 404


def test_a_stranger_is_refused(service: RunningService) -> None:
    assert call(service, request("p", "e"), Authorization="Bearer guess").status_code == 403


def booking(start: str, end: str) -> JSON:
    return {
        "hook": "appointment-book",
        "hookInstance": str(uuid.uuid4()),
        "context": {
            "userId": "Practitioner/rivera",
            "patientId": MEMBERS[0],
            "appointments": {
                "resourceType": "Bundle",
                "entry": [
                    {
                        "resource": {
                            "resourceType": "Appointment",
                            "id": "proposed",
                            "status": "proposed",
                            "start": start,
                            "end": end,
                        }
                    }
                ],
            },
        },
    }


def test_a_booking_that_overlaps_another_visit_is_warned_of(service: RunningService) -> None:
    taken = {
        "resourceType": "Appointment",
        "id": "taken",
        "status": "booked",
        "start": "2026-05-04T15:00:00Z",
        "end": "2026-05-04T16:00:00Z",
        "participant": [{"actor": {"reference": MEMBERS[0]}}],
    }
    put(Client(service.base), [taken])
    hit = call(service, booking("2026-05-04T10:30:00-05:00", "2026-05-04T11:30:00-05:00"), "groupbill-booking")
    (card,) = hit.json()["cards"]
    check(card)
    assert card["source"]["url"].endswith("/TIM06")
    free = call(service, booking("2026-05-04T16:00:00Z", "2026-05-04T17:00:00Z"), "groupbill-booking")
    assert free.json() == {"cards": []}


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_booking_at_the_end_of_time_has_no_cards(service: RunningService, year: str) -> None:
    asked = booking(f"{year}-01-01T10:00:00-14:00", f"{year}-12-31T23:00:00+14:00")
    answer = call(service, asked, "groupbill-booking")
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


def test_feedback_is_counted(service: RunningService) -> None:
    told = {
        "feedback": [{"card": str(uuid.uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-03-10T20:00:00Z"}]
    }
    assert call(service, told, "groupbill-discharge/feedback").status_code == 200
    counted = service.metrics()
    assert counted['groupbill_cds_feedback_total{outcome="overridden",service="groupbill-discharge"}'] == 1
    assert (
        call(service, {"feedback": [{"card": "x", "outcome": "ignored"}]}, "groupbill-discharge/feedback").status_code
        == 422
    )
