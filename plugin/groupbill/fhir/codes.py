"""Code systems: their canonical URIs, the other names seen for them, and codes in one spelling.

Other names: OIDs of the HL7 OID registry, `http` and `https` forms, and the bare `CPT` and `I10`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
NUCC = "http://nucc.org/provider-taxonomy"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "urn:oid:2.16.840.1.113883.4.4"
SOPT = "https://nahdo.org/sopt"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
PARTICIPATION_TYPE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
CARE_TEAM_ROLE = "http://terminology.hl7.org/CodeSystem/claimcareteamrole"
CLAIM_FREQUENCY = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTSupportingInfoType"
TYPE_OF_BILL = "https://www.nubc.org/CodeSystem/TypeOfBill"

_NAMES: dict[str, tuple[str, ...]] = {
    CPT: ("cpt", "cpt4", "cpt-4", "https://www.ama-assn.org/go/cpt", "http://ama-assn.org/go/cpt",
          "urn:oid:2.16.840.1.113883.6.12"),
    HCPCS: ("hcpcs", "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets",
            "http://terminology.hl7.org/codesystem/hcpcs-all-codes", "urn:oid:2.16.840.1.113883.6.285"),
    POS: ("pos", POS + ".html", POS.replace("https:", "http:"), POS.replace("https:", "http:") + ".html"),
    NUCC: ("nucc", "http://www.nucc.org/provider-taxonomy", "https://nucc.org/provider-taxonomy",
           "urn:oid:2.16.840.1.113883.6.101"),
    ICD10CM: ("i10", "icd10", "icd-10", "icd10cm", "icd-10-cm", "https://hl7.org/fhir/sid/icd-10-cm",
              "http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.90"),
    SNOMED: ("snomed", "sct", "snomed-ct", "https://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
    NPI: ("npi", "https://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"),
    EIN: ("ein", "2.16.840.1.113883.4.4", "http://terminology.hl7.org/namingsystem/usein",
          "https://terminology.hl7.org/namingsystem/usein"),
    SOPT: ("sopt", "http://nahdo.org/sopt", "https://www.nahdo.org/sopt",
           "urn:oid:2.16.840.1.113883.3.221.5"),
    ACT_CODE: ("http://hl7.org/fhir/v3/actcode", "urn:oid:2.16.840.1.113883.5.4"),
    ROLE_CODE: ("http://hl7.org/fhir/v3/rolecode", "urn:oid:2.16.840.1.113883.5.111"),
    PARTICIPATION_TYPE: ("http://hl7.org/fhir/v3/participationtype", "urn:oid:2.16.840.1.113883.5.90"),
    CLAIM_TYPE: ("http://hl7.org/fhir/ex-claimtype", "http://terminology.hl7.org/codesystem/ex-claimtype"),
    CARE_TEAM_ROLE: ("http://hl7.org/fhir/claimcareteamrole",
                     "http://hl7.org/fhir/us/carin-bb/codesystem/c4bbclaimcareteamrole"),
    CLAIM_FREQUENCY: (),
    TYPE_OF_BILL: (),
}  # fmt: skip
_CANONICAL = {name.lower(): uri for uri, names in _NAMES.items() for name in (uri, *names)}


@lru_cache(maxsize=4096)
def system(uri: str | None) -> str:
    """The canonical URI of a code system; one that is not in the table as it stands; empty for none."""
    if not uri:
        return ""
    text = uri.strip()
    return _CANONICAL.get(text.lower().rstrip("/"), text)


@lru_cache(maxsize=16384)
def spelled(canonical: str, code: str) -> str:
    """A code as its system writes it: upper-case, ICD-10 with the dot after the third place."""
    text = code.strip()
    if canonical == ICD10CM:
        text = text.upper().replace(".", "")
        return f"{text[:3]}.{text[3:]}" if len(text) > 3 else text
    return text.upper() if canonical in _UPPER else text


_UPPER = frozenset({CPT, HCPCS, NUCC, POS})


def codings(concept: Any) -> Iterator[tuple[str, str]]:
    """System and code, normalised, of every coding of a CodeableConcept, CodeableReference, Coding, list."""
    if isinstance(concept, list):
        for item in concept:
            yield from codings(item)
        return
    if not isinstance(concept, dict):
        return
    inner = concept.get("concept")
    if inner is not None:
        yield from codings(inner)
        return
    for coding in concept.get("coding") or (concept,):
        code = coding.get("code") if type(coding) is dict else None
        if type(code) is str and code:
            named = coding.get("system")
            yield _coding(named if type(named) is str else "", code)


@lru_cache(maxsize=16384)
def _coding(uri: str, code: str) -> tuple[str, str]:
    canonical = system(uri)
    return canonical, spelled(canonical, code)


def code_in(concept: Any, *systems: str) -> str | None:
    """The first code of a concept in the first of these systems that it has one in."""
    found = list(codings(concept))
    return next((code for wanted in systems for uri, code in found if uri == wanted), None)


def procedure_code(concept: Any) -> str | None:
    """The CPT code of a concept, else its HCPCS code."""
    return code_in(concept, CPT, HCPCS)
