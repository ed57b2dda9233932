"""References in every form that EHRs write, and damaged ones: who is meant, and what is written about them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from groupbill import Host
from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
MRN = "http://lakeside.example/mrn"
NPI = "http://hl7.org/fhir/sid/us-npi"


def with_third(clinic: Make, entity: JSON) -> Any:
    """Two who came, and a third on the roster whose finished visit says the same as the roster."""
    place = clinic(2)
    place["Group/g"]["member"].append({"entity": entity})
    visit = {**copy.deepcopy(place["Encounter/g1-p1"]), "id": "g1-x", "subject": entity}
    del visit["diagnosis"]
    return place.put(visit)


def members(place: Any) -> dict[str, tuple[str | None, str, str | None]]:
    found = place.run().report["sessions"][0]["members"]
    return {each["member"]: (each["patient"], each["outcome"], each["reason"]) for each in found}


def codes(place: Any) -> set[str]:
    return {found["code"] for each in place.run().report["sessions"][0]["members"] for found in each["findings"]}


@pytest.mark.parametrize(
    "text", ["Patientk", "Patient", "Patient/", "Patient/p 1", "Patientk/9", "patient/p1", "Patient/p1#x", "?", "#"]
)
def test_a_damaged_reference_on_the_roster_is_not_a_patient(clinic: Make, text: str) -> None:
    place = clinic(2)
    place["Group/g"]["member"].append({"entity": {"reference": text}})
    assert members(place).get(text, (None, "not-charged", "not-a-patient")) == (None, "not-charged", "not-a-patient")
    assert [members(place)[f"Patient/{name}"][1] for name in place.names] == ["charged", "charged"]
    assert "ENG03" not in codes(place)


def test_a_damaged_member_is_named_as_the_roster_says(clinic: Make) -> None:
    assert members(with_third(clinic, {"reference": "Patientk"}))["Patientk"] == (
        None,
        "not-charged",
        "not-a-patient",
    )


def test_a_finished_visit_that_does_not_say_whose_it_is_is_no_silence(clinic: Make) -> None:
    place = clinic(2)
    place["Encounter/g1-p2"]["subject"] = {"display": "somebody"}
    found = members(place)
    assert found["Encounter/g1-p2#Encounter.subject"] == (None, "not-charged", "not-a-patient")
    assert found["Patient/p2"][1:] == ("held", "attendance-unverified")


@pytest.mark.parametrize("kind", ["Group/away", "Groupk/9", "Groupk"])
def test_a_nested_group_that_is_not_on_file_is_a_member_that_is_no_patient(clinic: Make, kind: str) -> None:
    place = clinic(2)
    place["Group/g"]["member"].append({"entity": b.ref(kind)})
    assert members(place)[kind] == (None, "not-charged", "not-a-patient")


@pytest.mark.parametrize(
    "entity",
    [
        b.ref("https://ehr.example/fhir/Patient/p3"),
        b.ref("https://ehr.example/fhir/Patient/p3/_history/4"),
        {"type": "Patient", "identifier": {"system": MRN, "value": "MRN-p3"}},
        {"identifier": {"system": MRN, "value": "MRN-p3"}},
        b.ref(f"Patient?identifier={MRN}|MRN-p3"),
    ],
)
def test_every_form_of_reference_means_the_patient_on_file(clinic: Make, entity: JSON) -> None:
    place = with_third(clinic, entity).put(b.patient("p3"), b.coverage("p3", "plan"), b.condition("p3", "F41.1"))
    assert members(place)["Patient/p3"] == ("Patient/p3", "charged", None)


def test_a_contained_patient_is_the_one_on_file_with_the_same_identifier(clinic: Make) -> None:
    place = clinic(2)
    place["Group/g"]["contained"] = [{**b.patient("p2"), "id": "x", "address": []}]
    place["Group/g"]["member"] = [{"entity": b.ref("Patient/p1")}, {"entity": b.ref("#x")}]
    assert members(place) == {f"Patient/{each}": (f"Patient/{each}", "charged", None) for each in ("p1", "p2")}


def test_a_patient_of_a_bundle_is_named_by_its_full_url(clinic: Make) -> None:
    place = clinic(2)
    url = "urn:uuid:0f1e2d3c-4b5a-4678-8899-aabbccddeeff"
    files = list(place.files.values())
    entries = [{"resource": each} for each in files if each["id"] != "p2" or each["resourceType"] != "Patient"]
    entries.append({"fullUrl": url, "resource": place["Patient/p2"]})
    for each in files:
        for name in ("subject", "beneficiary", "subscriber"):
            if each.get(name) == b.ref("Patient/p2"):
                each[name] = b.ref(url.upper().replace("URN:UUID:", "urn:uuid:"))
    place["Group/g"]["member"][1] = {"entity": b.ref(url)}
    report = place.host().run([{"resourceType": "Bundle", "type": "collection", "entry": entries}])
    [session] = report.to_json()["sessions"]
    assert [(each["member"], each["outcome"]) for each in session["members"]] == [
        ("Patient/p1", "charged"),
        ("Patient/p2", "charged"),
    ]


@pytest.mark.parametrize("name", ["ehr_patient_3", "p" * 90, "e.3~x"])
def test_ids_that_servers_give_and_fhir_does_not_are_billed(clinic: Make, name: str) -> None:
    place = with_third(clinic, b.ref(f"Patient/{name}"))
    place.put(b.patient(name), b.coverage(name, "plan"), b.condition(name, "F41.1"))
    assert members(place)[f"Patient/{name}"] == (f"Patient/{name}", "charged", None)
    report = Host(place.settings(), gate="full").run(list(place.files.values()), date(2026, 3, 28))
    assert [each.at for each in report.all_findings if each.code == "ENG03"] == []


def test_a_patient_known_by_identifier_only_is_billed_by_identifier(clinic: Make) -> None:
    named = {"type": "Patient", "identifier": {"system": MRN, "value": "77"}}
    place = with_third(clinic, named)
    cover = {**b.coverage("p3", "plan"), "beneficiary": named}
    place.put(cover, {**b.condition("p3", "F41.1"), "subject": named})
    key = f"Patient?identifier={MRN}|77"
    assert members(place)[key] == (key, "charged", None)
    written = [each for each in place.written() if named in (each.get("subject"), each.get("patient"))]
    assert sorted(each["resourceType"] for each in written) == ["ChargeItem", "Claim"]
    place.put(*place.written())
    plan = {step["action"] for each in place.run().report["sessions"][0]["members"] for step in each["plan"]}
    assert plan == {"keep"}


def leader(resource: JSON, element: JSON) -> None:
    resource["participant"][0]["individual"] = element


def performers(place: Any) -> list[JSON]:
    return [each["careTeam"][0]["provider"] for each in place.written() if each["resourceType"] == "Claim"]


def test_a_contained_leader_is_named_by_npi(clinic: Make) -> None:
    place = clinic(2)
    therapist = {**place["Practitioner/rivera"], "id": "th"}
    session = place.drop("Practitioner/rivera")["Encounter/g1"]
    session["contained"] = [therapist]
    leader(session, b.ref("#th"))
    named = {"identifier": {"system": NPI, "value": therapist["identifier"][0]["value"]}}
    assert performers(place) == [named, named]


@pytest.mark.parametrize("kind", [{}, {"type": "Practitioner"}])
def test_a_leader_may_be_named_by_npi(clinic: Make, kind: JSON) -> None:
    place = clinic(2)
    leader(place["Encounter/g1"], {**kind, "identifier": {"system": NPI, "value": b.npi(7)}})
    assert performers(place) == [b.ref("Practitioner/rivera")] * 2
    place.drop("Practitioner/rivera")
    assert performers(place) == [{"identifier": {"system": NPI, "value": b.npi(7)}}] * 2


def test_a_contained_role_leads_to_the_practitioner(clinic: Make) -> None:
    place = clinic(2)
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": b.ref("Practitioner/chen")}
    place["Encounter/g1"]["contained"] = [role]
    leader(place["Encounter/g1"], b.ref("#r"))
    assert performers(place) == [b.ref("Practitioner/chen")] * 2


def test_a_damaged_leader_leaves_the_claim_without_a_rendering_provider(clinic: Make) -> None:
    place = clinic(2)
    leader(place["Encounter/g1"], b.ref("Practitioner"))
    assert place.run().outcome("p1") == ("held", "rule:PRV08")
    assert "ENG03" not in codes(place)


def test_a_contained_location_says_the_place_of_service(clinic: Make) -> None:
    place = clinic(2)
    place["Encounter/g1"]["contained"] = [
        {"resourceType": "Location", "id": "l", "type": [b.coded(b.POS, "53")]},
    ]
    place["Encounter/g1"]["location"] = [{"location": b.ref("#l")}]
    assert place.run().member("p1")["lines"][0]["placeOfService"] == "53"
    claims = [each for each in place.written() if each["resourceType"] == "Claim"]
    assert ["facility" in each for each in claims] == [False, False]


def test_a_contained_billing_provider_is_named_by_npi(clinic: Make) -> None:
    place = clinic(2)
    for name in ("g1", "g1-p1", "g1-p2"):
        place[f"Encounter/{name}"]["contained"] = [{**place["Organization/clinic"], "id": "o"}]
        place[f"Encounter/{name}"]["serviceProvider"] = b.ref("#o")
    claims = [each for each in place.written() if each["resourceType"] == "Claim"]
    assert [each["provider"] for each in claims] == [{"identifier": {"system": NPI, "value": b.npi(900)}}] * 2


@pytest.mark.parametrize(
    "payor", [b.ref("Organizationk"), b.ref("Orgaation/plan"), {"display": "Blue Star"}, b.ref("Organization/")]
)
def test_a_damaged_payor_is_a_payer_that_nobody_mapped(clinic: Make, payor: JSON) -> None:
    place = clinic(2)
    place["Coverage/cov-p1"]["payor"] = [payor]
    said = place.run()
    assert (said.outcome("p1"), said.member("p1")["policy"]) == (("charged", None), "default")
    assert [found["at"] for found in said.of("ENG04")] == ["Coverage/cov-p1"]


@pytest.mark.parametrize("taxonomy", ["104100X", "1041-0700X", "clinical social worker"])
def test_a_specialty_that_is_no_taxonomy_code_is_not_sent(clinic: Make, taxonomy: str) -> None:
    place = clinic(2)
    place["Practitioner/rivera"]["qualification"][0]["code"] = b.coded(b.NUCC, taxonomy)
    claims = [each for each in place.written() if each["resourceType"] == "Claim"]
    assert ["qualification" in each["careTeam"][0] for each in claims] == [False, False]


def provider(place: Any) -> None:
    for name in ("g1", "g1-p1", "g1-p2"):
        place[f"Encounter/{name}"]["serviceProvider"] = b.ref("Orgaation/clinic")


def role(place: Any) -> None:
    place.put({**b.role("r", "rivera", "clinic", "1041C0700X"), "practitioner": b.ref("Practtioner/rivera")})
    leader(place["Encounter/g1"], b.ref("PractitionerRole/r"))


@pytest.mark.parametrize("damage", [provider, role])
def test_what_refers_to_another_type_is_not_named_on_a_bill(clinic: Make, damage: Callable[[Any], None]) -> None:
    place = clinic(2)
    damage(place)
    assert place.run().outcome("p1") == ("held", "rule:PRV08")
    assert "ENG03" not in codes(place)


def test_a_damaged_supervisor_is_left_out(clinic: Make) -> None:
    place = clinic(2)
    extension = {"url": f"{b.EXTENSION}supervisor", "valueReference": b.ref("Practtioner/chen")}
    place["Encounter/g1"]["extension"] = [extension]
    claims = [each for each in place.written() if each["resourceType"] == "Claim"]
    assert [len(each["careTeam"]) for each in claims] == [1, 1]
