"""The cases that ship: written as authored, after their schema, whole and legal FHIR."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from authored.__main__ import FOLDER, files
from authored.world import CASES
from jsonschema import Draft202012Validator

import groupbill.conformance.case
from groupbill import Settings
from groupbill.conformance import load_cases
from groupbill.conformance.case import kit_settings, settings_table
from groupbill.conformance.toml import written
from groupbill.errors import InputError
from groupbill.rules.catalogue import ENGINE, bundled

SCHEMA = json.loads((Path(groupbill.conformance.case.__file__).parent / "case.schema.json").read_bytes())
NAMES = [each["case"] for each in CASES]
CODES = {rule.code for rule in bundled()} | ENGINE.keys()


def test_what_ships_is_what_is_authored():
    shipped = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert shipped == files(), "renew: cd tests/conformance && python -m authored"


def test_no_two_cases_have_one_name():
    assert sorted(NAMES) == sorted(set(NAMES))
    assert [case.name for case in load_cases()] == sorted(NAMES)


def test_the_cases_cover_what_they_are_for():
    tags = [tag for case in load_cases() for tag in case.tags]
    assert {f"shape-{letter}" for letter in "abcdefghi"} <= set(tags)
    for tag in ("attendance", "payer-rules", "same-day", "corrections"):
        assert tags.count(tag) >= 10, tag
    assert len(NAMES) >= 60


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_case_follows_its_schema_and_names_codes_that_exist(case):
    assert [f"{each.json_path}: {each.message}" for each in Draft202012Validator(SCHEMA).iter_errors(case)] == []
    for code in re.findall(r'"([A-Z]{3}[0-9]{2})"', json.dumps([each["expect"] for each in case["steps"]])):
        assert code in CODES


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_resources_of_a_case_are_legal_and_hold_no_text_of_the_ama(case):
    version = "R4B." if case.get("fhir", "4.0") == "4.0" else ""
    for step in case["steps"]:
        for resource in step.get("put", ()):
            kind = resource["resourceType"]
            if version or kind in ("Encounter", "Group", "Coverage"):
                model = getattr(import_module(f"fhir.resources.{version}{kind.lower()}"), kind)
                model.model_validate(resource)
        assert '"display"' not in json.dumps(step)


def test_a_word_chooses_by_tag_or_by_beginning():
    assert {case.name for case in load_cases(["shape-f"])} == {"shape-f-participants-of-release-5"}
    assert all(case.name.startswith("foreign-") for case in load_cases(["foreign"]))
    with pytest.raises(InputError, match="no conformance case is called 'frobnicate'"):
        load_cases(["frobnicate"])


def test_the_settings_of_the_kit_survive_as_a_file(tmp_path):
    path = tmp_path / "groupbill.toml"
    path.write_text(written(settings_table({"write": {"claim_status": "draft"}})))
    read, made = Settings.load(path), kit_settings({"write": {"claim_status": "draft"}})
    assert (read.prices, read.payers, read.claim_status, read.attendance_codes) == (
        made.prices,
        made.payers,
        "draft",
        made.attendance_codes,
    )
