"""What an ordinary chart holds beside the group, and what may not be made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

from .faults import observed, plan, remote

JSON = dict[str, Any]
Make = Callable[..., Any]
DIABETES = b.coded("http://snomed.info/sct", "698360004")


def errors(said: Any) -> list[str]:
    return [one["code"] for each in said.report["checked"] for one in each["findings"] if one["severity"] == "error"]


@pytest.mark.parametrize(
    "activity", [[{"detail": {"code": DIABETES}}], [{"detail": {"code": {"text": "group"}}}], []]
)
def test_a_plan_of_other_care_does_not_hold_a_medicare_group(clinic: Make, activity: list[JSON]) -> None:
    made = clinic(4, "medicare")
    plan(made, "p1", end="2025-12-31")["activity"] = activity
    said = made.run()
    assert [said.outcome(name) for name in made.names] == [("charged", None)] * 4
    assert [(each["verdict"], each["severity"]) for each in said.of("DOC06")] == [("no-data", "information")]
    assert said.everything("DOC13") == []


@pytest.mark.parametrize("code", ["80305", "36415", "J2426"])
def test_a_test_or_a_drug_of_the_same_hour_does_not_hold_the_group(usual: Any, code: str) -> None:
    usual.item("i1", "p1", code, start="08:00", end="17:00")
    assert usual.run().outcome() == ("charged", None)


@pytest.mark.parametrize(("code", "found"), [("80305", 0), ("90834", 1)])
def test_a_test_ordered_for_somebody_else_takes_none_of_the_leaders_time(clinic: Make, code: str, found: int) -> None:
    made = clinic(4)
    made.put(b.patient("zoe"))
    made.visit("z", "zoe", None, "09:30", "09:40")
    made.item("i1", "zoe", code, start="09:30", end="09:40", visit="z")
    made.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    for said in (made.run(), made.check()):
        assert len({each["at"] for each in said.everything("TIM07")}) == found


def test_another_service_of_the_same_hour_holds_it(usual: Any) -> None:
    usual.item("i1", "p1", "T1017", start="09:10", end="09:25")
    assert usual.run().outcome() == ("held", "rule:TIM06")


def test_a_claim_that_names_the_encounter_of_the_session_is_for_the_patients_own_visit(clinic: Make) -> None:
    made = clinic(4)
    for name in made.names:
        made[f"Encounter/g1-{name}"]["type"] = [b.coded(b.CPT, "90853")]
    made.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1")]}))
    said = made.check()
    assert errors(said) == []
    assert [said.everything(code) for code in ("MUE01", "TIM06", "CLM03")] == [[], [], []]


@pytest.mark.parametrize(("planned", "billed"), [("90834", "90837"), ("90791", "90792"), ("99214", "99213")])
def test_a_visit_that_was_billed_at_another_length_is_one_service(clinic: Make, planned: str, billed: str) -> None:
    made = clinic(4)
    made.visit("v", "p1", planned, "13:00", "14:00")
    made.claim("c1", "p1", (billed, {"encounter": [b.ref("Encounter/v")]}))
    said = made.check()
    assert errors(said) == []
    assert [each for each in said.report["findings"] if each["at"] == "Encounter/v"] == []


def timed(folder: Path) -> dict[str, Any]:
    """Settings of a payer that takes groups as quarters of an hour."""
    facts = {"session_code": {"90853": "H0004"}, "unit_minutes": 15}
    values = {key: [{"value": each, "source": "manual", "confidence": "V"}] for key, each in facts.items()}
    policy = {"id": "timed", "title": "A county", "extends": "medicaid", "values": values}
    (folder / "timed.json").write_text(json.dumps(policy))
    return {"settings": {"policies": {"files": ["timed.json"]}}, "folder": folder}


def test_a_group_under_the_payers_own_code_is_the_visit_and_no_second_service(clinic: Make, tmp_path: Path) -> None:
    made = clinic(4, "timed")
    made["Encounter/g1-p1"]["type"] = [b.coded(b.CPT, "90853")]
    line = {
        "encounter": [b.ref("Encounter/g1-p1")],
        "quantity": {"value": 4},
        "net": {"value": 480, "currency": "USD"},
    }
    made.claim("c1", "p1", ("H0004", line))
    said = made.check(**timed(tmp_path))
    assert [said.everything(code) for code in ("NCC15", "TIM06", "MUE01")] == [[], [], []]


@pytest.mark.parametrize("policy", ["commercial", "timed"])
def test_what_a_run_writes_is_clean_without_the_visits(clinic: Make, tmp_path: Path, policy: str) -> None:
    more = timed(tmp_path)
    made = clinic(4, policy)
    if policy == "commercial":
        observed(made, "p1", "interactive-complexity")
    written = made.written(**more)
    said = made.put(*written).bills().check(**more)
    assert {each["resourceType"] for each in written} == {"ChargeItem", "Claim", "Provenance"}
    assert errors(said) == []


def test_minutes_that_make_no_unit_hold_the_charge(clinic: Make, tmp_path: Path) -> None:
    made = clinic(4, "timed")
    made["Encounter/g1-p1"]["period"]["end"] = "2026-03-10T09:07:00-05:00"
    said = made.run(**timed(tmp_path))
    assert said.outcome() == ("held", "rule:TIM03")
    assert [each["message"] for each in said.of("TIM03")] == [
        "7 minutes make no unit of 15; check the recorded times"
    ]
    assert said.outcome("p2") == ("charged", None)


def test_two_claims_of_the_visit_and_of_its_session_are_one_service_twice(clinic: Make) -> None:
    made = clinic(4)
    made.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1")]}))
    made.claim("c2", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    assert made.check().errors("Claim/c2") == ["CLM03", "MUE01"]


def test_who_is_billed_twice_took_part_once(clinic: Make) -> None:
    made = clinic(4)
    own = {"encounter": [b.ref("Encounter/g1-p1")]}
    made.claim("c1", "p1", ("90853", own))
    made.claim("c2", "p1", ("90853", own))["careTeam"][0]["provider"] = b.ref("Practitioner/chen")
    said = made.check()
    assert said.errors("Claim/c2") == ["PRV06"]
    assert [said.everything(code) for code in ("DX06", "PRV07")] == [[], []]


def test_complexity_that_the_record_denies_is_not_billed(clinic: Make) -> None:
    made = clinic(4)
    own = {"encounter": [b.ref("Encounter/g1-p1")]}
    made.claim("c1", "p1", ("90853", own), ("90785", own))
    observed(made, "p1", "interactive-complexity", valueBoolean=False)
    found = made.check().at("Claim/c1", "DOC14")
    assert [(each["severity"], each["verdict"], each["at"]) for each in found] == [
        ("error", "fail", "Claim/c1#Claim.item[1]")
    ]


@pytest.mark.parametrize(("code", "outcome"), [("F10.21", ("charged", None)), ("F33.1", ("held", "rule:DOC08"))])
def test_a_disorder_in_remission_is_treated_where_its_code_says_so(usual: Any, code: str, outcome: Any) -> None:
    known = usual["Condition/dx-p1"]
    known["code"] = b.coded(b.ICD10CM, code)
    known["clinicalStatus"] = b.coded(b.CONDITION_STATUS, "remission")
    known["abatementDateTime"] = "2025-11-01"
    assert usual.run().outcome() == outcome


@pytest.mark.parametrize("element", ["type", "serviceType"])
def test_a_session_that_is_also_typed_as_education_is_held(usual: Any, element: str) -> None:
    usual["Encounter/g1"]["type"] = [b.coded(b.CPT, "90853")]
    education = b.coded("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "S9446")
    usual["Encounter/g1"][element] = [b.coded(b.CPT, "90853"), education] if element == "type" else education
    assert usual.run().outcome() == ("held", "rule:DOC10")


@pytest.mark.parametrize(("state", "found"), [("IL", []), ("WI", ["warning"])])
def test_a_licence_holds_in_the_state_of_the_board_that_issued_it(usual: Any, state: str, found: list[str]) -> None:
    remote(usual)
    usual.put({"resourceType": "Organization", "id": "board", "address": [{"state": state}]})
    for each in usual["Practitioner/rivera"]["qualification"]:
        each["issuer"] = b.ref("Organization/board")
    assert [each["severity"] for each in usual.run().of("TEL13")] == found


def test_a_record_that_denies_a_reason_for_the_phone_is_no_silence(clinic: Make) -> None:
    made = clinic(4, "medicare")
    remote(made, "p1", "audio")
    observed(made, "p1", "audio-only-reason", valueBoolean=False)
    assert [(each["severity"], each["verdict"]) for each in made.run().of("TEL07")] == [("warning", "fail")]


def test_nothing_is_said_of_hours_apart(usual: Any) -> None:
    usual.item("i1", "p1", "T1017", start="10:00", end="10:15")
    assert usual.run().of("TIM06") == []
