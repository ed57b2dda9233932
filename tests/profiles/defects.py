"""Seeded defects: an example of a profile, spoilt in one place, and who is expected not to see it, and why."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import groupbill_profiles

JSON = dict[str, Any]
RESOURCES = Path(groupbill_profiles.__file__).parent / "resources"
EXTENSION = f"{groupbill_profiles.CANONICAL}/StructureDefinition/"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"

EXAMPLES = {
    "group-session-encounter": "Encounter-session-dbt-monday",
    "group-attendance-encounter": "Encounter-attendance-ana",
    "group-roster": "Group-dbt-monday",
    "group-psychotherapy-charge-item": "ChargeItem-charge-ana",
    "group-psychotherapy-claim": "Claim-void-ana",
    "held-charge-task": "Task-held-charge-ben",
    "charge-provenance": "Provenance-provenance-ana",
}
NO_BINDINGS = "looks up no codes of bindings"
NO_TARGETS = "does not refuse a reference by the type that it names"
NO_EXTENSIONS = "does not look inside extensions, and does not count them"
NO_CHOICES = "takes any type of a choice"
OPEN = "FHIR allows it: only the closed schema of what groupbill writes refuses it"
_TARGETS = {"medplum": NO_TARGETS, "hapi": NO_TARGETS}
_BINDINGS = {"medplum": NO_BINDINGS}
_EXTENSIONS = {"medplum": NO_EXTENSIONS}
_CHOICES = {"medplum": NO_CHOICES}


@dataclass(frozen=True)
class Defect:
    """One example spoilt in one place."""

    profile: str
    name: str
    change: Callable[[JSON], object]
    unseen: dict[str, str] = field(default_factory=dict)
    """Validators (schema, medplum, hapi) that don't see it, each with the reason."""

    def resource(self) -> JSON:
        """The spoilt example."""
        made = example(self.profile)
        self.change(made)
        return made


def example(profile: str) -> JSON:
    """The published example of a profile."""
    found: JSON = json.loads((RESOURCES / f"{EXAMPLES[profile]}.json").read_bytes())
    return copy.deepcopy(found)


def put(path: str, value: Any) -> Callable[[JSON], None]:
    """Set the element at a path such as `item.0.net.value`."""

    def change(resource: JSON) -> None:
        *steps, last = path.split(".")
        holder: Any = resource
        for step in steps:
            holder = holder[int(step) if step.isdigit() else step]
        holder[int(last) if last.isdigit() else last] = value

    return change


def drop(path: str) -> Callable[[JSON], None]:
    """Remove the element at a path."""

    def change(resource: JSON) -> None:
        *steps, last = path.split(".")
        holder: Any = resource
        for step in steps:
            holder = holder[int(step) if step.isdigit() else step]
        del holder[int(last) if last.isdigit() else last]

    return change


def more(path: str, *values: Any) -> Callable[[JSON], None]:
    """Append to the list at a path, made where there is none."""

    def change(resource: JSON) -> None:
        *steps, last = path.split(".")
        holder: Any = resource
        for step in steps:
            holder = holder[int(step) if step.isdigit() else step]
        holder.setdefault(last, []).extend(values)

    return change


def modifier(code: str, system: str = HCPCS) -> JSON:
    """A modifier."""
    return {"coding": [{"system": system, "code": code}]}


_SESSION = "group-session-encounter"
_ATTENDANCE = "group-attendance-encounter"
_ROSTER = "group-roster"
_CHARGE = "group-psychotherapy-charge-item"
_CLAIM = "group-psychotherapy-claim"
_TASK = "held-charge-task"
_PROVENANCE = "charge-provenance"
_LEADER = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "PPRF"}]}

