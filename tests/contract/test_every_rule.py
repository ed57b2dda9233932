"""Every rule finds its fault in FHIR resources, at the stated place and weight, and nothing where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groupbill.rules.catalogue import bundled

from . import (  # noqa: F401 - they enter their faults
    faults_of_claims,
    faults_of_coding,
    faults_of_people,
    faults_of_sessions,
)
from .conftest import Clinic
from .faults import FAULTS, OWN, Fault

JSON = dict[str, Any]


def test_every_rule_has_a_fault() -> None:
    assert {each.rule for each in FAULTS} == {rule.code for rule in bundled()}


def said(one: Fault, clinic: Clinic, folder: Path) -> list[tuple[str, str]]:
    """Severity and place of what the rule fails at, about p1, the session or a bill on file."""
    table: JSON = {**one.settings}
    if one.values:
        policy = {"id": "acme", "extends": one.policy, "values": one.values}
        (folder / "acme.json").write_text(json.dumps(policy), encoding="utf-8")
        table["policies"] = {"files": ["acme.json"]}
    if one.how == "run":
        report = clinic.run(table, folder=folder).report
        session = report["sessions"][0]
        member = next(each for each in session["members"] if each["member"] == "Patient/p1")
        found = [*member["findings"], *session["findings"]]
        own = member["chargeItem"]
    else:
        made = clinic if one.how == "check with visits" else clinic.bills()
        report = made.check(table, folder=folder).report
        found = [*report["findings"], *(each for bill in report["checked"] for each in bill["findings"])]
        own = None
    failed = [each for each in found if each["code"] == one.rule and each["verdict"] == "fail"]
    return sorted({(each["severity"], OWN if each["at"] == own else each["at"]) for each in failed})


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: one.name)
def test_a_rule_finds_its_fault_and_nothing_before_it(one: Fault, tmp_path: Path) -> None:
    clinic = Clinic(one.members, "acme" if one.values else one.policy, one.on)
    steps = one.change(clinic)
    next(steps)
    assert said(one, clinic, tmp_path) == []
    clinic = Clinic(one.members, "acme" if one.values else one.policy, one.on)
    for _ in one.change(clinic):
        pass
    assert said(one, clinic, tmp_path) == [(one.severity, one.at)]
