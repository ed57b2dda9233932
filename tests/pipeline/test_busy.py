"""A leader in two places is found on the other service, once, and holds nobody (TIM07)."""

from __future__ import annotations

from datetime import date

from groupbill import Host, Settings
from groupbill.testing import builders as b

TIMES = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
SETTINGS = Settings.parse(
    {
        "timezone": "America/Chicago",
        "prices": {"90853": "120.00"},
        "payers": {"Organization/bluestar": "commercial"},
    }
)


def session() -> list[dict]:
    found = [b.clinic(), b.payer("bluestar", "Blue Star"), b.practitioner("rivera", 101), b.location("room")]
    found += [b.group("g", ["ana", "ben"]), b.encounter("s", "Group/g", TIMES, leader="rivera", location="room")]
    for name in ("ana", "ben"):
        found += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
        found.append(b.encounter(f"s-{name}", f"Patient/{name}", TIMES, part_of="s", diagnosis=f"dx-{name}"))
    return found


def found_on(start: str, end: str, **more: object) -> tuple[list[tuple[str, str]], set[str]]:
    times = (f"2026-03-10T{start}:00-05:00", f"2026-03-10T{end}:00-05:00")
    visit = b.encounter("iz", "Patient/zoe", times, code="90834", leader="rivera", **more)
    report = Host(SETTINGS).run([*session(), b.patient("zoe"), visit], today=date(2026, 3, 16)).sessions[0]
    said = [(each.code, each.at) for each in report.findings if each.code == "TIM07"]
    return said, {str(member.outcome) for member in report.members}


def test_an_overlapping_hour_of_the_leader_is_said_once_at_that_hour() -> None:
    assert found_on("09:30", "10:15") == ([("TIM07", "Encounter/iz")], {"charged"})


def test_an_hour_that_begins_when_the_group_ends_is_fine() -> None:
    assert found_on("10:00", "10:45") == ([], {"charged"})


def test_a_cancelled_hour_is_no_service() -> None:
    assert found_on("09:30", "10:15", status="cancelled") == ([], {"charged"})
