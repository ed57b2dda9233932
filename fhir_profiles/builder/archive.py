"""The FHIR package: a tar of JSON files, byte for byte the same for the same resources."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable

from .tools import JSON

_ABOUT = ("resourceType", "id", "url", "version", "kind", "type")
_EXAMPLES = frozenset({"Encounter", "Group", "ChargeItem", "Claim", "Task", "Provenance", "Subscription"})


def name_of(resource: JSON) -> str:
    """The file name of a resource in a FHIR package."""
    return f"{resource['resourceType']}-{resource['id']}.json"


def is_example(resource: JSON) -> bool:
    """Whether a resource shows a profile and defines nothing."""
    return resource["resourceType"] in _EXAMPLES


def text(resource: JSON) -> str:
    """A resource as it is committed: indented, one line end."""
    return json.dumps(resource, indent=1, ensure_ascii=False) + "\n"


def package(resources: Iterable[JSON], version: str) -> bytes:
    """A gzipped tar in the layout of FHIR packages; no file has a date, an owner or a place of its own."""
    files: dict[str, bytes] = {}
    index = []
    for resource in resources:
        folder = "package/example" if is_example(resource) else "package"
        files[f"{folder}/{name_of(resource)}"] = json.dumps(resource, ensure_ascii=False).encode()
        if folder == "package":
            about = {"filename": name_of(resource), **{key: resource.get(key) for key in _ABOUT}}
            index.append({key: value for key, value in about.items() if value})
    files["package/.index.json"] = json.dumps({"index-version": 2, "files": index}).encode()
    files["package/package.json"] = text(_manifest(version)).encode()
    return gzip.compress(_tar(files), compresslevel=9, mtime=0)


def _manifest(version: str) -> JSON:
    return {
        "name": "groupbill",
        "version": version,
        "type": "IG",
        "title": "Group psychotherapy charges and claims",
        "description": "Profiles, extensions, terminology and operations of groupbill.",
        "canonical": "https://w3id.org/groupbill/fhir",
        "url": "https://w3id.org/groupbill/fhir",
        "license": "Apache-2.0",
        "author": "groupbill",
        "fhirVersions": ["4.0.1"],
        "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
        "directories": {"lib": "package", "example": "example"},
    }


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
