"""Whatever happens in whatever order: a plan, written, plans nothing more; and nobody is named to anybody else."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupbill.fhir import json
from groupbill.model import Action, Outcome, Step
from groupbill.reconcile import corrections, transactions
from groupbill.testing.usual import usual

EVENTS = st.lists(
    st.sampled_from(
        [
            "charged",
            "dearer",
            "held",
            "gone",
            "patient-pay",
            "sent",
            "accepted",
            "queued",
            "refused",
            "draft",
            "person",
        ]
    ),
    min_size=1,
    max_size=7,
)


def happen(ehr, event):
    """One event, and for those of the facts the run after it."""
    newest = next((each for each in reversed(ehr.files) if each.startswith("Claim/")), None)
    if event in ("accepted", "queued", "refused", "sent", "person"):
        if newest is None:
            return None
        if event == "sent":
            ehr.sent(newest)
        elif event == "person":
            ehr.end(newest, "cancelled")
        else:
            number, outcome = {"accepted": ("N1", "complete"), "queued": (None, "queued")}.get(event, (None, "error"))
            ehr.answer(newest, number, outcome)
        return None
    if event == "draft":
        ehr.claim_status = "draft"
        return None
    facts = {
        "charged": ehr.plan,
        "dearer": lambda: ehr.plan(dearer()),
        "held": lambda: ehr.plan(outcome=Outcome.HELD),
        "patient-pay": lambda: ehr.plan(outcome=Outcome.PATIENT_PAY),
        "gone": ehr.gone,
    }[event]
    return facts


def dearer():
    participant = usual()
    line = replace(participant.lines[0], unit_price=Decimal("99.90"), net=Decimal("99.90"))
    return replace(participant, lines=(line,))


def frequency(claim):
    infos = claim.get("supportingInfo")
    return infos[0]["code"]["coding"][0]["code"] if infos else "1"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_a_plan_that_was_written_plans_nothing_more(events, ehr):
    ehr.files.clear()
    ehr.claim_status = "active"
    for event in events:
        facts = happen(ehr, event)
        if facts is None:
            continue
        plan = ehr.take(facts())
        assert len({step.reference for step in plan.steps}) == len(plan.steps)
        for step in plan.steps:
            made = step.resource
            if made is not None and made["resourceType"] == "Claim" and frequency(made) != "1":
                assert made["related"][0]["reference"]["value"]
        again = facts()
        assert {step.action for step in again.steps} <= {Action.KEEP}
        assert (again.outcome, again.charge_items, again.claim) == (
            plan.outcome,
            plan.charge_items,
            plan.claim,
        )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_a_claim_that_the_payer_holds_is_never_changed(events, ehr):
    ehr.files.clear()
    ehr.claim_status = "active"
    held = {}
    for event in events:
        facts = happen(ehr, event)
        if facts is not None:
            ehr.take(facts())
            for reference, before in held.items():
                if ehr.files[reference] != before:
                    assert before["status"] == "cancelled" or ehr.files[reference]["status"] == before["status"]
                    raise AssertionError(reference)
        held = {
            f"Claim/{each[len('ClaimResponse/answer-') :]}": dict(
                ehr.files[f"Claim/{each[len('ClaimResponse/answer-') :]}"]
            )
            for each, answer in ehr.files.items()
            if each.startswith("ClaimResponse/") and answer["outcome"] != "error"
        }


@pytest.mark.parametrize("own_encounter", [True, False])
@pytest.mark.parametrize("outcome", [Outcome.CHARGED, Outcome.HELD, Outcome.PATIENT_PAY])
def test_no_resource_of_one_patient_names_another_the_group_or_the_session(ehr, outcome, own_encounter):
    participant = usual(1)
    if not own_encounter:
        member = replace(participant.member, encounter=None)
        participant = replace(participant, member=member)
    plan = ehr.run(participant, outcome=outcome)
    for step in plan.steps:
        text = json.dumps(dict(step.resource)).decode()
        named = set(re.findall(r'"reference":"((?:Patient|Encounter|Group|RelatedPerson)/[^"]+)"', text))
        allowed = {"Patient/p1", "Encounter/g1-p1"} if own_encounter else {"Patient/p1"}
        assert named <= allowed
        for other in participant.session.members[1:]:
            assert f'"{other.patient}"' not in text and f'"{other.encounter}"' not in text
        assert "Group/" not in text and '"Encounter/g1"' not in text
        if step.reference.startswith(("Claim/", "Provenance/")):
            assert participant.session.key not in text


def test_nothing_on_two_claims_of_one_session_is_common_to_the_patients(ehr, tools):
    one = tools.written(ehr.plan(usual(1)), "Claim")
    other = tools.written(ehr.plan(usual(2)), "Claim")
    assert one["id"] != other["id"]
    assert one["identifier"] != other["identifier"]
    assert one["item"][0]["extension"] != other["item"][0]["extension"]


def test_a_transaction_puts_every_resource_of_one_patient_with_targets_first(ehr):
    first, second = ehr.plan(usual(2)), ehr.plan(usual(1))
    bundles = transactions([(first.patient, first.steps), (second.patient, second.steps)])
    assert [bundle["type"] for bundle in bundles] == ["transaction"] * 2
    entries = bundles[0]["entry"]
    assert [entry["resource"]["resourceType"] for entry in entries] == ["ChargeItem", "Claim", "Provenance"]
    assert entries[0]["resource"]["subject"] == {"reference": "Patient/p1"}
    for entry in entries:
        reference = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert entry["request"] == {"method": "PUT", "url": reference}
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"


def test_what_a_server_has_is_put_under_its_id_and_version(ehr):
    ehr.run()
    for reference in [each for each in ehr.files if each.startswith(("ChargeItem/", "Claim/"))]:
        resource = ehr.files.pop(reference)
        ehr.put({**resource, "id": "77"})
    plan = ehr.plan(dearer())
    entries = transactions([(plan.patient, plan.steps)], "https://ehr.example.org/fhir/")[0]["entry"]
    assert entries[0]["fullUrl"] == "https://ehr.example.org/fhir/ChargeItem/77"
    assert entries[0]["request"] == {"method": "PUT", "url": "ChargeItem/77", "ifMatch": 'W/"1"'}
    assert entries[1]["request"] == {"method": "PUT", "url": "Claim/77", "ifMatch": 'W/"1"'}


def test_nothing_to_do_is_no_transaction(ehr):
    plan = ehr.run()
    again = ehr.plan()
    assert transactions([(again.patient, again.steps)]) == []
    assert len(transactions([(plan.patient, plan.steps)])) == 1


def test_replacements_and_voids_are_what_counts_as_corrections():
    steps = [Step(reference=f"Claim/{action}", action=action) for action in Action]
    assert corrections(steps) == 2
