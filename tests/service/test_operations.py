"""FHIR operations: the same answers as the command line, amounts digit by digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from running_service import RunningService, example_server

from groupbill import Host, Settings
from groupbill.fhir.json import dumps
from groupbill.service.guard import LARGEST

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
FHIR = {"Content-Type": "application/fhir+json"}
BUNDLE = (SESSIONS / "1-in-person.json").read_bytes()
TODAY = "2026-03-16"
DAY = b'{"name":"today","valueDate":"2026-03-16"}'

JSON = dict[str, Any]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("operations")
    (folder / "groupbill.toml").write_bytes((SESSIONS / "groupbill.toml").read_bytes())
    with example_server() as base:
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        made.start()
        yield made
        made.kill()


def ask(service: RunningService, operation: str, body: bytes, **headers: str) -> requests.Response:
    named = {**service.signed, **FHIR, **headers}
    return requests.post(f"{service.url}/fhir/{operation}", body, headers=named, timeout=60)


def parameters(*resources: bytes, today: str | None = TODAY) -> bytes:
    parts = [b'{"name":"resource","resource":' + each + b"}" for each in resources]
    if today is not None:
        parts.append(b'{"name":"today","valueDate":"' + today.encode() + b'"}')
    return b'{"resourceType":"Parameters","parameter":[' + b",".join(parts) + b"]}"


def test_charges_are_derived_as_on_the_command_line(service: RunningService) -> None:
    answer = ask(service, "$derive-group-charges", parameters(BUNDLE))
    assert answer.status_code == 200, answer.text
    found = {each["name"]: each["resource"] for each in answer.json()["parameter"]}
    host = Host(Settings.load(SESSIONS / "groupbill.toml"))
    report = host.run([json.loads(BUNDLE)], date.fromisoformat(TODAY))
    expected = [entry for each in report.transactions() for entry in each["entry"]]
    assert found["transaction"]["entry"] == json.loads(dumps(expected))
    assert found["outcome"] == json.loads(dumps(report.to_outcome()))
    assert b'"value":120.00' in answer.content, "amounts keep their digits"


def test_its_own_result_plans_nothing(service: RunningService) -> None:
    first = ask(service, "$derive-group-charges", parameters(BUNDLE)).json()["parameter"][0]["resource"]
    written = json.dumps({**first, "type": "collection"}).encode()
    again = ask(service, "$derive-group-charges", parameters(BUNDLE, written))
    assert again.json()["parameter"][0]["resource"] == {"resourceType": "Bundle", "type": "transaction"}


def test_a_claim_is_checked(service: RunningService) -> None:
    claim = {
        "resourceType": "Claim",
        "id": "theirs",
        "status": "active",
        "patient": {"reference": "Patient/p1"},
        "item": [
            {
                "sequence": 1,
                "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90853"}]},
                "servicedDate": "2026-03-10",
                "quantity": {"value": 9},
            }
        ],
    }
    answer = ask(service, "$check-claim", json.dumps(claim).encode())
    assert answer.status_code == 200, answer.text
    issues = answer.json()["issue"]
    codes = {each["details"]["coding"][0]["code"] for each in issues}
    assert "MUE01" in codes
    assert all(each["expression"] == ["Claim"] or each["expression"][0].startswith("Claim.") for each in issues)


def test_what_it_is_is_told(service: RunningService) -> None:
    statement = requests.get(f"{service.url}/fhir/metadata", timeout=10).json()
    assert (statement["resourceType"], statement["kind"], statement["fhirVersion"]) == (
        "CapabilityStatement",
        "instance",
        "4.0.1",
    )
    names = [each["name"] for each in statement["rest"][0]["operation"]]
    assert names == ["derive-group-charges", "check-claim"]


REFUSED = {
    "nothing": (b"", {}, 422),
    "no resource": (b"[]", {}, 422),
    "empty Parameters": (b'{"resourceType":"Parameters"}', {}, 422),
    "a day that is none": (parameters(BUNDLE, today="2026-02-30"), {}, 422),
    "no secret": (BUNDLE, {"Authorization": ""}, 403),
    "XML": (b"<Bundle/>", {"Content-Type": "application/fhir+xml"}, 415),
    "XML as answer": (BUNDLE, {"Accept": "application/fhir+xml"}, 406),
    "two days": (b'{"resourceType":"Parameters","parameter":[%s,%s]}' % (DAY, DAY), {}, 422),
    "a day in words that FHIR does not have": (parameters(BUNDLE, today="2026-W10-2"), {}, 422),
    "a day that is text": (
        b'{"resourceType":"Parameters","parameter":[{"name":"today","valueString":"x"}]}',
        {},
        422,
    ),
    "too large": (b" " * (LARGEST + 1), {}, 413),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("operation", ["$derive-group-charges", "$check-claim"])
def test_what_can_not_be_read_is_refused(service: RunningService, operation: str, name: str) -> None:
    body, headers, status = REFUSED[name]
    answer = ask(service, operation, body, **headers)
    assert answer.status_code == status
    (issue,) = answer.json()["issue"]
    assert ("diagnostics" in issue) is (status != 403), "who may ask is told what was expected"


FORMATS = {
    "application/fhir+xml, application/fhir+json;q=0.5": 200,
    "text/html, */*;q=0.1": 200,
    "application/json": 200,
    "application/fhir+xml": 406,
    "text/turtle, application/xml": 406,
}


@pytest.mark.parametrize("accept", FORMATS)
def test_the_statement_is_told_in_json_alone(service: RunningService, accept: str) -> None:
    answer = requests.get(f"{service.url}/fhir/metadata", headers={"Accept": accept}, timeout=30)
    assert answer.status_code == FORMATS[accept]


@pytest.mark.parametrize(("format", "status"), [("json", 200), ("application/fhir+json", 200), ("xml", 406)])
def test_the_parameter_format_counts_before_the_header(service: RunningService, format: str, status: int) -> None:
    url = f"{service.url}/fhir/metadata"
    answer = requests.get(url, {"_format": format}, headers={"Accept": "application/fhir+xml"}, timeout=30)
    assert answer.status_code == status


@pytest.mark.parametrize("operation", ["$derive-group-charges", "$check-claim"])
def test_text_that_is_none_is_a_finding(service: RunningService, operation: str) -> None:
    answer = ask(service, operation, b'{"resourceType":"Claim","id":"\\ud800"}')
    assert answer.status_code == 200
    assert "ENG01" in answer.text


def test_a_part_that_can_not_be_read_is_a_finding_and_the_rest_goes_on(service: RunningService) -> None:
    answer = ask(service, "$derive-group-charges", parameters(BUNDLE, b'{"resourceType":"Encounter","id":7}'))
    found = {each["name"]: each["resource"] for each in answer.json()["parameter"]}
    codes = {each["details"]["coding"][0]["code"] for each in found["outcome"]["issue"]}
    assert "ENG01" in codes
    assert len(found["transaction"]["entry"]) > 10
