"""Claims and ChargeItems on file as bills."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from groupbill.charges import bill, bills_on_file
from groupbill.model import Diagnosis

FREQUENCY = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTSupportingInfoType"


def claim(world, identity="c1", **elements):
    return world.put(
        {
            "resourceType": "Claim",
            "id": identity,
            "status": "active",
            "use": "claim",
            "created": "2026-03-12",
            "type": world.coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
            "patient": {"reference": "Patient/p1"},
            "provider": {"reference": "Organization/clinic"},
            "insurer": {"reference": "Organization/payer"},
            "facility": {"reference": "Location/room"},
            "careTeam": [
                {
                    "sequence": 1,
                    "provider": {"reference": "Practitioner/rivera"},
                    "qualification": world.coded(world.NUCC, "103TC0700X"),
                }
            ],
            "diagnosis": [
                {"sequence": 1, "diagnosisCodeableConcept": world.coded(world.ICD, "F33.1")},
                {"sequence": 2, "diagnosisReference": {"reference": "Condition/p1"}},
                {"sequence": 3, "diagnosisCodeableConcept": {"text": "low mood"}},
            ],
            "insurance": [
                {"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/p1"}, "preAuthRef": ["PA-77"]}
            ],
            "item": [
                {
                    "sequence": 1,
                    "productOrService": world.coded(world.CPT, "90853"),
                    "servicedDate": "2026-03-10",
                    "quantity": {"value": 1},
                    "unitPrice": {"value": 45},
                    "net": {"value": 45},
                }
            ],
            "total": {"value": 45, "currency": "USD"},
            **elements,
        }
    )


def read(world, reference="Claim/c1"):
    sources = world.sources()
    return bill(sources, sources.get(reference))


def test_a_claim_is_read_whole(world):
    found = read(claim(world))
    assert (found.at, found.kind, found.live, found.ours, found.sent, found.desired) == (
        "Claim/c1",
        "Claim",
        True,
        False,
        False,
        False,
    )
    assert (found.patient, found.total, found.created) == ("Patient/p1", Decimal(45), date(2026, 3, 12))
    assert (found.provider, found.provider_npi) == ("Organization/clinic", "1245319599")
    assert (found.rendering, found.rendering_npi) == ("Practitioner/rivera", "1234567893")
    assert found.rendering_taxonomies == ("103TC0700X",)
    assert (found.facility, found.preauth, found.frequency) == ("Location/room", ("PA-77",), "1")
    assert (found.focal.reference, found.policy.id, found.findings) == ("Coverage/p1", "commercial", ())
    assert found.billing.tax_id == "36-3812345"
    assert found.unresolved == frozenset()
    assert [line.code for line in found.lines] == ["90853"]


def test_diagnoses_stand_in_the_order_of_the_claim_with_a_gap_for_the_unreadable(world):
    found = read(claim(world))
    assert found.diagnosis_sequences == (1, 2, 3)
    assert found.diagnoses == (
        Diagnosis(code="F33.1", ranked=True),
        Diagnosis(code="F33.1", condition="Condition/p1", active=True, ranked=True),
        None,
    )


def test_without_a_taxonomy_on_the_claim_the_role_has_it(world):
    found = read(claim(world, careTeam=[{"sequence": 1, "provider": {"reference": "Practitioner/rivera"}}]))
    assert found.rendering_taxonomies == ("1041C0700X",)


def test_without_a_coverage_on_file_the_insurer_gives_the_policy(world):
    claim(world, insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/gone"}}])
    found = read(world)
    assert (found.focal, found.policy.id, found.findings) == (None, "commercial", ())
    assert [each.reference for each in found.coverages] == ["Coverage/p1"]


def test_with_neither_the_default_policy_is_used_and_said(world):
    world.settings["payers"] = {}
    claim(world, insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/gone"}}])
    found = read(world)
    assert found.policy.id == "default"
    assert [(finding.code, finding.at) for finding in found.findings] == [("ENG04", "Claim/c1")]


def test_an_unmapped_coverage_is_said_at_the_coverage(world):
    world.settings["payers"] = {}
    assert [each.at for each in read(claim(world)).findings] == ["Coverage/p1"]


def test_the_focal_coverage_need_not_be_the_first(world):
    world.put(
        {
            "resourceType": "Coverage",
            "id": "two",
            "status": "active",
            "order": 2,
            "beneficiary": {"reference": "Patient/p1"},
            "payor": [{"reference": "Organization/payer"}],
        }
    )
    claim(
        world,
        insurance=[
            {"sequence": 2, "focal": False, "coverage": {"reference": "Coverage/p1"}},
            {"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/two"}},
        ],
    )
    found = read(world)
    assert [each.reference for each in found.coverages] == ["Coverage/two", "Coverage/p1"]
    assert found.focal.reference == "Coverage/two"


def test_a_replacement_names_the_payers_number(world):
    found = read(
        claim(
            world,
            supportingInfo=[
                {
                    "sequence": 1,
                    "category": world.coded(FREQUENCY, "claimFrequency"),
                    "code": world.coded("https://www.nubc.org/CodeSystem/TypeOfBill", "7"),
                }
            ],
            related=[{"claim": {"reference": "Claim/c0"}, "reference": {"value": "ICN1"}}],
        )
    )
    assert (found.frequency, found.control_number) == ("7", "ICN1")


@pytest.mark.parametrize(
    ("status", "live"), [("active", True), ("draft", True), ("cancelled", False), ("entered-in-error", False)]
)
def test_a_claim_that_ended_is_not_live(world, status, live):
    assert read(claim(world, status=status)).live is live


def test_who_can_not_be_seen_is_said(world):
    claim(
        world,
        provider={"reference": "Organization/unknown"},
        careTeam=[{"sequence": 1, "provider": {"reference": "Practitioner/unknown"}}],
    )
    found = read(world)
    assert found.unresolved == {"provider", "rendering"}
    assert (found.provider_npi, found.rendering_npi, found.billing) == (None, None, None)


def test_who_is_named_by_number_is_seen(world):
    claim(
        world,
        provider={"identifier": {"system": world.NPI, "value": "1679576722"}},
        careTeam=[{"sequence": 1, "provider": {"identifier": {"system": world.NPI, "value": "1999999984"}}}],
    )
    found = read(world)
    assert (found.provider_npi, found.rendering_npi, found.unresolved) == ("1679576722", "1999999984", frozenset())


def test_a_claim_without_a_date_of_service_goes_by_the_day_it_was_made(world):
    claim(world, item=[{"sequence": 1, "productOrService": world.coded(world.CPT, "90853")}])
    found = read(world)
    assert (found.lines[0].date, found.policy.on) == (None, date(2026, 3, 12))


def test_an_empty_claim_is_read(world):
    world.put({"resourceType": "Claim", "id": "c1"})
    found = read(world)
    assert (found.lines, found.patient, found.total, found.policy.id) == ((), None, None, "default")


def item(world, **elements):
    return world.put(
        {
            "resourceType": "ChargeItem",
            "id": "ci1",
            "status": "billable",
            "code": world.coded(world.CPT, "90853"),
            "subject": {"reference": "Patient/p1"},
            "occurrenceDateTime": "2026-03-10",
            "performer": [{"actor": {"reference": "Practitioner/rivera"}}],
            "performingOrganization": {"reference": "Organization/clinic"},
            **elements,
        }
    )


def test_a_charge_item_alone_is_a_bill_under_the_patients_coverage(world):
    found = read(item(world), "ChargeItem/ci1")
    assert (found.at, found.kind, found.patient) == ("ChargeItem/ci1", "ChargeItem", "Patient/p1")
    assert (found.policy.id, found.focal.reference) == ("commercial", "Coverage/p1")
    assert (found.provider_npi, found.rendering_npi) == ("1245319599", "1234567893")
    assert found.rendering_taxonomies == ("1041C0700X",)
    assert [line.at for line in found.lines] == ["ChargeItem/ci1"]


def test_a_charge_item_of_a_patient_without_coverage_is_judged_by_default(world):
    found = read(item(world).drop("Coverage/p1"), "ChargeItem/ci1")
    assert (found.policy.id, [each.at for each in found.findings]) == ("default", ["ChargeItem/ci1"])


def test_bills_of_a_patient_are_the_claims_and_the_charge_items_without_one(world):
    claim(item(world))
    item(world, **{"id": "ci2"}, code=world.coded(world.CPT, "90834"))
    claim(world, "ask", use="preauthorization")
    claim(world, "c0", status="cancelled")
    found = bills_on_file(world.sources(), "Patient/p1")
    assert [each.at for each in found] == ["ChargeItem/ci2", "Claim/c0", "Claim/c1"]
