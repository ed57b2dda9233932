"""Every key of a payer policy changes what a run says or writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
DOCUMENTATION = "https://w3id.org/groupbill/fhir/CodeSystem/documentation"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"


class Payer:
    """A clinic whose payer has a policy file of its own."""

    def __init__(self, make: Callable[..., Any], folder: Path) -> None:
        self.make = make
        self.folder = folder
        self.clinic = make(4, "acme")

    def __call__(self, **values: Any) -> Any:
        return self.run("commercial", **values)

    def run(self, extends: str, settings: JSON | None = None, **values: Any) -> Any:
        named = {key.replace("__", "."): value for key, value in values.items()}
        policy = {"id": "acme", "title": "Acme", "extends": extends, "values": named}
        (self.folder / "acme.json").write_text(json.dumps(policy), encoding="utf-8")
        return self.clinic.run({"policies": {"files": ["acme.json"]}, **(settings or {})}, folder=self.folder)


@pytest.fixture
def payer(clinic: Callable[..., Any], tmp_path: Path) -> Payer:
    return Payer(clinic, tmp_path)


def remote(clinic: Any, place: str | None = "home", modality: str = "video") -> None:
    clinic.put(b.location("home", "10"))
    for name in clinic.names:
        visit = clinic[f"Encounter/g1-{name}"]
        visit["class"] = {**visit["class"], "code": "VR"}
        visit["extension"] = [{"url": EXTENSION + "modality", "valueCode": modality}]
        if place:
            visit["location"] = [{"location": b.ref(f"Location/{place}")}]


def second(clinic: Any, start: str = "14:00", end: str = "15:00") -> None:
    clinic.put(
        b.group("h", ["p1", "p2"]),
        b.encounter("h1", "Group/h", clinic.hours(start, end), leader="rivera", location="room"),
    )
    for name in ("p1", "p2"):
        more: JSON = {"leader": None, "location": None, "part_of": "h1", "diagnosis": f"dx-{name}"}
        clinic.visit(f"h1-{name}", name, None, start, end, **more)


def flag(clinic: Any, code: str, **value: Any) -> None:
    for name in clinic.names:
        clinic.put(
            {
                "resourceType": "Observation",
                "id": f"{code}-{name}",
                "status": "final",
                "code": b.coded(DOCUMENTATION, code),
                "subject": b.ref(f"Patient/{name}"),
                "encounter": b.ref(f"Encounter/g1-{name}"),
                **value,
            }
        )


def modifiers(said: Any, session: int = 0) -> list[str]:
    found: list[str] = said.member(session=session)["lines"][0]["modifiers"]
    return found


@pytest.mark.parametrize(
    ("values", "rule", "severity"),
    [
        ({"group_size__min": 5}, "GRP01", "error"),
        ({"group_size__max": 3}, "GRP02", "error"),
        ({"group_size__usual_min": 5}, "GRP08", "information"),
        ({"group_size__unrelated_min": 5}, "GRP06", "error"),
        ({"minutes__min": 61}, "TIM03", "error"),
        ({"minutes__warn_below": 61}, "TIM04", "warning"),
        ({"minutes__warn_above": 59}, "TIM04", "warning"),
        ({"dx__primary_prefixes": ["G"]}, "DX02", "warning"),
        ({"authorization_required": True}, "AUT01", "error"),
        ({"referral_required": True}, "PRV11", "error"),
        ({"timely_filing_days": 17}, "CLM06", "error"),
        ({"rendering__taxonomies": ["103T"]}, "PRV01", "error"),
        ({"documentation": {"note": "required"}}, "DOC04", "error"),
        ({"documentation": {"plan": "required"}}, "DOC06", "warning"),
        ({"documentation": {"count": "required"}}, "GRP07", "warning"),
    ],
)
def test_a_limit_of_the_payer_is_judged(payer: Payer, values: JSON, rule: str, severity: str) -> None:
    assert [each for each in payer().of(rule) if each["verdict"] == "fail"] == []
    said = payer(**values)
    assert [each["severity"] for each in said.of(rule)] == [severity]
    assert said.outcome() == (("held", f"rule:{rule}") if severity == "error" else ("charged", None))


def test_the_last_day_to_file_is_included(payer: Payer) -> None:
    assert payer(timely_filing_days=18).outcome() == ("charged", None)


def test_the_share_of_the_session_below_which_to_warn(payer: Payer) -> None:
    payer.clinic["Encounter/g1-p1"]["period"] = dict(
        zip(("start", "end"), payer.clinic.hours("09:35", "10:00"), strict=True)
    )
    assert [each["severity"] for each in payer().of("CHG06")] == ["warning"]
    assert payer(minutes__attended_share=0.4).of("CHG06") == []


def test_intermediate_care_has_a_minimum_of_its_own(payer: Payer) -> None:
    assert payer(minutes__min=61, minutes__min_intermediate_care=50).outcome() == ("held", "rule:TIM03")
    flag(payer.clinic, "intermediate-care", valueBoolean=True)
    assert payer(minutes__min=61, minutes__min_intermediate_care=50).outcome() == ("charged", None)


def test_the_number_attending_on_file_must_be_right(payer: Payer) -> None:
    flag(payer.clinic, "number-attending", valueInteger=4)
    assert payer().of("DOC02") == []
    flag(payer.clinic, "number-attending", valueInteger=7)
    assert [each["verdict"] for each in payer().of("DOC02")] == ["fail"]


def test_sessions_of_a_day_are_allowed_and_marked(payer: Payer) -> None:
    second(payer.clinic)
    assert payer().outcome(session=1) == ("held", "rule:MUE01")
    assert payer(units_per_day=2).outcome(session=1) == ("charged", None)
    said = payer(sessions_per_day=2)
    assert (modifiers(said), modifiers(said, 1)) == ([], ["76"])
    assert said.outcome(session=1) == ("charged", None)
    assert modifiers(payer(sessions_per_day=2, repeat_modifier="59"), 1) == ["59"]
    assert modifiers(payer(sessions_per_day=2, repeat_modifier=None), 1) == []


@pytest.mark.parametrize(("earlier", "held"), [("2026-03-04", True), ("2026-03-03", False)])
def test_a_rolling_window_has_both_ends_included(payer: Payer, earlier: str, held: bool) -> None:
    payer.clinic.item("x", "p1", "90853", occurrenceDateTime=earlier)
    said = payer(frequency=[{"codes": ["90853"], "days": 7, "max": 1}])
    assert said.outcome() == (("held", "rule:FRQ01") if held else ("charged", None))


def test_ncci_can_be_switched_off_and_widened(payer: Payer) -> None:
    payer.clinic.item("x", "p1", "90791", start="14:00", end="15:00")
    assert payer().outcome() == ("held", "rule:NCC01")
    assert payer(ncci=False).outcome() == ("charged", None)
    payer.clinic.put(b.practitioner("chen", 8))
    organization = b.ref("Organization/clinic")
    payer.clinic.item(
        "x", "p1", "90791", start="14:00", end="15:00", leader="chen", performingOrganization=organization
    )
    assert payer().outcome() == ("charged", None)
    assert payer(ncci_scope="billing").outcome() == ("held", "rule:NCC01")


@pytest.mark.parametrize(
    ("values", "fix"),
    [({}, "XE"), ({"separate_encounter_modifier": "59"}, "59"), ({"accepts_x_modifiers": False}, "59")],
)
def test_the_fix_is_the_payers_modifier(payer: Payer, values: JSON, fix: str) -> None:
    payer.clinic.item("x", "p1", "90834", start="14:00", end="15:00")
    assert payer(**values).of("NCC02")[0]["fix"] == {"line": "ChargeItem/x", "modifier": fix}


def test_an_x_modifier_does_not_bypass_where_the_payer_takes_none(payer: Payer) -> None:
    payer.clinic.item("x", "p1", "90834", "XE", start="14:00", end="15:00")
    assert payer().of("NCC02")[0]["verdict"] == "bypassed"
    assert payer(accepts_x_modifiers=False).of("NCC02")[0]["verdict"] == "fail"


def test_some_payers_look_at_column_two_alone(payer: Payer) -> None:
    payer.clinic.item("x", "p1", "90853", "XE", start="14:00", end="15:00")
    payer.clinic.item("y", "p1", "90834", start="16:00", end="17:00")
    payer.clinic.bills()

    def verdicts(**values: Any) -> list[str]:
        payer(**values)
        said = payer.clinic.check({"policies": {"files": ["acme.json"]}}, folder=payer.folder)
        return [each["verdict"] for each in said.at("ChargeItem/y", "NCC02")]

    assert verdicts() == ["bypassed"]
    assert verdicts(modifier_placement="column2") == ["fail"]


@pytest.mark.parametrize(
    ("modality", "values", "expected"),
    [
        ("video", {}, ["95"]),
        ("video", {"video_modifier": "GT"}, ["GT"]),
        ("video", {"video_modifier": None}, []),
        ("audio", {}, ["93"]),
        ("audio", {"audio_modifier": "FQ"}, ["FQ"]),
        ("audio", {"audio_modifier": None}, []),
        ("video", {"group_modifier": "HQ"}, ["HQ", "95"]),
        ("video", {"group_modifier": "HQ", "modifier_order": ["95", "HQ"]}, ["95", "HQ"]),
        ("video", {"group_modifier": "HQ", "modifier_order": ["T"]}, ["95", "HQ"]),
        ("video", {"group_modifier": "HQ", "license_modifiers": {"1041C0700X": "AJ"}}, ["HQ", "AJ", "95"]),
    ],
)
def test_modifiers_are_the_payers_and_in_its_order(
    payer: Payer, modality: str, values: JSON, expected: list[str]
) -> None:
    remote(payer.clinic, modality=modality)
    said = payer(**values)
    assert sorted(modifiers(said)) == sorted(expected)
    assert [each for each in modifiers(said) if each in ("95", "GT", "HQ")] == [
        each for each in expected if each in ("95", "GT", "HQ")
    ]
    assert said.member()["lines"][0]["placeOfService"] == "10"
    assert said.outcome() == ("charged", None)


def test_two_leaders_are_two_claims_where_the_payer_pays_two(payer: Payer) -> None:
    payer.clinic.put(b.practitioner("chen", 8))
    payer.clinic["Encounter/g1"]["participant"].append(b.led_by("chen", "SPRF"))
    steps = [each["resource"].split("/")[0] for each in payer().member()["plan"]]
    assert sorted(steps) == ["ChargeItem", "Claim"]
    steps = [each["resource"].split("/")[0] for each in payer(rendering__max=2).member()["plan"]]
    assert sorted(steps) == ["ChargeItem", "ChargeItem", "Claim", "Claim"]


def test_sharing_a_session_between_billers_is_the_payers_decision(payer: Payer) -> None:
    def billed(**values: Any) -> dict[str, str]:
        payer(**values)
        resources = payer.clinic.written({"policies": {"files": ["acme.json"]}}, folder=payer.folder)
        claims = [each for each in resources if each["resourceType"] == "Claim"]
        return {each["patient"]["reference"]: each["careTeam"][0]["provider"]["reference"] for each in claims}

    payer.clinic.put(b.practitioner("chen", 8))
    payer.clinic["Encounter/g1"]["participant"].append(b.led_by("chen", "SPRF"))
    payer.clinic["Encounter/g1-p1"]["participant"] = [b.led_by("chen")]
    assert set(billed().values()) == {"Practitioner/rivera"}
    assert billed(rendering__split=True)["Patient/p1"] == "Practitioner/chen"
    assert billed(rendering__split=True)["Patient/p2"] == "Practitioner/rivera"


def test_authorizations_are_found_where_they_are_kept(payer: Payer) -> None:
    payer.clinic["Coverage/cov-p1"]["extension"] = [{"url": EXTENSION + "authorization", "valueString": "A9"}]
    said = payer(authorization_required=True)
    assert said.outcome("p1") == ("charged", None)
    assert said.outcome("p2") == ("held", "rule:AUT01")


def test_another_code_and_timed_units(payer: Payer) -> None:
    line = payer(session_code={"90853": "H0004"}).member()["lines"][0]
    assert (line["code"], line["units"], line["amount"]) == ("H0004", 1, "30.00")
    line = payer(session_code={"90853": "H0004"}, unit_minutes=15).member()["lines"][0]
    assert (line["code"], line["units"], line["amount"]) == ("H0004", 4, "120.00")


def test_what_the_payer_is_expected_to_allow(payer: Payer) -> None:
    def allowed(said: Any) -> str | None:
        found: str | None = said.member()["lines"][0]["expectedAllowed"]
        return found

    assert allowed(payer()) is None
    assert allowed(payer(allowed={"90853": "31.50"})) == "31.50"
    assert allowed(payer(allowed="medicare-pfs")) == "30.39"
    assert allowed(payer(allowed="medicare-pfs", rendering__percent={"1041C0700X": 75})) == "22.80"


def test_severities_rule_then_policy_then_settings(payer: Payer) -> None:
    assert payer(severity={"DX06": "error"}).session("DX06")[0]["severity"] == "warning"
    assert payer(group_size__usual_min=5, severity={"GRP08": "error"}).outcome() == ("held", "rule:GRP08")
    said = payer.run(
        "commercial",
        {"rules": {"severity": {"GRP08": "information"}}},
        group_size__usual_min=5,
        severity={"GRP08": "error"},
    )
    assert said.outcome() == ("charged", None)
    assert said.of("GRP08")[0]["severity"] == "information"


def test_no_data_holds_where_the_payer_says_so(payer: Payer) -> None:
    said = payer()
    assert (said.of("DOC04")[0]["verdict"], said.of("DOC04")[0]["severity"]) == ("no-data", "information")
    assert said.report["rules"]["DOC04"]["noData"] == 4
    assert payer(no_data="hold").outcome() == ("held", "rule:DOC04")
    assert payer(no_data="hold", documentation={"note": "off"}).outcome() == ("charged", None)


def test_fixes_are_applied_to_our_own_lines_on_evidence(payer: Payer) -> None:
    payer.clinic.item("x", "p1", "90867", start="14:00", end="14:30")
    said = payer()
    assert said.outcome() == ("held", "rule:NCC02")
    assert said.of("NCC02")[0]["fix"] == {"line": said.member()["chargeItem"], "modifier": "XE"}
    said = payer(apply_fixes=True)
    assert (said.outcome(), modifiers(said)) == (("charged", None), ["XE"])
    assert said.report["rules"]["NCC02"] == {"pass": 3, "fail": 0, "bypassed": 1, "noData": 0}
    payer.clinic.item("x", "p1", "90867")
    assert payer(apply_fixes=True).outcome() == ("held", "rule:NCC02")


def test_a_sent_claim_keeps_the_fix_it_has_and_gets_no_other(payer: Payer) -> None:
    clinic = payer.clinic
    clinic.item("x", "p1", "90867", start="14:00", end="14:30")
    payer(apply_fixes=True)
    written = clinic.written({"policies": {"files": ["acme.json"]}}, folder=payer.folder)
    clinic.put(*written)
    claim = next(
        each for each in written if each["resourceType"] == "Claim" and each["patient"] == b.ref("Patient/p1")
    )
    clinic.put(b.answer(claim, "ICN1", "plan"))
    said = payer(apply_fixes=True)
    assert (said.outcome(), modifiers(said)) == (("charged", None), ["XE"])
    assert {step["action"] for step in said.member()["plan"]} == {"keep"}
    bare = {**claim, "item": [{key: value for key, value in claim["item"][0].items() if key != "modifier"}]}
    clinic.put(bare)
    said = payer(apply_fixes=True)
    assert said.outcome() == ("held", "rule:NCC02")
    assert {"resource": f"Claim/{claim['id']}", "action": "keep"} in said.member()["plan"]


def test_fixes_are_never_applied_to_what_others_wrote(payer: Payer) -> None:
    payer.clinic.item("x", "p1", "90834", start="14:00", end="14:30")
    said = payer(apply_fixes=True)
    assert said.of("NCC02")[0]["fix"] == {"line": "ChargeItem/x", "modifier": "XE"}
    assert all(each["resource"] != "ChargeItem/x" for each in said.member()["plan"])


def attended(clinic: Callable[..., Any], number: int, policy: str) -> Any:
    return clinic(number, policy).run()


@pytest.mark.parametrize(
    ("policy", "number", "severity"),
    [
        ("default", 13, "warning"),
        ("commercial", 13, "warning"),
        ("medicare", 10, None),
        ("medicare", 11, "information"),
        ("medicare", 12, "information"),
        ("medicare", 13, "warning"),
        ("medicare-ngs", 12, None),
        ("medicare-ngs", 13, "error"),
        ("medicaid-ct", 13, "error"),
        ("medicaid-nh", 10, None),
        ("medicaid-nh", 11, "error"),
        ("medicaid-wi", 11, "error"),
        ("medicaid-ny-588", 13, "error"),
        ("medicaid-il", 13, "warning"),
    ],
)
def test_the_largest_group_of_each_payer(
    clinic: Callable[..., Any], policy: str, number: int, severity: str | None
) -> None:
    said = attended(clinic, number, policy)
    assert [each["severity"] for each in said.of("GRP02")] == ([severity] if severity else [])
    held = ("held", "rule:GRP02") if severity == "error" else ("charged", None)
    if policy != "medicaid-ny-588" or severity:
        assert said.outcome() == held


@pytest.mark.parametrize(
    ("policy", "minutes", "severity"),
    [
        ("medi-cal", 80, "error"),
        ("medi-cal", 90, None),
        ("medicaid-ct", 40, "error"),
        ("medicaid-ct", 45, None),
        ("medicaid-ny-588", 50, "error"),
        ("medicaid-ny-588", 60, None),
        ("medicaid-il", 40, "warning"),
        ("commercial", 40, None),
    ],
)
def test_the_shortest_session_of_each_payer(
    clinic: Callable[..., Any], policy: str, minutes: int, severity: str | None
) -> None:
    made = clinic(4, policy)
    end = f"{9 + minutes // 60:02}:{minutes % 60:02}"
    for name in ("g1", *(f"g1-{each}" for each in made.names)):
        made[f"Encounter/{name}"]["period"]["end"] = made.hours("09:00", end)[1]
    assert [each["severity"] for each in made.run().of("TIM03")] == ([severity] if severity else [])


def test_illinois_pays_two_groups_in_seven_days(clinic: Callable[..., Any]) -> None:
    made = clinic(4, "medicaid-il")
    made.item("a", "p1", "90853", occurrenceDateTime="2026-03-04")
    made.item("b", "p1", "90853", occurrenceDateTime="2026-03-07")
    said = made.run()
    assert said.outcome("p1") == ("held", "rule:FRQ01")
    assert said.outcome("p2") == ("charged", None)


def test_illinois_asks_for_a_diagnosed_mental_illness(clinic: Callable[..., Any]) -> None:
    made = clinic(4, "medicaid-il")
    made["Condition/dx-p1"]["code"]["coding"][0]["code"] = "Z63.0"
    said = made.run()
    assert said.outcome("p1") == ("held", "rule:DX02")
    assert said.outcome("p2") == ("charged", None)


@pytest.mark.parametrize(
    ("on", "outcome"), [("2027-12-14", ("charged", None)), ("2028-01-11", ("held", "rule:TEL11"))]
)
def test_medicare_asks_for_a_visit_in_person_from_2028(
    clinic: Callable[..., Any], on: str, outcome: tuple[str, str | None]
) -> None:
    made = clinic(4, "medicare", on)
    remote(made)
    said = made.run()
    assert said.outcome() == outcome
    assert [each["severity"] for each in said.of("TEL11")] == ["error" if outcome[1] else "information"]


@pytest.mark.parametrize(
    ("on", "outcome"), [("2023-12-12", ("held", "rule:PRV02")), ("2024-01-09", ("charged", None))]
)
def test_medicare_pays_family_therapists_from_2024(
    clinic: Callable[..., Any], on: str, outcome: tuple[str, str | None]
) -> None:
    made = clinic(4, "medicare", on)
    made.put(b.practitioner("rivera", 7, "106H00000X"))
    assert made.run().outcome() == outcome
    made.claim("c1", "p1", "90853")
    found = made.bills().check().at("Claim/c1", "PRV02")
    assert [each["at"] for each in found] == (["Claim/c1#Claim.careTeam[0]"] if outcome[1] else [])


def test_wisconsin_pays_two_leaders(clinic: Callable[..., Any]) -> None:
    made = clinic(4, "medicaid-wi")
    made.put(b.practitioner("chen", 8))
    made["Encounter/g1"]["participant"].append(b.led_by("chen", "SPRF"))
    said = made.run()
    claims = [each for each in said.member()["plan"] if each["resource"].startswith("Claim/")]
    assert (said.outcome(), len(claims)) == (("charged", None), 2)


@pytest.mark.parametrize(("place", "amount"), [("home", "22.80"), (None, "18.29")])
def test_medicare_pays_less_for_telehealth_elsewhere(
    clinic: Callable[..., Any], place: str | None, amount: str
) -> None:
    made = clinic(4, "medicare")
    remote(made, place)
    line = made.run().member()["lines"][0]
    assert (line["placeOfService"], line["expectedAllowed"]) == ("10" if place else "02", amount)


def test_tricare_takes_no_z_code_and_others_warn(clinic: Callable[..., Any]) -> None:
    for policy, outcome in (("tricare", ("held", "rule:DX02")), ("commercial", ("charged", None))):
        made = clinic(4, policy)
        made.put(b.condition("p1", "Z63.0"))
        assert made.run().outcome() == outcome


def test_dated_values_are_in_force_on_both_their_ends(payer: Payer) -> None:
    def on(first: date, last: date) -> Any:
        return payer(group_size__max=[{"value": 3, "from": first.isoformat(), "to": last.isoformat()}]).outcome()

    day = date(2026, 3, 10)
    assert on(day, day) == ("held", "rule:GRP02")
    assert on(date(2026, 3, 11), date(2026, 3, 31)) == on(date(2026, 3, 1), date(2026, 3, 9)) == ("charged", None)
