"""Every Python and the oldest and newest pluggy that are supported, installed by uv from the wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SESSIONS = ROOT / "examples" / "sessions"
OLDEST, NEWEST = "pluggy==1.5.0", "pluggy<2"


def interpreters() -> dict[str, str]:
    """Pythons of this machine from 3.11 on, on the path or under pyenv, each minor version once."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    names = [shutil.which(f"python3.{minor}") for minor in range(11, 20)]
    candidates = [sys.executable, *filter(None, names), *map(str, sorted(pyenv.glob("3.*/bin/python")))]
    found: dict[str, str] = {}
    for candidate in candidates:
        probe = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        told = subprocess.run(probe, capture_output=True, text=True, check=False)
        version = told.stdout.strip()
        if told.returncode == 0 and tuple(map(int, version.split("."))) >= (3, 11):
            found.setdefault(version, candidate)
    return found


PYTHONS = interpreters()
NEWEST_PYTHON = max(PYTHONS, key=lambda version: tuple(map(int, version.split("."))))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)], check=True
    )
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize(("version", "pluggy"), [("3.11", OLDEST), (NEWEST_PYTHON, NEWEST)])
def test_the_wheel_runs_an_example(version: str, pluggy: str, wheel: Path, tmp_path: Path) -> None:
    if version not in PYTHONS:
        pytest.skip(f"Python {version} is not on this machine")
    quiet = {"capture_output": True, "text": True, "cwd": tmp_path}
    subprocess.run(
        [sys.executable, "-m", "uv", "venv", "--quiet", "--python", PYTHONS[version], "venv"], check=True, **quiet
    )
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python), str(wheel), pluggy],
        check=True,
        **quiet,
    )
    options = ["--settings", str(SESSIONS / "groupbill.toml"), "--today", "2026-03-16", "--json"]
    command = [str(python.with_name("groupbill")), "run", str(SESSIONS / "4-release-5.json"), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    told = json.loads(done.stdout)
    expected = json.loads((SESSIONS / "4-release-5.report.json").read_text())
    assert (done.returncode, told) == (0, {**expected, "rules": told["rules"]})
