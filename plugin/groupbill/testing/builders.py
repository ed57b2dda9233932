"""FHIR resources of a realistic clinic in a few words: for tests of plugins, examples and the generator.

All people, organizations and numbers are invented; NPIs are valid by their check digit only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..fhir.codes import (
    ACT_CODE,
    CPT,
    ICD10CM,
    NPI,
    NUCC,
    PARTICIPATION_TYPE,
    POS,
)
from ..model.identity import EXTENSION

JSON = dict[str, Any]
EIN = "http://terminology.hl7.org/NamingSystem/USEIN"
CONDITION_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def npi(number: int) -> str:
    """A ten-digit NPI with a right check digit (Luhn over 80840 and the number), from a small number."""
    base = f"1{number:08d}"
    total = 24
    for position, digit in enumerate(reversed(base)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return base + str(-total % 10)


def coded(system: str, code: str) -> JSON:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code}]}


def ref(reference: str) -> JSON:
    """A Reference."""
    return {"reference": reference}


def practitioner(name: str, number: int, taxonomy: str | None = "1041C0700X", licence: str | None = "LCSW") -> JSON:
    """A Practitioner with NPI, taxonomy and licence."""
    resource: JSON = {
        "resourceType": "Practitioner",
        "id": name,
        "active": True,
        "identifier": [{"system": NPI, "value": npi(number)}],
        "name": [{"family": name.title(), "given": ["Robin"]}],
    }
    qualifications = []
    if taxonomy is not None:
        qualifications.append({"code": coded(NUCC, taxonomy)})
    if licence is not None:
        code = coded("http://terminology.hl7.org/CodeSystem/v2-0360", licence)
        qualifications.append({"code": code, "period": {"start": "2015-01-01", "end": "2030-12-31"}})
    if qualifications:
        resource["qualification"] = qualifications
    return resource


def role(name: str, practitioner: str, organization: str, taxonomy: str) -> JSON:
    """A PractitionerRole with a NUCC specialty."""
    return {
        "resourceType": "PractitionerRole",
        "id": name,
        "active": True,
        "practitioner": ref(f"Practitioner/{practitioner}"),
        "organization": ref(f"Organization/{organization}"),
        "specialty": [coded(NUCC, taxonomy)],
        "period": {"start": "2020-01-01"},
    }


def clinic(name: str = "clinic", number: int = 900, taxonomy: str = "261QM0801X") -> JSON:
    """A billing Organization with NPI, EIN, street address and taxonomy."""
    return {
        "resourceType": "Organization",
        "id": name,
        "active": True,
        "identifier": [{"system": NPI, "value": npi(number)}, {"system": EIN, "value": "36-4712345"}],
        "type": [coded(NUCC, taxonomy)],
        "name": "Lakeside Behavioral Health",
        "address": [{"line": ["400 Harbor Street"], "city": "Evanston", "state": "IL", "postalCode": "60201-0000"}],
    }


def payer(name: str, label: str, identifier: tuple[str, str] | None = None) -> JSON:
    """A payor Organization."""
    resource: JSON = {"resourceType": "Organization", "id": name, "name": label}
    if identifier is not None:
        resource["identifier"] = [{"system": identifier[0], "value": identifier[1]}]
    return resource


def location(name: str, place: str = "11", managing: str = "clinic") -> JSON:
    """A Location with its CMS place of service."""
    return {
        "resourceType": "Location",
        "id": name,
        "status": "active",
        "name": name.replace("-", " ").title(),
        "type": [coded(POS, place)],
        "managingOrganization": ref(f"Organization/{managing}"),
    }


def patient(name: str, **more: Any) -> JSON:
    """A Patient with a record number and an address."""
    return {
        "resourceType": "Patient",
        "id": name,
        "active": True,
        "identifier": [{"system": "http://lakeside.example/mrn", "value": f"MRN-{name}"}],
        "name": [{"family": f"Example-{name}", "given": ["Alex"]}],
        "gender": "unknown",
        "birthDate": "1984-05-17",
        "address": [{"line": ["12 Elm Street"], "city": "Evanston", "state": "IL", "postalCode": "60202"}],
        **more,
    }


def coverage(patient: str, payer: str | None, *, name: str | None = None, **more: Any) -> JSON:
    """An active Coverage of a patient with a payor Organization; `payer` None for self-pay."""
    resource: JSON = {
        "resourceType": "Coverage",
        "id": name or f"cov-{patient}",
        "status": "active",
        "beneficiary": ref(f"Patient/{patient}"),
        "subscriber": ref(f"Patient/{patient}"),
        "relationship": coded("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "order": 1,
    }
    if payer is None:
        resource["type"] = coded("https://nahdo.org/sopt", "81")
        resource["payor"] = [ref(f"Patient/{patient}")]
    else:
        resource["subscriberId"] = f"W{abs(hash_of(patient)) % 10**9:09d}"
        resource["payor"] = [ref(f"Organization/{payer}")]
    return {**resource, **more}


def hash_of(text: str) -> int:
    """A number from a text, the same on every machine."""
    return sum(ord(letter) * 31**position for position, letter in enumerate(text))


def condition(patient: str, code: str, *, name: str | None = None) -> JSON:
    """An active diagnosis."""
    return {
        "resourceType": "Condition",
        "id": name or f"dx-{patient}",
        "clinicalStatus": coded(CONDITION_STATUS, "active"),
        "subject": ref(f"Patient/{patient}"),
        "code": coded(ICD10CM, code),
        "onsetDateTime": "2025-06-01",
    }


def group(name: str, members: Sequence[str | Mapping[str, Any]]) -> JSON:
    """A therapy Group; members are Patient names, or whole `member` elements."""
    elements = [{"entity": ref(f"Patient/{each}")} if isinstance(each, str) else dict(each) for each in members]
    return {
        "resourceType": "Group",
        "id": name,
        "active": True,
        "type": "person",
        "actual": True,
        "code": {"text": "Therapy group"},
        "member": elements,
    }


def led_by(practitioner: str, role: str = "PPRF") -> JSON:
    """A participant of an Encounter who leads it."""
    reference = practitioner if "/" in practitioner else f"Practitioner/{practitioner}"
    return {"type": [coded(PARTICIPATION_TYPE, role)], "individual": ref(reference)}


def encounter(  # noqa: PLR0913 - one keyword per fact
    name: str,
    subject: str,
    period: tuple[str, str | None],
    *,
    status: str = "finished",
    category: str = "AMB",
    code: str | None = "90853",
    leader: str | None = None,
    part_of: str | None = None,
    location: str | None = None,
    provider: str | None = "clinic",
    diagnosis: str | None = None,
    modality: str | None = None,
    **more: Any,
) -> JSON:
    """An R4 Encounter."""
    start, end = period
    resource: JSON = {
        "resourceType": "Encounter",
        "id": name,
        "status": status,
        "class": {"system": ACT_CODE, "code": category},
        "subject": ref(subject),
        "period": {"start": start, **({"end": end} if end else {})},
    }
    if code is not None:
        resource["type"] = [coded(CPT, code)]
    if leader is not None:
        resource["participant"] = [led_by(leader)]
    if part_of is not None:
        resource["partOf"] = ref(f"Encounter/{part_of}")
    if location is not None:
        resource["location"] = [{"location": ref(f"Location/{location}"), "status": "completed"}]
    if provider is not None:
        resource["serviceProvider"] = ref(f"Organization/{provider}")
    if diagnosis is not None:
        resource["diagnosis"] = [{"condition": ref(f"Condition/{diagnosis}"), "rank": 1}]
    if modality is not None:
        resource["extension"] = [{"url": EXTENSION + "modality", "valueCode": modality}]
    return {**resource, **more}


def bundle(resources: Sequence[Mapping[str, Any]], kind: str = "collection") -> JSON:
    """A Bundle with a fullUrl for every entry."""
    base = "http://lakeside.example/fhir/"
    entries = [{"fullUrl": f"{base}{each['resourceType']}/{each['id']}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def answer(claim: Mapping[str, Any], control_number: str, payer: str) -> JSON:
    """A payer's answer to a Claim: accepted under a claim control number."""
    return {
        "resourceType": "ClaimResponse",
        "id": f"answer-{control_number.lower()}",
        "identifier": [{"system": f"http://{payer}.example/icn", "value": control_number}],
        "status": "active",
        "type": claim["type"],
        "use": "claim",
        "patient": claim["patient"],
        "created": "2026-03-14",
        "insurer": ref(f"Organization/{payer}"),
        "request": ref(f"Claim/{claim['id']}"),
        "outcome": "complete",
    }


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
