"""All official FHIR R4 examples, and seeded mutations of them, go through a run: no crash, and no charge."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbill import Host, Settings

PACKAGE = "hl7.fhir.r4.examples@4.0.1"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groupbill-tests" / "r4-examples"
TODAY = date(2026, 3, 16)


@pytest.fixture(scope="module")
def examples() -> list[dict[str, Any]]:
    """The resources of the package, by file name."""
    if not CACHE.is_dir():
        fetch()
    files = sorted((CACHE / "package").glob("*.json"))
    found = [json.loads(path.read_bytes()) for path in files if path.name not in ("package.json", ".index.json")]
    return [each for each in found if "resourceType" in each]


def fetch() -> None:
    """Get the package from the npm registry, once, into a cache outside the repository; whole or not at all."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the official examples can't be had")
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as name:
        done = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=name, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"npm can't get {PACKAGE}: {(done.stderr or done.stdout).strip()[-200:]}")
        with tarfile.open(next(Path(name).glob("*.tgz"))) as archive:
            archive.extractall(Path(name) / "whole", filter="data")
        (Path(name) / "whole").rename(CACHE)


@pytest.fixture(scope="module")
def host() -> Host:
    return Host(Settings.parse({"timezone": "America/Chicago", "prices": {"90853": "120.00"}}))


def test_the_package_is_whole(examples: list[dict[str, Any]]) -> None:
    assert len(examples) > 5000


def test_the_official_examples_hold_no_group_psychotherapy(examples: list[dict[str, Any]], host: Host) -> None:
    report = host.run(examples, today=TODAY)
    assert [each.session.sources for each in report.sessions] == []
    assert report.transactions() == []


def test_the_official_claims_and_charge_items_can_be_checked(examples: list[dict[str, Any]], host: Host) -> None:
    from groupbill.fhir.index import Index
    from groupbill.fhir.read import add_resources

    index = Index()
    add_resources(index, examples)
    report = host.check(index, TODAY)
    assert {each.resource for each in report.checked} >= {"Claim/100150", "ChargeItem/example"}
    assert [each for each in report.all_findings if each.code == "ENG02"] == []


def mutate(value: Any, chance: random.Random) -> Any:
    """A value with something wrong in about one element of fifty."""
    if chance.random() < 0.02:
        return chance.choice([None, "", [], {}, 0, -1e300, "2026-13-45", True, [value], {"x": value}])
    if isinstance(value, dict):
        return {key: mutate(each, chance) if key != "resourceType" else each for key, each in value.items()}
    if isinstance(value, list):
        return [mutate(each, chance) for each in value]
    return value


@pytest.mark.parametrize("seed", range(3))
def test_mutations_of_the_examples_end_in_findings(examples: list[dict[str, Any]], host: Host, seed: int) -> None:
    chance = random.Random(seed)
    report = host.run([mutate(each, chance) for each in examples], today=TODAY)
    assert [each for each in report.all_findings if each.code in ("ENG02", "ENG03")] == []
    assert report.transactions() == []
