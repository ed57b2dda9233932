"""Code systems and codes, whatever they are called and however they are spelled."""

from __future__ import annotations

import pytest

from groupbill.fhir.codes import CPT, EIN, HCPCS, ICD10CM, NPI, POS, code_in, codings, procedure_code, system


@pytest.mark.parametrize(
    ("uri", "canonical"),
    [
        ("CPT", CPT),
        ("HTTP://WWW.AMA-ASSN.ORG/GO/CPT", CPT),
        ("http://www.ama-assn.org/go/cpt/", CPT),
        ("urn:oid:2.16.840.1.113883.6.12", CPT),
        ("I10", ICD10CM),
        ("urn:oid:2.16.840.1.113883.6.90", ICD10CM),
        ("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", HCPCS),
        ("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", HCPCS),
        (POS + ".html", POS),
        ("urn:oid:2.16.840.1.113883.4.6", NPI),
        ("http://terminology.hl7.org/NamingSystem/USEIN", EIN),
        ("http://clinic.example.org/Codes", "http://clinic.example.org/Codes"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_system_has_one_canonical_uri(uri, canonical):
    assert system(uri) == canonical


@pytest.mark.parametrize(
    ("code", "spelled"), [("f33.1", "F33.1"), ("F331", "F33.1"), (" f90 ", "F90"), ("z9181", "Z91.81")]
)
def test_icd_10_codes_are_upper_case_with_the_dot(code, spelled):
    assert list(codings({"coding": [{"system": "I10", "code": code}]})) == [(ICD10CM, spelled)]


def test_the_procedure_is_the_cpt_code_wherever_it_stands():
    concept = {
        "coding": [
            {"system": "http://clinic.example.org/visit", "code": "GRP"},
            {"system": HCPCS, "code": "h0005"},
            {"system": "CPT", "code": "90853"},
        ]
    }
    assert procedure_code(concept) == "90853"
    assert code_in(concept, HCPCS) == "H0005"
    assert procedure_code({"coding": concept["coding"][:2]}) == "H0005"
    assert procedure_code({"text": "Group therapy"}) is None


def test_codings_reads_concepts_references_and_lists_of_r4_and_r5():
    coding = {"system": CPT, "code": "90853"}
    forms = [
        coding,
        {"coding": [coding]},
        [{"coding": [coding]}],
        {"concept": {"coding": [coding]}},
        [{"concept": {"coding": [coding]}, "reference": {"reference": "HealthcareService/h"}}],
    ]
    assert [list(codings(form)) for form in forms] == [[(CPT, "90853")]] * 5
    assert list(codings(None)) == list(codings("90853")) == list(codings({"coding": [{"system": CPT}]})) == []
