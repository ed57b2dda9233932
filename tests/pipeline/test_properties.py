"""What holds for every session: one outcome each, nobody named on another's bill, exact sums, no second plan."""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import groupbill.report
from groupbill import Action, Host, Outcome
from groupbill.fhir.json import dumps

sys.path.insert(0, str(Path(__file__).parent))
import made_worlds as worlds

TODAY = date(2026, 3, 16)
JSON = dict[str, Any]


@cache
def host() -> Host:
    return Host(worlds.settings())


@cache
def schema() -> Draft202012Validator:
    path = Path(groupbill.report.__path__[0]) / "report.schema.json"
    return Draft202012Validator(json.loads(path.read_text()))


def written(report: Any) -> dict[str, list[JSON]]:
    """What the plan writes, by patient."""
    found: dict[str, list[JSON]] = {}
    for patient, steps in report.steps():
        found.setdefault(patient, []).extend(step.resource for step in steps)
    return found


@settings(max_examples=60)
@given(worlds.world())
def test_every_member_has_one_outcome_and_a_reason_unless_charged(resources: list[JSON]) -> None:
    report = host().run(resources, today=TODAY)
    assert [error.json_path for error in schema().iter_errors(report.to_json())] == []
    for session in report.sessions:
        members = [each.member for each in session.members]
        assert len(members) == len(set(members))
        for member in session.members:
            assert (member.reason is None) is (member.outcome is Outcome.CHARGED)
            assert (member.claim is not None) or member.outcome is not Outcome.CHARGED


@settings(max_examples=60)
@given(worlds.world())
def test_what_is_written_names_nobody_else_and_not_the_group(resources: list[JSON]) -> None:
    report = host().run(resources, today=TODAY)
    whole = [each for each in resources if each["resourceType"] == "Group" or each["id"] in SESSIONS]
    marks = {mark for each in whole for mark in marks_of(each)}
    people = {f"Patient/{each['id']}": each for each in resources if each["resourceType"] == "Patient"}
    for patient, bills in written(report).items():
        text = json.dumps(bills, default=str)
        mine = {patient, f"{patient}-old"}
        others = {mark for name, each in people.items() if name not in mine for mark in marks_of(each)}
        assert [mark for mark in sorted(marks | others) if mark in text] == []


SESSIONS = ("sess0", "sess1", "a-sess0", "a-sess1")


def marks_of(resource: JSON) -> list[str]:
    """What would give a resource away in another's: its reference, names and identifiers."""
    names = resource.get("name")
    said = [f'"{resource["resourceType"]}/{resource["id"]}"']
    said += [names] if isinstance(names, str) else [each["family"] + '"' for each in names or ()]
    return said + [each["value"] + '"' for each in resource.get("identifier", ())]


@settings(max_examples=60)
@given(worlds.world())
def test_totals_are_the_sums_of_their_items(resources: list[JSON]) -> None:
    for bills in written(host().run(resources, today=TODAY)).values():
        for claim in (each for each in bills if each["resourceType"] == "Claim"):
            nets = [item["net"]["value"] for item in claim["item"]]
            assert claim["total"]["value"] == sum(nets, Decimal(0))
            assert all(isinstance(net, Decimal) for net in nets)


@settings(max_examples=40)
@given(worlds.world())
def test_a_run_over_its_own_output_plans_nothing_new(resources: list[JSON]) -> None:
    filed = {f"{each['resourceType']}/{each['id']}": each for each in resources}
    first = host().run(resources, today=TODAY)
    for bundle in first.transactions():
        for entry in bundle["entry"]:
            filed[entry["request"]["url"]] = entry["resource"]
    second = host().run(filed.values(), today=TODAY)
    steps = [step for session in second.sessions for member in session.members for step in member.plan]
    assert [(step.reference, step.action) for step in steps if step.action is not Action.KEEP] == []
    assert _outcomes(second) == _outcomes(first)


def _outcomes(report: Any) -> list[tuple[str, str, str | None]]:
    return [(m.member, str(m.outcome), m.reason) for each in report.sessions for m in each.members]


@settings(max_examples=40)
@given(worlds.world(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(resources: list[JSON], chance: random.Random) -> None:
    shuffled = list(resources)
    chance.shuffle(shuffled)
    one, other = (Host(worlds.settings()).run(each, today=TODAY) for each in (resources, shuffled))
    assert dumps(one.to_json()) == dumps(other.to_json())
    assert dumps(one.transactions()) == dumps(other.transactions())
