"""Modifiers two by two: the table of conflicts, in both orders; and the order of modifiers."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.charges.modifiers import ordered
from groupbill.model import Finding, Severity
from groupbill.reference import Reference
from groupbill.rules.mod_form import OrderOfModifiers
from groupbill.rules.mod_payer import ExcludingModifiers
from groupbill.rules.modifiers import DISTINCT, DISTINCT_X
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context

FACTS, CONTEXT = Facts(), context()
E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

EXCLUDING = [
    *((pair, E) for pair in combinations(sorted(DISTINCT), 2)),
    *(((video, audio), E) for video in ("95", "GT") for audio in ("93", "FQ")),
    (("95", "GT"), W),
    (("93", "FQ"), INFO),
    *((("GQ", live), E) for live in ("95", "93", "GT", "FQ")),
    (("76", "77"), E),
    *((("25", distinct), E) for distinct in sorted(DISTINCT)),
    *((pair, E) for pair in combinations(["HM", "HN", "HO", "HP", "HL"], 2)),
    (("AH", "AJ"), E),
    *((pair, E) for pair in combinations(["HA", "HB", "HC"], 2)),
    (("HR", "HS"), E),
    (("HQ", "HR"), E),
    (("HQ", "HS"), E),
    (("HE", "HH"), W),
    (("HF", "HH"), W),
    (("HE", "HF"), W),
    *(((notice, "GZ"), E) for notice in ("GA", "GX", "GY")),
    (("GC", "GE"), E),
]
"""Domain table of conflicts, written down once more by hand."""

KNOWN = ["59", "XE", "25", "76", "77", "95", "93", "GT", "FQ", "GQ", "HQ", "HO", "HP", "HE", "HF", "GC", "U1"]


def conflicts(code: str, modifiers: tuple[str, ...]) -> list[Finding]:
    bill = FACTS.bill(lines=[{"code": code, "modifiers": list(modifiers)}])
    return list(ExcludingModifiers().check(bill.lines[0], bill, CONTEXT) or ())


@pytest.mark.parametrize(("pair", "severity"), EXCLUDING)
def test_two_that_exclude_each_other_are_found_in_either_order(pair: tuple[str, str], severity: Severity) -> None:
    for modifiers in (pair, pair[::-1]):
        found = conflicts("90847", modifiers)
        assert [(each.at, each.severity) for each in found] == [("Claim/c1#Claim.item[0].modifier[1]", severity)]


@pytest.mark.parametrize("pair", [
    pair for pair in combinations(KNOWN, 2) if frozenset(pair) not in {frozenset(each) for each, _ in EXCLUDING}
])  # fmt: skip
def test_all_others_go_together(pair: tuple[str, str]) -> None:
    assert conflicts("90847", pair) == []


@pytest.mark.parametrize("modifier", ["HR", "HS"])
def test_a_family_modifier_is_not_for_a_group(modifier: str) -> None:
    assert [each.severity for each in conflicts("90853", (modifier,))] == [Severity.ERROR]
    assert conflicts("90847", (modifier,)) == []


@pytest.mark.parametrize("modifier", sorted(DISTINCT_X))
def test_59_and_an_x_modifier_are_also_two_reasons(modifier: str) -> None:
    bill = FACTS.bill(lines=[{"code": "90834", "modifiers": ["59", modifier]}])
    found = Rulebook((), Settings.parse({})).bill(bill, CONTEXT)
    assert ("MOD07", "Claim/c1#Claim.item[0].modifier[1]") in [(each.code, each.at) for each in found]


lists = st.lists(st.sampled_from(KNOWN), max_size=6, unique=True)


@given(lists)
def test_sorted_modifiers_are_in_order(modifiers: list[str]) -> None:
    reference = Reference.load(None)

    def letter(modifier: str) -> str | None:
        known = reference.modifier(modifier)
        return known.cls if known else None

    wanted = ordered(tuple(modifiers), FACTS.policy, letter)
    bill = FACTS.bill(lines=[{"modifiers": list(wanted)}])
    assert not list(OrderOfModifiers().check(bill.lines[0], bill, CONTEXT) or ())
    assert sorted(wanted) == sorted(modifiers)


@given(lists)
def test_no_combination_of_modifiers_stops_the_rules(modifiers: list[str]) -> None:
    book = Rulebook((), Settings.parse({}))
    stated: Any = [*modifiers, *modifiers[:1]]
    found = book.bill(FACTS.bill(lines=[{"modifiers": stated}]), CONTEXT)
    found += book.day(FACTS.day(own={"modifiers": stated}, lines=[{"code": "90834", "modifiers": stated}]), CONTEXT)
    assert [each for each in found if each.code == "ENG02"] == []
