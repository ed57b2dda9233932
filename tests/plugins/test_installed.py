"""Plugins as distributions on the path: a broken one stops the command and is named; a good one is heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
HEAD = "from groupbill import hookimpl\n\n"

RULE = (
    HEAD
    + """
from groupbill import ClaimRule, Severity


class Odd(ClaimRule):
    "A rule of this clinic."

    code, name, severity, source = "ACME01", "odd", Severity.ERROR, "Acme handbook 2026"

    def check(self, bill, context):
        return ()


@hookimpl
def groupbill_register_rules():
    return {}
"""
)


def install(folder: Path, name: str, program: str) -> None:
    """What `pip install` leaves behind: a module, and metadata with its entry point."""
    (folder / f"{name}_plugin.py").write_text(program, encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[groupbill]\nmain = {name}_plugin\n", encoding="utf-8")


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from groupbill.cli.main import main; main()", "run", "--json"]
    files = [str(SESSIONS / "1-in-person.json"), "--settings", str(SESSIONS / "groupbill.toml")]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, *files, "--today", "2026-03-16"], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import no_such_module\n", "plugin acme:main: import failed: ModuleNotFoundError"),
        (
            HEAD + "@hookimpl\ndef groupbill_configured(settings):\n    raise ValueError('no')\n",
            "plugin acme:main: groupbill_configured failed: ValueError",
        ),
        (
            HEAD + "@hookimpl\ndef groupbill_register_rules():\n    raise ValueError('no')\n",
            "plugin acme:main: groupbill_register_rules failed: ValueError",
        ),
        (
            HEAD + "@hookimpl\ndef groupbill_resolve_prices(charge):\n    return None\n",
            "plugin acme:main: there is no hook 'groupbill_resolve_prices' (did you mean 'groupbill_resolve_price'?)",
        ),
        ("x = 1\n", "plugin acme:main: implements no hook"),
        ("import sys\nsys.exit(0)\n", "plugin acme:main: import failed: SystemExit"),
        (
            HEAD + "@hookimpl\ndef groupbill_configured(settings):\n    raise SystemExit\n",
            "plugin acme:main: groupbill_configured failed: SystemExit",
        ),
        (RULE.format("[3]"), "plugin acme:main: rule 3: is no class derived from a scope"),
        (RULE.format("3"), "plugin acme:main: groupbill_register_rules failed: TypeError"),
        (
            RULE.format("[Odd]").replace("ACME01", "NCC99"),
            "plugin acme:main: rule NCC99: acme_plugin.Odd may not use",
        ),
        (RULE.format("[Odd, Odd]"), "plugin acme:main: rule ACME01: is defined by acme_plugin.Odd and by"),
        (
            RULE.format("[Odd]").replace("check", "__init__"),
            "plugin acme:main: groupbill_register_rules failed: Type",
        ),
        (
            RULE.format("[Odd]").replace("Severity.ERROR", "'error'"),
            "plugin acme:main: import failed: RuleDefinitionError",
        ),
    ],
)
def test_a_plugin_that_can_not_start_is_two_and_is_named(program: str, said: str, tmp_path: Path) -> None:
    install(tmp_path, "acme", program)
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"groupbill: {said}")
    assert "Traceback" not in done.stderr


def test_what_a_plugin_prints_is_not_in_the_result(tmp_path: Path) -> None:
    loud = "print('imported')\n" + HEAD + "@hookimpl\ndef groupbill_resolve_price(charge):\n    print('asked')\n"
    install(tmp_path, "acme", loud)
    done = run(tmp_path)
    assert json.loads(done.stdout)["sessions"]
    assert {"imported", "asked"} <= set(done.stderr.splitlines())


def test_two_installed_plugins_are_heard_in_the_order_of_their_names(tmp_path: Path) -> None:
    price = "from decimal import Decimal\n" + HEAD
    price += "@hookimpl\ndef groupbill_resolve_price(charge):\n    return Decimal('{}')\n"
    install(tmp_path, "zebra", price.format("1.00"))
    install(tmp_path, "acme", price.format("95.50"))
    done = run(tmp_path)
    members = json.loads(done.stdout)["sessions"][0]["members"]
    assert {line["amount"] for member in members for line in member["lines"]} == {"95.50"}
