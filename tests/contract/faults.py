"""Faults, one or more per rule: a clinic in order, then the one thing that is wrong, as FHIR resources.

What stands before the `yield` of a fault belongs to the clinic in order; what follows is the fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from groupbill.testing import builders as b

from .conftest import DAY, EXTENSION, Clinic

JSON = dict[str, Any]
Change = Callable[[Clinic], Iterator[None]]
DOCUMENTATION = "https://w3id.org/groupbill/fhir/CodeSystem/documentation"
OWN = "own"
"""Place of a finding: the ChargeItem that groupbill writes for p1."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to break one rule."""

    rule: str
    severity: str
    at: str
    change: Change
    how: str = "run"
    """`run`, or `check`: of the bills alone, or `check with visits`."""
    policy: str = "commercial"
    on: str = DAY
    members: int = 4
    values: JSON = field(default_factory=dict)
    """Policy values by key."""
    settings: JSON = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.change.__name__}"


FAULTS: list[Fault] = []


def fault(rule: str, severity: str, at: str = OWN, **more: Any) -> Callable[[Change], Change]:
    """Enter a fault: the rule, the severity and the place that are expected."""

    def enter(change: Change) -> Change:
        FAULTS.append(Fault(rule=rule, severity=severity, at=at, change=change, **more))
        return change

    return enter


def observed(clinic: Clinic, name: str, code: str, **value: Any) -> None:
    """What the record of a member says, in the CodeSystem `documentation`."""
    clinic.put(
        {
            "resourceType": "Observation",
            "id": f"{code}-{name}",
            "status": "final",
            "code": b.coded(DOCUMENTATION, code),
            "subject": b.ref(f"Patient/{name}"),
            "encounter": b.ref(f"Encounter/g1-{name}"),
            **(value or {"valueBoolean": True}),
        }
    )


def note(
    clinic: Clinic, name: str, text: str = "", *, visit: str | None = None, signer: str | None = "rivera"
) -> JSON:
    """A member's signed note of the session, or of another visit."""
    from base64 import b64encode

    where = visit or f"g1-{name}"
    resource: JSON = {
        "resourceType": "DocumentReference",
        "id": f"note-{where}",
        "status": "current",
        "docStatus": "final",
        "subject": b.ref(f"Patient/{name}"),
        "context": {"encounter": [b.ref(f"Encounter/{where}")]},
        "content": [{"attachment": {"data": b64encode((text or f"What {where} did").encode()).decode()}}],
    }
    if signer:
        resource["authenticator"] = b.ref(f"Practitioner/{signer}")
    clinic.put(resource)
    return resource


def plan(clinic: Clinic, name: str, code: str = "90853", end: str | None = None) -> JSON:
    """A member's treatment plan."""
    resource: JSON = {
        "resourceType": "CarePlan",
        "id": f"plan-{name}",
        "status": "active",
        "intent": "plan",
        "subject": b.ref(f"Patient/{name}"),
        "period": {"start": "2020-01-01", **({"end": end} if end else {})},
        "activity": [{"detail": {"status": "in-progress", "code": b.coded(b.CPT, code)}}],
    }
    clinic.put(resource)
    return resource


def remote(clinic: Clinic, name: str = "p1", modality: str | None = "video", place: str | None = "home") -> None:
    """A member who took part from elsewhere."""
    clinic.put(b.location("home", "10"))
    visit = clinic[f"Encounter/g1-{name}"]
    visit["class"] = {**visit["class"], "code": "VR"}
    if modality:
        visit["extension"] = [{"url": EXTENSION + "modality", "valueCode": modality}]
    if place:
        visit["location"] = [{"location": b.ref(f"Location/{place}")}]


def place_of_service(code: str) -> JSON:
    """The element of a Claim line that says where."""
    return {"locationCodeableConcept": b.coded(b.POS, code)}


def hours(clinic: Clinic, start: str, end: str) -> JSON:
    """The element of a Claim line that says when."""
    begun, ended = clinic.hours(start, end)
    return {"servicedPeriod": {"start": begun, "end": ended}}


def related(clinic: Clinic, *names: str) -> None:
    """Makes members relatives: each is somebody's RelatedPerson, who is another member."""
    first = names[0]
    for name in names[1:]:
        clinic.put({"resourceType": "RelatedPerson", "id": f"kin-{name}", "patient": b.ref(f"Patient/{first}")})
        clinic[f"Patient/{name}"]["link"] = [{"other": b.ref(f"RelatedPerson/kin-{name}"), "type": "seealso"}]
