"""What is shipped: one wheel, three packages, entry points, data; and a stranger's plugin beside it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import groupbill

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_is_that_of_the_project() -> None:
    assert groupbill.__version__ == PROJECT["version"]


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in groupbill.__all__ if getattr(groupbill, name, None) is None] == []


def test_every_value_of_the_model_is_public() -> None:
    assert set(groupbill.model.__all__) <= set(groupbill.__all__) == set(dir(groupbill))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        _ = groupbill.frobnicate


def test_every_module_of_the_bundled_plugins_with_hooks_is_an_entry_point() -> None:
    declared = {
        each.name: each.value for each in metadata.entry_points(group="groupbill") if each.dist.name == "groupbill"
    }
    hooks = {
        path.stem: f"groupbill_hooks.{path.stem}"
        for path in (ROOT / "hooks" / "groupbill_hooks").glob("*.py")
        if "@hookimpl" in path.read_text()
    }
    assert declared == hooks


def test_the_source_roots_hold_no_package_of_their_own() -> None:
    assert [root for root in ("plugin", "hooks", "fhir_profiles") if (ROOT / root / "__init__.py").exists()] == []


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel and the example plugin; its Python."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(wheel, check=True, timeout=300)
    built = next(folder.glob("groupbill-*.whl"))
    install = [str(python), "-m", "pip", "install", "-q", str(built), str(ROOT / "examples" / "acme_plugin")]
    subprocess.run(install, check=True, timeout=300)
    return python


def test_the_wheel_holds_three_packages_with_their_types_and_data(fresh: Path) -> None:
    with zipfile.ZipFile(next(fresh.parents[2].glob("groupbill-*.whl"))) as wheel:
        names = set(wheel.namelist())
    top = {name.split("/", 1)[0] for name in names if ".dist-info" not in name}
    assert top == {"groupbill", "groupbill_hooks", "groupbill_profiles"}
    assert {
        "groupbill/py.typed",
        "groupbill_hooks/py.typed",
        "groupbill_profiles/py.typed",
        "groupbill/report/report.schema.json",
        "groupbill/policies/policy.schema.json",
        "groupbill/policies/data/medicare.json",
        "groupbill/conformance/case.schema.json",
        "groupbill/conformance/settings.json",
        "groupbill/conformance/data/shape-b-all-came.json",
        "groupbill_profiles/package.tgz",
        "groupbill_profiles/resources/CodeSystem-findings.json",
        "groupbill_profiles/schemas/group-psychotherapy-claim.json",
    } <= names


def test_a_strangers_plugin_changes_attendance_and_price_once_it_is_installed(fresh: Path, tmp_path: Path) -> None:
    program = """
import json, sys
from datetime import date
from groupbill import Host, Settings
from groupbill.testing import builders as b

times = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
found = [b.clinic(), b.payer("bluestar", "Blue Star"), b.practitioner("rivera", 101), b.location("room")]
found.append(b.group("open-door", ["ana", "ben"]))
found.append(b.encounter("s", "Group/open-door", times, leader="rivera", location="room"))
for name in ("ana", "ben"):
    found += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
settings = Settings.parse({"timezone": "America/Chicago", "prices": {"90853": "120.00"},
                           "payers": {"Organization/bluestar": "commercial"}})
for entry_points in (True, False):
    plugins = [] if entry_points else ["encounter", "group", "claim"]
    import importlib
    host = Host(settings, [(f"groupbill:{n}", importlib.import_module(f"groupbill_hooks.{n}")) for n in plugins],
                entry_points=entry_points)
    report = host.run(found, today=date(2026, 3, 16)).to_json()
    print(json.dumps([[m["member"], m["outcome"], m["reason"], [l["amount"] for l in m["lines"]]]
                      for m in report["sessions"][0]["members"]]))
"""
    done = subprocess.run(
        [str(fresh), "-I", "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.stdout.splitlines() == [
        '[["Patient/ana", "charged", null, ["95.50"]], ["Patient/ben", "charged", null, ["95.50"]]]',
        '[["Patient/ana", "held", "attendance-unverified", ["120.00"]], '
        '["Patient/ben", "held", "attendance-unverified", ["120.00"]]]',
    ]


def test_the_installed_command_runs_without_the_repository(fresh: Path, tmp_path: Path) -> None:
    command = str(fresh.with_name("groupbill"))
    done = subprocess.run(
        [command, "--version"], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{PROJECT['version']}\n")
