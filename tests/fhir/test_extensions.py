"""Extensions by name."""

from __future__ import annotations

from groupbill.fhir.extensions import value, values

BASE = "https://w3id.org/groupbill/fhir/StructureDefinition/"


def test_an_extension_is_read_by_its_name_whatever_type_its_value_has():
    resource = {
        "extension": [
            {"url": BASE + "modality", "valueCode": "video"},
            {"url": BASE + "charge-modifier", "valueCodeableConcept": {"coding": [{"code": "HQ"}]}},
            {"url": BASE + "charge-modifier", "valueCodeableConcept": {"coding": [{"code": "95"}]}},
            {"url": "http://vendor.example.com/x", "valueBoolean": False},
        ]
    }
    assert value(resource, "modality") == "video"
    assert [found["coding"][0]["code"] for found in values(resource, "charge-modifier")] == ["HQ", "95"]
    assert value(resource, "http://vendor.example.com/x") is False
    assert value(resource, "supervisor") is None


def test_what_is_no_list_of_extensions_holds_none():
    for resource in (None, {}, {"extension": {}}, {"extension": [None, "x", {"url": 5}]}):
        assert value(resource, "modality") is None
        assert values(resource, "modality") == []
