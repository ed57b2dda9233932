"""What was never read in a payer's own words (V2, R-lo) is no error, unless a policy makes it one."""

from __future__ import annotations

import pytest

from groupbill.model import Severity
from groupbill.policies import Policies
from groupbill.rules.catalogue import bundled
from groupbill.rules.rule import Rule
from groupbill.rules.services import weight_of
from groupbill.testing.facts import DATE, Facts

HEARSAY = ("V2", "R-lo")


@pytest.mark.parametrize("rule", bundled(), ids=lambda rule: rule.code)
def test_a_rule_from_hearsay_is_no_error_by_default(rule: type[Rule]) -> None:
    assert rule.confidence in ("V", "V2", "R-hi", "R-lo")
    assert not (rule.confidence in HEARSAY and rule.severity is Severity.ERROR)


@pytest.mark.parametrize(("confidence", "weight"), [("V", "error"), ("R-hi", "error"), ("", "error")])
def test_what_a_payer_asks_for_weighs_as_an_error(confidence: str, weight: str) -> None:
    assert weight_of(Facts(values={"group_modifier": "HQ"}, confidence=confidence).policy, "group_modifier") == weight


@pytest.mark.parametrize("confidence", HEARSAY)
def test_what_a_payer_is_said_to_ask_for_warns(confidence: str) -> None:
    policy = Facts(values={"group_modifier": "HQ"}, confidence=confidence).policy
    assert weight_of(policy, "group_modifier") is Severity.WARNING


def test_limits_from_hearsay_are_raised_by_the_ngs_policy_alone() -> None:
    """Its summary is a secondary source; design 5.4 makes its limit an error all the same."""
    policies = Policies.load(())
    hearsay = {
        name
        for name in policies.ids
        if (policy := policies.in_force(name, DATE))["group_size.max"]
        and weight_of(policy, "group_size.max") is Severity.WARNING
        and policy["severity"].get("GRP02") == "error"
    }
    assert hearsay == {"medicare-ngs"}
