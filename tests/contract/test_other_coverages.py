"""A Claim on file is judged by all coverages of the patient, whether it names them or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

Make = Callable[..., Any]
PLACE = "Claim/c1#Claim.insurance"


def with_another(clinic: Make, policy: str, sopt: str, **more: Any) -> Any:
    """A Claim that names one coverage, of a patient with another."""
    made = clinic(4, policy)
    made.put(
        b.payer("other", "Another payer"),
        b.coverage("p1", "other", name="other", type=b.coded("https://nahdo.org/sopt", sopt), **more),
    )
    made.claim("c1", "p1", "90853")
    return made


def told(made: Any, code: str) -> list[tuple[str, str]]:
    return [(each["at"], each["severity"]) for each in made.check().at("Claim/c1", code)]


def test_medicaid_is_the_last_payer_whatever_the_claim_names(clinic: Make) -> None:
    assert told(with_another(clinic, "medicaid", "512", order=2), "CLM08") == [(PLACE, "error")]


def test_the_first_payer_goes_before_the_one_that_the_claim_names(clinic: Make) -> None:
    made = with_another(clinic, "commercial", "512", order=1)
    made["Coverage/cov-p1"]["order"] = 2
    assert told(made, "CLM08") == [(PLACE, "error")]
    named = {"sequence": 2, "focal": False, "coverage": b.ref("Coverage/other")}
    made["Claim/c1"]["insurance"].append({**named, "claimResponse": b.ref("ClaimResponse/first")})
    assert told(made, "CLM08") == []


def test_a_member_of_medicare_advantage_is_not_billed_to_medicare(clinic: Make) -> None:
    assert told(with_another(clinic, "medicare", "111", order=2), "CLM07") == [(PLACE, "error")]


@pytest.mark.parametrize(
    "more",
    [
        {"order": 2},
        {"order": 1, "status": "cancelled"},
        {"order": 1, "period": {"start": "2025-01-01", "end": "2025-12-31"}},
        {"order": 1, "beneficiary": b.ref("Patient/p2")},
    ],
)
def test_a_later_or_ended_coverage_or_another_persons_says_nothing(clinic: Make, more: dict[str, Any]) -> None:
    made = with_another(clinic, "commercial", "512", **more)
    made["Coverage/cov-p1"]["order"] = 1 if more["order"] == 2 else 2
    assert [*told(made, "CLM07"), *told(made, "CLM08")] == []
