"""A small clinic with one finished group session, as FHIR resources that tests change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from groupbill.charges import Sources, gather, kept
from groupbill.fhir.index import Index
from groupbill.model import Charge, Member, Participant, Session
from groupbill.policies import Policies
from groupbill.reference import Reference
from groupbill.settings import Settings
from groupbill.testing.templates import hours, session

ON = date(2026, 3, 10)
NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "urn:oid:2.16.840.1.113883.4.4"
NUCC = "http://nucc.org/provider-taxonomy"
POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
OWN = "https://w3id.org/groupbill/"
EXTENSION = OWN + "fhir/StructureDefinition/"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def leader(practitioner: str, role: str = "PPRF") -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
    return {"type": [coded(system, role)], "individual": {"reference": practitioner}}


def clinic() -> list[dict[str, Any]]:
    period = {"start": "2026-03-10T09:00:00-05:00", "end": "2026-03-10T10:00:00-05:00"}
    return [
        {
            "resourceType": "Organization",
            "id": "clinic",
            "identifier": [{"system": NPI, "value": "1245319599"}, {"system": EIN, "value": "36-3812345"}],
            "type": [coded(NUCC, "261QM0801X")],
            "address": [{"line": ["410 Oak Street"], "city": "Peoria", "state": "IL"}],
        },
        {"resourceType": "Location", "id": "room", "type": [coded(POS, "11")]},
        {
            "resourceType": "Practitioner",
            "id": "rivera",
            "identifier": [{"system": NPI, "value": "1234567893"}],
            "qualification": [
                {"code": coded(NUCC, "1041C0700X"), "period": {"start": "2015-01-01", "end": "2027-12-31"}}
            ],
        },
        {
            "resourceType": "PractitionerRole",
            "id": "rivera",
            "active": True,
            "practitioner": {"reference": "Practitioner/rivera"},
            "organization": {"reference": "Organization/clinic"},
            "specialty": [coded(NUCC, "1041C0700X")],
        },
        {
            "resourceType": "Encounter",
            "id": "g1",
            "status": "finished",
            "class": {"system": ACT, "code": "AMB"},
            "type": [coded(CPT, "90853")],
            "subject": {"reference": "Group/g1"},
            "participant": [leader("Practitioner/rivera")],
            "period": period,
            "location": [{"location": {"reference": "Location/room"}}],
            "serviceProvider": {"reference": "Organization/clinic"},
        },
        {
            "resourceType": "Encounter",
            "id": "g1-p1",
            "status": "finished",
            "class": {"system": ACT, "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "partOf": {"reference": "Encounter/g1"},
            "period": period,
            "diagnosis": [{"condition": {"reference": "Condition/p1"}, "rank": 1}],
        },
        {"resourceType": "Patient", "id": "p1"},
        {
            "resourceType": "Condition",
            "id": "p1",
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
            "code": coded(ICD, "F33.1"),
            "subject": {"reference": "Patient/p1"},
        },
        {"resourceType": "Organization", "id": "payer", "name": "Prairie Health Plan"},
        {
            "resourceType": "Coverage",
            "id": "p1",
            "status": "active",
            "order": 1,
            "subscriberId": "MBR1001",
            "beneficiary": {"reference": "Patient/p1"},
            "relationship": {"coding": [{"code": "self"}]},
            "payor": [{"reference": "Organization/payer"}],
        },
    ]


class World:
    """The clinic, changed resource by resource; everything is computed anew from what stands at last."""

    NPI, EIN, NUCC, POS, ICD, CPT, ACT = NPI, EIN, NUCC, POS, ICD, CPT, ACT
    ON, EXTENSION, OWN = ON, EXTENSION, OWN
    coded = staticmethod(coded)
    leader = staticmethod(leader)
    hours = staticmethod(hours)

    def __init__(self, folder: Path) -> None:
        self.resources = {f"{each['resourceType']}/{each['id']}": each for each in clinic()}
        self.settings: dict[str, Any] = {
            "timezone": "America/Chicago",
            "prices": {"90853": "120.00"},
            "payers": {"Organization/payer": "commercial"},
        }
        self.session: Session = session(ON, hours("09:00-10:00", ON), attended=2)
        self._folder = folder
        self._policies: list[Path] = []

    def put(self, *resources: dict[str, Any]) -> World:
        for each in resources:
            self.resources[f"{each['resourceType']}/{each['id']}"] = each
        return self

    def change(self, reference: str, **elements: Any) -> World:
        """Set elements of a resource; None takes one away."""
        resource = {**self.resources[reference], **elements}
        self.resources[reference] = {name: value for name, value in resource.items() if value is not None}
        return self

    def drop(self, *references: str) -> World:
        for reference in references:
            del self.resources[reference]
        return self

    def policy(self, **values: Any) -> World:
        """The payer's own policy; a double underscore stands for a dot."""
        file = self._folder / "acme.json"
        keys = {name.replace("__", "."): value for name, value in values.items()}
        file.write_text(
            json.dumps({"id": "acme", "title": "Acme", "extends": "commercial", "values": keys}),
            encoding="utf-8",
        )
        self._policies = [file]
        self.settings["payers"] = {"Organization/payer": "acme"}
        return self

    def sources(self, backwards: bool = False) -> Sources:
        index = Index()
        for resource in sorted(self.resources.values(), key=lambda each: str(each["id"]), reverse=backwards):
            data = orjson.dumps(resource)
            index.add(orjson.loads(data), data, "test.json")
        assert index.findings == []
        settings = Settings.parse(self.settings, self._folder)
        return Sources(index, settings, Policies.load(self._policies), Reference.load(None))

    def member(self, patient: str = "Patient/p1", **changes: Any) -> Member:
        found = next(member for member in self.session.members if member.member == patient)
        return replace(found, **changes)

    def gather(self, *charges: str, member: Member | None = None, sources: Sources | None = None) -> Participant:
        """The participant with these codes charged, by default 90853."""
        who = member or self.member()
        made = [Charge(member=who.member, code=code) for code in charges or ("90853",)]
        return self.gather_charges(made, who, sources)

    def gather_charges(
        self, charges: Sequence[Charge], member: Member | None = None, sources: Sources | None = None
    ) -> Participant:
        found = sources or self.sources()
        who = member or self.member()
        return gather(found, self.session, who, charges, kept=kept(found, self.session))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
