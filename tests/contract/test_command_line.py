"""The commands as a person or a harness calls them: exit status, what is printed where."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
SETTINGS = """\
timezone = "America/Chicago"
[prices]
"90853" = "120.00"
[payers]
"Organization/plan" = "commercial"
"""


class Shell:
    """`groupbill` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("groupbill.toml", SETTINGS)

    def write(self, name: str, content: str | JSON) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from groupbill.cli.main import main; main()", *words]
        environment = {**os.environ, "COLUMNS": "200"}
        return subprocess.run(
            command, cwd=self.folder, input=stdin, capture_output=True, text=True, check=False, env=environment
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def bundle(made: Any) -> JSON:
    return b.bundle(list(made.files.values()))


def test_a_run_prints_the_report_and_ends_with_zero(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    done = shell("run", "in.json", "--json", "--today", "2026-03-12")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["asOf"], report["sessions"][0]["attended"]) == ("2026-03-12", 8)
    assert shell("run", "-", "--json", "--today", "2026-03-12", stdin=json.dumps(bundle(usual))).stdout == done.stdout


def test_an_error_finding_is_one(shell: Shell, usual: Any) -> None:
    usual.item("x", "p1", "90791", start="14:00", end="15:00")
    shell.write("in.json", bundle(usual))
    assert shell("run", "in.json", "--today", "2026-03-12").returncode == 1


def test_what_cannot_be_read_is_named_and_the_rest_processed(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    shell.write("bad.json", '{"resourceType": ')
    done = shell("run", "in.json", "bad.json", "--json", "--today", "2026-03-12")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(each["code"], each["at"].split(":")[0]) for each in report["findings"]] == [("ENG01", "bad.json")]
    assert len(report["sessions"]) == 1
    alone = shell("run", "bad.json")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "bad.json" in alone.stderr


def test_check_says_code_line_and_fix_in_every_format(shell: Shell, clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", "90853", "90834")
    shell.write("claims.json", bundle(made.bills()))
    text = shell("check", "claims.json", "--today", "2026-03-12")
    assert text.returncode == 1
    assert "NCC02 error" in text.stdout
    assert "fix: put XE on Claim/c1 item 2" in text.stdout
    assert "NCC02  CMS NCCI procedure-to-procedure edits" in text.stdout
    assert "table of 2024Q3" in text.stdout
    report = json.loads(shell("check", "claims.json", "--format", "json", "--today", "2026-03-12").stdout)
    assert report == json.loads(shell("check", "claims.json", "--json", "--today", "2026-03-12").stdout)
    assert [each["resource"] for each in report["checked"]] == ["Claim/c1"]
    outcome = json.loads(shell("check", "claims.json", "--format", "outcome", "--today", "2026-03-12").stdout)
    issue = next(each for each in outcome["issue"] if each["details"]["coding"][0]["code"] == "NCC02")
    assert outcome["resourceType"] == "OperationOutcome"
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", "conflict", ["Claim.item[1]"])
    assert issue["details"]["coding"][0]["system"] == "https://w3id.org/groupbill/fhir/CodeSystem/findings"
    assert "location" not in issue
    assert issue["details"]["text"].endswith("; put XE on Claim/c1 item 2")
    assert issue["diagnostics"].endswith("at Claim/c1#Claim.item[1], table of 2024Q3")


def test_a_claim_alone_is_checked_without_settings(shell: Shell, clinic: Make) -> None:
    made = clinic(1)
    claim = made.claim("c1", "p1", "90853", "96127")
    (shell.folder / "groupbill.toml").unlink()
    done = shell("check", "-", "--json", stdin=json.dumps(claim))
    report = json.loads(done.stdout)
    errors = [each for each in report["checked"][0]["findings"] if each["severity"] == "error"]
    assert done.returncode == 1
    assert [each["code"] for each in errors] == ["NCC01", "NCC14"]
    assert errors[0]["fix"] == {"line": "Claim/c1", "item": 2, "drop": True}


def test_unreadable_input_is_fatal_in_an_operation_outcome(shell: Shell, clinic: Make) -> None:
    made = clinic(1)
    shell.write("claim.json", made.claim("c1", "p1", "90853"))
    shell.write("bad.json", "[")
    outcome = json.loads(shell("check", "claim.json", "bad.json", "--format", "outcome").stdout)
    assert [(each["severity"], each["code"]) for each in outcome["issue"] if each["severity"] == "fatal"] == [
        ("fatal", "structure")
    ]


def test_a_clean_check_ends_with_zero_and_one_issue(shell: Shell, clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", "90853")
    shell.write("claims.json", bundle(made.bills()))
    done = shell("check", "claims.json", "--format", "outcome", "--today", "2026-03-12")
    assert done.returncode == 0
    assert [each["severity"] for each in json.loads(done.stdout)["issue"]] == ["information"]


def test_a_run_needs_a_zone_only_where_a_date_does(shell: Shell, usual: Any) -> None:
    shell.write("groupbill.toml", SETTINGS.split("\n", 1)[1])
    shell.write("in.json", bundle(usual))
    done = shell("run", "in.json", "--today", "2026-03-12")
    assert done.returncode == 2
    assert "timezone" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run",), "nothing to read"),
        (("run", "nowhere.json"), "nowhere.json"),
        (("check", "nowhere.json"), "nowhere.json"),
        (("run", "groupbill.toml", "--today", "yesterday"), ""),
        (("run", "groupbill.toml", "--settings", "nowhere.toml"), "nowhere.toml"),
        (("rules", "NCC99"), "NCC09"),
        (("policy", "show", "medicar"), "did you mean 'medicare'"),
        (("policy", "show", "medicare", "--date", "2028-13-01"), "2028-13-01"),
        (("policy", "check", "nowhere.json"), "nowhere.json"),
    ],
)
def test_wrong_usage_is_two_with_one_line(shell: Shell, words: tuple[str, ...], said: str) -> None:
    done = shell(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"extends": "comercial"}, "/extends: no policy 'comercial' (did you mean 'commercial'?)"),
        ({"extends": "acme"}, "/extends: circular"),
        ({"values": {"group_size.maxi": 3}}, "(did you mean 'group_size.max'?)"),
        ({"values": {"group_size.max": "3"}}, "/values/group_size.max: expected a whole number"),
        ({"values": {"severity": {"GRP2": "error"}}}, "(did you mean 'GRP02'?)"),
        (
            {"values": {"group_size.max": [{"value": 3, "to": "2026-01-01"}, {"value": 4, "from": "2026-01-01"}]}},
            "/values/group_size.max/1: overlaps",
        ),
    ],
)
def test_a_policy_is_refused_with_file_place_and_nearest_key(shell: Shell, policy: JSON, said: str) -> None:
    shell.write("acme.json", {"id": "acme", "title": "Acme", "extends": "commercial", "values": {}, **policy})
    done = shell("policy", "check", "acme.json")
    assert done.returncode == 2
    assert "acme.json: " in done.stderr
    assert said in done.stderr
    shell.write("groupbill.toml", SETTINGS + '[policies]\nfiles = ["acme.json"]\n')
    assert shell("rules").returncode == 2


