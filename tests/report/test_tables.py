"""What a biller reads: the rows of a session's table, the findings in words below it, the totals."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from groupbill import Host, Report, Settings
from groupbill.report.as_text import session_table
from groupbill.report.totals import Totals

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
EXAMPLES = [path.stem for path in sorted(SESSIONS.glob("?-*.json")) if ".report" not in path.name]


@pytest.fixture(scope="module")
def host() -> Host:
    return Host(Settings.load(SESSIONS / "groupbill.toml"))


def report_of(host: Host, name: str) -> Report:
    bundle = json.loads((SESSIONS / f"{name}.json").read_text(encoding="utf-8"))
    return host.run([bundle], date(2026, 3, 16))


def lines(report: Report, width: int) -> list[str]:
    console = Console(width=width, highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as caught:
        console.print(session_table(report.sessions[0], ZoneInfo("America/Chicago")))
    return [line.rstrip() for line in caught.get().splitlines()]


def test_a_table_says_who_outcome_code_modifiers_place_amount_findings_and_plan(host: Host) -> None:
    said = lines(report_of(host, "1-in-person"), 120)
    assert said[0] == "2026-03-10 09:00  Encounter/g812  code 90853  7 of 8 attended"
    assert said[2].split() == ["member", "outcome", "code", "mod", "POS", "amount", "findings", "plan"]
    rows = [line.split() for line in said if line.startswith(" Patient/")]
    assert rows[2] == "Patient/cruz charged 90853 11 120.00 NCC02 NCC09 2 info create 2".split()
    assert rows[6] == "Patient/gus not-charged (no-show)".split()
    assert rows[7] == "Patient/hana patient-pay (self-pay) 90853 11 120.00 2 info create 1".split()


def test_errors_come_first_with_their_fix_and_what_concerns_all_is_said_once(host: Host) -> None:
    said = lines(report_of(host, "1-in-person"), 200)
    below = [line.strip() for line in said if line.startswith("  ") and line.strip()]
    assert below[0].startswith("NCC02 error    Patient/cruz: 90834 is denied beside 90853")
    assert below[0].endswith("[ChargeItem/ci9]")
    assert below[1] == "fix: put XE on ChargeItem/ci9"
    assert [line[:13].rstrip() for line in below[2:]] == [
        "NCC09 warning",
        "DOC04 info",
        "DOC06 info",
        "GRP07 info",
        "TIM04 info",
    ]
    assert below[3] == "DOC04 info     all 7: no note of this patient for this session is on file"


def test_modifiers_stand_in_their_order(host: Host) -> None:
    rows = [line.split() for line in lines(report_of(host, "2-hybrid"), 120) if line.startswith(" Patient/")]
    assert [row[3] for row in rows if row[0] in ("Patient/kai", "Patient/nia")] == ["95", "93"]


def test_a_session_without_an_encounter_is_named_by_its_visits(host: Host) -> None:
    title = lines(report_of(host, "3-without-links"), 120)[0]
    assert title == "2026-03-12 19:00  Encounter/v-omar and 3 more  code 90853  4 of 4 attended"


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_the_screen_and_no_name_is_broken(host: Host, name: str, width: int) -> None:
    report = report_of(host, name)
    said = lines(report, width)
    assert max(map(len, said)) <= width
    table = said[: said.index("", 3)]
    shown = {word for line in table for word in line.split()}
    assert {member.member for member in report.sessions[0].members} <= shown
    assert {str(member.outcome) for member in report.sessions[0].members} <= shown


def test_totals_are_sums_and_words_are_singular_where_they_should(host: Host) -> None:
    totals = Totals()
    for session in report_of(host, "1-in-person").sessions:
        totals.add(session)
    assert totals.ended() == (
        "1 session, 8 members: 6 charged (720.00 claimed), 1 patient-pay (120.00), 0 held (0.00), 1 not charged"
    )
    assert totals.found() == "findings: 1 error, 1 warning, 18 for information"


def test_whoever_is_held_in_one_of_several_sessions_is_listed_at_the_end(host: Host) -> None:
    totals = Totals()
    for name in ("4-release-5", "1-in-person"):
        for session in report_of(host, name).sessions:
            totals.add(session)
    assert totals.waiting() == "held:\n  2026-03-10  Encounter/g5  Patient/wes  attendance-unverified\n"


def test_one_table_needs_no_list(host: Host) -> None:
    totals = Totals()
    totals.add(report_of(host, "4-release-5").sessions[0])
    assert totals.waiting() == ""
