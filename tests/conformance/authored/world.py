"""A clinic in few words, and what is expected of it.

Expected values are derived from the contract and its sources by thought. When the engine says something else, one of
the two is wrong: find out which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from groupbill.fhir.codes import CPT
from groupbill.testing import builders as b

JSON = dict[str, Any]
KIT = "https://w3id.org/groupbill/conformance/"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
DOCUMENTATION = "https://w3id.org/groupbill/fhir/CodeSystem/documentation"
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
DAY = "2026-03-10"
FOUR = ("ana", "ben", "cy", "dee")
CASES: list[JSON] = []


def case(name: str, title: str, why: str, tags: str, *steps: JSON, **more: Any) -> None:
    """One case of one step or several."""
    head = {"case": name, "title": title, "why": why, "tags": tags.split(), "today": more.pop("today", "2026-03-16")}
    CASES.append({**head, **more, "steps": list(steps)})


def step(*sessions: JSON, put: Sequence[JSON] = (), findings: Sequence[str] = (), **more: Any) -> JSON:
    """What happens, and the sessions that are expected then."""
    expect: JSON = {"sessions": list(sessions), **({"findings": list(findings)} if findings else {})}
    return {**({"put": list(put)} if put else {}), **more, "expect": expect}


def session(members: Mapping[str, JSON], at: tuple[str, str], **more: Any) -> JSON:
    """A session that is expected; members are Patients by name, or references. `on` where the zone moves the day."""
    named = {name if "/" in name else f"Patient/{name}": each for name, each in members.items()}
    return {"dateOfService": more.pop("on", at[0][:10]), "from": at[0], "to": at[1], **more, "members": named}


def line(code: str = "90853", *modifiers: str, place: str = "11", amount: str = "120.00") -> JSON:
    """A line that is expected."""
    return {"code": code, "modifiers": list(modifiers), "units": 1, "placeOfService": place, "amount": amount}


def charged(*lines: JSON, **more: Any) -> JSON:
    """Charge and claim; by default one line of 90853 at the office."""
    return {"outcome": "charged", "reason": None, "lines": list(lines or (line(),)), **more}


def held(reason: str, **more: Any) -> JSON:
    """A charge that waits for a person."""
    return {"outcome": "held", "reason": reason, **more}


def pays(reason: str, **more: Any) -> JSON:
    """A charge, no claim."""
    return {"outcome": "patient-pay", "reason": reason, "lines": [line()], **more}


def nothing(reason: str, **more: Any) -> JSON:
    """No charge."""
    return {"outcome": "not-charged", "reason": reason, **more}


def hours(start: str = "09:00", end: str = "10:00", on: str = DAY) -> tuple[str, str]:
    """Start and end on a day in Chicago."""
    month_day = on[5:]
    offset = "-05:00" if "03-08" <= month_day < "11-01" else "-06:00"
    return f"{on}T{start}:00{offset}", f"{on}T{end}:00{offset}"


def payer(policy: str) -> JSON:
    """The payor Organization of a policy."""
    return b.payer(f"payer-{policy}", f"Payer under {policy}", (f"{KIT}payer", policy))


def staff(policies: Sequence[str] = ("commercial",), taxonomy: str = "1041C0700X") -> list[JSON]:
    """Clinic, room, home, leaders, payers."""
    people = [b.practitioner("rivera", 101, taxonomy), b.practitioner("okafor", 102, "103TC0700X", "PSYD")]
    places = [b.location("room"), b.location("home", "10")]
    return [b.clinic(), *places, *people, *(payer(each) for each in policies)]


def person(name: str, policy: str | None = "commercial", diagnosis: str = "F33.1", **cover: Any) -> list[JSON]:
    """A patient with a diagnosis and coverage; policy None pays alone."""
    kept = b.coverage(name, None if policy is None else f"payer-{policy}", **cover)
    return [b.patient(name), b.condition(name, diagnosis), kept]


def visit(name: str, at: tuple[str, str] | None = None, parent: str = "s", **more: Any) -> JSON:
    """A member's own visit within a session."""
    more = {"part_of": parent, "diagnosis": f"dx-{name}", "code": None, **more}
    return b.encounter(f"{parent}-{name}", f"Patient/{name}", at or hours(), **more)


def parent(at: tuple[str, str] | None = None, name: str = "s", **more: Any) -> JSON:
    """The session's Encounter."""
    more = {"leader": "rivera", "location": "room", **more}
    return b.encounter(name, "Group/g", at or hours(), **more)


