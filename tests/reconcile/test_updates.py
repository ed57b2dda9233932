"""An update keeps what a server or a person added, and nothing is written without a change of content."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from groupbill.fhir import json
from groupbill.model import Outcome
from groupbill.reconcile import Gate
from groupbill.testing.usual import usual

VENDOR = {"url": "http://vendor.example.org/queue", "_valueString": {"id": "x"}}


def test_a_draft_update_keeps_what_others_added_and_the_digits_of_amounts(ehr, tools):
    ehr.claim_status = "draft"
    claim = ehr.run().claim
    held = ehr.files[claim]
    held["extension"] = [VENDOR]
    held["text"] = {"status": "generated", "div": "<div>by hand</div>"}
    held["identifier"].append({"system": "http://vendor.example.org/claim", "value": "77"})
    held["meta"]["tag"] = [{"code": "reviewed"}]
    held["careTeam"].append(
        {
            "sequence": 2,
            "provider": {"reference": "Practitioner/referrer"},
            "role": {"coding": [{"code": "referring"}]},
        }
    )
    held["accident"] = {"date": "2026-01-02"}
    held["item"][0]["note"] = "by hand"
    held["payment"] = {"amount": {"value": Decimal("100.10"), "currency": "USD"}}
    participant = usual()
    leader = replace(participant.rendering[0], taxonomies=("103TC0700X",))
    plan = ehr.plan(replace(participant, rendering=(leader,)))
    assert tools.acts(plan) == ["ChargeItem keep", "Claim update"]
    made = tools.written(plan, "Claim")
    assert made["extension"] == [VENDOR]
    assert made["text"] == held["text"]
    assert made["identifier"] == held["identifier"]
    assert made["meta"]["tag"] == [{"code": "reviewed"}]
    assert made["careTeam"][0]["qualification"]["coding"][0]["code"] == "103TC0700X"
    assert made["careTeam"][1]["provider"] == {"reference": "Practitioner/referrer"}
    assert made["accident"] == {"date": "2026-01-02"}
    assert made["item"][0]["note"] == "by hand"
    assert b'"value":100.10' in json.dumps(made)
    assert b'"value":120.00' in json.dumps(made)


def test_an_item_that_a_person_added_stays_and_counts_in_the_total(ehr, tools):
    ehr.claim_status = "draft"
    claim = ehr.run().claim
    ehr.files[claim]["item"].append(
        {
            "sequence": 2,
            "productOrService": {"coding": [{"code": "99406"}]},
            "net": {"value": Decimal("15.50"), "currency": "USD"},
        }
    )
    ehr.files[claim]["total"] = {"value": Decimal("135.50"), "currency": "USD"}
    assert tools.acts(ehr.plan()) == ["ChargeItem keep", "Claim keep"]
    made = tools.written(ehr.run(tools.priced("130.00")), "Claim")
    assert made["total"]["value"] == Decimal("145.50")
    assert [row["sequence"] for row in made["item"]] == [1, 2]


@pytest.mark.parametrize("amount", ["120", "120.0", "120.000"])
def test_an_amount_spelled_otherwise_is_the_same_amount(ehr, tools, amount):
    plan = ehr.run()
    for reference in (plan.charge_item, plan.claim):
        text = json.dumps(ehr.files[reference]).replace(b"120.00", amount.encode())
        ehr.files[reference] = json.exact(text)
    assert tools.acts(ehr.plan()) == ["ChargeItem keep", "Claim keep"]


def test_a_time_in_another_zone_is_the_same_time(ehr, tools):
    plan = ehr.run()
    ehr.files[plan.charge_item]["occurrencePeriod"] = {
        "start": "2026-03-10T14:00:00Z",
        "end": "2026-03-10T15:00:00.000Z",
    }
    assert tools.acts(ehr.plan()) == ["ChargeItem keep", "Claim keep"]


def test_absolute_references_and_displays_are_no_change(ehr, tools):
    plan = ehr.run()
    claim, charge_item = ehr.files[plan.claim], ehr.files[plan.charge_item]
    claim["patient"] = {"reference": "https://ehr.example.org/fhir/Patient/p1", "display": "P. One"}
    claim["item"][0]["productOrService"]["coding"][0]["display"] = "by the server"
    charge_item["context"] = {"reference": "https://ehr.example.org/fhir/Encounter/g1-p1/_history/4"}
    assert tools.acts(ehr.plan()) == ["ChargeItem keep", "Claim keep"]


@pytest.mark.parametrize(
    "change",
    [
        {"size": 5},
        {"created": True},
        {"label": True},
    ],
)
def test_what_is_no_content_changes_nothing(ehr, tools, change):
    plan = ehr.run()
    if "created" in change:
        ehr.files[plan.claim]["created"] = "2026-03-01"
        ehr.files[plan.charge_item]["enteredDate"] = "2026-03-01"
    if "label" in change:
        ehr.files[plan.claim]["meta"]["security"] = [{"system": "http://s.example.org", "code": "R"}]
    assert tools.acts(ehr.plan(usual(attended=change.get("size", 8)))) == ["ChargeItem keep", "Claim keep"]


def test_the_order_of_modifiers_is_content(ehr, tools):
    def with_modifiers(*codes):
        participant = usual()
        return replace(participant, lines=(replace(participant.lines[0], modifiers=codes),))

    ehr.run(with_modifiers("HQ", "95"))
    assert tools.acts(ehr.plan(with_modifiers("HQ", "95"))) == ["ChargeItem keep", "Claim keep"]
    assert tools.acts(ehr.plan(with_modifiers("95", "HQ"))) == [
        "ChargeItem update",
        "Claim cancel",
        "Claim create",
    ]


def test_a_new_security_label_of_the_visit_is_content(ehr, tools):
    ehr.claim_status = "draft"
    ehr.run()
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    plan = ehr.run(usual(security=(label,)))
    assert tools.acts(plan) == ["ChargeItem update", "Claim update"]
    assert tools.written(plan, "Claim")["meta"]["security"] == [label]
    assert tools.acts(ehr.plan(usual(security=(label,)))) == ["ChargeItem keep", "Claim keep"]


def test_one_member_corrected_leaves_the_others_alone(ehr, tools):
    for number in (1, 2, 3):
        ehr.run(usual(number))
    ehr.take(ehr.gone("Patient/p2"))
    for number in (1, 3):
        assert tools.acts(ehr.plan(usual(number, attended=7))) == ["ChargeItem keep", "Claim keep"]


def test_resources_under_ids_of_a_server_are_ours_by_their_identifier(ehr, tools):
    ehr.run()
    for reference in list(ehr.files):
        kind, resource = reference.split("/")[0], ehr.files.pop(reference)
        ehr.put({**resource, "id": f"server-{kind.lower()}"})
    plan = ehr.plan()
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert (plan.charge_item, plan.claim) == ("ChargeItem/server-chargeitem", "Claim/server-claim")


def test_the_same_facts_give_the_same_resources(ehr):
    one, other = ehr.plan(), ehr.plan()
    assert [json.dumps(dict(step.resource)) for step in one.steps] == [
        json.dumps(dict(step.resource)) for step in other.steps
    ]


def test_what_the_gate_refuses_is_held_and_said(ehr, tools):
    participant = usual()
    billing = replace(participant.billing, reference=None, npi=None)
    plan = ehr.run(replace(participant, billing=billing))
    assert tools.acts(plan) == ["ChargeItem create", "Task create"]
    assert (plan.outcome, plan.reason) == (Outcome.HELD, "rule:ENG03")
    assert [(found.code, found.severity.value) for found in plan.findings] == [("ENG03", "error")]
    assert "Claim.provider: required" in plan.findings[0].message
    assert tools.written(plan, "ChargeItem")["status"] == "planned"


def test_the_full_gate_lets_the_same_plan_out(ehr, tools):
    ehr.gate = Gate("full")
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem create", "Claim create"]
    assert plan.findings == ()


def test_provenance_is_signed_only_when_something_is_written(ehr, tools):
    plan = ehr.run()
    made = tools.written(plan, "Provenance")
    assert made["target"] == [{"reference": plan.charge_item}, {"reference": plan.claim}]
    assert made["recorded"] == "2026-03-12T00:00:00-05:00"
    assert made["entity"][0] == {"role": "source", "what": {"reference": "Encounter/g1-p1"}}
    assert not any(step.reference.startswith("Provenance/") for step in ehr.plan().steps)
