"""What counts towards a payer's limit of visits: what that payer was asked for and did not deny."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
EARLIER = ("2026-03-05", "2026-03-07")


@pytest.fixture
def weekly(clinic: Callable[..., Any]) -> Any:
    """A group under a payer of two visits within seven days."""
    return clinic(4, "medicaid-il")


def bill(clinic: Any, how: str) -> None:
    """Two group sessions earlier in the week, by Claim or ChargeItem."""
    for number, on in enumerate(EARLIER):
        if how == "Claim":
            clinic.claim(f"c{number}", "p1", ("90853", {"servicedDate": on}), created=on)
        else:
            clinic.item(f"c{number}", "p1", "90853", occurrenceDateTime=on)


def change_of_plan(clinic: Any, payer: str) -> None:
    """The Coverage at hand begins on the day of the session; another one ended the day before."""
    clinic["Coverage/cov-p1"]["period"] = {"start": "2026-03-10", "end": "2026-12-31"}
    before = {"start": "2026-01-01", "end": "2026-03-09"}
    clinic.put(b.payer(payer, "A payer"), b.coverage("p1", payer, name="before", period=before))
    for number in range(len(EARLIER)):
        if f"Claim/c{number}" in clinic.files:
            clinic[f"Claim/c{number}"]["insurance"][0]["coverage"] = b.ref("Coverage/before")
            clinic[f"Claim/c{number}"]["insurer"] = b.ref(f"Organization/{payer}")


@pytest.mark.parametrize("how", ["Claim", "ChargeItem"])
def test_visits_that_another_payer_was_asked_for_use_up_nothing(weekly: Any, how: str) -> None:
    bill(weekly, how)
    assert weekly.run().outcome() == ("held", "rule:FRQ01")
    change_of_plan(weekly, "elsewhere")
    assert weekly.run().outcome() == ("charged", None)


@pytest.mark.parametrize("how", ["Claim", "ChargeItem"])
def test_visits_under_an_earlier_coverage_of_the_same_payer_count(weekly: Any, how: str) -> None:
    bill(weekly, how)
    change_of_plan(weekly, "plan")
    assert weekly.run().outcome() == ("held", "rule:FRQ01")


def test_sessions_of_one_run_count_for_the_payer_of_their_date(weekly: Any) -> None:
    for number, on in enumerate(EARLIER):
        times = (f"{on}T09:00:00-06:00", f"{on}T10:00:00-06:00")
        weekly.put(
            b.encounter(f"s{number}", "Group/g", times, leader="rivera", location="room"),
            *(
                b.encounter(f"s{number}-{name}", f"Patient/{name}", times, part_of=f"s{number}", code=None)
                for name in weekly.names
            ),
        )
    assert weekly.run().outcome(session=2) == ("held", "rule:FRQ01")
    change_of_plan(weekly, "elsewhere")
    said = weekly.run()
    assert said.outcome(session=2) == ("charged", None)
    assert said.outcome("p2", session=2) == ("held", "rule:FRQ01")


def test_a_visit_that_the_payer_denied_uses_up_nothing(weekly: Any) -> None:
    bill(weekly, "Claim")
    answer = b.answer(weekly["Claim/c1"], "ICN1", "plan")
    nothing = {"category": b.coded(ADJUDICATION, "benefit"), "amount": {"value": 0, "currency": "USD"}}
    deductible = {"category": b.coded(ADJUDICATION, "deductible"), "amount": {"value": 95, "currency": "USD"}}
    weekly.put({**answer, "item": [{"itemSequence": 1, "adjudication": [nothing]}]})
    assert weekly.run().outcome() == ("charged", None)
    weekly.put({**answer, "item": [{"itemSequence": 1, "adjudication": [nothing, deductible]}]})
    assert weekly.run().outcome() == ("held", "rule:FRQ01")


def test_check_counts_by_payer_too(weekly: Any) -> None:
    bill(weekly, "Claim")
    weekly.claim("c2", "p1", "90853", created="2026-03-11")
    assert [each["at"] for each in weekly.check().at("Claim/c2", "FRQ01")] == ["Claim/c2#Claim.item[0]"]
    change_of_plan(weekly, "elsewhere")
    assert weekly.check().at("Claim/c2", "FRQ01") == []


def test_a_claim_that_the_payer_refused_may_be_sent_again(clinic: Callable[..., Any]) -> None:
    made = clinic(4)
    made.claim("c1", "p1", "90853")
    made.claim("c2", "p1", "90853", created="2026-03-12")
    assert [each["code"] for each in made.check().at("Claim/c2") if each["severity"] == "error"] == ["CLM03", "MUE01"]
    made.put({**b.answer(made["Claim/c1"], "x", "plan"), "outcome": "error", "identifier": []})
    assert made.check().at("Claim/c2", "CLM03") == made.check().at("Claim/c2", "MUE01") == []


def test_a_claim_in_another_currency_has_no_price(clinic: Callable[..., Any]) -> None:
    made = clinic(4)
    claim = made.claim("c1", "p1", "90853")
    for element in ("unitPrice", "net"):
        claim["item"][0][element]["currency"] = "EUR"
    assert [each["at"] for each in made.check().at("Claim/c1", "CHG08")] == ["Claim/c1#Claim.item[0].unitPrice"]
