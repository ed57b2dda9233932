"""A clinic with one group session, and what `run` and `check` say about it, through the public host."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbill import Host, Settings
from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.testing import builders as b

JSON = dict[str, Any]
DAY = "2026-03-10"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
USUAL: JSON = {
    "timezone": "America/Chicago",
    "prices": {"90853": "120.00", "90849": "150.00", "90785": "20.00", "H0004": "30.00"},
}


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> JSON:
    """One table laid over another, as a settings file is read."""
    out = dict(base)
    for key, value in more.items():
        known = out.get(key)
        out[key] = merged(known, value) if isinstance(value, Mapping) and isinstance(known, Mapping) else value
    return out


class Clinic:
    """A group of members who all came (shape B) under one payer policy; tests change what they are about."""

    def __init__(self, members: int = 8, policy: str | None = "commercial", on: str = DAY) -> None:
        self.on = on
        self.policy = policy
        self.taxonomy = "1041C0700X"
        self.files: dict[str, JSON] = {}
        year = on[:4]
        self.names = [f"p{number}" for number in range(1, members + 1)]
        self.put(
            b.clinic(),
            b.payer("plan", "A plan"),
            b.location("room"),
            b.practitioner("rivera", 7, "1041C0700X"),
            b.practitioner("chen", 8, "1041C0700X"),
            b.group("g", self.names),
            b.encounter("g1", "Group/g", self.hours("09:00", "10:00"), leader="rivera", location="room"),
        )
        for name in self.names:
            self.put(
                b.patient(name),
                b.coverage(name, "plan", period={"start": f"{year}-01-01", "end": f"{year}-12-31"}),
                {**b.condition(name, "F33.1"), "onsetDateTime": "2010-01-01"},
                b.encounter(
                    f"g1-{name}",
                    f"Patient/{name}",
                    self.hours("09:00", "10:00"),
                    part_of="g1",
                    diagnosis=f"dx-{name}",
                    code=None,
                ),
            )

    def hours(self, start: str, end: str | None) -> tuple[str, str | None]:
        """Start and end on the day; the offset is that of Chicago."""
        summer = "03-08" <= self.on[5:] < "11-01"
        offset = "-05:00" if summer else "-06:00"
        return f"{self.on}T{start}:00{offset}", (f"{self.on}T{end}:00{offset}" if end else None)

    def put(self, *resources: JSON) -> Clinic:
        for resource in resources:
            self.files[f"{resource['resourceType']}/{resource['id']}"] = resource
        return self

    def drop(self, *references: str) -> Clinic:
        for reference in references:
            del self.files[reference]
        return self

    def __getitem__(self, reference: str) -> JSON:
        return self.files[reference]

    def visit(self, name: str, patient: str, code: str | None, start: str, end: str | None, **more: Any) -> JSON:
        """Another Encounter of a patient of that day, by the group's leader unless told."""
        more = {"leader": "rivera", "location": "room", **more}
        resource = b.encounter(name, f"Patient/{patient}", self.hours(start, end), code=code, **more)
        self.put(resource)
        return resource

    def item(
        self,
        name: str,
        patient: str,
        code: str,
        *modifiers: str,
        start: str | None = None,
        end: str | None = None,
        leader: str | None = "rivera",
        visit: str | None = None,
        **more: Any,
    ) -> JSON:
        """A ChargeItem of somebody else."""
        resource: JSON = {
            "resourceType": "ChargeItem",
            "id": name,
            "status": "billable",
            "subject": b.ref(f"Patient/{patient}"),
            "code": procedure(code),
            "quantity": {"value": 1},
        }
        if start:
            begun, ended = self.hours(start, end)
            resource["occurrencePeriod"] = {"start": begun, **({"end": ended} if ended else {})}
        else:
            resource["occurrenceDateTime"] = self.on
        if leader:
            resource["performer"] = [{"actor": b.ref(f"Practitioner/{leader}")}]
        if visit:
            resource["context"] = b.ref(f"Encounter/{visit}")
        if modifiers:
            resource["extension"] = [
                {"url": EXTENSION + "charge-modifier", "valueCodeableConcept": modifier(each)} for each in modifiers
            ]
        self.put({**resource, **more})
        return self.files[f"ChargeItem/{name}"]

    def claim(
        self, name: str, patient: str, *lines: str | tuple[Any, ...] | JSON, kind: str = "professional", **more: Any
    ) -> JSON:
        """A complete Claim of somebody else; a line is a code, `(code, modifier, ...)`, or a whole item."""
        items = []
        for number, line in enumerate(lines, 1):
            code, changes = line, {}
            marks: tuple[str, ...] = ()
            if isinstance(line, tuple):
                code, marks = line[0], tuple(each for each in line[1:] if isinstance(each, str))
                changes = next((each for each in line[1:] if isinstance(each, dict)), {})
            item: JSON = {
                "sequence": number,
                "careTeamSequence": [1],
                "diagnosisSequence": [1],
                "productOrService": procedure(str(code)),
                "servicedDate": self.on,
                "locationCodeableConcept": b.coded(b.POS, "11"),
                "quantity": {"value": 1},
                "unitPrice": {"value": 120, "currency": "USD"},
                "net": {"value": 120, "currency": "USD"},
            }
            if marks:
                item["modifier"] = [modifier(each) for each in marks]
            items.append({**item, **changes})
        resource: JSON = {
            "resourceType": "Claim",
            "id": name,
            "status": "active",
            "use": "claim",
            "type": b.coded(CLAIM_TYPE, kind),
            "patient": b.ref(f"Patient/{patient}"),
            "created": self.on,
            "insurer": b.ref("Organization/plan"),
            "provider": b.ref("Organization/clinic"),
            "priority": b.coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
            "careTeam": [{"sequence": 1, "provider": b.ref("Practitioner/rivera"), "responsible": True}],
            "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": b.coded(b.ICD10CM, "F33.1")}],
            "insurance": [{"sequence": 1, "focal": True, "coverage": b.ref(f"Coverage/cov-{patient}")}],
            "item": items,
            "total": {"value": sum(each["net"]["value"] for each in items if "net" in each), "currency": "USD"},
        }
        self.put({**resource, **more})
        return self.files[f"Claim/{name}"]

    def settings(self, more: Mapping[str, Any] | None = None, folder: Path | None = None) -> Settings:
        table = dict(USUAL)
        if self.policy is not None:
            table["payers"] = {"Organization/plan": self.policy}
        return Settings.parse(merged(table, more or {}), folder or Path())

    def run(self, settings: Mapping[str, Any] | None = None, **more: Any) -> Said:
        host = self.host(settings, **more)
        return Said(host.run(list(copied(self.files.values())), date.fromisoformat(self.today)).to_json())

    def check(self, settings: Mapping[str, Any] | None = None, **more: Any) -> Said:
        host = self.host(settings, **more)
        index = Index()
        add_resources(index, copied(self.files.values()))
        return Said(host.check(index, date.fromisoformat(self.today)).to_json())

    def written(self, settings: Mapping[str, Any] | None = None, **more: Any) -> list[JSON]:
        """The resources of the plan."""
        report = self.host(settings, **more).run(list(copied(self.files.values())), date.fromisoformat(self.today))
        return [entry["resource"] for bundle in report.transactions() for entry in bundle["entry"]]

    def host(
        self, settings: Mapping[str, Any] | None = None, folder: Path | None = None, plugins: Iterable[Any] = ()
    ) -> Host:
        return Host(self.settings(settings, folder), plugins)

    @property
    def today(self) -> str:
        return f"{self.on[:8]}28"

    def bills(self) -> Clinic:
        """Only what a harness pipes in: no Encounters."""
        self.files = {key: each for key, each in self.files.items() if not key.startswith(("Encounter/", "Group/"))}
        return self


