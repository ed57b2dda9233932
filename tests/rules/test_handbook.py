"""The pages of the rules, on the command line and in the handbook."""

from __future__ import annotations

import inspect
import re
from datetime import date
from pathlib import Path

import pytest

from groupbill.cli.rules import list_rules, show_rule
from groupbill.errors import UsageError
from groupbill.policies import Policies
from groupbill.policies.schema import descriptions
from groupbill.rules.catalogue import ENGINE, Catalogue
from groupbill.rules.page import BY_CONSTRUCTION, OF_THE_ENGINE
from groupbill.rules.rule import Rule
from groupbill.testing.facts import context
from groupbill.testing.handbook import write

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.with_bundled(())


def test_the_handbook_is_current() -> None:
    current = (ROOT / "plugin" / "RULES.md").read_text(encoding="utf-8")
    assert current == write(ROOT / "tests" / "rules" / "cases"), (
        "run python -m groupbill.testing.handbook plugin/RULES.md"
    )


def test_the_handbook_names_every_rule_and_what_is_none() -> None:
    text = (ROOT / "plugin" / "RULES.md").read_text(encoding="utf-8")
    assert [code for code in (*CATALOGUE.by_code, *BY_CONSTRUCTION) if f"{code} " not in text] == []


def test_the_list_has_one_line_per_rule() -> None:
    assert len(list_rules(CATALOGUE).splitlines()) == len(CATALOGUE.rules)
    assert "GRP01  error        too-few-participants" in list_rules(CATALOGUE)


@pytest.mark.parametrize("word", ["GRP02", "grp02", "too-many-participants"])
def test_a_page_has_its_source(word: str) -> None:
    text = show_rule(CATALOGUE, word)
    assert text.startswith("# GRP02 too-many-participants\n\nMore people took part")
    assert "- Source: " in text
    assert "- Denials (CARC, RARC): 222, 50, N115" in text


def test_a_page_says_which_payers_weigh_the_rule_otherwise() -> None:
    text = show_rule(CATALOGUE, "TEL11", Policies.load(()).severities(date(2026, 3, 10)))
    assert "error from 2028-01-01 under `medicare`" in text
    assert "error under `medicare-ngs`" in show_rule(
        CATALOGUE, "GRP02", Policies.load(()).severities(date(2026, 3, 10))
    ).replace("\n", " ").replace("  ", " ")


def test_a_family_is_listed() -> None:
    assert [line[:5] for line in show_rule(CATALOGUE, "grp").splitlines()][:2] == ["GRP01", "GRP02"]


def test_what_is_no_rule_says_why() -> None:
    assert show_rule(CATALOGUE, "grp03").startswith("GRP03: Every participant counts")


def test_what_the_engine_says_of_itself_has_a_page() -> None:
    assert set(OF_THE_ENGINE) == set(ENGINE)
    assert show_rule(CATALOGUE, "eng04").startswith("ENG04 payer-not-mapped (information): No payer policy is known")
    text = (ROOT / "plugin" / "RULES.md").read_text(encoding="utf-8")
    assert all(f"| {code} | {severity} | {meaning} |" in text for code, (severity, meaning) in OF_THE_ENGINE.items())


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean GRP0"):
        show_rule(CATALOGUE, "GRP0X")


def test_the_options_of_a_page_are_keys_of_policies_or_settings() -> None:
    settings = {
        "[reference] folder",
        "groupbill import ncci",
        "days",
        "[medicare] locality",
        "remote_place_of_service",
    }
    options = [
        re.search(r"## Options\n(.*?)(\n\s*## |\Z)", rule.__doc__ or "", re.DOTALL) for rule in CATALOGUE.rules
    ]
    named = {word for part in options if part for word in re.findall(r"`([^`]+)`", part[1])}
    assert len(named) > 20
    assert named - settings <= set(descriptions())


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.code)
def test_the_keys_that_a_rule_asks_for_are_among_its_options(rule: type[Rule]) -> None:
    page = rule.__doc__ or ""
    code = "".join(inspect.getsource(each) for each in (rule, *rule.parts)).replace(page, "")
    asked = {key for key in descriptions() if f'"{key}"' in code}
    options = page.partition("## Options")[2].partition("## ")[0]
    assert {key for key in asked if f"`{key}`" not in options} == set()


def test_every_denial_code_is_in_the_table() -> None:
    denial = context().reference.denial
    unknown = {(rule.code, code) for rule in CATALOGUE.rules for code in rule.denial if denial(code) is None}
    assert unknown == set()
