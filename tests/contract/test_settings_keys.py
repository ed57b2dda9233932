"""Every key of the settings changes what a run says or writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill import Settings
from groupbill.errors import GroupBillError
from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]


def line(said: Any, patient: str = "p1") -> JSON:
    found: JSON = said.member(patient)["lines"][0]
    return found


def test_the_date_of_service_is_the_sites(clinic: Make) -> None:
    made = clinic(4)
    for name in ("g1", *(f"g1-{each}" for each in made.names)):
        made[f"Encounter/{name}"]["period"] = {"start": "2026-03-11T04:30:00Z", "end": "2026-03-11T05:30:00Z"}
    dates = [
        made.run(settings).report["sessions"][0]["dateOfService"]
        for settings in (
            {},
            {"timezones": {"Location/room": "America/New_York"}},
            {"timezones": {"Organization/clinic": "America/New_York"}},
            {"timezone": "America/New_York"},
        )
    ]
    assert dates == ["2026-03-10", "2026-03-11", "2026-03-11", "2026-03-11"]


def test_the_namespace_is_part_of_every_identity(usual: Any) -> None:
    first, second = usual.run().member(), usual.run({"namespace": "north"}).member()
    assert first["chargeItem"] != second["chargeItem"]
    assert first["claim"] != second["claim"]


def test_a_roster_is_attendance_only_where_the_site_says_so(clinic: Make) -> None:
    made = clinic(4)
    made.drop(*(f"Encounter/g1-{name}" for name in made.names))
    said = made.run()
    assert said.outcome() == ("held", "attendance-unverified")
    assert [each["severity"] for each in said.of("CHG02")] == ["warning"]
    assert made.run({"roster_is_attendance": True}).outcome() == ("charged", None)


def test_an_answer_can_say_who_was_there(clinic: Make) -> None:
    made = clinic(4)
    made.drop(*(f"Encounter/g1-{name}" for name in made.names))
    for name in ("p1", "p2"):
        made.put(
            {
                "resourceType": "Observation",
                "id": f"there-{name}",
                "status": "final",
                "code": {"text": "attendance"},
                "subject": b.ref(f"Patient/{name}"),
                "encounter": b.ref("Encounter/g1"),
                "valueCodeableConcept": b.coded("http://example.org/att", "PRESENT"),
            }
        )
    said = made.run({"attendance": {"codes": ["http://example.org/att|PRESENT"]}})
    assert [said.outcome(name)[0] for name in ("p1", "p3")] == ["charged", "held"]
    assert said.member()["attendance"]["evidence"] == "attendance-record"


@pytest.mark.parametrize("place", ["02", "10"])
def test_the_place_of_a_remote_participant_who_did_not_say(clinic: Make, place: str) -> None:
    made = clinic(4)
    visit = made["Encounter/g1-p1"]
    visit["class"] = {**visit["class"], "code": "VR"}
    said = made.run({"remote_place_of_service": place})
    assert line(said)["placeOfService"] == place
    assert [each["severity"] for each in said.of("TEL01")] == ["warning"]


def test_the_price_is_the_settings_before_the_catalogue(clinic: Make) -> None:
    made = clinic(4)
    price = {"priceComponent": [{"type": "base", "amount": {"value": 55, "currency": "USD"}}]}
    made.put(
        {
            "resourceType": "ChargeItemDefinition",
            "id": "group",
            "url": "http://example.org/group",
            "status": "active",
            "code": b.coded(b.CPT, "90853"),
            "propertyGroup": [price],
        }
    )
    assert line(made.run())["amount"] == "120.00"
    table = {"timezone": "America/Chicago", "payers": {"Organization/plan": "commercial"}}
    made.settings = lambda *_: Settings.parse(table)
    assert line(made.run())["amount"] == "55"
    made.drop("ChargeItemDefinition/group")
    assert made.run().outcome() == ("held", "rule:CHG08")


@pytest.mark.parametrize("named", ["by resource", "by identifier"])
def test_a_payer_is_named_by_reference_or_identifier(clinic: Make, named: str) -> None:
    made = clinic(4, None)
    made["Organization/plan"]["identifier"] = [{"system": "http://example.org/payer", "value": "NHMCD"}]
    if named == "by identifier":
        logical = {"identifier": {"system": "http://example.org/payer", "value": "NHMCD"}}
        made["Coverage/cov-p1"]["payor"] = [logical]
    said = made.run({"payers": {"http://example.org/payer|NHMCD": "medicaid-nh"}})
    assert said.member()["policy"] == "medicaid-nh"


@pytest.mark.parametrize(
    ("kind", "policy", "outcome"),
    [
        ("1", "medicare", "charged"),
        ("111", "medicare", "charged"),
        ("2", "medicaid", "charged"),
        ("311", "tricare", "charged"),
        ("32", "default", "charged"),
        ("5", "commercial", "charged"),
        ("613", "commercial", "charged"),
        ("81", "self-pay", "patient-pay"),
        ("99", "default", "charged"),
    ],
)
def test_an_unlisted_payer_is_judged_by_its_type_of_payment(
    clinic: Make, kind: str, policy: str, outcome: str
) -> None:
    made = clinic(4, None)
    made["Coverage/cov-p1"]["type"] = b.coded("https://nahdo.org/sopt", kind)
    said = made.run()
    assert (said.member()["policy"], said.member()["outcome"]) == (policy, outcome)
    told = [(each["severity"], each["at"]) for each in said.of("ENG04")]
    assert told == ([("information", "Coverage/cov-p1")] if policy == "default" else [])


@pytest.mark.parametrize("where", ["type", "serviceType", "Group code", "Group"])
def test_a_site_says_what_its_codes_mean(clinic: Make, where: str) -> None:
    made, meaning = clinic(4), b.coded("http://example.org/visit", "FAMGRP")
    visit, key = made["Encounter/g1"], "http://example.org/visit|FAMGRP"
    del visit["type"]
    if where == "type":
        visit["type"] = [meaning]
    elif where == "serviceType":
        visit["serviceType"] = meaning
    elif where == "Group code":
        made["Group/g"]["code"] = meaning
    else:
        key = "Group/g"
    assert line(made.run())["code"] == "90853"
    assert line(made.run({"session_codes": {key: "90849"}}))["code"] == "90849"


def test_the_billing_provider_of_the_settings_stands_in(clinic: Make) -> None:
    made = clinic(4)
    for name in ("g1", *(f"g1-{each}" for each in made.names)):
        del made[f"Encounter/{name}"]["serviceProvider"]
    assert made.run().outcome() == ("held", "rule:PRV08")
    assert made.run({"billing": {"provider": "Organization/clinic"}}).outcome() == ("charged", None)


def test_rules_are_ignored_by_code_or_prefix_and_weighed(clinic: Make) -> None:
    made = clinic(3)
    assert made.run().everything("GRP08") != []
    assert made.run({"rules": {"ignore": ["GRP08"]}}).everything("GRP08") == []
    assert "GRP08" not in made.run({"rules": {"ignore": ["GRP08"]}}).report["rules"]
    assert made.run({"rules": {"severity": {"GRP08": "error"}}}).outcome() == ("held", "rule:GRP08")


def test_claims_can_wait_for_a_person(usual: Any) -> None:
    def status(settings: JSON) -> set[str]:
        return {each["status"] for each in usual.written(settings) if each["resourceType"] == "Claim"}

    assert status({}) == {"active"}
    assert status({"write": {"claim_status": "draft"}}) == {"draft"}


@pytest.mark.parametrize(
    ("locality", "amount"), [("", "27.63"), ("06102-16", "28.60"), ("06102-99", "27.33"), ("02102-01", "38.19")]
)
def test_medicare_pays_by_locality(clinic: Make, locality: str, amount: str) -> None:
    made = clinic(4, "medicare", "2024-06-11")
    made.put(b.practitioner("rivera", 7, "2084P0800X", "MD"))
    assert line(made.run({"medicare": {"locality": locality}}))["expectedAllowed"] == amount


def loose(made: Any, starts: tuple[str, ...]) -> None:
    """One visit per patient and nothing that ties them together (shape C)."""
    made.drop("Encounter/g1", "Group/g")
    for name, start in zip(made.names, starts, strict=True):
        visit = made[f"Encounter/g1-{name}"]
        del visit["partOf"]
        visit["type"] = [b.coded(b.CPT, "90853")]
        visit["participant"] = [b.led_by("rivera")]
        visit["location"] = [{"location": b.ref("Location/room")}]
        visit["period"] = dict(zip(("start", "end"), made.hours(start, "10" + start[2:]), strict=True))


def test_visits_that_start_close_together_are_one_session(clinic: Make) -> None:
    made = clinic(4)
    loose(made, ("09:00", "09:00", "09:00", "09:08"))
    assert max(each["attended"] for each in made.run().report["sessions"]) == 3
    assert max(each["attended"] for each in made.run({"sessions": {"slot_minutes": 10}}).report["sessions"]) == 4


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ({"timzone": "America/Chicago"}, "timezone"),
        ({"timezone": "America/Chicgo"}, "America/Chicago"),
        ({"write": {"claim_status": "drft"}}, "draft"),
        ({"write": {"max_correction": 3}}, "max_corrections"),
        ({"rules": {"severity": {"GRP02": "eror"}}}, "error"),
    ],
)
def test_a_slip_is_refused_with_the_nearest_word(table: JSON, hint: str) -> None:
    with pytest.raises(GroupBillError, match=f"did you mean '{hint}'") as refused:
        Settings.parse(table)
    assert refused.value.exit_status == 2


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ({"payers": {"Organization/x": "medicar"}}, "medicare"),
        ({"rules": {"ignore": ["GRP8"]}}, "GRP08"),
        ({"rules": {"severity": {"NCC9": "information"}}}, "NCC09"),
    ],
)
def test_unknown_policies_and_rules_are_refused_when_the_host_starts(clinic: Make, table: JSON, hint: str) -> None:
    with pytest.raises(GroupBillError, match=f"did you mean '{hint}'"):
        clinic(4).host(table)


@pytest.mark.parametrize("code", ["ENG01", "ENG02", "ENG03"])
def test_what_the_engine_says_of_itself_cannot_be_changed(clinic: Make, code: str) -> None:
    for table in ({"ignore": [code]}, {"severity": {code: "information"}}):
        with pytest.raises(GroupBillError, match="can't be changed"):
            clinic(4).host({"rules": table})
