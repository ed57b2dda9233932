"""FSH to FHIR: SUSHI, offline, with what it said."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .tools import JSON, SOURCES, core_package

EXPECTED = (
    # Packages that SUSHI adds by itself; nothing of them is used here.
    r"Failed to load automatically-provided hl7\.(fhir\.uv\.(tools|extensions)|terminology)\.r4#",
    # The menu of the web pages of an implementation guide, which are not built.
    r'No "menu" property or file was found',
)
"""Warnings with a reason."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SAID = re.compile(r"^\s*(warn|error)\s+(.*)$", re.IGNORECASE)


class Refused(Exception):
    """SUSHI found something wrong, or warned of something that nobody has explained."""


def compiled(modules: Path) -> list[JSON]:
    """The resources that the FSH sources define, profiles with their snapshots.

    Errors:
        Refused: an error, or a warning that is not EXPECTED.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copy(SOURCES / "sushi-config.yaml", work)
        shutil.copytree(SOURCES / "input", work / "input")
        command = ["node", str(modules / "fsh-sushi" / "dist" / "app.js"), "build", str(work), "-s"]
        env = {**os.environ, "HOME": str(core_package(modules)), "NO_COLOR": "1"}
        done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=False)
        unexplained = [line for line in said(done.stdout + done.stderr) if not explained(line)]
        made = sorted((work / "fsh-generated" / "resources").glob("*.json"))
        if unexplained or not made:
            raise Refused("\n".join(unexplained) or done.stdout[-2000:] + done.stderr[-2000:])
        resources = [json.loads(path.read_bytes()) for path in made]
    version = next(each["version"] for each in resources if each["resourceType"] == "ImplementationGuide")
    return [_versioned(each, version) for each in resources]


def _versioned(resource: JSON, version: str) -> JSON:
    """With the version of the whole on what has a canonical URL: SUSHI leaves that to the publisher."""
    if "url" not in resource or "version" in resource:
        return resource
    made: JSON = {}
    for key, value in resource.items():
        made[key] = value
        if key == "url":
            made["version"] = version
    return made


def said(output: str) -> list[str]:
    """The warnings and errors in what SUSHI printed."""
    lines = (_SAID.match(_COLOURS.sub("", line)) for line in output.splitlines())
    return [match[2].strip() for match in lines if match]


def explained(line: str) -> bool:
    """Whether a warning is one of those with a reason."""
    return any(re.search(pattern, line) for pattern in EXPECTED)
