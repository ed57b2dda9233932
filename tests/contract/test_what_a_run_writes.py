"""What a run writes is in order when it is checked, and stays as it is: the next day and after the payer's answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbill.testing import builders as b

from .conftest import Clinic

JSON = dict[str, Any]
KEEN = {
    "id": "keen",
    "extends": "medicaid-wi",
    "values": {
        "apply_fixes": True,
        "sessions_per_day": 2,
        "group_modifier": "HQ",
        "license_modifiers": {"1041C0700X": "AJ"},
        "video_modifier": "GT",
    },
}
"""Every modifier that a policy can put: fixes, repeats, group, licence, telehealth; two leaders are paid."""

leaders = st.sampled_from(["rivera", "chen"])
worlds = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(["keen", "keen", "commercial", "medicare-ngs", "medicaid-ct"]),
        "co-leader": st.booleans(),
        "groups": st.lists(
            st.tuples(st.sampled_from(["07:00", "09:30", "11:00", "14:00"]), leaders),
            max_size=2,
            unique_by=lambda t: t[0],
        ),
        "items": st.lists(
            st.tuples(
                st.sampled_from(["90834", "90867", "99213", "96127", "90791", "G0410", "90847", "H0005", "90785"]),
                st.sampled_from([(), ("XE",), ("25",)]),
                st.sampled_from([("13:00", "13:45"), ("09:15", "09:45"), None]),
                leaders,
            ),
            max_size=2,
        ),
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("policies")
    (made / "keen.json").write_text(json.dumps(KEEN), encoding="utf-8")
    return made


def clinic_of(world: JSON) -> Clinic:
    made = Clinic(3, world["policy"])
    if world["co-leader"]:
        made["Encounter/g1"]["participant"] = [b.led_by("rivera", "PPRF"), b.led_by("chen", "SPRF")]
    for number, (start, leader) in enumerate(world["groups"]):
        times = made.hours(start, f"{int(start[:2]) + 1:02}{start[2:]}")
        made.put(b.group(f"h{number}", ["p1", "p2"]))
        made.put(b.encounter(f"h{number}", f"Group/h{number}", times, leader=leader, location="room"))
        for name in ("p1", "p2"):
            own = b.encounter(
                f"h{number}-{name}", f"Patient/{name}", times, part_of=f"h{number}", diagnosis=f"dx-{name}", code=None
            )
            made.put(own)
    for number, (code, modifiers, times, leader) in enumerate(world["items"]):
        start, end = times or (None, None)
        made.item(f"i{number}", "p1", code, *modifiers, start=start, end=end, leader=leader)
    return made


def ends(report: JSON) -> list[tuple[Any, ...]]:
    """How every member of every session ends."""
    return [
        (session["session"], each["member"], each["outcome"], each["reason"], each["lines"])
        for session in report["sessions"]
        for each in session["members"]
    ]


def actions(report: JSON) -> set[str]:
    return {step["action"] for each in report["sessions"] for member in each["members"] for step in member["plan"]}


@settings(max_examples=30)
@given(world=worlds)
def test_it_is_in_order_and_stays_as_it_is(folder: Path, world: JSON) -> None:
    made, table = clinic_of(world), {"policies": {"files": ["keen.json"]}}
    first = made.run(table, folder=folder).report
    written = made.written(table, folder=folder)
    made.put(*written)

    checked = made.check(table, folder=folder).report["checked"]
    held = {
        each["chargeItem"]
        for session in first["sessions"]
        for each in session["members"]
        if each["outcome"] == "held"
    }
    ours = {f"{each['resourceType']}/{each['id']}" for each in written} - held
    wrong = [found for each in checked if each["resource"] in ours for found in each["findings"]]
    assert [found for found in wrong if found["severity"] == "error"] == []

    again = made.run(table, folder=folder).report
    assert (ends(again), actions(again) - {"keep"}) == (ends(first), set())

    for claim in [each for each in written if each["resourceType"] == "Claim"]:
        made.put(b.answer(claim, f"ICN-{claim['id'][:8]}", "plan"))
    answered = made.run(table, folder=folder).report
    assert (ends(answered), actions(answered) - {"keep"}) == (ends(first), set())
