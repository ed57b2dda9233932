"""One line under all rules: which codes, on which line, with which fix."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from groupbill.model import Finding, Fix, Severity, Verdict
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context

Said = tuple[str, str, Fix | None]

GROUP = {"at": "Claim/g", "encounter": "Encounter/g", "period": "09:00-10:00", "rendering": "Practitioner/rivera"}
LATER = {"at": "Claim/i", "encounter": "Encounter/i", "period": "13:00-13:45"}


def judged(*lines: dict[str, Any], policy: str = "default", on: Any = None, values: Any = None) -> list[Finding]:
    """What all rules say to Claims on file with one line each, and to their day."""
    facts = Facts(policy=policy, values=values) if on is None else Facts(on, policy, values)
    book, consulted = Rulebook((), Settings.parse({})), context()
    found = book.day(facts.day(check="true", lines=[dict(line) for line in lines]), consulted)
    for line in lines:
        at = str(line["at"])
        if at.startswith("Claim/"):
            keys = {key: value for key, value in line.items() if key not in ("at", "item", "index")}
            found += book.bill(facts.bill(at=at, lines=[keys]), consulted)
    return found


def errors(found: list[Finding], *families: str) -> list[Said]:
    """Code, place and fix of what blocks, by default of the families of coding."""
    wanted = families or ("NCC", "MUE", "FRQ", "MOD", "TEL", "CLM")
    return sorted(
        (each.code, each.at, each.fix)
        for each in found
        if each.severity is Severity.ERROR and each.verdict is Verdict.FAIL and each.code.startswith(wanted)
    )


def add(line: str, modifier: str) -> Fix:
    return Fix(line=line, item=1, modifier=modifier)


def drop(line: str) -> Fix:
    return Fix(line=line, item=1, drop=True)


def test_a_clean_group_claim_has_nothing_against_it() -> None:
    found = judged(GROUP)
    assert [each for each in found if each.severity is not Severity.INFORMATION] == []


def test_two_units_are_found_on_the_quantity() -> None:
    found = errors(judged({**GROUP, "units": "2"}), "MUE", "CHG", "CLM")
    assert found == [
        ("CHG01", "Claim/g#Claim.item[0].quantity", None),
        ("MUE01", "Claim/g#Claim.item[0].quantity", None),
    ]


def test_a_duplicate_line_is_found_on_the_later_one() -> None:
    found = errors(judged(GROUP, {**GROUP, "at": "Claim/h"}))
    place = "Claim/h#Claim.item[0]"
    assert found == [("CLM03", place, drop("Claim/h")), ("MUE01", place, drop("Claim/h"))]


@pytest.mark.parametrize(("modifiers", "expected"), [
    ([], [("NCC02", "Claim/i#Claim.item[0]", add("Claim/i", "XE"))]),
    (["59"], []),
    (["XE"], []),
    (["59", "XE"], [
        ("MOD04", "Claim/i#Claim.item[0].modifier[1]", None),
        ("MOD07", "Claim/i#Claim.item[0].modifier[1]", None),
    ]),
    (["25"], [("MOD08", "Claim/i#Claim.item[0].modifier[0]", None)]),
])  # fmt: skip
def test_individual_therapy_at_another_time(modifiers: list[str], expected: list[Said]) -> None:
    assert errors(judged(GROUP, {**LATER, "code": "90834", "modifiers": modifiers})) == expected


def test_59_is_less_exact_than_xe_and_bypasses() -> None:
    found = judged(GROUP, {**LATER, "code": "90834", "modifiers": ["59"]})
    assert [(each.code, each.at) for each in found if each.severity is Severity.WARNING] == [
        ("NCC09", "Claim/i#Claim.item[0]"),
        ("MOD06", "Claim/i#Claim.item[0].modifier[0]"),
    ]
    bypassed = [each for each in found if each.verdict is Verdict.BYPASSED]
    assert [(each.code, each.at, each.evidence) for each in bypassed] == [
        ("NCC02", "Claim/i#Claim.item[0]", ("Encounter/g", "Encounter/i"))
    ]


def test_a_pair_names_its_edition() -> None:
    found = judged(GROUP, {**LATER, "code": "90834"})
    assert {each.edition for each in found if each.code == "NCC02"} == {"2024Q3"}
    assert {each.denial for each in found if each.code == "NCC02"} == {("236", "97")}


def test_the_group_is_denied_on_the_day_of_the_intake() -> None:
    found = errors(judged(GROUP, {**LATER, "code": "90791"}))
    place = "Claim/g#Claim.item[0]"
    assert found == [("NCC01", place, drop("Claim/g")), ("NCC12", place, None)]


@pytest.mark.parametrize("code", ["90791", "90792", "90839", "90840", "90880"])
def test_our_own_group_is_held_beside_what_excludes_it(code: str) -> None:
    facts = Facts()
    day = facts.day(lines=[{"code": code, "period": "13:00-14:00"}])
    found = Rulebook((), Settings.parse({})).day(day, context())
    assert ("NCC01", "ChargeItem/own", None) in errors(found)
    assert all(each.fix is None for each in found if each.at == "ChargeItem/own")


def test_interactive_complexity_stands_beside_its_primary_only() -> None:
    add_on = {**GROUP, "at": "Claim/x", "code": "90785"}
    assert errors(judged(GROUP, add_on)) == []
    assert errors(judged(add_on)) == [("CLM09", "Claim/x#Claim.item[0]", drop("Claim/x"))]


def test_telehealth_without_its_modifier() -> None:
    found = errors(judged({**GROUP, "place_of_service": "02"}))
    assert found == [("TEL05", "Claim/g#Claim.item[0]", add("Claim/g", "95"))]
    assert errors(judged({**GROUP, "place_of_service": "02"}, policy="medicare")) == []


def test_95_with_the_office() -> None:
    found = errors(judged({**GROUP, "modifiers": ["95"]}, policy="medicare"))
    assert found == [("TEL04", "Claim/g#Claim.item[0].locationCodeableConcept", None)]
    assert errors(judged({**GROUP, "modifiers": ["95"]}))[0][0] == "TEL04"


def test_an_unknown_modifier() -> None:
    assert errors(judged({**GROUP, "modifiers": ["Z9"]})) == [("MOD02", "Claim/g#Claim.item[0].modifier[0]", None)]


def test_five_modifiers() -> None:
    found = errors(judged({**GROUP, "modifiers": ["HO", "HQ", "U1", "U2", "GC"]}))
    assert found == [("MOD01", "Claim/g#Claim.item[0].modifier[4]", None)]


@pytest.mark.parametrize(("modifiers", "expected"), [
    ([], [("NCC06", "Claim/i#Claim.item[0]", add("Claim/i", "25"))]),
    (["25"], []),
    (["59"], [
        ("MOD08", "Claim/i#Claim.item[0].modifier[0]", None),
        ("NCC06", "Claim/i#Claim.item[0]", add("Claim/i", "25")),
    ]),
])  # fmt: skip
def test_a_visit_with_the_prescriber_on_the_day(modifiers: list[str], expected: list[Said]) -> None:
    assert errors(judged(GROUP, {**LATER, "code": "99214", "modifiers": modifiers})) == expected


def test_a_questionnaire_is_dropped() -> None:
    found = errors(judged(GROUP, {**LATER, "code": "96127"}))
    assert found == [
        ("NCC01", "Claim/i#Claim.item[0]", drop("Claim/i")),
        ("NCC14", "Claim/i#Claim.item[0]", drop("Claim/i")),
    ]


@pytest.mark.parametrize(("setting", "values", "codes"), [
    ("professional", {}, ["MUE01"]),
    ("institutional", {}, []),
    ("professional", {"sessions_per_day": 2}, []),
])  # fmt: skip
def test_two_groups_in_a_day_by_setting_and_payer(setting: str, values: dict[str, Any], codes: list[str]) -> None:
    professional = str(setting == "professional").lower()
    lines = [{**GROUP, "professional": professional}, {**LATER, "professional": professional, "modifiers": ["76"]}]
    assert [code for code, _, _ in errors(judged(*lines, values=values), "MUE", "CLM03")] == codes


def test_the_place_of_service_does_not_choose_the_table() -> None:
    hospital = {**GROUP, "place_of_service": "22"}
    found = errors(judged(hospital, {**LATER, "place_of_service": "22", "code": "90791"}))
    assert [code for code, _, _ in found] == ["NCC01", "NCC12"]


@pytest.mark.parametrize(("net", "factor", "wrong"), [
    ("60.00", Decimal("0.5"), False),
    ("60.00", None, True),
    ("120.00", None, False),
])  # fmt: skip
def test_a_factor_explains_the_net(net: str, factor: Decimal | None, wrong: bool) -> None:
    item = {} if factor is None else {"factor": factor}
    bill = Facts().bill(lines=[{"net": net}], resource={"resourceType": "Claim", "item": [item]})
    found = errors(Rulebook((), Settings.parse({})).bill(bill, context()), "CLM12")
    assert bool(found) is wrong


def test_the_session_says_once_that_the_table_is_old() -> None:
    book, facts = Rulebook((), Settings.parse({})), Facts()
    found = book.session(facts.session(), [facts.participant(), facts.participant()], context())
    said = [(each.code, each.severity, each.at) for each in found if each.code == "NCC09"]
    assert said == [("NCC09", Severity.INFORMATION, "Encounter/g1")]
    assert [each.verdict for each in found if each.code == "NCC09"] == [Verdict.NO_DATA]
    assert book.tallies["NCC09"].no_data == 1


def test_a_payer_without_ncci_is_told_nothing_about_tables() -> None:
    book, facts = Rulebook((), Settings.parse({})), Facts(values={"ncci": False})
    found = book.session(facts.session(), [facts.participant()], context())
    assert [each.code for each in found if each.code == "NCC09"] == []
