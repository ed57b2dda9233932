"""Same-day conflicts: what each acceptance case leads to in `check` and, for the same facts, in `run`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
ITEM = "Claim/c1#Claim.item[{}]"


def codes(found: list[JSON]) -> list[tuple[str, str, str]]:
    return [(each["code"], each["severity"], each["at"].partition("#")[2]) for each in found]


def weighty(found: list[JSON]) -> list[tuple[str, str, str]]:
    """Errors and warnings, without the remark that the pair table is old."""
    return [each for each in codes(found) if each[1] != "information" and each[0] != "NCC09"]


def place(code: str) -> JSON:
    system = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
    return {"locationCodeableConcept": {"coding": [{"system": system, "code": code}]}}


def checked(clinic: Make, *lines: Any, policy: str = "commercial", on: str = "2026-03-10", **more: Any) -> list[JSON]:
    made = clinic(1, policy, on)
    made.claim("c1", "p1", *lines, **more)
    found: list[JSON] = made.bills().check().at("Claim/c1")
    return found


def test_a_complete_claim_for_one_group_session_is_clean(clinic: Make) -> None:
    assert checked(clinic, "90853") == []


def test_two_units_are_found_at_the_quantity(clinic: Make) -> None:
    found = checked(clinic, ("90853", {"quantity": {"value": 2}, "net": {"value": 240, "currency": "USD"}}))
    assert weighty(found) == [
        ("CHG01", "error", "Claim.item[0].quantity"),
        ("MUE01", "error", "Claim.item[0].quantity"),
    ]


def test_a_duplicate_line_is_found_at_the_later_one_and_dropped(clinic: Make) -> None:
    found = checked(clinic, "90853", "90853")
    assert ("CLM03", "error", "Claim.item[1]") in weighty(found)
    drop = {"line": "Claim/c1", "item": 2, "drop": True}
    assert [each["fix"] for each in found if each["code"] in ("CLM03", "MUE01")] == [drop, drop]


def test_the_second_claim_for_a_session_is_the_duplicate(clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", "90853")
    made.claim("c2", "p1", "90853", created="2026-03-12")
    said = made.bills().check()
    assert said.at("Claim/c1") == []
    assert said.at("Claim/c2", "CLM03")[0]["fix"] == {"line": "Claim/c2", "item": 1, "drop": True}


def test_a_second_payer_is_asked_for_the_same_service_and_no_second_one(clinic: Make) -> None:
    made = clinic(1)
    made.put(b.payer("other", "Another plan"), b.coverage("p1", "other", name="second", order=2))
    made.claim("c1", "p1", "90853")
    second = made.claim("c2", "p1", "90853", insurer=b.ref("Organization/other"))
    first = {"sequence": 1, "focal": False, "coverage": b.ref("Coverage/cov-p1")}
    second["insurance"] = [first, {"sequence": 2, "focal": True, "coverage": b.ref("Coverage/second")}]
    payers = {"payers": {"Organization/other": "commercial"}}
    assert [each["code"] for each in made.bills().check(payers).at("Claim/c2")] == ["CLM08"]
    first["claimResponse"] = b.ref("ClaimResponse/answer-icn1")
    said = made.check(payers)
    assert said.at("Claim/c1") == said.at("Claim/c2") == []


def test_a_claim_line_and_its_charge_item_are_one_service(clinic: Make) -> None:
    made = clinic(1)
    made.item("i1", "p1", "90853")
    made.claim("c1", "p1", "90853")
    said = made.bills().check()
    assert said.at("Claim/c1") == said.at("ChargeItem/i1") == []


def test_a_second_charge_beside_a_claimed_one_is_the_one_to_drop(clinic: Make) -> None:
    made = clinic(4)
    for name in ("i1", "i2"):
        made.item(name, "p1", "90853", visit="g1-p1")
    made.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    said = made.check()
    assert said.errors("Claim/c1") == []
    assert [(each["code"], each["fix"]) for each in said.at("ChargeItem/i2") if each["severity"] == "error"] == [
        ("CHG07", {"line": "ChargeItem/i2", "drop": True}),
        ("MUE01", {"line": "ChargeItem/i2", "drop": True}),
    ]


def test_a_cancelled_claim_is_no_duplicate(clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", "90853")
    made.claim("c2", "p1", "90853", status="cancelled")
    assert made.bills().check().everything("CLM03") == []


def test_bare_individual_therapy_is_denied_and_takes_xe(clinic: Make) -> None:
    found = checked(clinic, "90853", "90834")
    assert weighty(found) == [("NCC02", "error", "Claim.item[1]")]
    pair = next(each for each in found if each["code"] == "NCC02")
    assert pair["fix"] == {"line": "Claim/c1", "item": 2, "modifier": "XE"}
    assert pair["denial"] == ["236", "97"]
    assert (pair["verdict"], pair["edition"]) == ("fail", "2024Q3")


@pytest.mark.parametrize("mark", ["59", "XE"])
def test_a_modifier_without_times_on_file_is_no_data_and_no_misuse(clinic: Make, mark: str) -> None:
    found = checked(clinic, "90853", ("90834", mark))
    assert [(each["code"], each["verdict"]) for each in found if each["code"] in ("NCC02", "NCC03")] == [
        ("NCC03", "no-data")
    ]
    assert [each for each in weighty(found) if each[1] == "error"] == []


def test_59_where_xe_fits_is_a_warning(clinic: Make) -> None:
    assert weighty(checked(clinic, "90853", ("90834", "59"))) == [("MOD06", "warning", "Claim.item[1].modifier[0]")]


def test_a_modifier_that_the_payer_does_not_take_is_named_beside_the_one_it_takes(
    clinic: Make, tmp_path: Path
) -> None:
    value = {"value": False, "source": "contract", "confidence": "V"}
    policy = {"id": "old", "title": "Old edits", "extends": "commercial", "values": {"accepts_x_modifiers": [value]}}
    (tmp_path / "old.json").write_text(json.dumps(policy))
    made = clinic(1, "old")
    made.claim("c1", "p1", "90853", ("90834", "XE"))
    (found,) = made.bills().check({"policies": {"files": ["old.json"]}}, folder=tmp_path).at("Claim/c1", "NCC02")
    assert found["fix"]["modifier"] == "59"
    assert "; XE is none that this payer takes; " in found["message"]


def test_two_sessions_of_a_day_are_asked_for_their_notes_once(usual: Any) -> None:
    usual.visit("f", "p1", "90847", "13:00", "13:50")
    usual.item("i1", "p1", "90847", "XE", visit="f")
    assert [(each["at"], each["verdict"]) for each in usual.run().of("DOC12")] == [("ChargeItem/i1", "no-data")]


def test_59_and_xe_on_one_line_exclude_each_other(clinic: Make) -> None:
    assert weighty(checked(clinic, "90853", ("90834", "59", "XE"))) == [
        ("MOD04", "error", "Claim.item[1].modifier[1]"),
        ("MOD07", "error", "Claim.item[1].modifier[1]"),
    ]


@pytest.mark.parametrize("mark", ["59", "XE"])
def test_a_modifier_with_separate_times_is_bypassed_and_says_by_what(clinic: Make, mark: str) -> None:
    made = clinic(1)
    made.item("i1", "p1", "90853", start="09:00", end="10:00")
    made.item("i2", "p1", "90834", mark, start="14:00", end="14:45")
    (found,) = made.bills().check().at("ChargeItem/i2", "NCC02")
    assert (found["verdict"], found["severity"], found["fix"]) == ("bypassed", "information", None)
    assert found["evidence"] == ["ChargeItem/i1", "ChargeItem/i2"]


def test_group_therapy_is_denied_beside_a_diagnostic_evaluation(clinic: Make) -> None:
    found = checked(clinic, "90853", "90791")
    assert weighty(found) == [("NCC01", "error", "Claim.item[0]"), ("NCC12", "error", "Claim.item[0]")]
    assert all("modifier" not in (each["fix"] or {}) for each in found)


def test_interactive_complexity_needs_a_primary_service(clinic: Make) -> None:
    def complex_line() -> JSON:
        money = {"value": 20, "currency": "USD"}
        return {"unitPrice": money, "net": money}

    alone = checked(clinic, ("90785", complex_line()))
    assert weighty(alone) == [("CLM09", "error", "Claim.item[0]")]
    assert alone[0]["fix"] == {"line": "Claim/c1", "item": 1, "drop": True}
    assert checked(clinic, "90853", ("90785", complex_line())) == []


def test_telehealth_without_the_modifier_that_the_payer_asks_for(clinic: Make) -> None:
    found = checked(clinic, ("90853", place("02")))
    assert weighty(found) == [("TEL05", "error", "Claim.item[0]")]
    assert found[0]["fix"] == {"line": "Claim/c1", "item": 1, "modifier": "95"}
    assert checked(clinic, ("90853", "95", place("02"))) == []


def test_medicare_asks_for_no_video_modifier(clinic: Make) -> None:
    assert weighty(checked(clinic, ("90853", place("10")), policy="medicare")) == []


@pytest.mark.parametrize("policy", ["commercial", "medicare", "medicaid"])
def test_95_in_the_office_contradicts_itself(clinic: Make, policy: str) -> None:
    found = checked(clinic, ("90853", "95"), policy=policy)
    assert ("TEL04", "error", "Claim.item[0].locationCodeableConcept") in weighty(found)


def test_medicare_took_95_in_the_office_before_2024(clinic: Make) -> None:
    assert weighty(checked(clinic, ("90853", "95"), policy="medicare", on="2023-03-14")) == []


def test_lines_of_two_years_on_one_claim_are_judged_by_the_rules_of_their_day(clinic: Make) -> None:
    made = clinic(1, "medicare", "2023-12-29")
    made.claim("c1", "p1", ("90853", "95"), ("90853", "95", {"servicedDate": "2024-01-05"}))
    made["Coverage/cov-p1"]["period"]["end"] = "2024-12-31"
    found = made.bills().check().at("Claim/c1", "TEL04")
    assert [each["at"] for each in found] == ["Claim/c1#Claim.item[1].locationCodeableConcept"]


def test_an_unknown_modifier(clinic: Make) -> None:
    assert weighty(checked(clinic, ("90853", "ZQ"))) == [("MOD02", "error", "Claim.item[0].modifier[0]")]


def test_the_fifth_modifier_has_no_room(clinic: Make) -> None:
    found = checked(clinic, ("90853", "HO", "HQ", "U1", "95", "HE", place("02")))
    assert ("MOD01", "error", "Claim.item[0].modifier[4]") in weighty(found)


def test_a_visit_takes_25_and_nothing_else(clinic: Make) -> None:
    bare = checked(clinic, "90853", "99213")
    assert weighty(bare) == [("NCC06", "error", "Claim.item[1]")]
    assert bare[0]["fix"] == {"line": "Claim/c1", "item": 2, "modifier": "25"}
    assert weighty(checked(clinic, "90853", ("99213", "25"))) == []
    wrong = weighty(checked(clinic, "90853", ("99213", "59")))
    assert ("MOD08", "error", "Claim.item[1].modifier[0]") in wrong
    assert ("NCC06", "error", "Claim.item[1]") in wrong


def test_a_questionnaire_is_dropped(clinic: Make) -> None:
    found = checked(clinic, "90853", "96127")
    assert weighty(found) == [("NCC01", "error", "Claim.item[1]"), ("NCC14", "error", "Claim.item[1]")]
    drop = {"line": "Claim/c1", "item": 2, "drop": True}
    assert [each["fix"] for each in found if each["code"] in ("NCC01", "NCC14")] == [drop, drop]


def test_institutional_claims_have_other_tables(clinic: Make) -> None:
    assert weighty(checked(clinic, "90853", "90791", kind="institutional")) == []
    four = checked(clinic, *["90853"] * 4, kind="institutional")
    assert [each for each in codes(four) if each[1] == "error"] == []
    five = checked(clinic, *["90853"] * 5, kind="institutional")
    assert [each for each in codes(five) if each[1] == "error"] == [("MUE02", "error", "Claim.item[4]")]
    assert ("NCC02", "error", "Claim.item[1]") in codes(checked(clinic, "90853", "96127", kind="institutional"))


def test_a_modifier_on_the_paid_line_is_an_information_and_was_an_error_before_july_2019(clinic: Make) -> None:
    now = checked(clinic, ("90853", "XE"), "90834")
    assert ("NCC04", "information", "Claim.item[0]") in codes(now)
    assert "NCC02" not in [each["code"] for each in now]
    then = checked(clinic, ("90853", "XE"), "90834", on="2019-06-11")
    assert ("NCC04", "error", "Claim.item[0]") in codes(then)
    assert ("NCC02", "error", "Claim.item[1]") in codes(then)


def test_overlapping_services_are_found_on_the_later_one_and_get_no_modifier(clinic: Make) -> None:
    made = clinic(1)
    made.item("i1", "p1", "90853", start="09:00", end="10:00")
    made.item("i2", "p1", "90834", start="09:30", end="10:15")
    said = made.bills().check()
    assert said.at("ChargeItem/i1") == []
    assert said.at("ChargeItem/i2", "TIM06")[0]["severity"] == "error"
    assert said.at("ChargeItem/i2", "NCC02")[0]["fix"] is None


def test_in_a_run_the_group_is_charged_and_the_individual_line_gets_xe(usual: Any) -> None:
    usual.item("ci9", "p1", "90834", start="14:00", end="14:45")
    said = usual.run()
    assert said.outcome() == ("charged", None)
    (found,) = said.of("NCC02")
    assert (found["at"], found["severity"], found["fix"]) == (
        "ChargeItem/ci9",
        "error",
        {"line": "ChargeItem/ci9", "modifier": "XE"},
    )
    assert [each["resource"] for each in said.report["checked"]] == ["ChargeItem/ci9"]


def test_in_a_run_an_evaluation_of_the_day_holds_the_group(usual: Any) -> None:
    usual.item("ci9", "p1", "90791", start="14:00", end="14:45")
    said = usual.run()
    assert said.outcome() == ("held", "rule:NCC01")
    (found,) = said.of("NCC01")
    assert found["at"] == said.member()["chargeItem"]
    assert "modifier" not in (found["fix"] or {})
    assert said.outcome("p2") == ("charged", None)


@pytest.mark.parametrize(("code", "rule"), [("99213", "NCC06"), ("96127", "NCC01")])
def test_in_a_run_the_other_line_is_wrong_and_the_group_is_charged(usual: Any, code: str, rule: str) -> None:
    usual.item("ci9", "p1", code, start="14:00", end="14:45")
    said = usual.run()
    assert said.outcome() == ("charged", None)
    assert [(each["at"], each["severity"]) for each in said.of(rule)] == [("ChargeItem/ci9", "error")]


def test_a_visit_with_25_is_bypassed(usual: Any) -> None:
    usual.item("ci9", "p1", "99213", "25", start="14:00", end="14:45")
    (found,) = usual.run().of("NCC06")
    assert found["verdict"] == "bypassed"


@pytest.mark.parametrize(
    ("code", "outcome", "rule", "severity"),
    [
        ("90791", ("held", "rule:NCC01"), "NCC01", "error"),
        ("90834", ("charged", None), "NCC02", "warning"),
    ],
)
def test_a_visit_that_is_not_charged_yet_counts(
    usual: Any, code: str, outcome: tuple[str, str | None], rule: str, severity: str
) -> None:
    usual.visit("v", "p1", code, "14:00", "14:45")
    said = usual.run()
    assert said.outcome() == outcome
    assert [each["severity"] for each in said.of(rule)] == [severity]


def test_overlapping_times_hold_the_group(usual: Any) -> None:
    usual.item("ci9", "p1", "90834", "XE", start="09:30", end="10:15")
    said = usual.run()
    assert said.outcome()[0] == "held"
    assert {"NCC03", "TIM06"} <= set(said.held_by_errors())
    assert all("modifier" not in (each["fix"] or {}) for each in said.member()["findings"])


def second_group(
    made: Any, start: str, end: str, leader: str = "rivera", names: tuple[str, ...] = ("p1", "p2")
) -> None:
    made.put(
        b.practitioner("chen", 8),
        b.group("h", names),
        b.encounter("h1", "Group/h", made.hours(start, end), leader=leader, location="room"),
    )
    for name in names:
        made.visit(
            f"h1-{name}", name, None, start, end, leader=None, location=None, part_of="h1", diagnosis=f"dx-{name}"
        )


def test_of_two_groups_a_day_the_earlier_is_charged(usual: Any) -> None:
    second_group(usual, "07:00", "08:00")
    said = usual.run()
    assert [each["encounter"] for each in said.report["sessions"]] == ["Encounter/h1", "Encounter/g1"]
    assert said.outcome("p1", 0) == ("charged", None)
    assert said.outcome("p1", 1) == ("held", "rule:MUE01")
    assert said.outcome("p3", 1) == ("charged", None)


def test_a_second_group_with_another_practitioner_is_a_warning(usual: Any) -> None:
    second_group(usual, "14:00", "15:00", leader="chen")
    said = usual.run()
    assert said.outcome("p1", 1) == ("charged", None)
    assert [each["severity"] for each in said.of("MUE05", "p1", 1)] == ["warning"]


@pytest.mark.parametrize("policy", ["medicaid-il", "medicaid-ct"])
def test_one_group_a_day_whoever_leads_where_the_payer_says_so(clinic: Make, policy: str) -> None:
    made = clinic(4, policy)
    second_group(made, "14:00", "15:00", leader="chen")
    said = made.run()
    assert said.outcome("p1", 0) == ("charged", None)
    assert said.outcome("p1", 1) == ("held", "rule:FRQ01")
    assert said.of("FRQ01", "p1", 1)[0]["denial"] == ["119", "N640"]


def test_a_second_leader_who_is_paid_has_units_of_their_own(clinic: Make) -> None:
    """Wisconsin pays two; the co-leader of the morning leads the afternoon."""
    made = clinic(4, "medicaid-wi")
    made["Encounter/g1"]["participant"] = [b.led_by("rivera", "PPRF"), b.led_by("chen", "SPRF")]
    second_group(made, "14:00", "15:00", leader="chen")
    said = made.run()
    assert [len(said.member("p1", number)["lines"]) for number in (0, 1)] == [2, 1]
    assert said.outcome("p1", 0) == ("charged", None)
    assert said.outcome("p1", 1) == ("held", "rule:MUE01")


def test_units_of_one_clinic_are_summed_where_the_payer_bundles_by_it(clinic: Make, tmp_path: Any) -> None:
    policy = {"id": "wide", "extends": "commercial", "values": {"ncci_scope": "billing"}}
    (tmp_path / "wide.json").write_text(json.dumps(policy), encoding="utf-8")
    made = clinic(4, "wide")
    second_group(made, "14:00", "15:00", leader="chen")
    said = made.run({"policies": {"files": ["wide.json"]}}, folder=tmp_path)
    assert said.outcome("p1", 1) == ("held", "rule:MUE01")


def test_groups_of_ours_that_overlap_are_both_held(usual: Any) -> None:
    second_group(usual, "09:30", "10:30", leader="chen")
    said = usual.run()
    assert said.outcome("p1", 0) == said.outcome("p1", 1) == ("held", "rule:TIM06")
    assert said.outcome("p3", 0) == ("charged", None)


LATE = {"start": "2026-03-10T23:30:00-05:00", "end": "2026-03-11T00:30:00-05:00"}


def test_groups_of_ours_that_overlap_over_midnight_are_both_held(usual: Any) -> None:
    for each in usual.files.values():
        if each["resourceType"] == "Encounter":
            each["period"] = LATE
    usual.on = "2026-03-11"
    second_group(usual, "00:15", "01:15", leader="chen")
    said = usual.run()
    assert said.outcome("p1", 0) == said.outcome("p1", 1) == ("held", "rule:TIM06")
    assert said.outcome("p3", 0) == ("charged", None)
    second_group(usual, "00:30", "01:15", leader="chen")
    said = usual.run()
    assert said.outcome("p1", 0) == said.outcome("p1", 1) == ("charged", None)


def test_bills_that_overlap_over_midnight_are_found_once_on_the_later_one(clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", ("90853", {"servicedPeriod": LATE}))
    for name, start, end in (("c2", "00:15", "01:00"), ("c3", "01:00", "01:45")):
        early = {"start": f"2026-03-11T{start}:00-05:00", "end": f"2026-03-11T{end}:00-05:00"}
        made.claim(name, "p1", ("90834", {"servicedPeriod": early}))
    said = made.bills().check()
    assert [each["at"] for each in said.everything("TIM06") if each["verdict"] == "fail"] == [
        "Claim/c2#Claim.item[0]"
    ]


def test_a_leader_in_two_places_does_not_hold_the_group(usual: Any) -> None:
    usual.put(b.patient("q1"))
    usual.visit("v", "q1", "90834", "09:30", "10:15")
    said = usual.run()
    assert said.outcome() == ("charged", None)
    (found,) = said.everything("TIM07")
    assert (found["at"], found["severity"]) == ("Encounter/v", "error")
    assert "Patient" not in found["message"]


def test_a_leader_in_two_places_is_found_on_the_bill_of_the_other_service(usual: Any) -> None:
    usual.put(b.patient("q1"))
    usual.visit("v", "q1", "90834", "09:30", "10:15")
    usual.item("i", "q1", "90834", start="09:30", end="10:15", visit="v")
    assert {each["at"] for each in usual.run().everything("TIM07")} == {"ChargeItem/i"}
    usual.claim("c", "q1", ("90834", {"encounter": [b.ref("Encounter/v")]}))
    assert {each["at"] for each in usual.run().everything("TIM07")} == {"Claim/c#Claim.item[0]"}
    usual["Claim/c"]["status"] = usual["ChargeItem/i"]["status"] = "entered-in-error"
    assert {each["at"] for each in usual.run().everything("TIM07")} == {"Encounter/v"}


def test_findings_on_a_members_own_hour_during_the_group_stand_at_the_member(usual: Any) -> None:
    usual.visit("v", "p1", "90834", "09:30", "10:15")
    said = usual.run()
    assert said.outcome("p1") == ("held", "rule:TIM06")
    assert said.outcome("p2") == ("charged", None)
    assert [(each["at"], each["severity"], each["fix"]) for each in said.of("NCC02")] == [
        ("Encounter/v", "warning", None)
    ]
    assert [each["at"] for each in said.session("TIM07")] == ["Encounter/v"]
    assert said.session("NCC02") == said.session("NCC09") == []


@pytest.mark.parametrize(
    ("on", "severity"),
    [("2024-06-11", "warning"), ("2024-08-13", None), ("2025-06-10", None), ("2026-03-10", "warning")],
)
def test_a_pair_found_by_a_table_of_another_time_is_a_warning(clinic: Make, on: str, severity: str | None) -> None:
    made = clinic(4, on=on)
    made.item("ci9", "p1", "90834", start="14:00", end="14:45")
    said = made.run()
    assert [each["severity"] for each in said.of("NCC09")] == ([severity] if severity else [])
    assert len(said.of("NCC02")) == 1


def test_without_a_pair_an_old_table_is_an_information_once_per_session(usual: Any) -> None:
    said = usual.run()
    assert [each["severity"] for each in said.everything("NCC09")] == ["information"]
    assert said.session("NCC09")[0]["at"] == "Encounter/g1"
