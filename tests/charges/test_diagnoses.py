"""Diagnoses: the clinician's ranking, else what was active on the date."""

from __future__ import annotations

import pytest

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def condition(world, identity, code, **elements):
    return world.put(
        {
            "resourceType": "Condition",
            "id": identity,
            "subject": {"reference": "Patient/p1"},
            "code": world.coded(world.ICD, code),
            **elements,
        }
    )


def codes(world):
    return [each.code for each in world.gather().diagnoses]


def unranked(world):
    return world.change("Encounter/g1-p1", diagnosis=None).drop("Condition/p1")


def test_the_own_encounters_diagnosis_is_ranked_and_active(world):
    (found,) = world.gather().diagnoses
    assert (found.code, found.condition, found.ranked, found.active) == ("F33.1", "Condition/p1", True, True)


def test_the_clinicians_order_is_kept_even_with_a_z_code_first(world):
    condition(world, "z", "Z63.0")
    world.change(
        "Encounter/g1-p1",
        diagnosis=[
            {"condition": {"reference": "Condition/p1"}, "rank": 2},
            {"condition": {"reference": "Condition/z"}, "rank": 1},
        ],
    )
    assert codes(world) == ["Z63.0", "F33.1"]


def test_active_conditions_stand_in_f_chapter_first(world):
    unranked(world)
    condition(world, "a", "E11.9")
    condition(world, "b", "F41.1")
    condition(world, "c", "f33.1")
    assert codes(world) == ["F33.1", "F41.1", "E11.9"]
    assert [each.ranked for each in world.gather().diagnoses] == [False, False, False]


@pytest.mark.parametrize(
    ("elements", "counts"),
    [
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]}}, True),
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "recurrence"}]}}, True),
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "relapse"}]}}, True),
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "inactive"}]}}, False),
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "remission"}]}}, False),
        ({"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "resolved"}]}}, False),
        ({"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "refuted"}]}}, False),
        ({"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "entered-in-error"}]}}, False),
        ({"verificationStatus": {"coding": [{"system": VERIFICATION, "code": "provisional"}]}}, True),
        ({"onsetDateTime": "2026-03-10"}, True),
        ({"onsetDateTime": "2026-03-11"}, False),
        ({"onsetDateTime": "2026"}, True),
        ({"onsetDateTime": "2026-04"}, False),
        ({"onsetPeriod": {"start": "2026-03-11"}}, False),
        ({"abatementDateTime": "2026-03-10"}, True),
        ({"abatementDateTime": "2026-03-09"}, False),
        ({"abatementDateTime": "2025"}, False),
        ({"abatementPeriod": {"end": "2026-03-09"}}, False),
    ],
)
def test_a_condition_counts_while_it_was_active(world, elements, counts):
    condition(unranked(world), "a", "F33.1", **elements)
    assert codes(world) == (["F33.1"] if counts else [])


def test_a_condition_resolved_since_was_active_on_the_date(world):
    resolved = {"coding": [{"system": CLINICAL, "code": "resolved"}]}
    condition(unranked(world), "a", "F33.1", clinicalStatus=resolved, abatementDateTime="2026-03-20")
    assert codes(world) == ["F33.1"]


def test_a_ranked_diagnosis_that_ended_is_kept_as_inactive(world):
    world.change("Condition/p1", abatementDateTime="2026-01-01")
    assert [(each.code, each.active) for each in world.gather().diagnoses] == [("F33.1", False)]


def test_a_withdrawn_ranked_diagnosis_gives_way_to_active_conditions(world):
    world.change("Condition/p1", verificationStatus=world.coded(VERIFICATION, "entered-in-error"))
    condition(world, "b", "F41.1")
    assert codes(world) == ["F41.1"]


def test_only_icd10cm_counts(world):
    world.change("Condition/p1", code=world.coded("http://snomed.info/sct", "370143000"))
    assert codes(world) == []


def test_the_icd_coding_is_found_beside_a_snomed_one_and_gets_its_dot(world):
    world.change(
        "Condition/p1",
        code={
            "coding": [
                {"system": "http://snomed.info/sct", "code": "370143000"},
                {"system": "urn:oid:2.16.840.1.113883.6.90", "code": "F331"},
            ]
        },
    )
    assert codes(world) == ["F33.1"]


def test_no_code_twice_and_at_most_twelve(world):
    unranked(world)
    condition(world, "again", "F10.10")
    for number in range(10, 26):
        condition(world, f"c{number}", f"F{number}.10")
    assert codes(world) == [f"F{number}.10" for number in range(10, 22)]


def test_another_patients_condition_is_never_taken(world):
    condition(world, "p2", "F20.9", subject={"reference": "Patient/p2"})
    world.change("Encounter/g1-p1", diagnosis=[{"condition": {"reference": "Condition/p2"}, "rank": 1}])
    assert codes(world) == ["F33.1"]


def test_a_code_on_the_r5_encounter_itself_counts(world):
    world.change("Encounter/g1-p1", diagnosis=[{"condition": [{"concept": world.coded(world.ICD, "F40.10")}]}])
    (found,) = world.gather().diagnoses
    assert (found.code, found.condition, found.active, found.ranked) == ("F40.10", None, None, True)


def test_a_contained_condition_counts(world):
    inner = {
        "resourceType": "Condition",
        "id": "x",
        "code": world.coded(world.ICD, "F43.10"),
        "subject": {"reference": "Patient/p1"},
    }
    world.change("Encounter/g1-p1", contained=[inner], diagnosis=[{"condition": {"reference": "#x"}}])
    assert codes(world) == ["F43.10"]


def test_a_contained_condition_is_that_of_the_patient_contained_beside_it(world):
    outside = {"system": "http://lakeside.example/mrn", "value": "MRN-x"}
    world.change("Patient/p1", identifier=[outside])
    beside = {"resourceType": "Patient", "id": "y", "identifier": [outside]}
    inner = {
        "resourceType": "Condition",
        "id": "x",
        "code": world.coded(world.ICD, "F43.10"),
        "subject": {"reference": "#y"},
    }
    world.change("Encounter/g1-p1", contained=[inner, beside], diagnosis=[{"condition": {"reference": "#x"}}])
    assert codes(world) == ["F43.10"]
    world.change("Patient/p1", identifier=[{**outside, "value": "MRN-other"}])
    assert codes(world) == ["F33.1"]


def test_a_line_points_at_four_at_most(world):
    unranked(world)
    for number in range(10, 16):
        condition(world, f"c{number}", f"F{number}.10")
    assert world.gather().lines[0].pointers == (1, 2, 3, 4)


def test_a_line_without_diagnoses_points_at_none(world):
    assert unranked(world).gather().lines[0].pointers == ()
