"""The check digit of an NPI, over all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groupbill.rules.prv_identity import npi_defect


def luhn(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_exactly_one_check_digit_is_right(nine: str) -> None:
    right = [digit for digit in "0123456789" if npi_defect(nine + digit) is None]
    assert right == [str(luhn("80840" + nine))]


@given(st.text(max_size=12))
def test_anything_else_is_no_npi(text: str) -> None:
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        assert npi_defect(text) is not None


def test_the_example_of_the_standard() -> None:
    assert npi_defect("1234567893") is None
    assert npi_defect("1234567890") == "has a wrong check digit"
    assert npi_defect("3234567893") == "does not start with 1 or 2"
    assert npi_defect("١٢٣٤٥٦٧٨٩٣") == "is not of 10 digits"
