"""The NCCI table at hand is older than the session: said at the pair, else once at the session."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from groupbill.host import Host
from groupbill.settings import Settings

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
RESOURCES = [entry["resource"] for entry in json.loads((SESSIONS / "1-in-person.json").read_text())["entry"]]


@pytest.mark.parametrize(("left_out", "expected"), [
    ((), [("warning", "ChargeItem/ci9")]),
    (("ci9", "i77"), [("information", "Encounter/g812")]),
])  # fmt: skip
def test_the_age_of_the_table_is_said_once(left_out: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    host = Host(Settings.load(SESSIONS / "groupbill.toml"))
    found = host.run([each for each in RESOURCES if each["id"] not in left_out], today=date(2026, 3, 20)).to_json()
    report = found if isinstance(found, dict) else json.loads(found)
    (session,) = report["sessions"]
    findings = [*session["findings"], *(each for member in session["members"] for each in member["findings"])]
    assert [(each["severity"], each["at"]) for each in findings if each["code"] == "NCC09"] == expected
