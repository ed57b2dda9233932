"""The cases on the library, by the pytest plugin as a vendor uses it; and what they say about broken plugins."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from groupbill import Attendance, hookimpl
from groupbill.conformance import Library, load_cases, run_case, run_cases


def test_the_library_bills_as_the_case_says(conformance_case, conformance_target):
    conformance_case.check(conformance_target)


class RosterIsAttendance:
    """Broken: who is on the roster is taken to have been there."""

    @hookimpl
    def groupbill_resolve_attendance(self, session):
        return [
            Attendance(member=member.member, present=True, evidence="child-encounter", source=None)
            for member in session.members
        ]


class Crashing:
    """Broken: it crashes whenever a claim is about to be written."""

    @hookimpl
    def groupbill_before_claim_written(self, claim):
        raise RuntimeError("no reason")


def failing(plugin: object, *words: str) -> dict[str, tuple[str, ...]]:
    results = run_cases(load_cases(words), Library([("broken", plugin)]))
    return {result.case.name: result.differences for result in results if result.verdict == "fail"}


def test_a_plugin_that_bills_the_roster_fails_the_cases_about_rosters():
    found = failing(RosterIsAttendance(), "shape-a", "attendance")
    assert {"shape-a-roster-alone", "attendance-roster-member-without-visit", "attendance-no-show"} <= found.keys()
    assert any("Patient/dee: outcome charged instead of" in each for each in found["attendance-no-show"])


def test_a_plugin_that_crashes_fails_every_case_with_a_claim():
    found = failing(Crashing(), "shape-b-all-came", "shape-a-roster-alone")
    assert found.keys() == {"shape-b-all-came"}
    assert any("ENG02" in each for each in found["shape-b-all-came"])


EXPECTED = [
    ("outcome", "held", "outcome charged instead of held"),
    ("reason", "no-show", "reason None instead of no-show"),
    ("evidence", "note", "evidence child-encounter instead of note"),
    ("frequency", "7", "claim frequency 1 on file instead of 7"),
    ("findings", ["NCC01"], "finding NCC01 is missing"),
    ("heldBy", ["DX01"], "no open Task names DX01"),
    ("stands", "held", "charged on file instead of held"),
    ("lines", [{"code": "90834"}], "lines ['90853'] instead of ['90834']"),
    ("lines", [{"code": "90853", "amount": "119.99"}], "amount of 90853 120.00 instead of 119.99"),
    ("lines", [{"code": "90853", "modifiers": ["95"]}], "modifiers of 90853 [] instead of ['95']"),
    ("lines", [{"code": "90853", "units": 2}], "units of 90853 1 instead of 2"),
    ("lines", [{"code": "90853", "placeOfService": "10"}], "placeOfService of 90853 11 instead of 10"),
]


@pytest.mark.parametrize(("name", "value", "said"), EXPECTED, ids=lambda each: str(each)[:40])
def test_another_expectation_is_a_difference(name, value, said):
    (case,) = load_cases(["shape-b-all-came"])
    session = copy.deepcopy(dict(case.steps[0].sessions[0]))
    session["members"]["Patient/dee"][name] = value
    spoilt = replace(case, steps=(replace(case.steps[0], sessions=(session,)),))
    assert any(said in each for each in run_case(spoilt, Library()).differences)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dateOfService": "2026-03-11"}, "dateOfService 2026-03-10 instead of 2026-03-11"),
        ({"shape": "C"}, "shape B instead of C"),
        ({"attended": 5}, "attended 4 instead of 5"),
        ({"findings": ["ENG05"]}, "session 1: finding ENG05 is missing"),
        ({"members": {}}, "Patient/ana: not expected on the roster"),
    ],
)
def test_another_session_is_a_difference(change, said):
    (case,) = load_cases(["shape-b-all-came"])
    session = {**case.steps[0].sessions[0], **change}
    spoilt = replace(case, steps=(replace(case.steps[0], sessions=(session,)),))
    assert any(said in each for each in run_case(spoilt, Library()).differences)


def test_a_vendors_suite_gets_the_cases_and_names_the_one_that_fails(tmp_path: Path):
    (tmp_path / "test_vendor.py").write_text(
        """
import pytest
from groupbill import Attendance, hookimpl
from groupbill.conformance import Library


class Broken:
    @hookimpl
    def groupbill_resolve_attendance(self, session):
        return [Attendance(member=m.member, present=True, evidence="note", source=None) for m in session.members]


@pytest.fixture
def conformance_target():
    return Library([("vendor", Broken())])


def test_we_bill_groups(conformance_case, conformance_target):
    conformance_case.check(conformance_target)
"""
    )
    command = [sys.executable, "-m", "pytest", "-q", "--conformance", "shape-a", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 1
    assert "test_we_bill_groups[shape-a-roster-alone]" in done.stdout
    assert "shape-a-roster-alone: A session of a Group, and nothing that says who was there" in done.stdout
