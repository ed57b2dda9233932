from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.reference import Reference
from groupbill.reference.shipped import rows

SHIPPED = Reference.load(None)
KNOWN = sorted(row["modifier"] for row in rows("modifiers"))


@pytest.mark.parametrize(
    ("code", "letter", "start", "with_group"),
    [
        ("59", "E", None, "yes"),
        ("XE", "E", date(2015, 1, 1), "yes"),
        ("XS", "E", date(2015, 1, 1), "no"),
        ("25", "E", None, "no"),
        ("76", "E", None, "payer"),
        ("52", "P", None, "discouraged"),
        ("95", "T", date(2017, 1, 1), "payer"),
        ("93", "T", date(2022, 1, 1), "yes"),
        ("FQ", "T", date(2022, 1, 1), "payer"),
        ("GQ", "T", None, "no"),
        ("HQ", "L", None, "payer"),
        ("HO", "L", None, "payer"),
        ("UD", "L", None, "payer"),
        ("HR", "L", None, "no"),
        ("26", "P", None, "no"),
        ("TC", "P", None, "no"),
        ("HZ", "I", None, "payer"),
        ("GA", "I", None, "payer"),
        ("KX", "E", None, "payer"),
    ],
)
def test_class_dates_and_use_with_a_group(
    shipped: Reference, code: str, letter: str, start: date | None, with_group: str
) -> None:
    found = shipped.modifier(code)
    assert found is not None
    assert (found.code, found.cls, found.start, found.with_group) == (code, letter, start, with_group)


@pytest.mark.parametrize("code", ["22", "24", "50", "57", "58", "78", "79", "91", "99", "AA", "E1", "LT", "TA", "U1"])
def test_modifiers_of_other_fields_are_known(shipped: Reference, code: str) -> None:
    assert shipped.modifier(code) is not None


@pytest.mark.parametrize("code", ["", "9", "XX", "00", "959", "xe", "UE1"])
def test_what_is_no_modifier(shipped: Reference, code: str) -> None:
    assert shipped.modifier(code) is None


@pytest.mark.parametrize(
    "code", ["24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XP", "XS", "XU", "LT", "E1", "T9"]
)
def test_modifiers_that_bypass_an_edit(shipped: Reference, code: str) -> None:
    assert shipped.ncci_associated(code)


@pytest.mark.parametrize("code", ["22", "76", "77", "95", "HQ", "GT", ""])
def test_modifiers_that_bypass_nothing(shipped: Reference, code: str) -> None:
    assert not shipped.ncci_associated(code)


@pytest.mark.parametrize(
    ("modifiers", "severity"),
    [
        (("59", "XE"), "error"),
        (("XE", "XU"), "error"),
        (("95", "93"), "error"),
        (("GT", "FQ"), "error"),
        (("95", "GT"), "warning"),
        (("93", "FQ"), "information"),
        (("GQ", "95"), "error"),
        (("76", "77"), "error"),
        (("25", "XE"), "error"),
        (("25", "59"), "error"),
        (("HO", "HP"), "error"),
        (("AH", "AJ"), "error"),
        (("AH", "HO"), "warning"),
        (("HA", "HC"), "error"),
        (("HR", "HS"), "error"),
        (("HQ", "HR"), "error"),
        (("HE", "HH"), "warning"),
        (("GA", "GZ"), "error"),
        (("GC", "GE"), "error"),
    ],
)
def test_modifiers_that_do_not_go_together(shipped: Reference, modifiers: tuple[str, str], severity: str) -> None:
    for line in (modifiers, modifiers[::-1], (modifiers[0], "Q6", modifiers[1])):
        (conflict,) = shipped.modifier_conflicts(line)
        assert {conflict.first, conflict.second} == set(modifiers)
        assert conflict.severity == severity


def test_a_family_modifier_contradicts_the_group_code(shipped: Reference) -> None:
    (conflict,) = shipped.modifier_conflicts(("HR",), "90853")
    assert (conflict.first, conflict.second, conflict.severity) == ("HR", "90853", "error")
    assert shipped.modifier_conflicts(("HR",), "90847") == ()


@pytest.mark.parametrize("modifiers", [(), ("95",), ("HO", "HQ", "95"), ("XE", "95"), ("HQ", "HQ")])
def test_usual_lines_have_no_conflict(shipped: Reference, modifiers: tuple[str, ...]) -> None:
    assert shipped.modifier_conflicts(modifiers, "90853") == ()


@given(st.lists(st.sampled_from(KNOWN), max_size=4))
def test_the_order_on_the_line_does_not_change_what_conflicts(modifiers: list[str]) -> None:
    straight = SHIPPED.modifier_conflicts(modifiers, "90853")
    assert set(straight) == set(SHIPPED.modifier_conflicts(modifiers[::-1], "90853"))
