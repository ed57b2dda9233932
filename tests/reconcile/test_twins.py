"""Two writers without a common outbox made everything twice: the next run ends what is one too many."""

from __future__ import annotations

import copy

import pytest

from groupbill.model import Outcome


def doubled(ehr, kind):
    """A second one of a kind, as a racing server gives it: other id, same identifier."""
    [known] = [each for each in ehr.files.values() if each["resourceType"] == kind]
    twin = copy.deepcopy(known)
    twin["id"] = "zz" + known["id"][2:]
    ehr.put(twin)
    return f"{kind}/{known['id']}", f"{kind}/{twin['id']}"


@pytest.mark.parametrize(("kind", "ended"), [("ChargeItem", "aborted"), ("Claim", "cancelled")])
def test_of_two_one_stands_and_the_other_is_ended(ehr, tools, kind, ended):
    ehr.run()
    first, second = doubled(ehr, kind)
    plan = ehr.run()
    assert plan.outcome is Outcome.CHARGED
    assert (tools.steps(plan)[first].action, tools.steps(plan)[second].action) == ("keep", "cancel")
    assert ehr.files[second]["status"] == ended
    assert {step.action for step in ehr.plan().steps} == {"keep"}


def test_of_two_tasks_one_is_cancelled(ehr, tools):
    ehr.run(outcome=Outcome.HELD)
    first, second = doubled(ehr, "Task")
    plan = ehr.run(outcome=Outcome.HELD)
    assert (tools.steps(plan)[first].action, tools.steps(plan)[second].action) == ("keep", "cancel")


def test_the_one_that_the_payer_has_stands(ehr, tools):
    ehr.run()
    first, second = doubled(ehr, "Claim")
    ehr.answer(second)
    plan = ehr.run()
    assert (tools.steps(plan)[first].action, tools.steps(plan)[second].action) == ("cancel", "keep")
    assert plan.claim == second


def test_what_the_payer_has_twice_is_left_to_people(ehr, tools):
    ehr.run()
    first, second = doubled(ehr, "Claim")
    ehr.answer(first, "N1")
    ehr.answer(second, "N2")
    assert second not in tools.steps(ehr.plan())


def test_both_end_when_the_charge_is_gone(ehr):
    ehr.run()
    first, second = doubled(ehr, "Claim")
    ehr.take(ehr.gone())
    assert (ehr.files[first]["status"], ehr.files[second]["status"]) == ("cancelled", "cancelled")
