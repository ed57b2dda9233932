"""Services on file, each once however many resources tell of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.charges import lines_on_file
from groupbill.charges.merging import merge
from groupbill.model import Line
from groupbill.model.identity import charge_item_value

OWN_CLAIM = "https://w3id.org/groupbill/id/claim"
OWN_ITEM = "https://w3id.org/groupbill/id/chargeitem"
OWN_SESSION = "https://w3id.org/groupbill/id/session"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
FREQUENCY = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTSupportingInfoType"
ORACLE = "https://fhir-ehr.cerner.com/r4/StructureDefinition/"


def visit(world, identity="therapy", code="90834", **elements):
    return world.put(
        {
            "resourceType": "Encounter",
            "id": identity,
            "status": "finished",
            "class": {"system": world.ACT, "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "type": [world.coded(world.CPT, code)],
            "participant": [world.leader("Practitioner/lee")],
            "period": {"start": "2026-03-10T13:00:00-05:00", "end": "2026-03-10T13:45:00-05:00"},
            "serviceProvider": {"reference": "Organization/clinic"},
            **elements,
        }
    )


def item(world, identity="ci1", code="90834", **elements):
    return world.put(
        {
            "resourceType": "ChargeItem",
            "id": identity,
            "status": "billable",
            "code": world.coded(world.CPT, code),
            "subject": {"reference": "Patient/p1"},
            "context": {"reference": "Encounter/therapy"},
            "occurrenceDateTime": "2026-03-10",
            "performer": [{"actor": {"reference": "Practitioner/lee"}}],
            "quantity": {"value": 1},
            "priceOverride": {"value": 95.5, "currency": "USD"},
            **elements,
        }
    )


def claim(world, identity="c1", code="90834", item=None, **elements):
    return world.put(
        {
            "resourceType": "Claim",
            "id": identity,
            "status": "active",
            "use": "claim",
            "type": world.coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
            "patient": {"reference": "Patient/p1"},
            "provider": {"reference": "Organization/clinic"},
            "created": "2026-03-11",
            "careTeam": [{"sequence": 1, "provider": {"reference": "Practitioner/lee"}}],
            "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": world.coded(world.ICD, "F33.1")}],
            "item": [
                {
                    "sequence": 1,
                    "productOrService": world.coded(world.CPT, code),
                    "servicedDate": "2026-03-10",
                    "locationCodeableConcept": world.coded(world.POS, "11"),
                    "diagnosisSequence": [1],
                    "quantity": {"value": 1},
                    "unitPrice": {"value": 95.5},
                    "net": {"value": 95.5},
                    "encounter": [{"reference": "Encounter/therapy"}],
                    **(item or {}),
                }
            ],
            **elements,
        }
    )


def lines(world):
    return lines_on_file(world.sources(), "Patient/p1")


def test_nothing_on_file_is_no_line(world):
    assert lines(world) == ()


def test_a_typed_visit_not_charged_yet_is_a_service(world):
    (line,) = lines(visit(world))
    assert (line.at, line.code, line.date, line.encounter) == (
        "Encounter/therapy",
        "90834",
        world.ON,
        "Encounter/therapy",
    )
    assert (line.rendering, line.billing, line.ours, line.item) == (
        "Practitioner/lee",
        "Organization/clinic",
        False,
        None,
    )
    assert line.period.minutes == 45


@pytest.mark.parametrize("status", ["planned", "in-progress", "cancelled", "entered-in-error"])
def test_an_unfinished_visit_is_no_service(world, status):
    assert lines(visit(world, status=status)) == ()


def test_a_charge_item_is_read_whole(world):
    visit(world)
    (line,) = lines(item(world))
    assert (line.at, line.also, line.code, line.units) == (
        "ChargeItem/ci1",
        ("Encounter/therapy",),
        "90834",
        Decimal(1),
    )
    assert (line.net, line.unit_price) == (Decimal("95.5"), Decimal("95.5"))
    assert (line.rendering, line.encounter_status, line.sent) == ("Practitioner/lee", "finished", False)
    assert line.period.minutes == 45


@pytest.mark.parametrize("status", ["aborted", "not-billable", "entered-in-error"])
def test_a_charge_item_that_ended_is_no_service(world, status):
    assert lines(item(world, status=status)) == ()


@pytest.mark.parametrize("status", ["planned", "billable", "billed", "unknown"])
def test_any_other_charge_item_is_one(world, status):
    assert [line.sent for line in lines(item(world, status=status))] == [status == "billed"]


def test_modifiers_of_a_charge_item_stand_in_our_extension(world):
    extension = [
        {"url": world.EXTENSION + "charge-modifier", "valueCodeableConcept": world.coded(HCPCS, code)}
        for code in ("HQ", "HO")
    ]
    assert lines(item(world, extension=extension))[0].modifiers == ("HQ", "HO")


def test_modifiers_of_oracle_stand_in_their_priority(world):
    def part(code, priority):
        concept = {"coding": [{"system": "https://fhir.cerner.com/x/CodeSystem/BillCodes-MODIFIER", "code": code}]}
        return {
            "url": ORACLE + "modifier-code",
            "extension": [
                {"url": "code", "valueCodeableConcept": concept},
                {"url": ORACLE + "priority", "valueUnsignedInt": priority},
            ],
        }

    assert lines(item(world, extension=[part("95", 2), part("XE", 1)]))[0].modifiers == ("XE", "95")


def test_modifiers_among_the_codings_of_the_code_count(world):
    code = {"coding": [{"system": world.CPT, "code": "90834"}, {"system": HCPCS, "code": "XE"}]}
    line = lines(item(world, **{"code_": None}).change("ChargeItem/ci1", code=code))[0]
    assert (line.code, line.modifiers) == ("90834", ("XE",))


def test_a_code_under_a_bare_system_name_counts(world):
    world.change("Patient/p1")
    line = lines(item(world).change("ChargeItem/ci1", code={"coding": [{"system": "CPT", "code": "90834"}]}))[0]
    assert (line.code, line.system) == ("90834", world.CPT)


def test_an_r5_charge_item_is_read_alike(world):
    visit(item(world))
    world.change(
        "ChargeItem/ci1",
        context=None,
        encounter={"reference": "Encounter/therapy"},
        priceOverride=None,
        quantity={"value": 2},
        unitPriceComponent={"type": {"text": "base"}, "amount": {"value": 40, "currency": "USD"}},
    )
    (line,) = lines(world)
    assert (line.encounter, line.net, line.units) == ("Encounter/therapy", Decimal(80), Decimal(2))


def test_a_claim_line_is_read_whole(world):
    visit(world)
    (line,) = lines(claim(world, item={"modifier": [world.coded(HCPCS, "XE"), world.coded(world.CPT, "95")]}))
    assert (line.at, line.item, line.index, line.also) == ("Claim/c1", 1, 0, ("Encounter/therapy",))
    assert (line.modifiers, line.units, line.unit_price, line.net) == (
        ("XE", "95"),
        Decimal(1),
        Decimal("95.5"),
        Decimal("95.5"),
    )
    assert (line.place_of_service, line.rendering, line.billing) == ("11", "Practitioner/lee", "Organization/clinic")
    assert (line.pointers, line.diagnoses, line.professional) == ((1,), ("F33.1",), True)
    assert (line.frequency, str(line.created), line.sent) == ("1", "2026-03-11", False)
    assert line.period.minutes == 45
    assert line.place("modifier[0]") == "Claim/c1#Claim.item[0].modifier[0]"


def test_an_encounter_its_charge_item_and_its_claim_line_are_one_service(world):
    (line,) = lines(claim(item(visit(world))))
    assert (line.at, line.also) == ("Claim/c1", ("ChargeItem/ci1", "Encounter/therapy"))


def test_two_claims_of_one_encounter_are_two_lines(world):
    found = lines(claim(claim(item(visit(world))), "c2"))
    assert [(line.at, line.also) for line in found] == [
        ("Claim/c1", ("ChargeItem/ci1", "Encounter/therapy")),
        ("Claim/c2", ()),
    ]


def test_a_charge_item_and_a_claim_of_one_day_are_one_where_one_names_no_encounter(world):
    item(claim(world, item={"encounter": None}))
    world.change("ChargeItem/ci1", occurrenceDateTime="2026-03-10T13:00:00-05:00")
    claims = world.resources["Claim/c1"]["item"][0]
    del claims["encounter"]
    (line,) = lines(world)
    assert (line.at, line.also, line.encounter) == ("Claim/c1", ("ChargeItem/ci1",), "Encounter/therapy")


def test_services_of_two_encounters_stay_two(world):
    visit(visit(world), "evening", period={"start": "2026-03-10T18:00:00-05:00"})
    item(world, context={"reference": "Encounter/evening"})
    assert [(line.at, line.also) for line in lines(claim(world))] == [
        ("Claim/c1", ("Encounter/therapy",)),
        ("ChargeItem/ci1", ("Encounter/evening",)),
    ]


def test_another_code_of_the_same_encounter_is_another_service(world):
    visit(world)
    assert [line.code for line in lines(item(claim(world), "ci2", code="90785"))] == ["90785", "90834"]


@pytest.mark.parametrize(
    "elements",
    [
        {"use": "preauthorization"},
        {"use": "predetermination"},
        {"status": "cancelled"},
        {"status": "entered-in-error"},
        {"patient": {"reference": "Patient/p2"}},
    ],
)
def test_what_is_no_live_claim_of_the_patient_is_no_service(world, elements):
    assert lines(claim(world, **elements)) == ()


def test_an_institutional_claim_is_told_by_its_type(world):
    kind = world.coded("http://terminology.hl7.org/CodeSystem/claim-type", "institutional")
    assert lines(claim(world, type=kind))[0].professional is False


def corrected(world, frequency):
    return {
        "supportingInfo": [
            {
                "sequence": 1,
                "category": world.coded(FREQUENCY, "claimFrequency"),
                "code": world.coded("https://www.nubc.org/CodeSystem/TypeOfBill", frequency),
            }
        ],
        "related": [
            {
                "claim": {"reference": "Claim/c1"},
                "reference": {"value": "ICN1"},
                "relationship": world.coded(
                    "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior"
                ),
            }
        ],
    }


def test_a_replacement_stands_for_what_it_replaces(world):
    claim(claim(world), "c2", **corrected(world, "7"))
    assert [(line.at, line.frequency) for line in lines(world)] == [("Claim/c2", "7")]


def test_a_void_takes_its_claim_away_and_is_no_service_itself(world):
    assert lines(claim(claim(world), "c2", **corrected(world, "8"))) == ()


def test_a_cancelled_void_takes_nothing_away(world):
    claim(claim(world), "c2", **corrected(world, "8"), status="cancelled")
    assert [line.at for line in lines(world)] == ["Claim/c1"]


def answered(world, **elements):
    return world.put(
        {
            "resourceType": "ClaimResponse",
            "id": "r1",
            "status": "active",
            "use": "claim",
            "outcome": "complete",
            "patient": {"reference": "Patient/p1"},
            "request": {"reference": "Claim/c1"},
            "created": "2026-03-20",
            **elements,
        }
    )


@pytest.mark.parametrize(
    ("elements", "sent"),
    [
        ({}, True),
        ({"outcome": "queued"}, True),
        ({"outcome": "error"}, False),
        ({"outcome": "error", "identifier": [{"value": "ICN1"}]}, True),
        ({"use": "preauthorization"}, False),
        ({"status": "entered-in-error"}, False),
    ],
)
def test_a_claim_is_sent_once_the_payer_took_it_in(world, elements, sent):
    assert lines(answered(claim(world), **elements))[0].sent is sent


def test_an_explanation_of_benefit_is_an_answer(world):
    world.put(
        {
            "resourceType": "ExplanationOfBenefit",
            "id": "e1",
            "status": "active",
            "use": "claim",
            "outcome": "complete",
            "patient": {"reference": "Patient/p1"},
            "claim": {"reference": "Claim/c1"},
        }
    )
    assert lines(claim(world))[0].sent is True


def test_a_claim_marked_as_submitted_is_sent_until_it_is_refused(world):
    mark = [{"url": world.EXTENSION + "claim-submitted", "valueDateTime": "2026-03-12T08:00:00-05:00"}]
    assert lines(claim(world, extension=mark))[0].sent is True
    assert lines(answered(world, outcome="error"))[0].sent is False


@pytest.mark.parametrize(
    ("amounts", "allowed"),
    [
        ({"submitted": 95.5, "benefit": 20.25, "copay": 5}, "25.25"),
        ({"eligible": 25.25, "benefit": 20.25}, "25.25"),
        ({"eligible": 95.5, "benefit": 20.25, "deductible": 5}, "25.25"),
        ({"benefit": 20.25, "memberliability": 5}, "25.25"),
        ({"benefit": 20.25}, "20.25"),
    ],
)
def test_what_the_payer_allowed_is_paid_plus_the_patients_share_or_what_it_calls_eligible(world, amounts, allowed):
    system = "http://terminology.hl7.org/CodeSystem/adjudication"
    adjudication = [
        {"category": world.coded(system, code), "amount": {"value": value, "currency": "USD"}}
        for code, value in amounts.items()
    ]
    answered(claim(world), item=[{"itemSequence": 1, "adjudication": adjudication}])
    assert lines(world)[0].allowed == Decimal(allowed)


REFUSED = {"outcome": "error"}


def test_a_claim_that_the_payer_refused_is_no_service_once_it_is_claimed_again(world):
    claim(answered(claim(world), **REFUSED), "c2")
    assert [line.at for line in lines(world)] == ["Claim/c2"]


def test_a_refused_claim_of_another_hour_is_a_service_of_its_own(world):
    evening = {"start": "2026-03-10T18:00:00-05:00", "end": "2026-03-10T18:45:00-05:00"}
    visit(visit(world), "evening", period=evening)
    claim(answered(claim(world), **REFUSED), "c2", item={"encounter": [{"reference": "Encounter/evening"}]})
    assert [line.at for line in lines(world)] == ["Claim/c1", "Claim/c2"]


def test_of_two_refused_claims_the_later_counts(world):
    for number in ("1", "2"):
        claim(world, f"c{number}", created=f"2026-03-1{number}")
        answered(world, id=f"r{number}", request={"reference": f"Claim/c{number}"}, **REFUSED)
    assert [line.at for line in lines(world)] == ["Claim/c2"]


def test_ours_is_told_by_our_identifiers(world):
    identifier = [{"system": OWN_ITEM, "value": "K7Q2M4X9T1B5C8D0"}, {"system": OWN_SESSION, "value": "S" * 16}]
    (line,) = lines(item(world, identifier=identifier))
    assert (line.ours, line.session, line.leader) == (True, "S" * 16, 1)


def test_the_second_paid_leader_is_told_by_the_identifier(world):
    value = charge_item_value("", "S" * 16, "Patient/p1", "90834", 2)
    identifier = [{"system": OWN_ITEM, "value": value}, {"system": OWN_SESSION, "value": "S" * 16}]
    assert lines(item(world, identifier=identifier))[0].leader == 2


def test_our_claim_takes_the_session_from_our_charge_item(world):
    identifier = [{"system": OWN_ITEM, "value": "K7Q2M4X9T1B5C8D0"}, {"system": OWN_SESSION, "value": "S" * 16}]
    logical = {"identifier": {"system": "https://w3id.org/groupbill/id/visit", "value": "V" * 16}}
    item(world, identifier=identifier, context=logical)
    claim(world, identifier=[{"system": OWN_CLAIM, "value": "C" * 16}], item={"encounter": [logical]})
    (line,) = lines(world)
    assert (line.at, line.ours, line.session, line.also) == ("Claim/c1", True, "S" * 16, ("ChargeItem/ci1",))


def test_a_rendering_provider_named_by_number_is_found_or_stays_named_by_it(world):
    team = [{"sequence": 1, "provider": {"identifier": {"system": world.NPI, "value": "1234567893"}}}]
    assert lines(claim(world, careTeam=team))[0].rendering == "Practitioner/rivera"
    team = [{"sequence": 1, "provider": {"identifier": {"system": "NPI", "value": "1999999984"}}}]
    assert (
        lines(claim(world, careTeam=team))[0].rendering
        == "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1999999984"
    )


def test_the_rendering_provider_is_not_the_supervisor(world):
    role = "http://terminology.hl7.org/CodeSystem/claimcareteamrole"
    team = [
        {"sequence": 1, "provider": {"reference": "Practitioner/boss"}, "role": world.coded(role, "supervisor")},
        {"sequence": 2, "provider": {"reference": "PractitionerRole/rivera"}, "role": world.coded(role, "primary")},
    ]
    assert lines(claim(world, careTeam=team))[0].rendering == "Practitioner/rivera"


def test_each_line_has_the_carer_it_points_at(world):
    team = [
        {"sequence": 1, "provider": {"reference": "Practitioner/lee"}},
        {"sequence": 2, "provider": {"reference": "Practitioner/rivera"}},
    ]
    assert lines(claim(world, careTeam=team, item={"careTeamSequence": [2]}))[0].rendering == "Practitioner/rivera"


def test_a_person_who_bills_renders_where_no_care_team_is_named(world):
    claim(world, careTeam=[], provider={"reference": "PractitionerRole/rivera"})
    assert lines(world)[0].rendering == "Practitioner/rivera"


def test_a_date_in_universal_time_is_the_local_day(world):
    item(world, context=None, occurrenceDateTime="2026-03-11T01:30:00Z").change("ChargeItem/ci1", context=None)
    assert lines(world)[0].date == world.ON


def test_a_line_without_a_code_is_no_service(world):
    assert lines(item(world).change("ChargeItem/ci1", code={"text": "group"})) == ()


def test_lines_stand_by_start_whatever_the_order_of_the_input(world):
    claim(item(visit(world), "ci2", code="90785"), "c0", code="99213")
    assert lines_on_file(world.sources(), "Patient/p1") == lines_on_file(world.sources(True), "Patient/p1")


LINES = st.builds(
    Line,
    at=st.sampled_from(["ChargeItem/a", "ChargeItem/b", "Claim/c", "Claim/d"]),
    patient=st.just("Patient/p1"),
    code=st.sampled_from(["90853", "90834"]),
    date=st.just(None),
    encounter=st.sampled_from([None, "Encounter/1", "Encounter/2"]),
    rendering=st.sampled_from([None, "Practitioner/1"]),
)


@given(st.lists(LINES, max_size=5), st.lists(LINES, max_size=5))
def test_merging_loses_no_line_and_joins_each_at_most_once(strong, weak):
    found, _ = merge(strong, weak)
    joined = len(strong) + len(weak) - len(found)
    assert 0 <= joined <= min(len(strong), len(weak))
    assert sorted(line.code for line in found[: len(strong)]) == sorted(line.code for line in strong)
