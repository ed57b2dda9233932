"""`.ci/long`, which nobody runs every day, still finds its tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_files_of_the_long_runs_can_be_given_to_pytest_in_one_command() -> None:
    named = " ".join(re.findall(r"tests/\S+/test_\S+\.py", (ROOT / ".ci" / "long").read_text()))
    files = subprocess.run(["bash", "-c", f"echo {named}"], capture_output=True, text=True, check=True).stdout.split()
    assert {"tests/servers/test_racing.py", "tests/conformance/test_deployment.py"} <= set(files)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *files]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-2000:]
    assert [each for each in files if f"{each}::" not in found.stdout] == []
