"""Results in their four forms, and the command that prints them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fhir.resources.R4B import testreport

from groupbill.conformance import Result, load_cases
from groupbill.conformance.results import as_json, as_junit, as_test_report, as_text

PASSED, FAILED, SKIPPED = load_cases(["shape-b"])[:3]
RESULTS = [
    Result(case=PASSED, seconds=0.25),
    Result(case=FAILED, differences=("step 1: Patient/dee: outcome held instead of charged", "step 1: and <more>")),
    Result(case=SKIPPED, skipped="it needs other settings"),
]


def test_the_text_names_what_failed_and_why():
    text = as_text(RESULTS, "library").splitlines()
    assert text[1] == f"fail {FAILED.name}: {FAILED.title}"
    assert text[2].strip() == RESULTS[1].differences[0]
    assert text[-1].startswith("library: 1 passed, 1 failed, 1 skipped (cases 1, groupbill ")


def test_the_json_has_every_case():
    table = json.loads(as_json(RESULTS, "http://server/fhir"))
    assert table["target"] == "http://server/fhir"
    assert [(each["case"], each["result"]) for each in table["results"]] == [
        (PASSED.name, "pass"),
        (FAILED.name, "fail"),
        (SKIPPED.name, "skip"),
    ]
    assert table["results"][1]["differences"] == list(RESULTS[1].differences)


def test_the_junit_file_is_what_build_servers_read():
    suite = ElementTree.fromstring(as_junit(RESULTS, "library"))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [PASSED.name, FAILED.name, SKIPPED.name]
    assert cases[1].find("failure").text == "\n".join(RESULTS[1].differences)
    assert cases[2].find("skipped").get("message") == "it needs other settings"


def test_the_test_report_is_legal_fhir():
    report = json.loads(as_test_report(RESULTS, "http://server/fhir", datetime(2026, 3, 16, tzinfo=UTC)))
    testreport.TestReport.model_validate(report)
    assert (report["result"], report["score"], report["status"]) == ("fail", 50.0, "completed")
    assert [each["action"][0]["assert"]["result"] for each in report["test"]] == ["pass", "fail", "skip"]
    testreport.TestReport.model_validate(json.loads(as_test_report([], "library")))


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groupbill", "conformance", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_runs_the_chosen_cases_on_the_library(tmp_path):
    done = command("shape-i", "--format", "json", "--out", "r.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((tmp_path / "r.json").read_text())["results"][0]["result"] == "pass"


def test_the_command_fails_and_names_the_case_when_an_installed_plugin_is_broken(tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text(
        "from groupbill import Attendance, hookimpl\n\n"
        "@hookimpl\n"
        "def groupbill_resolve_attendance(session):\n"
        "    return [Attendance(member=m.member, present=True, evidence='note', source=None)"
        " for m in session.members]\n"
    )
    about = tmp_path / "broken-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[groupbill]\nbroken = broken\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = command("shape-a-roster-alone", "shape-b-all-came", cwd=tmp_path)
    assert done.returncode == 1
    assert "fail shape-a-roster-alone" in done.stdout
    assert "Patient/ana: outcome charged instead of held" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("frobnicate",), "no conformance case is called 'frobnicate'"),
        (("--trigger", "x"), "--trigger and --notify go with --server"),
        (("--server", "http://127.0.0.1:9/fhir", "--trigger", "x {bad}"), "--trigger: expected a command with"),
        (("--server", "http://127.0.0.1:9/fhir", "--trigger", "x", "--notify", "http://y"), "not both"),
        (
            ("--server", "http://127.0.0.1:9/fhir", "--notify", "http://y", "--secret-env", "NO_SUCH_SECRET"),
            "--secret-env: the environment variable NO_SUCH_SECRET is not set",
        ),
    ],
)
def test_wrong_usage_is_exit_2_with_one_line(arguments, said, tmp_path):
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_that_is_away_is_exit_3_and_no_case_that_failed(tmp_path):
    done = command("shape-b", "--server", "http://127.0.0.1:9/fhir", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "no connection" in done.stderr


def test_the_cases_and_the_settings_can_be_printed(tmp_path):
    listed = command("--list", "shape-i", cwd=tmp_path)
    assert listed.stdout.startswith("shape-i-contained-group  [shape-i]\n")
    (tmp_path / "groupbill.toml").write_text(command("--print-settings", cwd=tmp_path).stdout)
    done = subprocess.run(
        [sys.executable, "-m", "groupbill", "rules", "NCC01"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
