"""Every rule against its cases, and every case against the whole set."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbill.model import Verdict
from groupbill.rules.catalogue import bundled
from groupbill.rules.page import SECTIONS
from groupbill.rules.rule import Rule
from groupbill.testing.cases import Case, failures, judge, load
from groupbill.testing.typed import CaseError

FOLDER = Path(__file__).parent / "cases"
CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in load(path)]
RULES = {rule.code: rule for rule in bundled()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.name}")
def test_a_rule_answers_as_the_case_says(case: Case) -> None:
    assert failures(RULES[case.rule](), case) is None


@pytest.mark.parametrize("rule", bundled(), ids=lambda rule: rule.code)
def test_every_rule_has_a_case_that_passes_and_one_that_fails(rule: type[Rule]) -> None:
    cases = [case for case in CASES if case.rule == rule.code]
    assert any(case.passes for case in cases)
    assert any(case.fails for case in cases)
    assert any(case.doc for case in cases)


@pytest.mark.parametrize("rule", bundled(), ids=lambda rule: rule.code)
def test_every_rule_has_a_page_with_all_parts(rule: type[Rule]) -> None:
    text = rule.__doc__ or ""
    assert [text.find(f"## {part}") > 0 for part in SECTIONS] == [True] * len(SECTIONS)
    assert not text.split("\n", 1)[0].startswith("##")


@pytest.mark.parametrize("rule", bundled(), ids=lambda rule: rule.code)
def test_a_failure_says_what_to_do(rule: type[Rule]) -> None:
    """By a fix, else in the words that close its message."""
    assert rule.remedy
    for case in CASES:
        if case.rule == rule.code:
            for found in judge(RULES[case.rule](), case) or ():
                told = found.verdict is not Verdict.FAIL or found.fix is not None
                assert told or "; " in found.message


def test_every_case_is_of_a_rule() -> None:
    assert {case.rule for case in CASES} <= set(RULES)


def strictly(folder: Path, text: str) -> None:
    path = folder / "CHG01.yaml"
    path.write_text(text, encoding="utf-8")
    load(path)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="'one' is given twice"):
        strictly(tmp_path, "rule: CHG01\none: {why: a, expect: []}\none: {why: b, expect: []}\n")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="unknown key 'fact'"):
        strictly(tmp_path, "rule: CHG01\none: {why: a, fact: {}, expect: []}\n")


def test_a_case_without_a_reason_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="why is missing"):
        strictly(tmp_path, "rule: CHG01\none: {expect: []}\n")


def test_a_case_of_another_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="`rule` is not CHG01"):
        strictly(tmp_path, "rule: CHG02\n")


def test_codes_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "CHG01.yaml"
    path.write_text("rule: CHG01\none: {why: a, facts: {code: 0510, flag: NO}, expect: []}\n", encoding="utf-8")
    assert load(path)[0].given["facts"] == {"code": "0510", "flag": "NO"}
