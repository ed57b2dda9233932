"""Published FHIR artefacts and JSON Schemas of groupbill.

`resources/` has the definitions as people read them, `package.tgz` the FHIR package with snapshots, `schemas/` one
JSON Schema per profile.
"""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

CANONICAL = "https://w3id.org/groupbill/fhir"
"""Where the canonical URLs stand: `/StructureDefinition/<profile>`, `/CodeSystem/findings`, ..."""

WRITTEN = {
    "ChargeItem": "group-psychotherapy-charge-item",
    "Claim": "group-psychotherapy-claim",
    "Provenance": "charge-provenance",
    "Task": "held-charge-task",
}
"""The profile of every resource type that groupbill writes."""

READ = ("group-session-encounter", "group-attendance-encounter", "group-roster")
"""Profiles of what groupbill reads: the form in which a session is told best. Others are understood too."""

SCHEMAS = tuple(WRITTEN)


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a profile.

    Of what groupbill writes it is closed: what it doesn't name is refused.

    Args:
        name: A resource type that groupbill writes, or the id of a profile.

    Errors:
        LookupError: there is no such profile.
    """
    profile = WRITTEN.get(name, name)
    if profile not in WRITTEN.values() and profile not in READ:
        raise LookupError(f"groupbill writes no {name}, and has no profile of that id")
    found: dict[str, Any] = json.loads(files(__name__).joinpath("schemas", f"{profile}.json").read_bytes())
    return found


def package() -> Traversable:
    """The FHIR package (`package.tgz`), as HAPI, Firely and SUSHI load it."""
    return files(__name__).joinpath("package.tgz")