def test_a_good_policy_is_valid_and_shown_with_its_sources(shell: Shell) -> None:
    shell.write(
        "acme.json", {"id": "acme", "title": "Acme", "extends": "medicare-ngs", "values": {"minutes.min": 45}}
    )
    assert shell("policy", "check", "acme.json").returncode == 0
    shell.write("groupbill.toml", SETTINGS + '[policies]\nfiles = ["acme.json"]\n')
    shown = shell("policy", "show", "acme", "--date", "2028-01-01").stdout
    assert "in force on 2028-01-01" in shown
    assert "LCD L33632" in shown
    assert "TEL11" in shown


def test_rules_are_listed_and_shown_with_their_source(shell: Shell) -> None:
    listed = shell("rules").stdout
    assert "NCC02" in listed
    assert "ncci-pair-needs-modifier" in listed
    page = shell("rules", "NCC02")
    assert page.returncode == 0
    assert "NCCI Policy Manual 2026" in page.stdout


def test_what_is_printed_to_a_pipe_has_no_blanks_at_the_end_of_a_line(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    printed = shell("run", "in.json", "--today", "2026-03-12").stdout.split("\n")
    assert [line for line in printed if line != line.rstrip()] == []
    assert max(map(len, printed)) <= 120


def test_progress_goes_to_a_terminal_and_the_result_to_the_pipe(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    command = [sys.executable, "-c", "from groupbill.cli.main import main; main()", "run", "in.json", "--json"]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(
        command, cwd=shell.folder, stdout=subprocess.PIPE, stderr=theirs, env=environment, check=False
    )
    os.close(theirs)
    assert len(json.loads(done.stdout)["sessions"]) == 1
    assert b"sessions" in os.read(ours, 65536)
    os.close(ours)


def test_what_is_new_is_put_under_its_uuid_and_what_is_known_where_it_was(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    shell("run", "in.json", "--today", "2026-03-12", "--out", "plan.json")
    plan = json.loads((shell.folder / "plan.json").read_text())
    ids = [entry["resource"]["id"] for entry in plan["entry"]]
    assert [entry["fullUrl"] for entry in plan["entry"]] == [f"urn:uuid:{each}" for each in ids]
    assert all("ifMatch" not in entry["request"] for entry in plan["entry"])
    on_file = [
        {**entry["resource"], "id": f"n{number}", "meta": {**entry["resource"].get("meta", {}), "versionId": "7"}}
        for number, entry in enumerate(plan["entry"])
        if entry["resource"]["resourceType"] in ("ChargeItem", "Claim")
    ]
    shell.write("server.json", b.bundle([*usual.files.values(), *on_file]))
    shell.write("groupbill.toml", SETTINGS.replace("120.00", "130.00"))
    shell("run", "server.json", "--today", "2026-03-12", "--out", "next.json")
    entries = json.loads((shell.folder / "next.json").read_text())["entry"]
    item = next(each for each in entries if each["resource"]["resourceType"] == "ChargeItem")
    assert item["fullUrl"] == f"http://lakeside.example/fhir/{item['request']['url']}"
    assert item["request"]["ifMatch"] == 'W/"7"'
    cancelled = [each for each in entries if each["resource"].get("status") == "cancelled"]
    assert {each["request"]["ifMatch"] for each in cancelled} == {'W/"7"'}
    created = [each for each in entries if each["resource"]["resourceType"] == "Claim" and each not in cancelled]
    assert all(each["fullUrl"].startswith("urn:uuid:") and "ifMatch" not in each["request"] for each in created)


def test_entries_are_grouped_by_patient_in_one_file_and_split_by_patient_in_lines(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    shell("run", "in.json", "--today", "2026-03-12", "--out", "plan.json")
    shell("run", "in.json", "--today", "2026-03-12", "--out", "plan.ndjson")
    whole = json.loads((shell.folder / "plan.json").read_text())
    lines = [json.loads(line) for line in (shell.folder / "plan.ndjson").read_text().splitlines()]
    assert [entry for line in lines for entry in line["entry"]] == whole["entry"]
    assert {(each["resourceType"], each["type"]) for each in (whole, *lines)} == {("Bundle", "transaction")}
    named = [
        {str(each["resource"].get("subject") or each["resource"].get("patient")) for each in line["entry"]}
        for line in lines
    ]
    assert [len(each - {"None"}) for each in named] == [1] * 8


def test_nothing_to_do_is_a_bundle_without_entries_and_an_empty_file(shell: Shell) -> None:
    shell.write("in.json", b.patient("p1"))
    shell("run", "in.json", "--out", "plan.json")
    shell("run", "in.json", "--out", "plan.ndjson")
    assert json.loads((shell.folder / "plan.json").read_text()) == {"resourceType": "Bundle", "type": "transaction"}
    assert (shell.folder / "plan.ndjson").read_bytes() == b""


def test_too_many_corrections_are_shown_and_not_written_unless_accepted(shell: Shell, usual: Any) -> None:
    shell.write("in.json", bundle(usual))
    shell("run", "in.json", "--today", "2026-03-12", "--out", "plan.json")
    written = [entry["resource"] for entry in json.loads((shell.folder / "plan.json").read_text())["entry"]]
    claims = [each for each in written if each["resourceType"] == "Claim"]
    answers = [b.answer(each, f"ICN{number}", "plan") for number, each in enumerate(claims)]
    shell.write("later.json", b.bundle([*usual.files.values(), *written, *answers]))
    shell.write("groupbill.toml", SETTINGS.replace("120.00", "130.00") + "[write]\nmax_corrections = 7\n")
    done = shell("run", "later.json", "--today", "2026-03-14", "--json", "--out", "next.json")
    report = json.loads(done.stdout)
    assert (done.returncode, [each["code"] for each in report["findings"]]) == (1, ["ENG07"])
    actions = {each["action"] for member in report["sessions"][0]["members"] for each in member["plan"]}
    assert actions == {"update", "replace"}
    assert "entry" not in json.loads((shell.folder / "next.json").read_text())
    done = shell("run", "later.json", "--today", "2026-03-14", "--accept-corrections", "--out", "next.json")
    entries = json.loads((shell.folder / "next.json").read_text())["entry"]
    assert done.returncode == 0
    assert [each["resource"]["resourceType"] for each in entries].count("Claim") == 8
