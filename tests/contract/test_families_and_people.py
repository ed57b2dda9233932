"""Families, supervision, and facts about people that hold a charge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
DOCUMENTATION = "https://w3id.org/groupbill/fhir/CodeSystem/documentation"


def families(made: Any, relatives: int, code: str) -> Any:
    made["Encounter/g1"]["type"] = [b.coded(b.CPT, code)]
    for name in made.names:
        for number in range(relatives):
            person = {"resourceType": "RelatedPerson", "id": f"r{name}-{number}", "patient": b.ref(f"Patient/{name}")}
            made.put(person)
            taking_part = {"individual": b.ref(f"RelatedPerson/r{name}-{number}")}
            made[f"Encounter/g1-{name}"].setdefault("participant", []).append(taking_part)
    return made


def observed(made: Any, name: str, code: str) -> None:
    made.put(
        {
            "resourceType": "Observation",
            "id": f"{code}-{name}",
            "status": "final",
            "code": b.coded(DOCUMENTATION, code),
            "subject": b.ref(f"Patient/{name}"),
            "encounter": b.ref(f"Encounter/g1-{name}"),
            "valueBoolean": True,
        }
    )


@pytest.mark.parametrize(("role", "outcome"), [("ESC", ("charged", None)), ("PART", ("held", "rule:GRP05"))])
def test_parents_who_only_bring_their_children_make_no_families(
    clinic: Make, role: str, outcome: tuple[str, str | None]
) -> None:
    made = families(clinic(4), 1, "90853")
    for name in made.names:
        made[f"Encounter/g1-{name}"]["participant"][0]["type"] = [b.coded(b.PARTICIPATION_TYPE, role)]
    assert made.run().outcome() == outcome


def test_a_visit_of_somebody_who_had_died_says_what_speaks_against_it(clinic: Make) -> None:
    made = clinic(4)
    made["Patient/p1"]["deceasedDateTime"] = "2026-03-09"
    (found,) = made.run().of("CHG02")
    assert "(attendance-conflict: deceased)" in found["message"]


def test_one_mother_in_a_group_is_asked_about_at_her_child(clinic: Make) -> None:
    made = families(clinic(4), 1, "90853")
    for name in made.names[1:]:
        del made[f"Encounter/g1-{name}"]["participant"]
    said = made.run()
    assert [(said.outcome(name), len(said.of("GRP06", name))) for name in ("p1", "p2")] == [
        (("charged", None), 1),
        (("charged", None), 0),
    ]


def test_a_family_of_which_nobody_says_who_is_treated_holds_itself_and_not_the_others(clinic: Make) -> None:
    made = clinic(4)
    made["Encounter/g1"]["type"] = [b.coded(b.CPT, "90849")]
    for family in (("p1", "p2"), ("p3", "p4")):
        made.put(b.group("-".join(family), family))
    made["Group/g"]["member"] = [{"entity": b.ref(f"Group/{name}")} for name in ("p1-p2", "p3-p4")]
    made.drop("Encounter/g1-p4")
    said = made.run()
    assert {name: said.outcome(name) for name in made.names} == {
        "p1": ("held", "rule:GRP05"),
        "p2": ("held", "rule:GRP05"),
        "p3": ("charged", None),
        "p4": ("not-charged", "family-member"),
    }


@pytest.mark.parametrize(("number", "outcome"), [(8, ("charged", None)), (9, ("held", "rule:GRP09"))])
def test_connecticut_counts_patients_and_relatives_up_to_24(
    clinic: Make, number: int, outcome: tuple[str, str | None]
) -> None:
    said = families(clinic(number, "medicaid-ct"), 2, "90849").run()
    assert said.outcome() == outcome
    assert said.member()["lines"][0]["code"] == "90849"


def test_a_group_of_families_is_no_90853(clinic: Make) -> None:
    assert families(clinic(3), 1, "90853").run().outcome() == ("held", "rule:GRP05")


def test_interactive_complexity_is_charged_for_those_whose_record_shows_it(usual: Any) -> None:
    observed(usual, "p1", "interactive-complexity")
    said = usual.run()
    assert [each["code"] for each in said.member("p1")["lines"]] == ["90853", "90785"]
    assert [each["code"] for each in said.member("p2")["lines"]] == ["90853"]


@pytest.mark.parametrize(
    ("policy", "outcome"), [("medicare", ("charged", None)), ("commercial", ("held", "rule:PRV04"))]
)
def test_a_student_is_billed_under_the_supervisor_where_the_payer_takes_it(
    clinic: Make, policy: str, outcome: tuple[str, str | None]
) -> None:
    made = clinic(4, policy)
    made.put(b.practitioner("rivera", 7, "390200000X", None), b.practitioner("boss", 9, "103TC0700X"))
    made["Encounter/g1"]["extension"] = [
        {"url": EXTENSION + "supervisor", "valueReference": b.ref("Practitioner/boss")}
    ]
    for name in made.names:
        observed(made, name, "incident-to")
    assert made.run().outcome() == outcome
    paid = {
        each["careTeam"][0]["provider"]["reference"] for each in made.written() if each["resourceType"] == "Claim"
    }
    assert paid == ({"Practitioner/boss"} if outcome[0] == "charged" else set())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda made: made["Patient/p1"].update(deceasedDateTime="2026-03-09"), "attendance-conflict"),
        (lambda made: made["Organization/clinic"]["address"][0].update(line=["PO Box 12"]), "rule:PRV09"),
        (lambda made: made["Practitioner/rivera"]["identifier"][0].update(value="1234567890"), "rule:PRV08"),
        (lambda made: made.put(b.condition("p1", "V00.01XA")), "rule:DX05"),
        (lambda made: made["Condition/dx-p1"].update(abatementDateTime="2026-01-01"), "rule:DOC08"),
    ],
)
def test_a_wrong_fact_holds_the_charge(usual: Any, change: Callable[[Any], object], reason: str) -> None:
    change(usual)
    assert usual.run().outcome("p1") == ("held", reason)


def test_medicare_pays_a_rural_clinic_no_group(clinic: Make) -> None:
    made = clinic(4, "medicare")
    made["Organization/clinic"]["type"] = [b.coded(b.NUCC, "261QR1300X")]
    assert made.run().outcome() == ("held", "rule:PRV12")


def test_tricare_pays_no_group_during_an_inpatient_stay(clinic: Make) -> None:
    made = clinic(4, "tricare")
    stay = ("2026-03-08T10:00:00-05:00", "2026-03-12T10:00:00-05:00")
    made.put(b.encounter("stay", "Patient/p1", stay, category="IMP", code=None))
    said = made.run()
    assert said.outcome("p1") == ("held", "rule:PRV13")
    assert said.outcome("p2") == ("charged", None)


def test_equals_without_a_primary_performer_hold_everybody(usual: Any) -> None:
    usual.put(b.practitioner("chen", 8))
    usual["Encounter/g1"]["participant"] = [b.led_by("rivera", "SPRF"), b.led_by("chen", "SPRF")]
    assert usual.run().outcome() == ("held", "rule:PRV06")
