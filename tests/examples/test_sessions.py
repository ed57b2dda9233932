"""The example sessions lead to the reports that are committed beside them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import groupbill.report
from groupbill import Host, Settings

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
NAMES = [path.name.removesuffix(".report.json") for path in sorted(SESSIONS.glob("*.report.json"))]
TODAY = date(2026, 3, 16)


@pytest.fixture(scope="module")
def host() -> Host:
    return Host(Settings.load(SESSIONS / "groupbill.toml"))


def resources(name: str) -> list[dict]:
    return [entry["resource"] for entry in json.loads((SESSIONS / f"{name}.json").read_text())["entry"]]


def test_there_are_six_examples() -> None:
    assert [name[0] for name in NAMES] == list("123456")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_leads_to_its_report(host: Host, name: str) -> None:
    report = host.run(resources(name), today=TODAY)
    assert report.to_json() == json.loads((SESSIONS / f"{name}.report.json").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_the_report_follows_its_schema(host: Host, name: str) -> None:
    schema = json.loads((Path(groupbill.report.__path__[0]) / "report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    report = host.run(resources(name), today=TODAY).to_json()
    assert [error.json_path for error in Draft202012Validator(schema).iter_errors(report)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_over_the_written_plan_plans_nothing(host: Host, name: str) -> None:
    filed = {f"{each['resourceType']}/{each['id']}": each for each in resources(name)}
    for bundle in host.run(filed.values(), today=TODAY).transactions():
        for entry in bundle["entry"]:
            filed[entry["request"]["url"]] = entry["resource"]
    assert host.run(filed.values(), today=TODAY).transactions() == []
