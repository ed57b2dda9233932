"""Nothing that a server holds makes a plan fail."""

from __future__ import annotations

import copy

import pytest

from groupbill.fhir import json
from groupbill.fhir.index import Index
from groupbill.model import Outcome
from groupbill.reconcile import Desk, Gate, Origin, Planner
from groupbill.testing.usual import usual

JUNK = (None, 7, "x", [], {}, [7], [{}], [[]], {"coding": [7]})


def places(value, path=()):
    """The paths of everything inside a resource."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def broken(resource):
    for path in list(places(resource)):
        for junk in JUNK:
            made = copy.deepcopy(resource)
            inner = made
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = junk
            yield made


@pytest.mark.parametrize("kind", ["ChargeItem", "Claim", "Task", "ClaimResponse"])
def test_a_malformed_resource_of_ours_never_raises(ehr, tools, kind):
    ehr.accepted()
    ehr.run(tools.priced("130.00"))
    ehr.take(ehr.plan(outcome=Outcome.HELD))
    files = dict(ehr.files)
    target = next(reference for reference in files if reference.startswith(kind + "/"))
    for resource in broken(files[target]):
        index = Index()
        for reference, each in {**files, target: resource}.items():
            data = json.dumps(each)
            if isinstance(each.get("resourceType"), str) and isinstance(each.get("id"), str):
                index.add(json.loads(data), data, reference)
        desk = Desk(index=index, gate=Gate("schema"), today=usual().session.date_of_service)
        planner = Planner(desk, Origin(recorded="2026-03-12T00:00:00Z"))
        for outcome in (Outcome.CHARGED, Outcome.HELD, Outcome.PATIENT_PAY):
            planner.plan(tools.priced("140.00"), outcome, codes=("NCC01",))
        planner.departed(usual().session.key, ())


@pytest.mark.parametrize("element", ["type", "insurance", "provider", "priority"])
def test_an_accepted_claim_that_somebody_damaged_is_left_to_a_person(ehr, element):
    ehr.accepted()
    [claim] = [each for each in ehr.files.values() if each["resourceType"] == "Claim"]
    claim[element] = {"text": "spoilt"} if isinstance(claim[element], dict) else [{"focal": True}]
    [plan] = ehr.planner().departed(usual().session.key, ())
    said = [(found.code, found.at) for found in plan.findings]
    assert said == [("CLM02", f"Claim/{claim['id']}")]
    assert f"Claim.{element}" in plan.findings[0].message
    assert {str(step.action) for step in plan.steps} == {"keep"}


@pytest.mark.parametrize("visit", ["Encount/e1", "Encounter", "urn:uuid:1"])
def test_a_damaged_visit_on_a_charge_that_is_gone_is_no_source(ehr, visit):
    ehr.accepted()
    for each in ehr.files.values():
        if each["resourceType"] == "ChargeItem":
            each["context"] = {"reference": visit}
        for item in each.get("item", ()):
            item.pop("encounter", None)
    [plan] = ehr.planner().departed(usual().session.key, ())
    assert "ENG03" not in [found.code for found in plan.findings]
