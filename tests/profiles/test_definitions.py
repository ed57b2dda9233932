"""The definitions say what groupbill does: searches, codes, extensions, operations."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

import groupbill_profiles
from groupbill import Change, Host
from groupbill.conformance import load_cases
from groupbill.conformance.case import kit_settings
from groupbill.testing.server import MemoryServer

RESOURCES = Path(groupbill_profiles.__file__).parent / "resources"
PLUGIN = Path(groupbill_profiles.__file__).parents[2] / "plugin" / "groupbill"


def shipped(name: str) -> dict:
    return json.loads((RESOURCES / f"{name}.json").read_bytes())


def codes(name: str) -> set[str]:
    return {each["code"] for each in shipped(f"CodeSystem-{name}")["concept"]}


def test_the_client_states_every_search_that_the_engine_asks():
    stated = {
        (each["type"], parameter["name"])
        for each in shipped("CapabilityStatement-groupbill-client")["rest"][0]["resource"]
        for parameter in each.get("searchParam", ())
    }
    read = {
        each["type"]
        for each in shipped("CapabilityStatement-groupbill-client")["rest"][0]["resource"]
        if {"code": "read"} in each["interaction"]
    }
    asked: set[tuple[str, str]] = set()
    for case in load_cases(["shape", "correction"]):
        for step in case.steps[:1]:
            asked |= searches(step.put, case.settings)
    assert {(kind, name) for kind, name in asked if name} <= stated
    assert {kind for kind, _ in asked} <= read
    assert ("Encounter", "part-of") in asked


def searches(resources: tuple, settings: dict) -> set[tuple[str, str]]:
    server, asked = MemoryServer(resources), set()

    def read(question: str) -> list:
        kind, mark, query = question.partition("?")
        names = [each.partition("=")[0] for each in query.split("&")] if mark else [""]
        asked.update((kind.partition("/")[0], name) for name in names)
        return server.read(question)

    host = Host(kit_settings(settings))
    for resource in resources:
        if resource["resourceType"] in ("Encounter", "Group", "Appointment", "Coverage"):
            host.handle(
                Change(reference=f"{resource['resourceType']}/{resource['id']}", before=None, after=resource),
                read=read,
                today=date(2026, 3, 16),
            )
    return asked


def test_the_reasons_of_outcomes_are_those_that_cases_and_the_report_use():
    used = {
        member["reason"]
        for case in load_cases()
        for step in case.steps
        for session in step.sessions
        for member in session["members"].values()
        if member["reason"] and not member["reason"].startswith("rule:")
    }
    assert used <= codes("outcome-reason")


@pytest.mark.parametrize(
    "name", ["documentation", "modality", "cancelled-because", "attendance-evidence", "outcome-reason"]
)
def test_every_code_is_one_that_the_engine_knows(name):
    source = "\n".join(path.read_text() for path in PLUGIN.rglob("*.py"))
    for code in codes(name):
        assert re.search(rf'["\']{code}["\']', source), code


def test_every_extension_is_one_that_the_engine_reads_or_writes():
    source = "\n".join(path.read_text() for path in PLUGIN.rglob("*.py"))
    names = {path.stem.removeprefix("StructureDefinition-") for path in RESOURCES.glob("StructureDefinition-*.json")}
    extensions = {name for name in names if shipped(f"StructureDefinition-{name}")["type"] == "Extension"}
    assert len(extensions) == 9
    for name in extensions:
        assert f'"{name}"' in source, name


def test_the_definitions_of_charges_say_when_a_charge_is_made():
    import fhirpathpy
    from fhirpathpy.models import models

    def holds(expression: str) -> bool:
        return fhirpathpy.evaluate(charge, expression, model=models["r4"]) == [True]

    definition = shipped("ChargeItemDefinition-cpt-90853")
    charge = shipped("ChargeItem-charge-ana")
    for each in definition["applicability"]:
        assert holds(each["expression"]), each["description"]
    charge["extension"][1]["valueCode"] = "roster"
    charge["extension"][2]["valuePositiveInt"] = 1
    charge["quantity"]["value"] = 8
    for each in definition["applicability"]:
        assert not holds(each["expression"]), each["description"]
