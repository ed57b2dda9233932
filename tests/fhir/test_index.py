"""The index: references, links, versions, and the same answer in every order."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from groupbill.fhir import json
from groupbill.fhir.index import Index

V = "http://clinic.example.org/visits"


def _index(*resources, in_memory=2**20, shuffle=None):
    index = Index(in_memory)
    order = list(resources)
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    for resource in order:
        content, url = resource if isinstance(resource, tuple) else (resource, None)
        index.add(content, json.dumps(content), "bundle.json", url)
    return index


def _ids(resources):
    return [f"{resource['resourceType']}/{resource['id']}" for resource in resources]


PARENT = {
    "resourceType": "Encounter",
    "id": "g812",
    "identifier": [{"system": V, "value": "V1"}],
    "contained": [{"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Patient/p1"}}]}],
    "subject": {"reference": "#g"},
    "participant": [{"individual": {"reference": "urn:uuid:0a1b"}}],
    "period": {"start": "2026-03-10T23:30:00-05:00"},
}
CHILDREN = [
    {"resourceType": "Encounter", "id": "c1", "partOf": {"reference": "Encounter/g812"}},
    {"resourceType": "Encounter", "id": "c2", "partOf": {"reference": "http://ehr.example.org/r4/Encounter/g812"}},
    {"resourceType": "Encounter", "id": "c3", "partOf": {"reference": "Encounter/g812/_history/4"}},
    {"resourceType": "Encounter", "id": "c4", "partOf": {"reference": "urn:uuid:77aa"}},
    {"resourceType": "Encounter", "id": "c5", "partOf": {"identifier": {"system": V, "value": "V1"}}},
    {
        "resourceType": "Encounter",
        "id": "c6",
        "partOf": {"type": "Encounter", "identifier": {"system": V, "value": "V1"}},
    },
    {"resourceType": "Encounter", "id": "c7", "partOf": {"reference": f"Encounter?identifier={V}|V1"}},
]
PRACTITIONER = ({"resourceType": "Practitioner", "active": True}, "urn:uuid:0a1b")


@pytest.mark.parametrize("in_memory", [2**20, 0])
@pytest.mark.parametrize("seed", range(4))
def test_every_form_of_reference_finds_its_target_in_every_order(seed, in_memory):
    index = _index((PARENT, "urn:uuid:77aa"), *CHILDREN, PRACTITIONER, in_memory=in_memory, shuffle=seed)
    expected = [f"Encounter/c{n}" for n in range(1, 8)]
    assert _ids(index.find("Encounter", "partOf", "Encounter/g812")) == expected
    assert {index.ref(child["partOf"], child) for child in CHILDREN} == {"Encounter/g812"}
    assert _ids(index.find("Encounter", "actor", "Practitioner/0a1b")) == ["Encounter/g812"]
    assert _ids(index.find("Encounter", "performer-day", "Practitioner/0a1b|2026-03-11")) == ["Encounter/g812"]
    assert index.find("Encounter", "performer-day", "Practitioner/0a1b|2026-03-10") == []
    assert index.get("urn:uuid:0a1b")["id"] == "0a1b"
    assert index.keys("Encounter") == [*expected, "Encounter/g812"]
    assert index.findings == []


def test_a_contained_resource_has_an_address():
    index = _index(PARENT)
    assert index.ref(PARENT["subject"], PARENT) == "Encounter/g812#g"
    assert index.get("Encounter/g812#g")["resourceType"] == "Group"
    assert index.get("Encounter/g812#h") is None
    assert index.ref(PARENT["subject"]) is None
    assert _ids(index.find("Encounter", "subject", "Encounter/g812#g")) == ["Encounter/g812"]


def test_a_logical_reference_that_two_resources_fit_stays_logical():
    twin = {"resourceType": "Encounter", "id": "x", "identifier": [{"system": V, "value": "V1"}]}
    index = _index(PARENT, twin, CHILDREN[5])
    assert index.ref(CHILDREN[5]["partOf"]) == f"Encounter?identifier={V}|V1"
    assert index.find("Encounter", "partOf", "Encounter/g812") == []
    assert _ids(index.find("Encounter", "partOf", f"Encounter?identifier={V}|V1")) == ["Encounter/c6"]


@pytest.mark.parametrize("element", [None, {}, "Patient/p1", {"display": "Somebody"}, {"reference": ""}, []])
def test_what_names_nothing_is_none(element):
    assert Index().ref(element) is None


def test_a_reference_of_r5_may_stand_in_a_codeable_reference():
    assert Index().ref({"reference": {"reference": "Condition/c1"}}) == "Condition/c1"
    assert Index().ref({"concept": {"text": "x"}}) is None


LINKED = [
    ("Appointment", "actor", "Patient/p", {"participant": [{"actor": {"reference": "Patient/p"}}]}),
    (
        "Appointment",
        "performer-day",
        "PractitionerRole/r|2026-03-10",
        {"start": "2026-03-10T10:00:00Z", "participant": [{"actor": {"reference": "PractitionerRole/r"}}]},
    ),
    ("Group", "member", "Patient/p", {"member": [{"entity": {"reference": "Patient/p"}}]}),
    ("Group", "identifier", "s|v", {"identifier": [{"system": "s", "value": "v"}]}),
    ("ChargeItem", "context", "Encounter/e", {"context": {"reference": "Encounter/e"}}),
    ("ChargeItem", "context", "Encounter/e", {"encounter": {"reference": "Encounter/e"}}),
    ("Claim", "encounter", "Encounter/e", {"item": [{"encounter": [{"reference": "Encounter/e"}]}]}),
    ("Claim", "patient", "Patient/p", {"patient": {"reference": "Patient/p"}}),
    ("ClaimResponse", "request", "Claim/c", {"request": {"reference": "Claim/c"}}),
    ("ExplanationOfBenefit", "claim", "Claim/c", {"claim": {"reference": "Claim/c"}}),
    ("Coverage", "beneficiary", "Patient/p", {"beneficiary": {"reference": "Patient/p"}}),
    ("Condition", "subject", "Patient/p", {"subject": {"reference": "Patient/p"}}),
    (
        "DocumentReference",
        "encounter",
        "Encounter/e",
        {"context": {"encounter": [{"reference": "Encounter/e"}]}},
    ),
    ("DocumentReference", "encounter", "Encounter/e", {"context": [{"reference": "Encounter/e"}]}),
    ("Composition", "encounter", "Encounter/e", {"encounter": {"reference": "Encounter/e"}}),
    ("CarePlan", "subject", "Patient/p", {"subject": {"reference": "Patient/p"}}),
    ("QuestionnaireResponse", "subject", "Patient/p", {"subject": {"reference": "Patient/p"}}),
    ("Task", "focus", "ChargeItem/c", {"focus": {"reference": "ChargeItem/c"}}),
    ("PractitionerRole", "practitioner", "Practitioner/t", {"practitioner": {"reference": "Practitioner/t"}}),
    ("RelatedPerson", "patient", "Patient/p", {"patient": {"reference": "Patient/p"}}),
    ("Patient", "link", "Patient/q", {"link": [{"other": {"reference": "Patient/q"}, "type": "replaced-by"}]}),
    ("EpisodeOfCare", "patient", "Patient/p", {"patient": {"reference": "Patient/p"}}),
    ("ChargeItemDefinition", "code", "90853", {"code": {"coding": [{"system": "CPT", "code": "90853"}]}}),
    ("ServiceRequest", "subject", "Patient/p", {"subject": {"reference": "Patient/p"}}),
    ("Consent", "patient", "Patient/p", {"patient": {"reference": "Patient/p"}}),
    ("Encounter", "episodeOfCare", "EpisodeOfCare/x", {"episodeOfCare": [{"reference": "EpisodeOfCare/x"}]}),
    ("Encounter", "basedOn", "ServiceRequest/x", {"basedOn": [{"reference": "ServiceRequest/x"}]}),
    ("Encounter", "appointment", "Appointment/x", {"appointment": [{"reference": "Appointment/x"}]}),
    ("Encounter", "actor", "Patient/p", {"participant": [{"actor": {"reference": "Patient/p"}}]}),
    (
        "Encounter",
        "associated",
        "Encounter/e",
        {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter",
                    "valueReference": {"reference": "Encounter/e"},
                }
            ]
        },
    ),
]


@pytest.mark.parametrize(("kind", "link", "value", "content"), LINKED)
def test_each_link_finds_its_resource(kind, link, value, content):
    resource = {"resourceType": kind, "id": "x1", **content}
    for in_memory in (2**20, 0):
        index = _index(resource, {"resourceType": kind, "id": "x2"}, in_memory=in_memory)
        assert _ids(index.find(kind, link, value)) == [f"{kind}/x1"]
        assert index.findings == []


def _coverage(order, **meta):
    return {"resourceType": "Coverage", "id": "c", "meta": meta, "order": order}


VERSIONS = [
    (_coverage(1), _coverage(1, lastUpdated="2026-01-01T00:00:00Z")),
    (_coverage(1, lastUpdated="2026-01-01T12:00:00Z"), _coverage(2, lastUpdated="2026-01-01T08:00:00-05:00")),
    (_coverage(9, versionId="9"), _coverage(2, versionId="10")),
    (
        _coverage(1, lastUpdated="2026-01-01T00:00:00Z", versionId="99"),
        _coverage(2, lastUpdated="2026-01-02T00:00:00Z", versionId="1"),
    ),
    (_coverage(1, versionId="a"), _coverage(2, versionId="b")),
]


@pytest.mark.parametrize(("older", "newer"), VERSIONS)
def test_the_newer_version_counts_whichever_came_first(older, newer):
    for pair in ((older, newer), (newer, older)):
        index = _index(*pair)
        assert index.get("Coverage/c")["order"] == newer["order"]
        assert index.findings == []
        assert index.version("Coverage/c") == newer["meta"].get("versionId")


def test_two_versions_that_nothing_tells_apart_are_a_finding_and_the_last_by_bytes_counts():
    for pair in ((_coverage(1), _coverage(2)), (_coverage(2), _coverage(1))):
        index = _index(*pair)
        assert index.get("Coverage/c")["order"] == 2
        assert [(f.code, f.at, f.severity) for f in index.findings] == [("ENG06", "Coverage/c", "warning")]


def test_a_tie_among_old_versions_is_no_finding():
    resources = [_coverage(1, versionId="1"), _coverage(2, versionId="1"), _coverage(3, versionId="2")]
    for seed in range(6):
        index = _index(*resources, shuffle=seed)
        assert (index.get("Coverage/c")["order"], index.findings) == (3, [])


def test_the_same_content_twice_is_silent_however_it_is_laid_out():
    index = Index()
    index.add(_coverage(1), json.dumps(_coverage(1)), "a.json")
    index.add(_coverage(1), b'{ "resourceType": "Coverage",\n "id": "\\u0063", "meta":{}, "order":1}', "b.json")
    assert index.findings == []


def test_the_links_of_a_version_that_lost_are_gone():
    old = {"resourceType": "Condition", "id": "c", "meta": {"versionId": "1"}, "subject": {"reference": "Patient/a"}}
    new = {"resourceType": "Condition", "id": "c", "meta": {"versionId": "2"}, "subject": {"reference": "Patient/b"}}
    for in_memory in (2**20, 0):
        for pair in ((old, new), (new, old)):
            index = _index(*pair, in_memory=in_memory)
            assert index.find("Condition", "subject", "Patient/a") == []
            assert _ids(index.find("Condition", "subject", "Patient/b")) == ["Condition/c"]
            assert index.keys("Condition") == ["Condition/c"]


def test_a_resource_without_id_gets_the_same_one_every_time():
    nameless = {"resourceType": "Condition", "subject": {"reference": "Patient/a"}}
    first, second = (_index(nameless).keys("Condition") for _ in range(2))
    assert first == second
    assert _index((nameless, "urn:uuid:0A1B")).keys("Condition") == ["Condition/0a1b"]
    assert _index((nameless, "http://x.example.org/Condition/7")).keys("Condition") == ["Condition/7"]
    assert _index(nameless).get(first[0])["id"] == first[0].split("/")[1]


def test_the_original_keeps_every_digit_and_may_be_changed():
    data = b'{"resourceType":"Claim","id":"c","total":{"value":45.00},"_x":null}'
    index = Index()
    index.add(json.loads(data), data, "claim.json")
    original = index.original("Claim/c")
    assert json.dumps(original) == data
    original["total"] = None
    assert index.get("Claim/c")["total"]["value"] == Decimal("45.00")
    assert index.original("Claim/none") is None


def test_null_stands_for_what_is_absent():
    data = b'{"resourceType":"Encounter","id":"e","status":null,"participant":[null,{"actor":null}],"period":null}'
    index = Index()
    index.add(json.loads(data), data, "e.json")
    assert index.findings == []
    assert index.get("Encounter/e") == {"resourceType": "Encounter", "id": "e", "participant": [{}]}


def test_a_resource_that_was_added_is_not_changed():
    nameless = {"resourceType": "Patient"}
    _index(nameless)
    assert nameless == {"resourceType": "Patient"}