def copied(resources: Iterable[JSON]) -> Iterable[JSON]:
    return [copy.deepcopy(each) for each in resources]


def procedure(code: str) -> JSON:
    return b.coded(b.CPT if code[:1].isdigit() else HCPCS, code)


def modifier(code: str) -> JSON:
    return b.coded(b.CPT if code.isdigit() else HCPCS, code)


class Said:
    """A JSON report with short ways to its findings."""

    def __init__(self, report: JSON) -> None:
        self.report = report

    def member(self, patient: str = "p1", session: int = 0) -> JSON:
        members = self.report["sessions"][session]["members"]
        return next(each for each in members if each["member"] == f"Patient/{patient}")

    def outcome(self, patient: str = "p1", session: int = 0) -> tuple[str, str | None]:
        member = self.member(patient, session)
        return member["outcome"], member["reason"]

    def of(self, code: str, patient: str = "p1", session: int = 0) -> list[JSON]:
        """Findings of one rule at a member."""
        return [each for each in self.member(patient, session)["findings"] if each["code"] == code]

    def session(self, code: str, session: int = 0) -> list[JSON]:
        """Findings of one rule at a session."""
        return [each for each in self.report["sessions"][session]["findings"] if each["code"] == code]

    def at(self, resource: str, code: str | None = None) -> list[JSON]:
        """Findings on one resource that was checked."""
        for each in self.report["checked"]:
            if each["resource"] == resource:
                return [found for found in each["findings"] if code in (None, found["code"])]
        raise AssertionError(f"{resource} was not checked")

    def errors(self, resource: str) -> list[str]:
        return [each["code"] for each in self.at(resource) if each["severity"] == "error"]

    def everything(self, code: str) -> list[JSON]:
        found = [each for each in self.report["findings"] if each["code"] == code]
        for each in self.report["checked"]:
            found += [one for one in each["findings"] if one["code"] == code]
        for session in self.report["sessions"]:
            found += [one for one in session["findings"] if one["code"] == code]
            for member in session["members"]:
                found += [one for one in member["findings"] if one["code"] == code]
        return found

    def held_by_errors(self, patient: str = "p1") -> list[str]:
        return [each["code"] for each in self.member(patient)["findings"] if each["severity"] == "error"]


@pytest.fixture
def clinic() -> Callable[..., Clinic]:
    """Makes clinics."""
    return Clinic


@pytest.fixture
def usual(clinic: Callable[..., Clinic]) -> Clinic:
    """Eight members under a commercial plan, all present."""
    return clinic()
