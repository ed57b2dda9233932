"""What the resources hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import groupbill_profiles
from groupbill.fhir import json
from groupbill.model import Authorization, Diagnosis, Period
from groupbill.model.identity import claim_value
from groupbill.resources.charge_item import charge_item
from groupbill.resources.claim import Issue, claim
from groupbill.resources.gate import Gate
from groupbill.resources.own import labels, own
from groupbill.resources.void import void
from groupbill.testing.usual import DATE, usual

TODAY = date(2026, 3, 12)
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def a_claim(participant=None, **issue):
    participant = participant or usual()
    facts = own(participant, "")
    value = claim_value("", facts.session, facts.patient)
    return claim(facts, participant.lines, Issue(value=value, **{"status": "active", "created": TODAY, **issue}))


def a_charge(participant=None):
    participant = participant or usual()
    facts = own(participant, "")
    return charge_item(facts, participant.lines[0], "TFF0K2WM6QJYX2C1", "billable", TODAY)


def lined(**changes):
    participant = usual()
    return replace(participant, lines=(replace(participant.lines[0], **changes),))


def test_a_claim_is_complete_for_an_837p():
    made = a_claim(usual(authorization=Authorization(number="PA1", source="ClaimResponse/pa")))
    assert made["type"]["coding"][0]["code"] == "professional"
    assert (made["use"], made["created"]) == ("claim", "2026-03-12")
    assert made["billablePeriod"] == {"start": "2026-03-10", "end": "2026-03-10"}
    assert made["insurer"] == {"reference": "Organization/payer"}
    assert made["provider"] == {"reference": "Organization/clinic"}
    assert made["facility"] == {"reference": "Location/room"}
    assert made["priority"]["coding"][0]["code"] == "normal"
    assert made["careTeam"][0]["provider"] == {"reference": "Practitioner/rivera"}
    assert made["careTeam"][0]["role"]["coding"][0]["code"] == "primary"
    assert made["careTeam"][0]["qualification"]["coding"][0]["code"] == "1041C0700X"
    assert made["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] == "F33.1"
    assert made["diagnosis"][0]["type"][0]["coding"][0]["code"] == "principal"
    assert made["insurance"] == [
        {"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/p1"}, "preAuthRef": ["PA1"]}
    ]
    item = made["item"][0]
    assert (item["sequence"], item["careTeamSequence"], item["diagnosisSequence"]) == (1, [1], [1])
    assert item["productOrService"] == {"coding": [{"system": CPT, "code": "90853"}]}
    assert item["servicedDate"] == "2026-03-10"
    assert item["locationCodeableConcept"]["coding"][0]["code"] == "11"
    assert item["quantity"] == {"value": 1}
    assert item["encounter"] == [{"reference": "Encounter/g1-p1"}]
    assert b'"total":{"value":120.00,"currency":"USD"}' in json.dumps(made)
    assert len(made["identifier"][0]["value"]) == 16


def test_modifiers_of_two_digits_are_cpt_s_and_others_hcpcs_in_their_order():
    made = a_claim(lined(modifiers=("HQ", "95", "XE")))
    codings = [each["coding"][0] for each in made["item"][0]["modifier"]]
    assert codings == [
        {"system": HCPCS, "code": "HQ"},
        {"system": CPT, "code": "95"},
        {"system": HCPCS, "code": "XE"},
    ]
    charged = a_charge(lined(modifiers=("HQ", "95", "XE")))
    carried = [each["valueCodeableConcept"]["coding"][0] for each in charged["extension"][:3]]
    assert carried == codings


def test_a_medicaid_code_stands_in_the_hcpcs_system():
    assert a_charge(lined(code="H0004"))["code"] == {"coding": [{"system": HCPCS, "code": "H0004"}]}


def test_a_supervisor_stands_on_the_care_team():
    participant = usual()
    leader = replace(participant.rendering[0], supervisor="Practitioner/sup", supervisor_taxonomies=())
    made = a_claim(replace(participant, rendering=(leader,)))
    assert made["careTeam"][1]["provider"] == {"reference": "Practitioner/sup"}
    assert made["careTeam"][1]["role"]["coding"][0]["code"] == "supervisor"
    assert made["item"][0]["careTeamSequence"] == [1, 2]
    assert Gate("full").check(made) == ()


@pytest.mark.parametrize(("place", "home"), [("10", True), ("12", True), ("10", False), ("11", True)])
def test_the_home_of_a_patient_is_never_the_facility(place, home):
    participant = usual(place_of_service=place, home=home, facility="Location/home-of-p1")
    assert "facility" not in a_claim(participant)


def test_at_most_twelve_diagnoses_and_four_pointers_stand_on_a_claim():
    codes = tuple(Diagnosis(code=f"F{number}") for number in range(20, 34))
    participant = replace(lined(pointers=()), diagnoses=codes)
    made = a_claim(participant)
    assert len(made["diagnosis"]) == 12
    assert made["item"][0]["diagnosisSequence"] == [1, 2, 3, 4]
    assert [each.get("type") is not None for each in made["diagnosis"]] == [True] + [False] * 11


def test_a_payer_known_by_identifier_only_is_referred_to_by_it():
    participant = usual()
    coverage = replace(participant.coverage, payer="Organization?identifier=http://example.org/payer|NHMCD")
    made = a_claim(replace(participant, coverage=coverage))
    assert made["insurer"] == {"identifier": {"system": "http://example.org/payer", "value": "NHMCD"}}
    assert Gate("full").check(made) == ()


def test_without_an_encounter_of_their_own_the_visit_is_logical_and_differs_by_patient():
    def visit(number):
        participant = usual(number)
        return own(replace(participant, member=replace(participant.member, encounter=None)), "").visit

    assert visit(1)["identifier"]["system"] == "https://w3id.org/groupbill/id/visit"
    assert visit(1) == visit(1) != visit(2)


def test_the_session_encounter_is_never_taken_for_the_patient_s_own():
    participant = usual()
    member = replace(participant.member, encounter=participant.session.encounter)
    assert "identifier" in own(replace(participant, member=member), "").visit


def test_a_family_s_session_encounter_is_the_patient_s_own_where_there_is_no_group():
    participant = usual()
    session = replace(participant.session, group=None)
    member = replace(participant.member, encounter=session.encounter)
    made = own(replace(participant, session=session, member=member), "")
    assert made.visit == {"reference": "Encounter/g1"}


def test_the_charge_item_says_when_by_whom_and_on_which_evidence():
    made = a_charge()
    assert made["occurrencePeriod"] == {
        "start": "2026-03-10T09:00:00-05:00",
        "end": "2026-03-10T10:00:00-05:00",
    }
    assert made["performer"] == [{"actor": {"reference": "Practitioner/rivera"}}]
    named = {each["url"].rpartition("/")[2]: each for each in made["extension"]}
    assert named["attendance-evidence"]["valueCode"] == "child-encounter"
    assert named["session-size"]["valuePositiveInt"] == 8
    assert [each["system"].rpartition("/")[2] for each in made["identifier"]] == ["chargeitem", "session"]
    assert "display" not in str(made)


def test_a_period_without_times_is_the_day():
    participant = usual()
    dated = Period(date=DATE)
    member = replace(participant.member, period=dated)
    lines = (replace(participant.lines[0], period=dated),)
    made = a_charge(replace(participant, member=member, lines=lines))
    assert made["occurrencePeriod"] == {"start": "2026-03-10"}
    assert Gate("full").check(made) == ()


def test_a_time_in_utc_passes_the_gate():
    when = Period(datetime(2026, 3, 10, 14, tzinfo=UTC), datetime(2026, 3, 10, 15, tzinfo=UTC), DATE)
    assert Gate("full").check(a_charge(lined(period=when))) == ()


def test_security_labels_are_carried_over_once_and_without_anything_else():
    restricted = {"system": "http://s.example.org", "code": "R", "display": "restricted"}
    found = labels(({**restricted, "extension": [{"url": "x"}]}, restricted, {"code": "PSY"}, {}))
    assert found == ({"code": "PSY"}, restricted)
    assert a_claim(usual(security=(restricted,)))["meta"]["security"] == [restricted]


def test_timed_units_are_counted_and_priced():
    made = a_claim(lined(units=Decimal(4), unit_price=Decimal("30.00"), net=Decimal("120.00")))
    assert made["item"][0]["quantity"] == {"value": 4}
    assert Gate("full").check(made) == ()


def test_a_void_says_the_claim_again_without_what_others_added():
    prior = a_claim()
    prior["meta"]["versionId"] = "7"
    prior["extension"] = [{"url": "http://vendor.example.org/x", "_valueString": {"id": "y"}}]
    prior["patient"] = {"reference": "https://ehr.example.org/fhir/Patient/p1", "display": "P. One"}
    prior["item"][0]["note"] = "by hand"
    prior["item"][0]["productOrService"]["coding"].insert(0, {"system": "http://snomed.info/sct", "code": "1"})
    prior["careTeam"].append(
        {"sequence": 2, "provider": {"reference": "Practitioner/r"}, "role": {"coding": [{"code": "referring"}]}}
    )
    issue = Issue(
        value="SEB9K4HK0Y77FA69",
        status="draft",
        created=TODAY,
        frequency="8",
        prior="Claim/prior",
        control={"value": "PCN77"},
    )
    made = void(prior, issue)
    assert Gate("full").check(made) == ()
    assert made["patient"] == {"reference": "Patient/p1"}
    assert made["item"][0]["productOrService"] == {"coding": [{"system": CPT, "code": "90853"}]}
    assert (made["total"], made["status"]) == (prior["total"], "draft")
    assert made["related"][0]["claim"] == {"reference": "Claim/prior"}
    assert made["supportingInfo"][0]["code"]["coding"][0]["code"] == "8"
    assert len(made["careTeam"]) == 1


def test_the_schemas_are_published_for_what_is_written_and_nothing_else():
    assert groupbill_profiles.SCHEMAS == ("ChargeItem", "Claim", "Provenance", "Task")
    for kind in groupbill_profiles.SCHEMAS:
        schema = groupbill_profiles.schema(kind)
        assert schema["$schema"].endswith("2020-12/schema")
        assert schema["additionalProperties"] is False
    with pytest.raises(LookupError):
        groupbill_profiles.schema("Patient")


@pytest.mark.parametrize("payer", ["anization/plan", "Patient/p2", "Coverage/c1#org"])
def test_a_payer_that_is_no_organization_is_not_named(payer):
    participant = usual()
    coverage = replace(participant.coverage, payer=payer)
    facts = own(replace(participant, coverage=coverage), "")
    assert facts.insurer is None
