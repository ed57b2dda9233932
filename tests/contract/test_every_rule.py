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
RULES = {rule.code: rule for rule in bundled()}
OF_A_TABLE = {"NCC01", "NCC02", "NCC03", "NCC04", "NCC05", "NCC06", "NCC08", "NCC09", "NCC14", "MUE02"}
"""Rules whose findings name the edition of a CMS table."""


def test_every_rule_has_a_fault() -> None:
    assert {each.rule for each in FAULTS} == set(RULES)


def answer(one: Fault, clinic: Clinic, folder: Path) -> JSON:
    """The report of a run or check of the clinic, under the policy of the fault."""
    table: JSON = {**one.settings}
    if one.values:
        policy = {"id": "acme", "extends": one.policy, "values": one.values}
        (folder / "acme.json").write_text(json.dumps(policy), encoding="utf-8")
        table["policies"] = {"files": ["acme.json"]}
    if one.how == "run":
        report: JSON = clinic.run(table, folder=folder).report
        return report
    made = clinic if one.how == "check with visits" else clinic.bills()
    checked: JSON = made.check(table, folder=folder).report
    return checked


def failures(one: Fault, clinic: Clinic, folder: Path) -> list[JSON]:
    """What the rule fails at, about p1, the session or a bill on file; our own line is called `own`."""
    report, own = answer(one, clinic, folder), None
    found = [*report["findings"], *(each for bill in report["checked"] for each in bill["findings"])]
    if one.how == "run":
        session = report["sessions"][0]
        member = next(each for each in session["members"] if each["member"] == "Patient/p1")
        found, own = [*member["findings"], *session["findings"]], member["chargeItem"]
    failed = [each for each in found if each["code"] == one.rule and each["verdict"] == "fail"]
    return [{**each, "at": OWN if each["at"] == own else each["at"]} for each in failed]


def broken(one: Fault) -> Clinic:
    """The clinic with the fault."""
    clinic = Clinic(one.members, "acme" if one.values else one.policy, one.on)
    for _ in one.change(clinic):
        pass
    return clinic


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: one.name)
def test_a_rule_finds_its_fault_and_nothing_before_it(one: Fault, tmp_path: Path) -> None:
    clinic = Clinic(one.members, "acme" if one.values else one.policy, one.on)
    next(one.change(clinic))
    assert failures(one, clinic, tmp_path) == []
    found = {(each["severity"], each["at"]) for each in failures(one, broken(one), tmp_path)}
    assert found == {(one.severity, one.at)}


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: one.name)
def test_a_finding_says_by_which_source_which_denial_and_what_to_do(one: Fault, tmp_path: Path) -> None:
    rule = RULES[one.rule]
    for each in failures(one, broken(one), tmp_path):
        assert each["name"] == rule.name
        assert each["source"]
        assert set(each["denial"]) <= set(rule.denial)
        assert bool(each["denial"]) == bool(rule.denial)
        assert each["fix"] is not None or "; " in each["message"]
        assert (each["edition"] is not None) == (one.rule in OF_A_TABLE)


@pytest.mark.parametrize("one", [each for each in FAULTS if each.how == "run"], ids=lambda one: one.name)
def test_an_error_on_the_own_line_holds_the_charge_and_nothing_else_does(one: Fault, tmp_path: Path) -> None:
    """Nor does an error on another line hold it, nor a warning."""
    report = answer(one, broken(one), tmp_path)
    member = next(each for each in report["sessions"][0]["members"] if each["member"] == "Patient/p1")
    if one.at == OWN and one.severity == "error":
        assert (member["outcome"], member["reason"]) == ("held", f"rule:{one.rule}")
        assert [step["action"] for step in member["plan"]] == ["create", "create"]
    elif one.rule == "CHG02":
        assert (member["outcome"], member["reason"]) == ("held", "attendance-unverified")
    else:
        assert (member["outcome"], member["reason"]) == ("charged", None)
