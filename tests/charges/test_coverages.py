"""Whose insurance pays, and by which payer policy."""

from __future__ import annotations

import pytest

SOPT = "https://nahdo.org/sopt"


def coverage(world, identity, **elements):
    return world.put(
        {
            "resourceType": "Coverage",
            "id": identity,
            "status": "active",
            "beneficiary": {"reference": "Patient/p1"},
            "payor": [{"reference": "Organization/other"}],
            **elements,
        }
    )


def test_the_focal_coverage_is_read_whole(world):
    found = world.gather().coverage
    assert (found.reference, found.order, found.active) == ("Coverage/p1", 1, True)
    assert (found.payer, found.policy_id, found.mapped) == ("Organization/payer", "commercial", True)
    assert (found.subscriber_id, found.relationship, found.self_pay) == ("MBR1001", "self", False)
    assert found.beneficiary == "Patient/p1"


def test_the_lowest_order_that_is_active_on_the_date_is_focal(world):
    world.change("Coverage/p1", order=2)
    coverage(world, "first", order=1, period={"end": "2026-03-09"})
    found = world.gather()
    assert [each.reference for each in found.coverages] == ["Coverage/first", "Coverage/p1"]
    assert found.coverage.reference == "Coverage/p1"


def test_the_last_day_of_a_coverage_is_covered(world):
    world.change("Coverage/p1", period={"start": "2026-03-10", "end": "2026-03-10"})
    assert world.gather().coverage.reference == "Coverage/p1"


def test_without_an_order_a_coverage_comes_last_and_ties_go_by_id(world):
    coverage(world, "b")
    coverage(world, "a")
    assert [each.reference for each in world.gather().coverages] == ["Coverage/p1", "Coverage/a", "Coverage/b"]


def test_no_coverage_on_file_means_the_patient_pays(world):
    found = world.drop("Coverage/p1").gather()
    assert (found.coverage, found.coverages, found.self_pay, found.policy.id) == (None, (), True, "self-pay")
    assert found.findings == ()


@pytest.mark.parametrize(
    "elements", [{"status": "cancelled"}, {"period": {"end": "2026-03-09"}}, {"period": {"start": "2026-03-11"}}]
)
def test_on_file_but_not_active_is_neither_covered_nor_self_pay(world, elements):
    found = world.change("Coverage/p1", **elements).gather()
    assert (found.coverage, found.self_pay, len(found.coverages)) == (None, False, 1)
    assert found.policy.id == "commercial"


def test_a_coverage_entered_in_error_is_not_on_file(world):
    assert world.change("Coverage/p1", status="entered-in-error").gather().self_pay is True


@pytest.mark.parametrize(
    ("code", "policy"),
    [
        ("1", "medicare"),
        ("12", "medicare"),
        ("2", "medicaid"),
        ("211", "medicaid"),
        ("31", "tricare"),
        ("311", "tricare"),
        ("5", "commercial"),
        ("512", "commercial"),
        ("6", "commercial"),
        ("81", "self-pay"),
    ],
)
def test_a_payer_not_listed_goes_by_the_type_of_the_coverage(world, code, policy):
    world.settings["payers"] = {}
    found = world.change("Coverage/p1", type=world.coded(SOPT, code)).gather()
    assert (found.policy.id, found.coverage.mapped, found.self_pay) == (policy, True, policy == "self-pay")
    assert found.findings == ()


@pytest.mark.parametrize("code", ["32", "9", "85"])
def test_another_type_falls_back_on_default_and_is_said_at_the_coverage(world, code):
    world.settings["payers"] = {}
    found = world.change("Coverage/p1", type=world.coded(SOPT, code)).gather()
    assert (found.policy.id, found.coverage.mapped) == ("default", False)
    (finding,) = found.findings
    assert (finding.code, finding.name, finding.severity) == ("ENG04", "payer-not-mapped", "information")
    assert finding.at == "Coverage/p1"


def test_the_settings_go_before_the_type(world):
    found = world.change("Coverage/p1", type=world.coded(SOPT, "2")).gather()
    assert found.policy.id == "commercial"


def test_a_payer_is_found_by_an_identifier_of_its_organization(world):
    world.settings["payers"] = {"http://example.org/payer|NHMCD": "medicaid"}
    identifier = {"system": "http://example.org/payer", "value": "NHMCD"}
    world.change("Organization/payer", identifier=[identifier])
    assert world.gather().policy.id == "medicaid"


def test_a_payer_named_only_by_identifier_is_found(world):
    world.settings["payers"] = {"http://example.org/payer|NHMCD": "medicaid"}
    payor = {"identifier": {"system": "http://example.org/payer", "value": "NHMCD"}}
    found = world.change("Coverage/p1", payor=[payor]).gather()
    assert (found.policy.id, found.coverage.payer) == ("medicaid", "http://example.org/payer|NHMCD")


def test_a_payer_named_by_an_absolute_url_is_found(world):
    world.change("Coverage/p1", payor=[{"reference": "https://ehr.example.org/fhir/Organization/payer"}])
    assert world.gather().policy.id == "commercial"


def test_an_r5_coverage_is_read_alike(world):
    world.change(
        "Coverage/p1",
        payor=None,
        insurer={"reference": "Organization/payer"},
        subscriberId=[{"value": "MBR2002"}],
        kind="insurance",
    )
    found = world.gather().coverage
    assert (found.policy_id, found.subscriber_id) == ("commercial", "MBR2002")


def test_the_member_number_of_us_core_stands_in_for_a_subscriber_id(world):
    number = {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MB"}]},
        "value": "M77",
    }
    world.change("Coverage/p1", subscriberId=None, identifier=[{"value": "other"}, number])
    assert world.gather().coverage.subscriber_id == "M77"


def test_a_coverage_that_the_patient_pays_is_self_pay(world):
    world.settings["payers"] = {}
    found = world.change("Coverage/p1", payor=[{"reference": "Patient/p1"}]).gather()
    assert (found.self_pay, found.policy.id, found.coverage.reference) == (True, "self-pay", "Coverage/p1")


def test_a_merged_record_keeps_its_coverage(world):
    world.put(
        {
            "resourceType": "Patient",
            "id": "old",
            "active": False,
            "link": [{"other": {"reference": "Patient/p1"}, "type": "replaced-by"}],
        }
    )
    world.change("Coverage/p1", beneficiary={"reference": "Patient/old"})
    assert world.gather().coverage.reference == "Coverage/p1"


def test_records_that_replace_each_other_in_a_circle_end(world):
    world.change("Patient/p1", link=[{"other": {"reference": "Patient/p2"}, "type": "replaces"}])
    world.put(
        {"resourceType": "Patient", "id": "p2", "link": [{"other": {"reference": "Patient/p1"}, "type": "replaces"}]}
    )
    assert world.sources().chart("Patient/p1").records == ("Patient/p1", "Patient/p2")


def test_see_also_is_no_merged_record(world):
    world.change("Patient/p1", link=[{"other": {"reference": "Patient/twin"}, "type": "seealso"}])
    world.put({"resourceType": "Patient", "id": "twin"})
    assert world.sources().chart("Patient/p1").records == ("Patient/p1",)
