"""What a common billing guide says about modifiers, same-day services and payment, as far as a few lines show it.

The statements have their rows in `test_common_guide`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from groupbill.model import Finding, Severity, Verdict
from groupbill.rules.pay import expected_allowed
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context

OWN = "ChargeItem/own"
OTHER = "ChargeItem/other"


def day(values: Any = None, on: date = date(2026, 3, 10), **keys: Any) -> list[Finding]:
    """What all rules say to a day of the participant."""
    return Rulebook((), Settings.parse({})).day(Facts(on, values=values).day(**keys), context())


def bill(values: Any = None, policy: str = "default", **keys: Any) -> list[Finding]:
    """What all rules say to a claim on file."""
    return Rulebook((), Settings.parse({})).bill(Facts(policy=policy, values=values).bill(**keys), context())


def failed(found: list[Finding], code: str) -> list[tuple[Severity, str]]:
    return [(each.severity, each.at) for each in found if each.code == code and each.verdict is Verdict.FAIL]


@pytest.mark.parametrize("code", ["90832", "90834", "90837"])
def test_s07_individual_therapy_is_three_codes_by_minutes_and_each_pairs(code: str) -> None:
    assert failed(day(lines=[{"code": code}]), "NCC02") == [(Severity.ERROR, OTHER)]


def test_s18_the_city_pays_more_than_the_country() -> None:
    def at(locality: str) -> Decimal:
        participant = Facts(date(2024, 6, 4), "medicare").participant(leader={"taxonomies": ["2084P0800X"]})
        consulted = context({"medicare": {"locality": locality}})
        return expected_allowed(participant.lines[0], participant, consulted) or Decimal(0)

    assert at("06102-99") == Decimal("27.33") < at("06102-16") == Decimal("28.60") < at("01112-05")


def test_s20_and_s41_medicare_pays_the_session_whatever_its_length() -> None:
    facts = Facts(policy="medicare")
    hour, two = facts.participant(), facts.participant(line={"period": "09:00-11:00"})
    amounts = {expected_allowed(each.lines[0], each, context()) for each in (hour, two)}
    assert amounts == {Decimal("22.80")}


def test_s23_the_modifiers_that_the_payer_dictates() -> None:
    wanted = {"group_modifier": "HQ", "license_modifiers": {"1041C0700X": "HO"}}
    found = bill(values=wanted, lines=[{"place_of_service": "10"}])
    fixes = {each.code: each.fix.modifier for each in found if each.fix is not None}
    assert fixes == {"MOD11": "HQ", "MOD12": "HO", "TEL05": "95"}


def test_s27_gt_is_video_and_not_a_group_of_families() -> None:
    families = bill(lines=[{"modifiers": ["GT"]}], participant={"session": {"code": "90849"}})
    video = bill(
        lines=[{"modifiers": ["GT"], "place_of_service": "10"}],
        participant={"modality": "video", "place_of_service": "10", "home": "true"},
        values={"video_modifier": "GT"},
    )
    assert failed(families, "MOD10") == [(Severity.ERROR, "Claim/c1#Claim.item[0].modifier[0]")]
    assert [each.code for each in video if each.severity is Severity.ERROR] == []


def test_s29_obesity_counselling_may_be_apart_and_nutrition_may_not() -> None:
    counselling = day(lines=[{"code": "G0447", "period": "13:00-13:15"}])
    nutrition = day(lines=[{"code": "97802", "period": "13:00-13:15"}])
    assert [each.fix.modifier for each in counselling if each.code == "NCC02" and each.fix] == ["XE"]
    assert failed(nutrition, "NCC01") == [(Severity.ERROR, OTHER)]


def test_s30_occupational_therapy_in_a_group_pairs_with_nothing() -> None:
    found = day(lines=[{"code": "97150"}])
    assert failed(found, "NCC01") == failed(found, "NCC02") == []


def test_s34_illinois_pays_for_two_in_seven_days() -> None:
    history = [
        {"at": "Claim/a", "date": "2026-03-05", "period": "2026-03-05"},
        {"at": "Claim/b", "date": "2026-03-07", "period": "2026-03-07"},
    ]
    facts = Facts(policy="medicaid-il")
    found = Rulebook((), Settings.parse({})).day(facts.day(history=history), context())
    assert failed(found, "FRQ01") == [(Severity.ERROR, OWN)]


@pytest.mark.parametrize(("values", "weights"), [
    ({}, [(Severity.ERROR, OWN)]),
    ({"sessions_per_day": 2}, []),
])  # fmt: skip
def test_s38_a_second_group_is_paid_only_where_the_payer_says_so(values: Any, weights: Any) -> None:
    morning = {"period": "07:00-08:00", "encounter": "Encounter/am"}
    assert failed(day(values=values, lines=[morning]), "MUE01") == weights


def test_s38_distinct_sessions_are_units_in_a_hospital() -> None:
    lines = [
        {"at": "Claim/a", "professional": "false", "period": "09:00-10:00"},
        {"at": "Claim/a", "item": "2", "index": "1", "professional": "false", "period": "13:00-14:00"},
    ]
    found = day(check="true", lines=lines)
    assert failed(found, "MUE01") == failed(found, "MUE02") == []


def test_s49_and_s50_the_place_and_the_practitioner_change_the_amount() -> None:
    def amount(taxonomy: str, place: str) -> Decimal | None:
        facts = Facts(policy="medicare")
        participant = facts.participant(leader={"taxonomies": [taxonomy]}, line={"place_of_service": place})
        return expected_allowed(participant.lines[0], participant, context())

    amounts = [amount(who, where) for who in ("2084P0800X", "1041C0700X") for where in ("11", "22")]
    assert amounts == [Decimal(each) for each in ("30.39", "24.38", "22.80", "18.29")]


def test_s52_individual_therapy_on_the_day_needs_a_time_of_its_own() -> None:
    apart = day(lines=[{"code": "90834", "modifiers": ["XE"], "period": "13:00-13:45"}])
    together = day(lines=[{"code": "90834", "modifiers": ["XE"], "period": "09:15-10:00"}])
    assert failed(apart, "NCC03") == []
    assert failed(together, "NCC03") == [(Severity.ERROR, OTHER), (Severity.ERROR, OWN)]


def test_s53_the_modifier_goes_on_the_individual_code_and_is_xe() -> None:
    found = day(lines=[{"code": "90834", "period": "13:00-13:45"}])
    fixes = [(each.fix.line, each.fix.modifier) for each in found if each.fix is not None]
    assert fixes == [(OTHER, "XE")]
    on_the_group = day(own={"modifiers": ["XE"]}, lines=[{"code": "90834", "period": "13:00-13:45"}])
    assert failed(on_the_group, "NCC04") == [(Severity.INFORMATION, OWN)]


def test_s54_a_payer_that_allows_no_second_service() -> None:
    ban = {"frequency": [{"codes": ["90853", "90834"], "days": 1, "max": 1}]}
    found = day(values=ban, lines=[{"code": "90834", "modifiers": ["XE"], "period": "13:00-13:45"}])
    assert failed(found, "NCC15") == [(Severity.ERROR, OWN)]
