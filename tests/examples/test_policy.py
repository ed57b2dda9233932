"""The example of a payer policy is valid, and does what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from groupbill import Host, Settings
from groupbill.testing import builders as b

EXAMPLES = Path(__file__).parents[2] / "examples"
ACME = EXAMPLES / "policies" / "acme.json"


def host() -> Host:
    table = {
        "timezone": "America/Chicago",
        "prices": {"90853": "120.00"},
        "payers": {"Organization/acme": "acme"},
        "policies": {"files": [ACME.name]},
    }
    return Host(Settings.parse(table, ACME.parent))


@pytest.mark.parametrize(("on", "minutes"), [(date(2025, 12, 31), 45), (date(2026, 1, 1), 60)])
def test_its_values_are_dated(on: date, minutes: int) -> None:
    policy = host().policies.in_force("acme", on)
    assert policy["minutes.min"] == minutes
    assert policy.source("minutes.min").startswith("Acme provider manual")
    assert policy["separate_encounter_modifier"] == "XE"


def test_a_group_of_its_members_is_billed_its_way() -> None:
    names = ["ana", "ben", "cruz"]
    times = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
    resources = [
        b.clinic(),
        b.payer("acme", "Acme Health"),
        b.location("room"),
        b.practitioner("rivera", 7),
        b.group("g", names),
        b.encounter("g1", "Group/g", times, leader="rivera", location="room"),
    ]
    for name in names:
        visit = b.encounter(f"g1-{name}", f"Patient/{name}", times, part_of="g1", diagnosis=f"dx-{name}", code=None)
        resources += [b.patient(name), b.coverage(name, "acme"), b.condition(name, "F33.1"), visit]
    (session,) = host().run(resources, today=date(2026, 3, 16)).to_json()["sessions"]
    assert [member["outcome"] for member in session["members"]] == ["charged"] * 3
    (line,) = session["members"][0]["lines"]
    assert (line["modifiers"], line["expectedAllowed"]) == (["AJ", "HQ"], "41.50")
