"""The authorization number of a Claim on file holds for the dates that the payer gave it for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
SETTINGS = {"policies": {"files": ["acme.json"]}}


@pytest.fixture
def checked(clinic: Callable[..., Any], tmp_path: Path) -> Callable[..., list[str]]:
    """Places of AUT01 for a Claim of 2026-03-10 with the number PA1, given the payer's answers."""
    policy = {"id": "acme", "title": "Acme", "extends": "commercial", "values": {"authorization_required": True}}
    (tmp_path / "acme.json").write_text(json.dumps(policy), encoding="utf-8")

    def check(*answers: JSON) -> list[str]:
        made = clinic(4, "acme")
        claim = made.claim("c1", "p1", "90853")
        claim["insurance"][0]["preAuthRef"] = ["PA1"]
        for number, answer in enumerate(answers):
            use = {"id": f"pa{number}", "use": "preauthorization", "preAuthRef": "PA1"}
            made.put({**b.answer(claim, "A", "plan"), **use, **answer})
        return [each["at"] for each in made.check(SETTINGS, folder=tmp_path).at("Claim/c1", "AUT01")]

    return check


def period(start: str, end: str) -> JSON:
    return {"preAuthPeriod": {"start": start, "end": end}}


@pytest.mark.parametrize(
    "answers",
    [
        (),
        (period("2026-03-10", "2026-03-10"),),
        (period("2025-01-01", "2025-12-31"), period("2026-01-01", "2026-06-30")),
        ({**period("2025-01-01", "2025-12-31"), "preAuthRef": "PA2"},),
        ({},),
    ],
)
def test_a_number_holds_unless_its_answer_says_otherwise(checked: Callable[..., list[str]], answers: Any) -> None:
    assert checked(*answers) == []


@pytest.mark.parametrize(
    "answer",
    [
        period("2026-01-01", "2026-03-09"),
        period("2026-03-11", "2026-06-30"),
        {**period("2026-01-01", "2026-06-30"), "status": "cancelled"},
    ],
)
def test_a_number_that_was_not_given_for_the_date_is_none(checked: Callable[..., list[str]], answer: JSON) -> None:
    assert checked(answer) == ["Claim/c1#Claim.insurance[0].preAuthRef"]
