"""Those who judge a resource by a profile: our schemas, the invariants in two engines, Medplum, HAPI."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import groupbill_profiles
from builder.overlay import told
from builder.snapshot import Node, tree
from builder.tools import node_modules

JSON = dict[str, Any]
PROFILES = (*groupbill_profiles.WRITTEN.values(), *groupbill_profiles.READ)
Pair = tuple[str, Mapping[str, Any]]
"""Id of a profile, and a resource."""


@lru_cache(maxsize=1)
def definitions() -> dict[str, JSON]:
    """Our StructureDefinitions by URL, with their snapshots."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(groupbill_profiles.package().read_bytes())) as tar:
        for member in tar.getmembers():
            if "/StructureDefinition-" in member.name:
                resource = json.loads(tar.extractfile(member).read())
                found[resource["url"]] = resource
    return found


def url(profile: str) -> str:
    """The canonical URL of a profile."""
    return f"{groupbill_profiles.CANONICAL}/StructureDefinition/{profile}"


@lru_cache(maxsize=16)
def invariants(profile: str) -> tuple[tuple[str, str], ...]:
    """Key and whole-resource expression of every invariant of ours in a profile, its extensions' among them."""
    definition = definitions()[url(profile)]
    return tuple(_expressions(definition["type"], tree(definition)))


def _expressions(path: str, node: Node) -> Iterator[tuple[str, str]]:
    for constraint in node.element.get("constraint", ()):
        if constraint["severity"] == "error" and str(constraint.get("source", "")).startswith(
            groupbill_profiles.CANONICAL
        ):
            yield constraint["key"], f"{path}.all({constraint['expression']})"
    profiles = [name for kind in node.types for name in kind.get("profile", ()) if name in definitions()]
    if profiles:
        yield from _expressions(path, tree(definitions()[profiles[0]]))
    for name, child in node.children.items():
        inner = f"{path}.{name.removesuffix('[x]')}"
        yield from _expressions(inner, child)
        for entry in child.slices.values():
            yield from _expressions(f"{inner}.where({_told(child, entry)})", entry)


def _told(node: Node, entry: Node) -> str:
    schema = told(node, entry)
    ((name, inner),) = schema["properties"].items()
    while "const" not in inner:
        inner = inner.get("contains", inner)
        key = "code" if "code" in inner["properties"] else next(iter(inner["properties"]))
        inner, name = inner["properties"][key], f"{name}.{key}"
    return f"{name} = '{inner['const']}'"


def by_schema(profile: str, resource: Mapping[str, Any]) -> list[str]:
    """Problems by the shipped JSON Schema alone."""
    from jsonschema import Draft202012Validator

    found = Draft202012Validator(groupbill_profiles.schema(profile)).iter_errors(resource)
    return sorted(f"{each.json_path}: {each.validator}" for each in found)


def by_fhirpathpy(profile: str, resource: Mapping[str, Any]) -> list[str]:
    """Keys of the invariants that are broken, by fhirpathpy."""
    return [key for key, expression in invariants(profile) if _fails(expression, resource)]


def _fails(expression: str, resource: Mapping[str, Any]) -> bool:
    try:
        return bool(_fhirpath(expression)(resource) == [False])
    except Exception:  # noqa: BLE001 - it raises this for an element of the wrong type, which is for the others to see
        return False


@lru_cache(maxsize=256)
def _fhirpath(expression: str) -> Any:
    import fhirpathpy
    from fhirpathpy.models import models

    return fhirpathpy.compile(expression, models["r4"])


def by_node(pairs: Sequence[Pair]) -> list[dict[str, list[str]]]:
    """Problems by ajv with the shipped schemas, by Medplum's validator, and keys of invariants by fhirpath.js."""
    asked = [
        {
            "profile": profile,
            "resource": resource,
            "invariants": [{"key": key, "expression": expression} for key, expression in invariants(profile)],
        }
        for profile, resource in pairs
    ]
    profiles = {each["id"]: each for each in definitions().values()}
    question = {
        "schemas": {profile: groupbill_profiles.schema(profile) for profile in PROFILES},
        "profiles": profiles,
        "resources": asked,
    }
    command = ["node", str(Path(__file__).with_name("validate.mjs")), str(node_modules())]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: list[dict[str, list[str]]] = json.loads(done.stdout)
    return answer


def by_hapi(base: str, profile: str, resource: Mapping[str, Any]) -> list[str]:
    """Errors by `$validate` of a HAPI that has our package."""
    request = urllib.request.Request(
        f"{base}/{resource['resourceType']}/$validate?profile={url(profile)}",
        data=json.dumps(resource).encode(),
        headers={"Content-Type": "application/fhir+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            outcome = json.load(answer)
    except urllib.error.HTTPError as error:
        outcome = json.load(error)
    return [
        f"{each.get('location', [''])[0]}: {each.get('diagnostics')}"
        for each in outcome["issue"]
        if each["severity"] in ("error", "fatal")
    ]
