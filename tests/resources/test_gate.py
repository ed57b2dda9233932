"""The gate: every seeded defect is caught at both levels, named by its element and never by its value."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal

import pytest

from groupbill.model import Action, Step
from groupbill.model.identity import charge_item_value, claim_value
from groupbill.resources.charge_item import charge_item
from groupbill.resources.claim import Issue, claim
from groupbill.resources.gate import Gate
from groupbill.resources.own import own
from groupbill.resources.provenance import Origin, Source, provenance
from groupbill.resources.task import task
from groupbill.testing.usual import usual

TODAY = date(2026, 3, 12)
LEVELS = [("full", True), ("schema", True), ("schema", False)]
CONTROL = {"system": "http://payer.example.org/claims", "value": "PCN77"}


def built():
    participant = usual()
    facts = own(participant, "")
    value = charge_item_value("", facts.session, facts.patient, "90853")
    charged = charge_item(facts, participant.lines[0], value, "billable", TODAY)
    issue = Issue(
        value=claim_value("", facts.session, facts.patient),
        status="active",
        created=TODAY,
        frequency="7",
        prior="Claim/prior",
        control=CONTROL,
    )
    made = {
        "ChargeItem": charged,
        "Claim": claim(facts, participant.lines, issue),
        "Task": task(facts, f"ChargeItem/{charged['id']}", ["NCC01"], value, TODAY),
    }
    steps = [Step(reference=f"ChargeItem/{charged['id']}", action=Action.CREATE, resource=charged)]
    origin = Origin(recorded="2026-03-12T00:00:00-06:00", editions=("2026Q1",), plugins=("acme 1.0",))
    made["Provenance"] = provenance(steps, Source(visit=facts.visit, policy="default"), origin)
    return copy.deepcopy(made)


def put(path, value):
    def change(resource):
        *steps, last = path
        for step in steps:
            resource = resource[step]
        resource[last] = value

    return change


def drop(*path):
    def change(resource):
        *steps, last = path
        for step in steps:
            resource = resource[step]
        del resource[last]

    return change


def append(path, value):
    def change(resource):
        for step in path:
            resource = resource[step]
        resource.append(value)

    return change


MODIFIER = {"coding": [{"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "HQ"}]}
ANOTHER = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.1"}]}
DEFECTS = [
    ("Claim", "no place of service", drop("item", 0, "locationCodeableConcept"), "Claim.item[0].locationCode"),
    ("Claim", "a preauthorization", put(["use"], "preauthorization"), "Claim.use"),
    ("Claim", "no such status", put(["status"], "bogus"), "Claim.status"),
    ("Claim", "no status", drop("status"), "Claim.status"),
    ("Claim", "no created", drop("created"), "Claim.created"),
    ("Claim", "no provider", drop("provider"), "Claim.provider"),
    ("Claim", "no patient", drop("patient"), "Claim.patient"),
    ("Claim", "a Group as patient", put(["patient", "reference"], "Group/g1"), "Claim.patient.reference"),
    ("Claim", "no insurance", drop("insurance"), "Claim.insurance"),
    ("Claim", "an empty insurance list", put(["insurance"], []), "Claim.insurance"),
    ("Claim", "insurance not focal", put(["insurance", 0, "focal"], False), "Claim.insurance[0].focal"),
    ("Claim", "no care team", put(["careTeam"], []), "Claim.careTeam"),
    ("Claim", "a null", put(["facility"], None), "Claim.facility"),
    ("Claim", "an empty object", put(["facility"], {}), "Claim.facility"),
    ("Claim", "an unknown element", put(["frequency"], "1"), "Claim"),
    ("Claim", "no diagnosis", put(["diagnosis"], []), "Claim.diagnosis"),
    (
        "Claim",
        "a diagnosis twice",
        append(["diagnosis"], {"sequence": 2, "diagnosisCodeableConcept": ANOTHER}),
        "Claim.diagnosis",
    ),
    (
        "Claim",
        "thirteen diagnoses",
        put(["diagnosis"], [{"sequence": n, "diagnosisCodeableConcept": ANOTHER} for n in range(1, 14)]),
        "Claim.diagnosis",
    ),
    ("Claim", "a pointer to nothing", put(["item", 0, "diagnosisSequence"], [2]), "Claim.item[0].diagnosisSeq"),
    (
        "Claim",
        "five pointers",
        put(["item", 0, "diagnosisSequence"], [1, 2, 3, 4, 5]),
        "Claim.item[0].diagnosisSequence",
    ),
    ("Claim", "a leader who is not there", put(["item", 0, "careTeamSequence"], [3]), "Claim.item[0].careTeam"),
    ("Claim", "five modifiers", put(["item", 0, "modifier"], [MODIFIER] * 5), "Claim.item[0].modifier"),
    (
        "Claim",
        "a digit modifier in the HCPCS system",
        put(["item", 0, "modifier"], [{"coding": [{**MODIFIER["coding"][0], "code": "95"}]}]),
        "Claim.item[0].modifier[0].coding[0]",
    ),
    ("Claim", "no encounter", drop("item", 0, "encounter"), "Claim.item[0].encounter"),
    ("Claim", "two encounters", append(["item", 0, "encounter"], {"reference": "Encounter/e2"}), "Claim.item[0]"),
    ("Claim", "a period", put(["item", 0, "servicedPeriod"], {"start": "2026-03-10"}), "Claim.item[0]"),
    ("Claim", "no such day", put(["item", 0, "servicedDate"], "2026-02-30"), "Claim.item[0].servicedDate"),
    ("Claim", "a day as written in the US", put(["created"], "03/12/2026"), "Claim.created"),
    ("Claim", "a wrong total", put(["total", "value"], Decimal("120.01")), "Claim.total"),
    ("Claim", "a wrong product", put(["item", 0, "quantity", "value"], 2), "Claim.item[0].net"),
    ("Claim", "a binary fraction", put(["item", 0, "net", "value"], 120.0), "Claim.item[0].net.value"),
    ("Claim", "an amount as text", put(["total", "value"], "120.00"), "Claim.total.value"),
    ("Claim", "a negative amount", put(["total", "value"], Decimal(-120)), "Claim.total.value"),
    ("Claim", "a quantity of nothing", put(["item", 0, "quantity", "value"], 0), "Claim.item[0].quantity"),
    ("Claim", "a sequence as text", put(["item", 0, "sequence"], "1"), "Claim.item[0].sequence"),
    ("Claim", "a sequence of zero", put(["careTeam", 0, "sequence"], 0), "Claim.careTeam[0].sequence"),
    (
        "Claim",
        "a long control number",
        put(["item", 0, "extension", 0, "valueString"], "7" * 31),
        "Claim.item[0].extension[0].valueString",
    ),
    ("Claim", "no control number", drop("item", 0, "extension"), "Claim.item[0].extension"),
    ("Claim", "a long id", put(["id"], "7" * 65), "Claim.id"),
    ("Claim", "an id with an underscore", put(["id"], "a_b"), "Claim.id"),
    ("Claim", "a long identifier", put(["identifier", 0, "value"], "7" * 21), "Claim.identifier[0].value"),
    ("Claim", "a frequency without its claim", drop("related"), "Claim"),
    ("Claim", "frequency 9", put(["supportingInfo", 0, "code", "coding", 0, "code"], "9"), "Claim.supportingInfo"),
    ("Claim", "no control number of the payer", drop("related", 0, "reference", "value"), "Claim.related[0]"),
    ("ChargeItem", "no such status", put(["status"], "done"), "ChargeItem.status"),
    ("ChargeItem", "no context", drop("context"), "ChargeItem.context"),
    ("ChargeItem", "no subject", drop("subject"), "ChargeItem.subject"),
    ("ChargeItem", "a Group as subject", put(["subject", "reference"], "Group/g1"), "ChargeItem.subject"),
    (
        "ChargeItem",
        "five modifiers",
        lambda resource: resource["extension"].extend(
            [
                {
                    "url": "https://w3id.org/groupbill/fhir/StructureDefinition/charge-modifier",
                    "valueCodeableConcept": MODIFIER,
                }
            ]
            * 5
        ),
        "ChargeItem.extension",
    ),
    ("ChargeItem", "a note", put(["note"], [{"text": "about the group"}]), "ChargeItem"),
    ("ChargeItem", "no such day", put(["enteredDate"], "2026-02-30"), "ChargeItem.enteredDate"),
    ("ChargeItem", "a binary fraction", put(["priceOverride", "value"], 120.0), "ChargeItem.priceOverride"),
    ("ChargeItem", "no session key", lambda resource: resource["identifier"].pop(), "ChargeItem.identifier"),
    ("Task", "no such status", put(["status"], "open"), "Task.status"),
    ("Task", "no such intent", put(["intent"], "wish"), "Task.intent"),
    ("Task", "about a Claim", put(["focus", "reference"], "Claim/c1"), "Task.focus"),
    ("Task", "no findings", put(["input"], []), "Task.input"),
    ("Provenance", "no target", put(["target"], []), "Provenance.target"),
    ("Provenance", "a day for an instant", put(["recorded"], "2026-03-12"), "Provenance.recorded"),
    ("Provenance", "no such role", put(["entity", 0, "role"], "origin"), "Provenance.entity[0].role"),
]


@pytest.mark.parametrize(("level", "fast"), LEVELS)
@pytest.mark.parametrize("kind", ["ChargeItem", "Claim", "Task", "Provenance"])
def test_what_the_builders_make_passes(kind, level, fast):
    assert Gate(level, fast=fast).check(built()[kind]) == ()


@pytest.mark.parametrize(("level", "fast"), LEVELS)
@pytest.mark.parametrize(("kind", "defect", "change", "place"), DEFECTS, ids=lambda each: str(each)[:40])
def test_a_defect_is_caught_and_named(kind, defect, change, place, level, fast):
    resource = built()[kind]
    change(resource)
    problems = Gate(level, fast=fast).check(resource)
    assert any(problem.startswith(place) for problem in problems), problems


@pytest.mark.parametrize(("level", "fast"), LEVELS)
def test_a_problem_never_holds_a_value(level, fast):
    secret = "Ms Q Secret"
    for path in (["status"], ["patient", "reference"], ["id"], ["item", 0, "servicedDate"], ["created"]):
        resource = built()["Claim"]
        put(path, secret)(resource)
        problems = Gate(level, fast=fast).check(resource)
        assert problems
        assert all(secret not in problem for problem in problems)


@pytest.mark.parametrize(("level", "fast"), LEVELS)
def test_what_the_models_refuse_the_schemas_refuse_too(level, fast):
    """The levels differ in cost, and not in what leaves: every single removal or wrong type is judged alike."""
    for kind, resource in built().items():
        for element in list(resource):
            for value in (None, 7, "x", [], {}, [{}], True):
                broken = copy.deepcopy(resource)
                broken[element] = value
                if Gate("full").check(broken) and broken != resource:
                    assert Gate(level, fast=fast).check(broken), (kind, element, value)


def test_a_resource_that_groupbill_does_not_write_is_refused():
    assert Gate().check({"resourceType": "Patient"}) == ("resourceType: not one that groupbill writes",)
    assert Gate().check({}) == ("resourceType: not one that groupbill writes",)


@pytest.mark.parametrize("kind", sorted(built()))
def test_a_shape_that_has_passed_does_not_let_another_value_or_another_type_pass(kind: str) -> None:
    gate = Gate("full")
    good = built()[kind]
    assert gate.check(good) == ()
    assert gate.check({**good, "id": "not an id"})[0].startswith(f"{kind}.id")
    assert gate.check({**good, "id": 7})[0].startswith(f"{kind}.id")
    assert gate.check({**good, "unknown": "x"}) != ()
    assert gate.check(good) == ()
