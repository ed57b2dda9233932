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
    plugin, use = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    acme = type(inspect)("acme")
    exec(plugin, vars(acme))
    exec(use, {"acme": acme, "Decimal": Decimal})