DEFECTS = (
    Defect(_SESSION, "no start", drop("period.start")),
    Defect(_SESSION, "no period", drop("period")),
    Defect(_SESSION, "nobody led it", drop("participant")),
    Defect(_SESSION, "two primary performers", more("participant", {"type": [_LEADER]})),
    Defect(_SESSION, "about a patient", put("subject.reference", "Patient/ana"), _TARGETS),
    Defect(_SESSION, "neither group nor type", lambda r: (r.pop("subject"), r.pop("type"))),
    Defect(_SESSION, "no status", drop("status")),
    Defect(_SESSION, "no such status", put("status", "done"), _BINDINGS),
    Defect(_SESSION, "an element of R5", put("actualPeriod", {"start": "2026-03-02"})),
    Defect(
        _SESSION,
        "no such modality",
        more("extension", {"url": EXTENSION + "modality", "valueCode": "smoke"}),
        _EXTENSIONS,
    ),
    Defect(_ATTENDANCE, "nobody's", drop("subject")),
    Defect(_ATTENDANCE, "of a group", put("subject.reference", "Group/dbt-monday"), _TARGETS),
    Defect(_ATTENDANCE, "part of nothing", drop("partOf")),
    Defect(_ATTENDANCE, "no class", drop("class")),
    Defect(
        _ATTENDANCE,
        "a modality of the wrong type",
        put("extension", [{"url": EXTENSION + "modality", "valueString": "video"}]),
        _EXTENSIONS,
    ),
    Defect(
        _ATTENDANCE,
        "two modalities",
        more("extension", {"url": EXTENSION + "modality", "valueCode": "audio"}),
        _EXTENSIONS,
    ),
    Defect(
        _ATTENDANCE,
        "treated for a procedure",
        put("diagnosis.0.condition.reference", "Procedure/p"),
        _TARGETS,
    ),
    Defect(_ROSTER, "of animals", put("type", "animal")),
    Defect(_ROSTER, "a definition", put("actual", False)),
    Defect(_ROSTER, "a practitioner as member", more("member", {"entity": {"reference": "Practitioner/rivera"}})),
    Defect(_ROSTER, "a device as member", put("member.0.entity.reference", "Device/d1")),
    Defect(_ROSTER, "a member without entity", put("member.0", {"inactive": True})),
    Defect(_CHARGE, "no session key", lambda r: r["identifier"].pop()),
    Defect(_CHARGE, "a key of another form", put("identifier.0.value", "charge 1")),
    Defect(_CHARGE, "a Group as subject", put("subject.reference", "Group/dbt-monday")),
    Defect(_CHARGE, "a patient by name only", put("subject", {"display": "Ana"})),
    Defect(_CHARGE, "no context", drop("context")),
    Defect(
        _CHARGE,
        "an identifier that is no visit's",
        put("context", {"identifier": {"system": "http://x.example", "value": "1"}}),
    ),
    Defect(_CHARGE, "no time", drop("occurrencePeriod")),
    Defect(
        _CHARGE,
        "a day in place of a period",
        lambda r: r.update(occurrenceDateTime=r.pop("occurrencePeriod")["start"]),
    ),
    Defect(_CHARGE, "no quantity", drop("quantity")),
    Defect(_CHARGE, "a quantity of nothing", put("quantity.value", 0)),
    Defect(_CHARGE, "a negative price", put("priceOverride.value", -1)),
    Defect(_CHARGE, "a price in euro", put("priceOverride.currency", "EUR")),
    Defect(_CHARGE, "no such status", put("status", "done"), _BINDINGS),
    Defect(_CHARGE, "a code of another system only", put("code.coding.0.system", "http://snomed.info/sct")),
    Defect(
        _CHARGE,
        "five modifiers",
        more(
            "extension",
            *({"url": EXTENSION + "charge-modifier", "valueCodeableConcept": modifier("HQ")} for _ in range(4)),
        ),
        _EXTENSIONS,
    ),
    Defect(
        _CHARGE,
        "a modifier of three characters",
        more("extension", {"url": EXTENSION + "charge-modifier", "valueCodeableConcept": modifier("XEE")}),
        _EXTENSIONS,
    ),
    Defect(
        _CHARGE,
        "no such evidence",
        put("extension.1.valueCode", "rumour"),
        _EXTENSIONS,
    ),
    Defect(_CHARGE, "a size of nought", put("extension.2.valuePositiveInt", 0)),
    Defect(_CHARGE, "a note", put("note", [{"text": "about the group"}]), {"medplum": OPEN, "hapi": OPEN}),
    Defect(_CLAIM, "a preauthorization", put("use", "preauthorization")),
    Defect(_CLAIM, "institutional", put("type.coding.0.code", "institutional")),
    Defect(_CLAIM, "no place of service", drop("item.0.locationCodeableConcept")),
    Defect(_CLAIM, "a place of service in words", put("item.0.locationCodeableConcept.coding.0.code", "home")),
    Defect(_CLAIM, "no careTeam", drop("careTeam")),
    Defect(_CLAIM, "nobody primary", put("careTeam.0.role.coding.0.code", "assist")),
    Defect(_CLAIM, "a short taxonomy", put("careTeam.0.qualification.coding.0.code", "1041C")),
    Defect(_CLAIM, "five modifiers", put("item.0.modifier", [modifier("HQ")] * 5)),
    Defect(_CLAIM, "a digit modifier in the HCPCS system", put("item.0.modifier.0", modifier("95"))),
    Defect(
        _CLAIM,
        "a period",
        lambda r: r["item"][0].update(servicedPeriod={"start": r["item"][0].pop("servicedDate")}),
        _CHOICES,
    ),
    Defect(_CLAIM, "two encounters", more("item.0.encounter", {"reference": "Encounter/e2"})),
    Defect(_CLAIM, "five pointers", put("item.0.diagnosisSequence", [1, 2, 3, 4, 5])),
    Defect(_CLAIM, "a pointer twice", put("item.0.diagnosisSequence", [1, 1])),
    Defect(
        _CLAIM,
        "thirteen diagnoses",
        lambda r: r.update(diagnosis=[{**r["diagnosis"][0], "sequence": n} for n in range(1, 14)]),
    ),
    Defect(_CLAIM, "a diagnosis without its dot", put("diagnosis.0.diagnosisCodeableConcept.coding.0.code", "F331")),
    Defect(_CLAIM, "no insurance that is focal", put("insurance.0.focal", False)),
    Defect(_CLAIM, "no payer's number for a void", drop("related.0.reference")),
    Defect(_CLAIM, "an answer to nothing", drop("supportingInfo")),
    Defect(
        _CLAIM,
        "frequency 9",
        put("supportingInfo.0.code.coding.0.code", "9"),
    ),
    Defect(_CLAIM, "no control number", drop("item.0.extension")),
    Defect(_CLAIM, "a control number of 31 characters", put("item.0.extension.0.valueString", "7" * 31), _EXTENSIONS),
    Defect(_CLAIM, "no net", drop("item.0.net")),
    Defect(_CLAIM, "a negative net", put("item.0.net.value", -120)),
    Defect(_CLAIM, "no total", drop("total")),
    Defect(_CLAIM, "no key", drop("identifier")),
    Defect(
        _CLAIM, "fifty-one lines", lambda r: r.update(item=[{**r["item"][0], "sequence": n} for n in range(1, 52)])
    ),
    Defect(_CLAIM, "a Group as patient", put("patient.reference", "Group/dbt-monday")),
    Defect(_CLAIM, "an amount as text", put("total.value", "120.00")),
    Defect(_TASK, "no findings", drop("input")),
    Defect(_TASK, "another input only", put("input.0.type.text", "remark")),
    Defect(
        _TASK, "a finding in words", put("input.0", {"type": {"text": "finding"}, "valueString": "NCC01"}), _CHOICES
    ),
    Defect(_TASK, "about a Claim", put("focus.reference", "Claim/claim-ana"), _TARGETS),
    Defect(_TASK, "for nobody", drop("for")),
    Defect(_TASK, "a proposal", put("intent", "proposal")),
    Defect(_TASK, "no such status", put("status", "open"), _BINDINGS),
    Defect(_TASK, "no session key", lambda r: r["identifier"].pop()),
    Defect(_PROVENANCE, "no target", drop("target")),
    Defect(_PROVENANCE, "of a patient", put("target.0.reference", "Patient/ana"), _TARGETS),
    Defect(_PROVENANCE, "a day for an instant", put("recorded", "2026-03-12")),
    Defect(_PROVENANCE, "no entity", drop("entity")),
    Defect(_PROVENANCE, "no such role", put("entity.0.role", "origin"), _BINDINGS),
    Defect(
        _PROVENANCE,
        "an activity of nobody's",
        put("activity.coding.0.code", "DELETE"),
        _BINDINGS,
    ),
    Defect(_PROVENANCE, "an agent without name", drop("agent.0.who.identifier.value")),
)
