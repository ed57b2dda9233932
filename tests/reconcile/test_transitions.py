"""Every row of the table of state transitions: what happens to ChargeItem, Claim and Task."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from groupbill.model import Line, Outcome, Period, Severity, Value
from groupbill.model.identity import EXTENSION, charge_item_value
from groupbill.testing.templates import hours
from groupbill.testing.usual import DATE, usual

CHARGED, HELD, PATIENT_PAY = Outcome.CHARGED, Outcome.HELD, Outcome.PATIENT_PAY
CHANGED = "130.00"


def codes(plan):
    return [(found.code, found.severity.value, found.at) for found in plan.findings]


def because(resource):
    return [each["valueCode"] for each in resource.get("extension", []) if each["url"].endswith("/cancelled-because")]


def frequency(claim):
    infos = claim.get("supportingInfo")
    return infos[0]["code"]["coding"][0]["code"] if infos else "1"


def theirs(at="Claim/theirs", **changes):
    line = Line(at=at, patient="Patient/p1", code="90853", date=DATE, period=Period(date=DATE))
    return replace(line, **changes)


# -- none of ours ----------------------------------------------------------------------------------------------


def test_a_participant_nobody_billed_gets_a_charge_item_and_a_claim(ehr, tools):
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem create", "Claim create"]
    assert tools.written(plan, "ChargeItem")["status"] == "billable"
    assert tools.written(plan, "Claim")["status"] == "active"
    assert (plan.outcome, plan.reason) == (CHARGED, None)
    assert plan.charge_item.startswith("ChargeItem/") and plan.claim.startswith("Claim/")


def test_a_second_run_keeps_everything_and_writes_nothing(ehr, tools):
    first = ehr.run()
    second = ehr.plan()
    assert tools.acts(second) == ["ChargeItem keep", "Claim keep"]
    assert all(step.resource is None for step in second.steps)
    assert (second.charge_item, second.claim) == (first.charge_item, first.claim)


def test_a_held_participant_gets_a_planned_charge_item_and_a_task(ehr, tools):
    plan = ehr.run(outcome=HELD, codes=("NCC01", "CHG02"))
    assert tools.acts(plan) == ["ChargeItem create", "Task create"]
    assert tools.written(plan, "ChargeItem")["status"] == "planned"
    task = tools.written(plan, "Task")
    assert task["focus"] == {"reference": plan.charge_item}
    assert [each["valueCode"] for each in task["input"]] == ["CHG02", "NCC01"]
    assert plan.claim is None
    assert tools.acts(ehr.plan(outcome=HELD, codes=("CHG02", "NCC01"))) == ["ChargeItem keep", "Task keep"]


def test_other_findings_on_a_held_charge_update_its_task(ehr, tools):
    ehr.run(outcome=HELD)
    plan = ehr.run(outcome=HELD, codes=("DX01",))
    assert tools.acts(plan) == ["ChargeItem keep", "Task update"]
    assert [each["valueCode"] for each in tools.written(plan, "Task")["input"]] == ["DX01"]


def test_a_released_charge_becomes_billable_and_its_task_completed(ehr, tools):
    ehr.run(outcome=HELD)
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem update", "Claim create", "Task update"]
    assert tools.written(plan, "ChargeItem")["status"] == "billable"
    assert tools.written(plan, "Task")["status"] == "completed"
    assert tools.acts(ehr.plan()) == ["ChargeItem keep", "Claim keep"]


def test_a_closed_task_that_is_needed_again_gets_a_next_generation(ehr, tools):
    first = tools.written(ehr.run(outcome=HELD), "Task")["id"]
    ehr.run()
    plan = ehr.run(outcome=HELD)
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Task create"]
    assert tools.written(plan, "Task")["id"] != first


def test_a_patient_who_pays_gets_a_charge_item_and_no_claim(ehr, tools):
    plan = ehr.run(outcome=PATIENT_PAY)
    assert tools.acts(plan) == ["ChargeItem create"]
    assert plan.claim is None


def test_somebody_who_did_not_attend_and_was_never_charged_leaves_nothing(ehr):
    plan = ehr.gone()
    assert plan.steps == ()
    assert (plan.outcome, plan.reason) == (Outcome.NOT_CHARGED, "no-show")


# -- somebody else's bill --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        (theirs(), Severity.INFORMATION),
        (theirs(modifiers=("95",)), Severity.WARNING),
        (theirs(units=Decimal(2)), Severity.WARNING),
        (theirs(encounter="Encounter/g1-p1", period=hours("14:00-15:00", DATE)), Severity.INFORMATION),
        (theirs(encounter="Encounter/g1"), Severity.INFORMATION),
        (theirs(period=hours("09:30-10:30", DATE)), Severity.INFORMATION),
    ],
)
def test_a_claim_of_somebody_else_leaves_nothing_to_write(ehr, line, severity):
    plan = ehr.plan(on_file=[line])
    assert plan.steps == ()
    assert (plan.outcome, plan.reason) == (Outcome.NOT_CHARGED, "already-claimed")
    assert codes(plan) == [("CLM03", severity.value, "Claim/theirs")]
    assert (plan.charge_item, plan.claim) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        theirs(code="90834"),
        theirs(date=DATE.replace(day=11)),
        theirs(period=hours("14:00-15:00", DATE), encounter="Encounter/other"),
    ],
)
def test_another_service_of_somebody_else_does_not_matter(ehr, tools, line):
    plan = ehr.plan(on_file=[line])
    assert tools.acts(plan) == ["ChargeItem create", "Claim create"]
    assert plan.findings == ()


def test_an_add_on_of_ours_is_not_their_session(ehr, tools):
    participant = usual()
    value = charge_item_value("", participant.session.key, "Patient/p1", "90785")
    add_on = replace(participant.lines[0], code="90785", control_number=value)
    both = replace(participant, lines=(*participant.lines, add_on))
    plan = ehr.plan(both, on_file=[theirs("ChargeItem/theirs")])
    assert tools.acts(plan) == ["ChargeItem keep", "ChargeItem create", "Claim create"]
    assert plan.charge_items[0] == "ChargeItem/theirs" != plan.charge_items[1]


def test_their_charge_of_the_usual_code_is_ours_of_the_payer_s_code(ehr, tools):
    participant = usual()
    policy = replace(participant.policy, values={"session_code": Value({"90853": "H0004"})})
    line = replace(participant.lines[0], code="H0004")
    recoded = replace(participant, policy=policy, lines=(line,))
    assert tools.acts(ehr.plan(recoded, on_file=[theirs("ChargeItem/theirs")]))[0] == "ChargeItem keep"
    assert ehr.plan(recoded, on_file=[theirs()]).findings[0].severity is Severity.WARNING


def test_a_charge_item_of_somebody_else_is_used_and_claimed(ehr, tools):
    line = theirs("ChargeItem/theirs")
    plan = ehr.run(on_file=[line])
    assert tools.acts(plan) == ["ChargeItem keep", "Claim create"]
    assert codes(plan) == [("CHG07", "information", "ChargeItem/theirs")]
    assert plan.outcome is CHARGED
    assert plan.charge_items == ("ChargeItem/theirs",)


def test_a_charge_item_of_somebody_else_is_still_used_in_the_second_run(ehr, tools):
    line = theirs("ChargeItem/theirs")
    claim = ehr.run(on_file=[line]).claim
    merged = theirs(claim, ours=True, also=("ChargeItem/theirs",))
    for on_file in ([line], [merged]):
        plan = ehr.plan(on_file=on_file)
        assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
        assert plan.charge_item == "ChargeItem/theirs"


def test_our_own_claim_on_file_is_not_somebody_else_s(ehr, tools):
    claim = ehr.run().claim
    plan = ehr.plan(on_file=[theirs(claim, ours=True)])
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]


def test_a_claim_of_somebody_else_beside_our_live_one_changes_nothing(ehr, tools):
    ehr.run()
    assert tools.acts(ehr.plan(on_file=[theirs()])) == ["ChargeItem keep", "Claim keep"]


def test_what_the_patient_was_to_pay_is_given_up_when_somebody_else_claims_it(ehr, tools):
    ehr.run(outcome=PATIENT_PAY)
    plan = ehr.run(on_file=[theirs()])
    assert tools.acts(plan) == ["ChargeItem cancel"]
    assert (plan.outcome, plan.reason) == (Outcome.NOT_CHARGED, "already-claimed")
    assert codes(plan) == [("CLM03", "information", "Claim/theirs")]
    assert tools.acts(ehr.plan(on_file=[theirs()])) == ["ChargeItem keep"]
    assert tools.acts(ehr.plan()) == ["ChargeItem update", "Claim create"]


def test_what_we_held_is_given_up_when_somebody_else_claims_it(ehr, tools):
    ehr.run(outcome=HELD)
    plan = ehr.run(on_file=[theirs()])
    assert tools.acts(plan) == ["ChargeItem cancel", "Task cancel"]
    assert plan.reason == "already-claimed"


# -- ended by a person -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [CHARGED, HELD])
@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_claim_that_a_person_ended_stays_ended(ehr, tools, outcome, status):
    claim = ehr.run().claim
    ehr.end(claim, status)
    plan = ehr.plan(tools.priced(CHANGED), outcome=outcome)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert (plan.outcome, plan.reason) == (Outcome.NOT_CHARGED, "cancelled-by-person")
    assert codes(plan) == [("CLM13", "information", claim)]
    assert plan.claim is None


@pytest.mark.parametrize("outcome", [CHARGED, HELD])
@pytest.mark.parametrize("status", ["not-billable", "aborted", "entered-in-error"])
def test_a_charge_item_that_a_person_ended_stays_ended(ehr, tools, outcome, status):
    charge_item = ehr.run().charge_item
    ehr.end(charge_item, status)
    plan = ehr.plan(outcome=outcome)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert plan.reason == "cancelled-by-person"
    assert codes(plan) == [("CLM13", "information", charge_item)]
    assert plan.charge_item is None


def test_a_charge_of_ours_that_was_revived_and_then_ended_by_a_person_stays_ended(ehr):
    charge_item = ehr.run().charge_item
    ehr.take(ehr.gone())
    ehr.run()
    assert because(ehr.files[charge_item]) == []
    ehr.end(charge_item, "aborted")
    assert ehr.plan().reason == "cancelled-by-person"


# -- ended by us -----------------------------------------------------------------------------------------------


def test_a_participant_who_was_gone_and_is_back_gets_the_next_generation(ehr, tools):
    first = ehr.run().claim
    ehr.take(ehr.gone())
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem update", "Claim create"]
    assert plan.claim != first
    assert tools.written(plan, "ChargeItem")["status"] == "billable"
    assert frequency(tools.written(plan, "Claim")) == "1"


# -- never accepted --------------------------------------------------------------------------------------------


def test_a_draft_is_updated_in_place_under_its_version(ehr, tools):
    ehr.claim_status = "draft"
    first = ehr.run()
    plan = ehr.plan(tools.priced(CHANGED))
    assert tools.acts(plan) == ["ChargeItem update", "Claim update"]
    assert plan.claim == first.claim
    assert tools.steps(plan)[first.claim].version == "1"
    assert tools.written(plan, "Claim")["total"]["value"] == Decimal(CHANGED)
    assert tools.written(plan, "Claim")["status"] == "draft"


def test_an_active_claim_that_changed_is_cancelled_and_made_again(ehr, tools):
    first = ehr.run().claim
    plan = ehr.run(tools.priced(CHANGED))
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Claim create"]
    assert ehr.files[first]["status"] == "cancelled"
    assert because(ehr.files[first]) == ["changed"]
    assert plan.claim != first
    assert frequency(ehr.files[plan.claim]) == "1"


def test_a_claim_that_is_held_now_is_cancelled(ehr, tools):
    first = ehr.run().claim
    plan = ehr.run(outcome=HELD)
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Task create"]
    assert because(ehr.files[first]) == ["held"]
    assert ehr.files[plan.charge_item]["status"] == "planned"
    assert plan.claim is None


def test_a_claim_whose_charge_is_gone_is_cancelled(ehr, tools):
    first = ehr.run()
    plan = ehr.take(ehr.gone())
    assert tools.acts(plan) == ["ChargeItem cancel", "Claim cancel"]
    assert ehr.files[first.claim]["status"] == "cancelled"
    assert because(ehr.files[first.claim]) == ["gone"]
    assert ehr.files[first.charge_item]["status"] == "aborted"
    assert because(ehr.files[first.charge_item]) == ["gone"]
    assert tools.acts(ehr.gone()) == ["ChargeItem keep", "Claim keep"]


def test_a_held_charge_that_is_gone_ends_with_its_task(ehr, tools):
    ehr.run(outcome=HELD)
    plan = ehr.take(ehr.gone())
    assert tools.acts(plan) == ["ChargeItem cancel", "Task cancel"]
    assert tools.written(plan, "Task")["status"] == "cancelled"


def test_a_claim_refused_without_a_number_was_never_accepted(ehr, tools):
    first = ehr.run().claim
    ehr.answer(first, None, "error")
    assert tools.acts(ehr.plan(tools.priced(CHANGED))) == ["ChargeItem update", "Claim cancel", "Claim create"]


def test_an_answer_to_a_preauthorization_is_no_answer_to_the_claim(ehr, tools):
    first = ehr.run().claim
    ehr.answer(first)
    ehr.files[f"ClaimResponse/answer-{first.split('/')[1]}"]["use"] = "preauthorization"
    assert "Claim cancel" in tools.acts(ehr.plan(tools.priced(CHANGED)))


# -- accepted, no control number -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["sent", "queued"])
@pytest.mark.parametrize("facts", ["changed", "held", "gone"])
def test_a_claim_without_control_number_waits_for_the_payer(ehr, tools, how, facts):
    first = ehr.run()
    if how == "sent":
        ehr.sent(first.claim)
    else:
        ehr.answer(first.claim, None, "queued")
    plans = {
        "changed": lambda: ehr.plan(tools.priced(CHANGED)),
        "held": lambda: ehr.plan(outcome=HELD),
        "gone": ehr.gone,
    }
    plan = plans[facts]()
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert codes(plan) == [("CLM02", "error", first.claim)]
    assert (plan.charge_item, plan.claim) == (first.charge_item, first.claim)


def test_a_sent_claim_with_the_same_content_is_kept_without_a_finding(ehr, tools):
    ehr.sent(ehr.run().claim)
    plan = ehr.plan()
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert plan.findings == ()


# -- accepted, with a control number ---------------------------------------------------------------------------


def test_an_accepted_claim_that_changed_is_replaced(ehr, tools):
    prior = ehr.accepted()
    before = dict(ehr.files[prior])
    plan = ehr.run(tools.priced(CHANGED))
    assert tools.acts(plan) == ["ChargeItem update", "Claim replace"]
    claim = tools.written(plan, "Claim")
    assert frequency(claim) == "7"
    assert claim["related"][0]["claim"] == {"reference": prior}
    assert claim["related"][0]["reference"] == {"system": "http://payer.example.org/claims", "value": "PCN77"}
    assert ehr.files[prior] == before
    assert tools.written(plan, "ChargeItem")["status"] == "billed"
    assert tools.acts(ehr.plan(tools.priced(CHANGED))) == ["ChargeItem keep", "Claim keep"]


def test_an_explanation_of_benefit_is_an_answer_too(ehr, tools):
    prior = ehr.run().claim
    number = {"system": "http://payer.example.org/eob", "value": "EOB9"}
    ehr.put(
        {
            "resourceType": "ExplanationOfBenefit",
            "id": "eob",
            "status": "active",
            "use": "claim",
            "claim": {"reference": prior},
            "patient": {"reference": "Patient/p1"},
            "outcome": "complete",
            "identifier": [number],
        }
    )
    plan = ehr.plan(tools.priced(CHANGED))
    assert tools.written(plan, "Claim")["related"][0]["reference"] == number


def test_a_rule_undoes_nothing_that_the_payer_has(ehr, tools):
    prior = ehr.accepted()
    plan = ehr.run(outcome=HELD)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep", "Task create"]
    assert plan.claim == prior
    assert plan.outcome is HELD
    assert tools.acts(ehr.plan(outcome=HELD)) == ["ChargeItem keep", "Claim keep", "Task keep"]


def test_an_accepted_claim_whose_charge_is_gone_is_voided(ehr, tools):
    prior = ehr.accepted()
    plan = ehr.take(ehr.gone())
    assert tools.acts(plan) == ["ChargeItem cancel", "Claim void"]
    claim = tools.written(plan, "Claim")
    assert frequency(claim) == "8"
    assert claim["related"][0]["claim"] == {"reference": prior}
    assert claim["related"][0]["reference"]["value"] == "PCN77"
    assert claim["total"] == {"value": Decimal("120.00"), "currency": "USD"}
    assert claim["status"] == "active"
    assert ehr.files[prior]["status"] == "active"
    assert tools.acts(ehr.gone()) == ["ChargeItem keep", "Claim keep"]


def test_a_replacement_that_is_not_accepted_yet_is_made_again_as_a_replacement(ehr, tools):
    prior = ehr.accepted()
    second = ehr.run(tools.priced(CHANGED)).claim
    plan = ehr.run(tools.priced("140.00"))
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Claim replace"]
    assert because(ehr.files[second]) == ["changed"]
    claim = tools.written(plan, "Claim", 1)
    assert frequency(claim) == "7"
    assert claim["related"][0]["claim"] == {"reference": prior}


def test_what_stands_beneath_a_withdrawn_replacement_is_voided(ehr, tools):
    prior = ehr.accepted()
    ehr.run(tools.priced(CHANGED))
    plan = ehr.take(ehr.gone())
    assert tools.acts(plan) == ["ChargeItem cancel", "Claim cancel", "Claim void"]
    assert tools.written(plan, "Claim", 1)["related"][0]["claim"] == {"reference": prior}
    assert tools.acts(ehr.gone()) == ["ChargeItem keep", "Claim keep"]


def test_a_draft_replacement_is_updated_and_stays_a_replacement(ehr, tools):
    prior = ehr.accepted()
    ehr.claim_status = "draft"
    second = ehr.run(tools.priced(CHANGED)).claim
    plan = ehr.run(tools.priced("140.00"))
    assert tools.acts(plan) == ["ChargeItem update", "Claim update"]
    assert plan.claim == second
    assert frequency(ehr.files[second]) == "7"
    assert ehr.files[second]["related"][0]["claim"] == {"reference": prior}


def test_an_accepted_replacement_is_what_the_next_one_replaces(ehr, tools):
    ehr.accepted()
    second = ehr.run(tools.priced(CHANGED)).claim
    ehr.answer(second, "PCN78")
    claim = tools.written(ehr.run(tools.priced("140.00")), "Claim")
    assert claim["related"][0]["claim"] == {"reference": second}
    assert claim["related"][0]["reference"]["value"] == "PCN78"


# -- voided ----------------------------------------------------------------------------------------------------


def test_after_an_accepted_void_a_new_charge_is_an_original(ehr, tools):
    ehr.accepted()
    void = tools.written(ehr.take(ehr.gone()), "Claim")
    ehr.answer(f"Claim/{void['id']}", "PCN79")
    assert tools.acts(ehr.gone()) == ["ChargeItem keep", "Claim keep"]
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem update", "Claim create"]
    assert frequency(tools.written(plan, "Claim")) == "1"
    assert "related" not in tools.written(plan, "Claim")


@pytest.mark.parametrize("how", ["sent", "queued"])
def test_after_a_void_without_an_answer_a_new_charge_waits(ehr, tools, how):
    ehr.accepted()
    void = f"Claim/{tools.written(ehr.take(ehr.gone()), 'Claim')['id']}"
    if how == "sent":
        mark = {"url": f"{EXTENSION}claim-submitted", "valueDateTime": "2026-03-11T08:00:00Z"}
        ehr.files[void]["extension"] = [mark]
    else:
        ehr.answer(void, None, "queued")
    plan = ehr.plan()
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert codes(plan) == [("CLM02", "error", void)]
    ehr.answer(void, None, "complete")
    assert tools.acts(ehr.plan()) == ["ChargeItem update", "Claim create"]


def test_a_claim_that_a_person_ended_is_voided_all_the_same_when_the_payer_has_it_and_the_charge_is_gone(ehr, tools):
    prior = ehr.accepted()
    ehr.end(prior, "cancelled")
    plan = ehr.take(ehr.gone())
    assert tools.acts(plan) == ["ChargeItem cancel", "Claim void"]
    assert tools.written(plan, "Claim")["related"][0]["claim"] == {"reference": prior}
    void = f"Claim/{tools.written(plan, 'Claim')['id']}"
    ehr.end(void, "cancelled")
    assert tools.acts(ehr.gone()) == ["ChargeItem keep", "Claim keep"]


def test_a_void_that_is_not_accepted_yet_is_taken_back_by_a_replacement(ehr, tools):
    prior = ehr.accepted()
    void = tools.written(ehr.take(ehr.gone()), "Claim")
    plan = ehr.run()
    assert tools.acts(plan) == ["ChargeItem update", "Claim cancel", "Claim replace"]
    assert because(ehr.files[f"Claim/{void['id']}"]) == ["changed"]
    assert ehr.files[plan.claim]["related"][0]["claim"] == {"reference": prior}


# -- patient-pay -----------------------------------------------------------------------------------------------


def test_a_claim_of_a_patient_who_pays_now_is_cancelled(ehr, tools):
    first = ehr.run().claim
    plan = ehr.run(outcome=PATIENT_PAY)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim cancel"]
    assert because(ehr.files[first]) == ["gone"]
    assert (plan.outcome, plan.claim) == (PATIENT_PAY, None)


def test_an_accepted_claim_of_a_patient_who_pays_now_is_voided(ehr, tools):
    ehr.accepted()
    plan = ehr.run(outcome=PATIENT_PAY)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim void"]
    assert plan.charge_item is not None
    assert tools.acts(ehr.plan(outcome=PATIENT_PAY)) == ["ChargeItem keep", "Claim keep"]


def test_a_sent_claim_of_a_patient_who_pays_now_waits(ehr, tools):
    first = ehr.accepted(None)
    plan = ehr.plan(outcome=PATIENT_PAY)
    assert tools.acts(plan) == ["ChargeItem keep", "Claim keep"]
    assert codes(plan) == [("CLM02", "error", first)]


def test_a_patient_who_is_insured_after_all_gets_the_claim(ehr, tools):
    ehr.run(outcome=PATIENT_PAY)
    assert tools.acts(ehr.run(usual())) == ["ChargeItem keep", "Claim create"]
