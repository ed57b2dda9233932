from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.reference import Reference

SHIPPED = Reference.load(None)


@pytest.mark.parametrize(
    ("on", "nonfacility", "facility", "percent85", "percent75"),
    [
        ("2023-01-01", "26.77", "23.38", "22.76", "20.08"),
        ("2023-12-31", "26.77", "23.38", "22.76", "20.08"),
        ("2024-01-01", "27.18", "23.58", "23.10", "20.38"),
        ("2024-03-08", "27.18", "23.58", "23.10", "20.38"),
        ("2024-03-09", "27.63", "23.97", "23.48", "20.72"),
        ("2024-12-31", "27.63", "23.97", "23.48", "20.72"),
        ("2025-07-01", "28.14", None, "23.92", "21.11"),
        ("2026-01-01", "30.39", "24.38", "25.84", "22.80"),
        ("2026-12-31", "30.39", "24.38", "25.84", "22.80"),
    ],
)
def test_national_amounts_of_group_psychotherapy(
    shipped: Reference, on: str, nonfacility: str, facility: str | None, percent85: str, percent75: str
) -> None:
    day = date.fromisoformat(on)
    assert str(shipped.fee("90853", day, False)) == nonfacility
    assert shipped.fee("90853", day, True) == (None if facility is None else Decimal(facility))
    assert str(shipped.fee("90853", day, False, percent=Decimal(85))) == percent85
    assert str(shipped.fee("90853", day, False, percent=Decimal(75))) == percent75


def test_cents_are_rounded_once_at_the_end(shipped: Reference) -> None:
    # 75 % of 30.394819 is 22.796; rounding 30.39 first would give 22.79.
    assert shipped.fee("90853", date(2026, 3, 10), False, percent=Decimal(75)) == Decimal("22.80")


@pytest.mark.parametrize(
    ("locality", "nonfacility", "facility"),
    [
        ("10112-00", "26.52", "23.34"),
        ("02102-01", "38.19", "34.23"),
        ("06102-16", "28.60", "24.85"),
        ("06102-15", "28.45", "24.61"),
        ("06102-99", "27.33", "23.99"),
        ("01112-05", "31.73", "26.53"),
        ("13202-01", "30.46", "26.19"),
        ("07302-00", "26.54", "23.42"),
    ],
)
def test_localities_of_2024(shipped: Reference, locality: str, nonfacility: str, facility: str) -> None:
    on = date(2024, 6, 1)
    assert str(shipped.fee("90853", on, False, locality)) == nonfacility
    assert str(shipped.fee("90853", on, True, locality)) == facility


def test_a_locality_without_indices_of_the_year_has_no_amount(shipped: Reference) -> None:
    assert shipped.fee("90853", date(2026, 3, 10), False, "06102-16") is None
    assert shipped.fee("90853", date(2024, 6, 1), False, "99999-01") is None


@pytest.mark.parametrize(
    ("code", "amount"),
    [
        ("90785", "14.70"),
        ("90791", "173.35"),
        ("90832", "85.84"),
        ("90834", "113.90"),
        ("90837", "167.00"),
        ("90847", "109.55"),
        ("90849", "40.42"),
    ],
)
def test_companions_of_2026_have_national_nonfacility_amounts_only(
    shipped: Reference, code: str, amount: str
) -> None:
    on = date(2026, 3, 10)
    assert str(shipped.fee(code, on, False)) == amount
    assert shipped.fee(code, on, True) is None
    assert shipped.fee(code, date(2025, 3, 10), False) is None


@pytest.mark.parametrize("on", [date(2022, 12, 31), date(2027, 1, 1)])
def test_years_that_are_not_on_file_have_no_amount(shipped: Reference, on: date) -> None:
    assert shipped.fee("90853", on, False) is None


def test_codes_that_are_not_on_file_have_no_amount(shipped: Reference) -> None:
    assert shipped.fee("H0005", date(2026, 3, 10), False) is None


def test_the_place_decides_the_rate(shipped: Reference) -> None:
    on = date(2026, 3, 10)
    amounts = {
        code: shipped.fee("90853", on, place.facility)
        for code in ("10", "02", "11", "22")
        if (place := shipped.place_of_service(code)) is not None
    }
    assert amounts == {
        "10": Decimal("30.39"),
        "02": Decimal("24.38"),
        "11": Decimal("30.39"),
        "22": Decimal("24.38"),
    }


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.sampled_from([75, 85, 100]))
def test_the_facility_never_pays_more_and_all_days_have_an_amount(on: date, percent: int) -> None:
    nonfacility = SHIPPED.fee("90853", on, False, percent=Decimal(percent))
    facility = SHIPPED.fee("90853", on, True, percent=Decimal(percent))
    assert nonfacility is not None
    assert nonfacility == nonfacility.quantize(Decimal("0.01"))
    assert (facility is None) == (on.year == 2025)
    assert facility is None or facility < nonfacility


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_amounts_change_on_known_days_only(on: date) -> None:
    changes = {date(2023, 1, 1), date(2024, 1, 1), date(2024, 3, 9), date(2025, 1, 1), date(2026, 1, 1)}
    changes.add(date(2027, 1, 1))
    if SHIPPED.fee("90853", on, False) != SHIPPED.fee("90853", on - timedelta(days=1), False):
        assert on in changes