def usual(
    names: Sequence[str] = FOUR, policy: str = "commercial", at: tuple[str, str] | None = None, **more: Any
) -> list[JSON]:
    """Shape B: a session whose members all came, under one policy."""
    found = [*staff((policy,), **more), b.group("g", names), parent(at)]
    for name in names:
        found += [*person(name, policy), visit(name, at)]
    return found


def changed(resources: Sequence[JSON], reference: str, **more: Any) -> list[JSON]:
    """The resources, one of them with other elements; None takes an element away."""
    kind, _, name = reference.partition("/")
    found = []
    for each in resources:
        same = (each["resourceType"], each["id"]) == (kind, name)
        found.append({key: value for key, value in {**each, **more}.items() if value is not None} if same else each)
    return found


def without(resources: Sequence[JSON], *references: str) -> list[JSON]:
    """The resources but these."""
    return [each for each in resources if f"{each['resourceType']}/{each['id']}" not in references]


def one(resources: Sequence[JSON], reference: str, **more: Any) -> JSON:
    """One of the resources with other elements."""
    kind, _, name = reference.partition("/")
    found = next(each for each in resources if (each["resourceType"], each["id"]) == (kind, name))
    return {key: value for key, value in {**found, **more}.items() if value is not None}


def all_charged(names: Sequence[str] = FOUR, **more: Any) -> dict[str, JSON]:
    """Every member with the usual charge."""
    return {name: charged(**more) for name in names}


def observed(name: str, code: str, value: JSON, encounter: str, patient: str) -> JSON:
    """An Observation of documentation."""
    system, _, word = code.rpartition("|")
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": b.coded(system or DOCUMENTATION, word),
        "subject": b.ref(f"Patient/{patient}"),
        "encounter": b.ref(f"Encounter/{encounter}"),
        **value,
    }


def note(name: str, patient: str, encounter: str, leader: str = "rivera", signed: bool = True) -> JSON:
    """A progress note."""
    made: JSON = {
        "resourceType": "DocumentReference",
        "id": name,
        "status": "current",
        "docStatus": "final" if signed else "preliminary",
        "type": b.coded("http://loinc.org", "11488-4"),
        "subject": b.ref(f"Patient/{patient}"),
        "date": f"{DAY}T18:00:00-05:00",
        "author": [b.ref(f"Practitioner/{leader}")],
        "content": [{"attachment": {"contentType": "text/plain", "url": f"http://clinic.example/notes/{name}"}}],
        "context": {"encounter": [b.ref(f"Encounter/{encounter}")]},
    }
    if signed:
        made["authenticator"] = b.ref(f"Practitioner/{leader}")
    return made


def appointment(name: str, status: str, *people: tuple[str, str], at: tuple[str, str] | None = None) -> JSON:
    """A booking; people are names with the status of their reply."""
    start, end = at or hours()
    actors = [{"actor": b.ref(f"Patient/{who}"), "status": reply} for who, reply in people]
    leader = {"actor": b.ref("Practitioner/rivera"), "status": "accepted"}
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "start": start,
        "end": end,
        "participant": [*actors, leader],
    }


def charge(name: str, patient: str, code: str, at: tuple[str, str], *modifiers: str, by: str = "rivera") -> JSON:
    """A ChargeItem of somebody else, with its visit."""
    made: JSON = {
        "resourceType": "ChargeItem",
        "id": name,
        "status": "billable",
        "subject": b.ref(f"Patient/{patient}"),
        "context": b.ref(f"Encounter/v-{name}"),
        "code": b.coded(CPT, code),
        "occurrencePeriod": {"start": at[0], "end": at[1]},
        "performer": [{"actor": b.ref(f"Practitioner/{by}")}],
        "quantity": {"value": 1},
    }
    if modifiers:
        url = EXTENSION + "charge-modifier"
        made["extension"] = [{"url": url, "valueCodeableConcept": b.coded(HCPCS, each)} for each in modifiers]
    return made


def service(
    name: str, patient: str, code: str, at: tuple[str, str], *modifiers: str, by: str = "rivera"
) -> list[JSON]:
    """Another service of the day: a visit, and its charge."""
    seen = b.encounter(f"v-{name}", f"Patient/{patient}", at, code=code, leader=by, location="room")
    return [seen, charge(name, patient, code, at, *modifiers, by=by)]


def weeks(on: str, days: int) -> str:
    """A date some days later."""
    return (date.fromisoformat(on) + timedelta(days=days)).isoformat()
