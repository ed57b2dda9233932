"""What the specifications promise: a runnable example each, and the reference page names every hook."""

from __future__ import annotations

import inspect
import re
import textwrap
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import groupbill
from groupbill.plugins import Registry, hookspecs
from groupbill.testing import builders as b

SPECS = {name: getattr(hookspecs, name) for name in dir(hookspecs) if name.startswith("groupbill_")}
PAGE = Path(__file__).parents[2] / "hooks" / "README.md"


def test_there_are_eleven_hooks() -> None:
    assert len(SPECS) == 11


@pytest.mark.parametrize("name", SPECS)
def test_the_example_of_a_hook_runs_and_registers(name: str) -> None:
    code = re.search(r"```python\n(.*?)```", inspect.getdoc(SPECS[name]) or "", re.DOTALL)
    assert code is not None
    public = {each: getattr(groupbill, each) for each in groupbill.__all__}
    module = type(inspect)("example")
    vars(module).update(public, date=date, timedelta=timedelta, Decimal=Decimal)
    exec(textwrap.dedent(code.group(1)), vars(module))
    registry = Registry([("example", module)], entry_points=False)
    assert [each[0] for each in registry.implementations(name)] == ["example"]


@pytest.mark.parametrize("name", SPECS)
def test_the_page_names_every_hook_with_its_parameters(name: str) -> None:
    signature = f"`{name}({', '.join(inspect.signature(SPECS[name]).parameters)})`"
    assert signature in PAGE.read_text()


@pytest.mark.parametrize("name", SPECS)
def test_a_hook_says_what_it_is_and_what_becomes_of_an_exception(name: str) -> None:
    page = inspect.getdoc(SPECS[name]) or ""
    assert page.splitlines()[0].endswith(".")
    told = ("exception", "stop the host", "guarded like")
    assert any(each in page for each in told)


def test_the_programs_of_the_page_run() -> None:
    plugin, rule, *uses = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    acme = type(inspect)("acme")
    exec(plugin + rule, vars(acme))
    program = {"acme": acme, "Decimal": Decimal}
    for use in uses:
        exec(use, program)


def test_the_rule_of_the_page_holds_what_it_is_about() -> None:
    rule = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    acme = type(inspect)("acme")
    exec(rule, vars(acme))
    hours = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
    resources = [b.clinic(), b.payer("plan", "A plan"), b.practitioner("rivera", 1), b.group("g", ["ana", "ben"])]
    resources.append(b.encounter("s", "Group/g", hours, leader="rivera"))
    for name in ("ana", "ben"):
        resources += [b.patient(name), b.coverage(name, "plan"), b.condition(name, "F33.1")]
        resources.append(b.encounter(f"s-{name}", f"Patient/{name}", hours, part_of="s", code=None))
    for price, reason in (("100.00", None), ("100.01", "rule:ACME01")):
        settings = groupbill.Settings.parse({"timezone": "America/Chicago", "prices": {"90853": price}})
        report = groupbill.Host(settings, [("acme", acme)]).run(resources, today=date(2026, 3, 12))
        assert [each.reason for each in report.sessions[0].members] == [reason, reason]
