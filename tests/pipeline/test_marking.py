"""Modifiers that only the whole day asks for: a second session, and fixes that a payer lets us apply."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbill.host import Host
from groupbill.settings import Settings

ROOT = Path(__file__).parents[2]
RESOURCES = [
    entry["resource"]
    for entry in json.loads((ROOT / "examples" / "sessions" / "1-in-person.json").read_text())["entry"]
]
PAYER = "Organization/bluestar"


def by_id(identity: str, **changes: Any) -> dict[str, Any]:
    found = next(each for each in RESOURCES if each["id"] == identity)
    return {**json.loads(json.dumps(found)), **changes}


def hours(start: str, end: str) -> dict[str, str]:
    return {"start": f"2026-03-10T{start}:00-05:00", "end": f"2026-03-10T{end}:00-05:00"}


def second_session(member: str) -> Iterator[dict[str, Any]]:
    """A group in the afternoon of two who were there in the morning."""
    yield by_id("g812", id="pm", period=hours("15:00", "16:00"))
    for who in (member, "ana"):
        visit = by_id(f"g812-{who}", id=f"pm-{who}", period=hours("15:00", "16:00"))
        yield {**visit, "partOf": {"reference": "Encounter/pm"}}


def charged(folder: Path, values: dict[str, Any], *more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Patient cruz by session Encounter, with a payer policy of these values."""
    policy = {"id": "acme", "title": "Acme", "extends": "commercial", "values": values}
    (folder / "acme.json").write_text(json.dumps(policy), encoding="utf-8")
    stated = {"timezone": "America/Chicago", "payers": {PAYER: "acme"}, "policies": {"files": ["acme.json"]}}
    stated["prices"] = {"90853": "120.00"}
    changed = {each["id"] for each in more}
    left = [each for each in RESOURCES if each["id"] not in ({"ci9", "i77"} | changed)]
    found = Host(Settings.parse(stated, folder)).run([*left, *more], today=date(2026, 3, 20)).to_json()
    report = found if isinstance(found, dict) else json.loads(found)
    members = ((each["encounter"], member) for each in report["sessions"] for member in each["members"])
    return {str(encounter): member for encounter, member in members if member["member"] == "Patient/cruz"}


@pytest.mark.parametrize("modifier", ["76", "59"])
def test_the_second_session_of_a_day_carries_the_repeat_modifier(tmp_path: Path, modifier: str) -> None:
    values = {"sessions_per_day": 2, "repeat_modifier": modifier}
    found = charged(tmp_path, values, *second_session("cruz"))
    assert {key: each["outcome"] for key, each in found.items()} == {
        "Encounter/g812": "charged",
        "Encounter/pm": "charged",
    }
    assert {key: each["lines"][0]["modifiers"] for key, each in found.items()} == {
        "Encounter/g812": [],
        "Encounter/pm": [modifier],
    }
    assert [each["code"] for each in found["Encounter/pm"]["findings"] if each["code"] == "MUE04"] == []


def test_the_second_session_is_held_where_one_is_allowed(tmp_path: Path) -> None:
    found = charged(tmp_path, {}, *second_session("cruz"))
    assert found["Encounter/g812"]["outcome"] == "charged"
    assert (found["Encounter/pm"]["outcome"], found["Encounter/pm"]["reason"]) == ("held", "rule:MUE01")
    assert found["Encounter/pm"]["lines"][0]["modifiers"] == []


def stimulation() -> Iterator[dict[str, Any]]:
    """A service over which the group is column 2, at another time of the day."""
    code = {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90867"}]}
    yield by_id("i77", type=[code])
    yield by_id("ci9", code=code)


def test_a_fix_for_our_own_line_is_offered(tmp_path: Path) -> None:
    own = charged(tmp_path, {}, *stimulation())["Encounter/g812"]
    assert (own["outcome"], own["reason"]) == ("held", "rule:NCC02")
    fixes = [each["fix"] for each in own["findings"] if each["code"] == "NCC02"]
    assert fixes == [{"line": own["chargeItem"], "modifier": "XE"}]


def test_a_fix_for_our_own_line_is_applied_where_the_policy_says_so(tmp_path: Path) -> None:
    own = charged(tmp_path, {"apply_fixes": True}, *stimulation())["Encounter/g812"]
    assert (own["outcome"], own["lines"][0]["modifiers"]) == ("charged", ["XE"])
    assert [each["verdict"] for each in own["findings"] if each["code"] == "NCC02"] == ["bypassed"]


def test_a_line_of_others_is_never_changed(tmp_path: Path) -> None:
    own = charged(tmp_path, {"apply_fixes": True}, by_id("i77"), by_id("ci9"))["Encounter/g812"]
    assert (own["outcome"], own["lines"][0]["modifiers"]) == ("charged", [])
    assert [each["fix"]["line"] for each in own["findings"] if each["code"] == "NCC02"] == ["ChargeItem/ci9"]
    assert [step["resource"] for step in own["plan"] if step["resource"] == "ChargeItem/ci9"] == []
