"""The clinic's month that ships: the generator gives its bytes, and a run its outcomes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from groupbill import Host, Settings
from groupbill.testing.clinic import SETTINGS, Clinic

MONTH = Path(__file__).parents[2] / "examples" / "month"
OUTCOMES = {
    ("charged", None): 253,
    ("patient-pay", "self-pay"): 35,
    ("not-charged", "no-show"): 27,
    ("held", "rule:DOC04"): 5,
}


def groupbill(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "groupbill", *words, "--settings", str(MONTH / "groupbill.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_generator_gives_the_committed_bytes() -> None:
    done = subprocess.run([sys.executable, MONTH / "make.py"], capture_output=True, check=True)
    assert done.stdout == (MONTH / "month.ndjson").read_bytes()
    assert (MONTH / "groupbill.toml").read_text(encoding="utf-8") == SETTINGS


def test_a_run_over_the_month_ends_each_member_in_an_outcome_and_a_second_plans_nothing(tmp_path: Path) -> None:
    source, plan = str(MONTH / "month.ndjson"), tmp_path / "plan.ndjson"
    done = groupbill("run", source, "--json", "--today", "2026-04-06", "--out", str(plan), folder=tmp_path)
    report = json.loads(done.stdout)
    members = [member for session in report["sessions"] for member in session["members"]]
    assert (done.returncode, len(report["sessions"])) == (1, 40)
    assert Counter((each["outcome"], each["reason"]) for each in members) == OUTCOMES
    patients = {member["patient"] for member in members if member["plan"]}
    assert len(plan.read_bytes().splitlines()) == len(patients)
    again = tmp_path / "again.ndjson"
    groupbill("run", source, str(plan), "--today", "2026-04-06", "--out", str(again), folder=tmp_path)
    assert again.read_bytes() == b""


@pytest.mark.parametrize("change", [{"seed": 7}, {"members": 2}, {"missed": 0.5}])
def test_other_months_are_other_bytes_and_the_same_every_time(change: dict) -> None:
    month = list(Clinic(sessions=8, **change).resources())
    assert month == list(Clinic(sessions=8, **change).resources())
    assert month != list(Clinic(sessions=8).resources())


def test_the_settings_of_the_month_are_valid() -> None:
    assert Host(Settings.load(MONTH / "groupbill.toml")).settings.timezone == "America/Chicago"
