from __future__ import annotations

from datetime import date

import pytest

from groupbill.reference import Reference

ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("code", "practitioner", "hospital"),
    [
        ("90853", (1, "3"), (4, "3")),
        ("90849", (1, "3"), (2, "3")),
        ("90785", (3, "3"), (3, "3")),
        ("90832", (2, "3"), (3, "3")),
        ("90834", (2, "3"), (3, "3")),
        ("90837", (2, "3"), (3, "3")),
        ("90846", (1, "3"), (2, "3")),
        ("90847", (1, "3"), (2, "3")),
        ("90791", (1, "3"), (1, "3")),
        ("90792", (1, "2"), (2, "")),
        ("90839", (1, "2"), (1, "2")),
        ("96164", (1, "2"), (1, "2")),
        ("96165", (6, "3"), (6, "3")),
        ("97150", (1, "3"), (2, "3")),
        ("G0410", (4, "3"), (6, "3")),
        ("G0411", (4, "3"), (6, "3")),
        ("G0177", (0, "3"), (5, "3")),
    ],
)
def test_most_units_by_setting(
    shipped: Reference, code: str, practitioner: tuple[int, str], hospital: tuple[int, str]
) -> None:
    for professional, (units, mai) in ((True, practitioner), (False, hospital)):
        edit = shipped.mue(code, ON, professional)
        assert edit is not None
        assert (edit.code, edit.units, edit.mai, edit.edition) == (code, units, mai, "2024Q3")


def test_a_limit_that_was_not_read_is_none(shipped: Reference) -> None:
    assert shipped.mue("G0176", ON, True) is None
    hospital = shipped.mue("G0176", ON, False)
    assert hospital is not None
    assert hospital.units == 5
    assert shipped.mue("99213", ON, True) is None


def test_interactive_complexity_stands_beside_group_individual_and_intake(shipped: Reference) -> None:
    primaries = {"90791", "90792", "90832", "90833", "90834", "90836", "90837", "90838", "90853"}
    assert shipped.addon_primaries("90785", ON) == primaries


def test_the_telephone_codes_were_primaries_until_they_were_deleted(shipped: Reference) -> None:
    telephone = {"99441", "99442", "99443"}
    before = shipped.addon_primaries("90785", date(2024, 12, 31))
    after = shipped.addon_primaries("90785", date(2025, 1, 1))
    assert before is not None
    assert after is not None
    assert before - after == telephone


@pytest.mark.parametrize("code", ["90833", "90836", "90838"])
def test_added_psychotherapy_needs_evaluation_and_management(shipped: Reference, code: str) -> None:
    primaries = shipped.addon_primaries(code, ON)
    assert primaries is not None
    assert {"99202", "99213", "99215", "99350"} <= primaries
    assert "90853" not in primaries


def test_other_codes_and_open_lists_have_no_primaries(shipped: Reference) -> None:
    assert shipped.addon_primaries("90853", ON) is None
    assert shipped.addon_primaries("0770T", ON) is None
