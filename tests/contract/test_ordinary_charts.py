"""What an ordinary chart holds beside the group, and what may not be made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

from .faults import observed, plan

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


def test_nothing_is_said_of_hours_apart(usual: Any) -> None:
    usual.item("i1", "p1", "T1017", start="10:00", end="10:15")
    assert usual.run().of("TIM06") == []
