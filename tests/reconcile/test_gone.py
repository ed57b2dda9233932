"""Charges are found by identifier and patient, whoever is on the roster now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groupbill.fhir import json
from groupbill.fhir.index import Index
from groupbill.model import Outcome
from groupbill.model.identity import CHARGE_ITEM_SYSTEM, charge_item_value, resource_id, session_key
from groupbill.reconcile import orphans
from groupbill.testing.usual import usual


def recoded(code):
    participant = usual()
    value = charge_item_value("", participant.session.key, "Patient/p1", code)
    line = replace(
        participant.lines[0],
        code=code,
        at=f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, value)}",
        control_number=value,
    )
    session = replace(participant.session, code=code)
    return replace(participant, session=session, lines=(line,))


def test_a_member_who_was_moved_to_another_patient_is_gone_for_the_first(ehr, tools):
    ehr.run(usual(1))
    ehr.run(usual(2))
    plans = ehr.planner().departed(usual().session.key, {"Patient/p2", "Patient/p3"})
    assert [plan.patient for plan in plans] == ["Patient/p1"]
    assert tools.acts(plans[0]) == ["ChargeItem cancel", "Claim cancel"]


def test_nobody_has_departed_from_a_session_that_did_not_change(ehr):
    ehr.run(usual(1))
    assert ehr.planner().departed(usual().session.key, {"Patient/p1"}) == ()


def test_a_session_entered_in_error_takes_everything_back(ehr, tools):
    ehr.run(usual(1))
    ehr.run(usual(2))
    plans = ehr.planner().departed(usual().session.key, ())
    assert [tools.acts(plan) for plan in plans] == [["ChargeItem cancel", "Claim cancel"]] * 2


def test_a_changed_code_ends_the_charge_item_of_the_old_one(ehr, tools):
    first = ehr.run()
    plan = ehr.run(recoded("90849"))
    assert tools.acts(plan) == ["ChargeItem create", "ChargeItem cancel", "Claim cancel", "Claim create"]
    assert ehr.files[first.charge_item]["status"] == "aborted"
    assert plan.charge_item != first.charge_item
    again = ehr.plan(recoded("90849"))
    assert tools.acts(again) == ["ChargeItem keep", "ChargeItem keep", "Claim keep"]


def test_a_changed_code_of_an_accepted_claim_is_a_replacement(ehr, tools):
    ehr.accepted()
    plan = ehr.run(recoded("90849"))
    assert tools.acts(plan) == ["ChargeItem create", "ChargeItem cancel", "Claim replace"]


def test_a_coverage_of_another_order_gets_its_own_claim_and_the_first_payer_a_void(ehr, tools):
    prior = ehr.accepted()
    participant = usual()
    second = replace(participant.coverage, reference="Coverage/second", order=2)
    plan = ehr.run(replace(participant, coverage=second))
    assert tools.acts(plan) == ["ChargeItem keep", "Claim create", "Claim void"]
    assert tools.written(plan, "Claim", 1)["related"][0]["claim"] == {"reference": prior}
    assert tools.acts(ehr.plan(replace(participant, coverage=second))) == [
        "ChargeItem keep",
        "Claim keep",
        "Claim keep",
    ]


def test_a_second_leader_who_is_not_paid_any_more_is_gone(ehr, tools):
    participant = usual()
    second = replace(participant.rendering[0], practitioner="Practitioner/okafor", number=2)
    value = charge_item_value("", participant.session.key, "Patient/p1", "90853", 2)
    line = replace(participant.lines[0], leader=2, control_number=value, rendering="Practitioner/okafor")
    both = replace(participant, rendering=(*participant.rendering, second), lines=(*participant.lines, line))
    plan = ehr.run(both)
    assert tools.acts(plan) == ["ChargeItem create", "ChargeItem create", "Claim create", "Claim create"]
    assert len({step.reference for step in plan.steps}) == len(plan.steps)
    assert tools.acts(ehr.run()) == ["ChargeItem keep", "ChargeItem cancel", "Claim keep", "Claim cancel"]


def test_two_records_of_one_person_are_charged_once(ehr, tools):
    ehr.run(usual(1))
    ehr.put({"resourceType": "Patient", "id": "p1", "link": [link("Patient/p2", "replaced-by")]})
    ehr.put({"resourceType": "Patient", "id": "p2"})
    plan = ehr.run(usual(2))
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Claim create"]
    assert ehr.planner().departed(usual().session.key, {"Patient/p2"}) == ()
    assert tools.acts(ehr.plan(usual(2))) == ["ChargeItem keep", "Claim keep"]


def link(other, kind):
    return {"other": {"reference": other}, "type": kind}


def test_what_waits_lists_what_is_on_file(ehr, tools):
    first = ehr.run()
    plan = ehr.planner().waiting(usual().session.key, "Patient/p1", "in-progress")
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert (plan.charge_item, plan.claim) == (first.charge_item, first.claim)
    assert (plan.outcome, plan.reason) == (Outcome.NOT_CHARGED, "in-progress")


@pytest.mark.parametrize(("status", "found"), [("cancelled", True), ("finished", True), ("in-progress", False)])
def test_a_session_that_is_none_any_more_is_found_by_its_key(ehr, status, found):
    key = session_key("", "Encounter/g1")
    participant = usual()
    ehr.run(replace(participant, session=replace(participant.session, key=key)))
    ehr.put(
        {
            "resourceType": "Encounter",
            "id": "g1",
            "status": status,
            "class": {"code": "AMB"},
            "subject": {"reference": "Patient/p1"},
        }
    )
    index = Index()
    for reference, resource in ehr.files.items():
        index.add(json.loads(json.dumps(resource)), json.dumps(resource), reference)
    assert list(orphans(index, "", set())) == ([(key, "Encounter/g1")] if found else [])
    assert list(orphans(index, "", {key})) == []


def test_a_deleted_session_is_found_and_one_that_was_not_read_is_not(ehr):
    key = session_key("", "Encounter/g1")
    participant = usual()
    ehr.run(replace(participant, session=replace(participant.session, key=key)))
    index = Index()
    for reference, resource in ehr.files.items():
        index.add(json.loads(json.dumps(resource)), json.dumps(resource), reference)
    assert list(orphans(index, "", set())) == []
    assert list(orphans(index, "", set(), deleted={"Encounter/g1"})) == [(key, "Encounter/g1")]
