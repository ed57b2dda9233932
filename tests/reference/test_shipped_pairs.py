from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.reference import Pair, Reference
from groupbill.reference.shipped import read

ON = date(2024, 8, 1)
SHIPPED = Reference.load(None)
CODES = sorted({row[side] for row in read("ncci_practitioner").rows for side in ("column1", "column2")})


def direction(pair: Pair | None) -> tuple[str, str, str] | None:
    return None if pair is None else (pair.column1, pair.column2, pair.indicator)


@pytest.mark.parametrize("code", ["90832", "90833", "90834", "90836", "90837", "90838", "96116"])
def test_group_is_paid_and_individual_therapy_denied_without_a_modifier(shipped: Reference, code: str) -> None:
    assert direction(shipped.pair("90853", code, ON, True)) == ("90853", code, "1")


@pytest.mark.parametrize("code", ["90791", "90792", "90839", "90840", "90880", "96156", "96158", "97158"])
def test_intake_crisis_and_hypnotherapy_deny_the_group_whatever_the_modifier(shipped: Reference, code: str) -> None:
    assert direction(shipped.pair("90853", code, ON, True)) == (code, "90853", "0")


@pytest.mark.parametrize("code", ["90867", "90901", "96112", "G0409", "G0410", "G0337"])
def test_group_is_column_2_with_a_way_out(shipped: Reference, code: str) -> None:
    assert direction(shipped.pair(code, "90853", ON, True)) == (code, "90853", "1")


@pytest.mark.parametrize("code", ["96127", "97802", "99408", "G0270", "96164", "96171", "97151", "36591", "G0459"])
def test_group_denies_them_whatever_the_modifier(shipped: Reference, code: str) -> None:
    assert direction(shipped.pair(code, "90853", ON, True)) == ("90853", code, "0")


@pytest.mark.parametrize("code", ["99202", "99205", "99211", "99215", "99223", "99350", "99497", "G0463"])
def test_evaluation_and_management_is_column_2_in_both_settings(shipped: Reference, code: str) -> None:
    for professional in (True, False):
        assert direction(shipped.pair(code, "90853", ON, professional)) == ("90853", code, "1")


@pytest.mark.parametrize(
    "code",
    ["90791", "90792", "90839", "90840", "90845", "90846", "90847", "90849", "90880", "96116", "G0410", "G0176"],
)
def test_outpatient_hospitals_have_no_such_pair(shipped: Reference, code: str) -> None:
    assert shipped.pair("90853", code, ON, True) is not None
    assert shipped.pair("90853", code, ON, False) is None


@pytest.mark.parametrize("code", ["96127", "97151", "97157", "97802", "97804", "99408", "99409", "G0270", "G0271"])
def test_outpatient_hospitals_may_bypass_what_practitioners_may_not(shipped: Reference, code: str) -> None:
    assert direction(shipped.pair("90853", code, ON, True)) == ("90853", code, "0")
    assert direction(shipped.pair("90853", code, ON, False)) == ("90853", code, "1")


def test_adaptive_behavior_groups_change_sides_and_indicator_between_the_settings(shipped: Reference) -> None:
    assert direction(shipped.pair("90853", "97158", ON, True)) == ("97158", "90853", "0")
    assert direction(shipped.pair("90853", "97158", ON, False)) == ("97158", "90853", "1")


@pytest.mark.parametrize(
    "code",
    ["90785", "90863", "90875", "90876", "90882", "90885", "90887", "90889", "96130", "96139", "96146", "97129",
     "97150", "98960", "99078", "99406", "99492", "96202", "G0411", "H0004", "H0005", "H2019", "G2086", "G0560"],
)  # fmt: skip
def test_no_pair_is_invented(shipped: Reference, code: str) -> None:
    assert shipped.pair("90853", code, ON, True) is None
    assert shipped.pair("90853", code, ON, False) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("90832", "90791", ("90791", "90832", "0")),
        ("90847", "90792", ("90792", "90847", "0")),
        ("99213", "90791", ("90791", "99213", "0")),
        ("90847", "90846", ("90846", "90847", "1")),
        ("90834", "90847", ("90847", "90834", "1")),
        ("90846", "90849", ("90849", "90846", "1")),
        ("90832", "90834", ("90834", "90832", "0")),
        ("90834", "90837", ("90837", "90834", "0")),
        ("90785", "90839", ("90839", "90785", "0")),
        ("96164", "90785", ("90785", "96164", "0")),
        ("90785", "96156", ("96156", "90785", "0")),
    ],
)
def test_companion_pairs_of_the_practitioner_table(
    shipped: Reference, one: str, other: str, expected: tuple[str, str, str]
) -> None:
    assert direction(shipped.pair(one, other, ON, True)) == expected


def test_the_counts_of_the_shipped_tables() -> None:
    practitioner, hospital = read("ncci_practitioner").rows, read("ncci_outpatient_hospital").rows
    assert len(practitioner) == 1062
    assert sum("90853" in (row["column1"], row["column2"]) for row in practitioner) == 137
    assert len(hospital) == 111


def test_a_pair_names_its_rationale_and_edition(shipped: Reference) -> None:
    pair = shipped.pair("90834", "90853", ON, True)
    assert pair is not None
    assert pair.rationale == "CPT Manual or CMS manual coding instruction"
    assert pair.edition == "2024Q3"


@pytest.mark.parametrize("on", [date(2019, 5, 1), date(2024, 6, 30), date(2026, 3, 10), date(2031, 1, 1)])
def test_pairs_are_reported_on_dates_that_the_edition_does_not_cover(shipped: Reference, on: date) -> None:
    assert direction(shipped.pair("90853", "90834", on, True)) == ("90853", "90834", "1")


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2014, 9, 30), "before"),
        (date(2024, 6, 30), "before"),
        (date(2024, 7, 1), "covered"),
        (date(2024, 9, 30), "covered"),
        (date(2025, 9, 30), "covered"),
        (date(2025, 10, 1), "after"),
        (date(2026, 3, 10), "after"),
    ],
)
def test_the_shipped_edition_covers_its_quarter_and_a_year(shipped: Reference, on: date, state: str) -> None:
    for professional in (True, False):
        assert shipped.coverage(on, professional) == (state, "2024Q3")


@given(st.sampled_from(CODES), st.sampled_from(CODES), st.dates(date(1990, 1, 1)), st.booleans())
def test_either_order_gives_the_same_answer(one: str, other: str, on: date, professional: bool) -> None:
    pair = SHIPPED.pair(one, other, on, professional)
    assert pair == SHIPPED.pair(other, one, on, professional)
    assert pair is None or {pair.column1, pair.column2} == {one, other}


@given(st.text(max_size=8), st.text(max_size=8))
def test_what_is_no_code_has_no_pair(one: str, other: str) -> None:
    if {one, other} <= set(CODES):
        return
    assert SHIPPED.pair(one, other, ON, True) is None
