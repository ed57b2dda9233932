"""`python -m builder [--check]`, in fhir_profiles: build what ships, or say what has drifted from the sources."""

from __future__ import annotations

import sys
from pathlib import Path

from . import findings
from .archive import name_of, package, text
from .overlay import Overlay
from .sushi import Refused, compiled
from .tools import JSON, SOURCES, ToolsMissing, core_resources, node_modules
from .topic import topic

SHIPPED = SOURCES / "groupbill_profiles"
READ = frozenset({"Encounter", "Group"})
"""Types that groupbill reads only: their schemas are open."""


def built(modules: Path) -> dict[str, bytes]:
    """What ships, by path below groupbill_profiles."""
    resources = compiled(modules)
    version = next(each["version"] for each in resources if each["resourceType"] == "ImplementationGuide")
    files = {f"resources/{name_of(each)}": text(_lean(each)).encode() for each in resources}
    files["resources/r5/SubscriptionTopic-group-session-changed.json"] = text(topic(resources)).encode()
    files["package.tgz"] = package(resources, version)
    core = {each["url"]: each for each in core_resources(modules) if "url" in each}
    definitions = core | {each["url"]: each for each in resources if "url" in each}
    for profile in resources:
        if profile["resourceType"] == "StructureDefinition" and profile["type"] != "Extension":
            made = Overlay(definitions, closed=profile["type"] not in READ).schema(profile)
            files[f"schemas/{profile['id']}.json"] = text(made).encode()
    return files


def _lean(resource: JSON) -> JSON:
    """Without the snapshot, which stands in the package: the difference to FHIR is what people read."""
    return {key: value for key, value in resource.items() if key != "snapshot"}


def drifted(files: dict[str, bytes]) -> list[str]:
    """Paths that differ between what was built and what is committed."""
    folders = ("resources", "schemas")
    there = {str(path.relative_to(SHIPPED)) for name in folders for path in (SHIPPED / name).rglob("*.json")}
    there.add("package.tgz")
    return sorted(
        path
        for path in there | files.keys()
        if path not in files or not (SHIPPED / path).exists() or (SHIPPED / path).read_bytes() != files[path]
    )


def write(files: dict[str, bytes]) -> None:
    """Put what was built in the place of what was there."""
    for path in drifted(files):
        target = SHIPPED / path
        if path not in files:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[path])


def main(arguments: list[str]) -> int:
    """Build, or check; 0 when all is well, 1 for drift or a fault in the sources, 77 where Node is missing."""
    checking = arguments == ["--check"]
    if arguments and not checking:
        print(__doc__, file=sys.stderr)
        return 2
    stale = findings.PATH.read_text() != findings.fsh() if findings.PATH.exists() else True
    if stale and not checking:
        findings.PATH.write_text(findings.fsh())
    try:
        files = built(node_modules())
    except ToolsMissing as missing:
        print(missing, file=sys.stderr)
        return 77
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    if not checking:
        write(files)
        return 0
    wrong = [str(findings.PATH.name)] * stale + drifted(files)
    print("\n".join(wrong) or "as built", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
