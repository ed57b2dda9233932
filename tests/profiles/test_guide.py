"""The guide's commands, run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import running
from defects import DEFECTS, example
from judges import by_hapi, url

import groupbill_profiles

GUIDE = (Path(groupbill_profiles.__file__).parents[1] / "README.md").read_text()


def commands() -> str:
    return re.search(r"## Load the package.*?```sh\n(.*?)```", GUIDE, re.DOTALL)[1]


@pytest.fixture(params=["hapi", "medplum"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server without any package."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with ExitStack() as stack:
        try:
            server = running.hapi(validating=False) if request.param == "hapi" else running.medplum()
            yield stack.enter_context(server)
        except running.Missing as missing:
            if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
                pytest.fail(f"{request.param} did not run: {missing}")
            pytest.skip(f"{request.param}: {missing}")


def test_the_commands_load_the_package_into_a_server(base):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands()],
        env={**os.environ, "BASE": base, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for profile in (*groupbill_profiles.WRITTEN.values(), *groupbill_profiles.READ):
        with urllib.request.urlopen(f"{base}/StructureDefinition/{profile}", timeout=30) as answer:
            assert json.load(answer)["url"] == url(profile)
    if "Medplum" not in _software(base):
        assert by_hapi(base, "group-psychotherapy-claim", example("group-psychotherapy-claim")) == []
        spoilt = next(each for each in DEFECTS if each.name == "no place of service")
        assert by_hapi(base, spoilt.profile, spoilt.resource())


def _software(base: str) -> str:
    with urllib.request.urlopen(f"{base}/metadata", timeout=30) as answer:
        name: str = json.load(answer)["software"]["name"]
    return name


def test_every_file_that_the_guide_links_to_is_there():
    folder = Path(groupbill_profiles.__file__).parents[1]
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        assert (folder / target).exists(), target
