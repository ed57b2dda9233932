"""What a payer is expected to allow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from groupbill.rules.pay import expected_allowed
from groupbill.testing.facts import Facts, context

PSYCHIATRIST, PSYCHOLOGIST, SOCIAL_WORKER = "2084P0800X", "103TP2701X", "1041C0700X"
NURSE, THERAPIST, COUNSELOR = "363LP0808X", "106H00000X", "101YM0800X"


def allowed(
    policy: str = "medicare",
    on: date = date(2026, 3, 10),
    taxonomy: str = PSYCHIATRIST,
    place: str = "11",
    settings: Any = None,
    values: Any = None,
    **line: str,
) -> Decimal | None:
    facts = Facts(on, policy, values)
    keys: Any = {"place_of_service": place, **line}
    participant = facts.participant(leader={"taxonomies": [taxonomy]}, line=keys)
    return expected_allowed(participant.lines[0], participant, context(settings))


@pytest.mark.parametrize(("on", "place", "amount"), [
    (date(2023, 5, 2), "11", "26.77"),
    (date(2023, 5, 2), "22", "23.38"),
    (date(2024, 3, 8), "11", "27.18"),
    (date(2024, 3, 9), "11", "27.63"),
    (date(2024, 12, 31), "02", "23.97"),
    (date(2025, 6, 3), "11", "28.14"),
    (date(2026, 1, 1), "10", "30.39"),
    (date(2026, 1, 1), "02", "24.38"),
])  # fmt: skip
def test_national_amounts_by_date_and_place(on: date, place: str, amount: str) -> None:
    assert allowed(on=on, place=place) == Decimal(amount)


@pytest.mark.parametrize(("taxonomy", "amount"), [
    (PSYCHIATRIST, "30.39"),
    (PSYCHOLOGIST, "30.39"),
    (NURSE, "25.84"),
    (SOCIAL_WORKER, "22.80"),
    (THERAPIST, "22.80"),
    (COUNSELOR, "22.80"),
])  # fmt: skip
def test_the_practitioner_is_paid_a_share(taxonomy: str, amount: str) -> None:
    assert allowed(taxonomy=taxonomy) == Decimal(amount)


@pytest.mark.parametrize(("locality", "nonfacility", "facility"), [
    ("06102-16", "28.60", "24.85"),
    ("06102-99", "27.33", "23.99"),
    ("02102-01", "38.19", "34.23"),
    ("01112-05", "31.73", "26.53"),
])  # fmt: skip
def test_a_locality_has_its_own_amounts(locality: str, nonfacility: str, facility: str) -> None:
    settings = {"medicare": {"locality": locality}}
    on = date(2024, 6, 4)
    assert allowed(on=on, settings=settings) == Decimal(nonfacility)
    assert allowed(on=on, place="22", settings=settings) == Decimal(facility)


def test_no_payer_pays_more_than_is_charged() -> None:
    assert allowed(unit_price="25.00") == Decimal("25.00")


def test_a_contract_names_its_amounts() -> None:
    assert allowed("commercial", values={"allowed": {"90853": "41.50"}}) == Decimal("41.50")
    assert allowed("commercial", values={"allowed": {"90834": "95.00"}}) is None


def test_a_contract_counts_for_the_payers_own_code() -> None:
    values = {"allowed": {"90853": "41.50"}, "session_code": {"90853": "H0005"}}
    assert allowed("commercial", values=values, code="H0005") == Decimal("41.50")


@pytest.mark.parametrize("keys", [
    {"policy": "commercial"},
    {"on": date(2027, 3, 9)},
    {"on": date(2025, 6, 3), "place": "02"},
    {"settings": {"medicare": {"locality": "06102-16"}}},
])  # fmt: skip
def test_what_is_not_on_file_has_no_amount(keys: dict[str, Any]) -> None:
    assert allowed(**keys) is None


def test_an_unknown_place_has_no_amount() -> None:
    assert allowed(place="none") is None
