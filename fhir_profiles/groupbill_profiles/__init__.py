"""Published FHIR artefacts and JSON Schemas of groupbill."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SCHEMAS = ("ChargeItem", "Claim", "Provenance", "Task")
"""Resource types that groupbill writes, each with a JSON Schema (draft 2020-12) of what it writes."""


def schema(resource_type: str) -> dict[str, Any]:
    """The JSON Schema of a resource type as groupbill writes it; closed: what it doesn't name is refused.

    Errors:
        LookupError: groupbill does not write this type.
    """
    if resource_type not in SCHEMAS:
        raise LookupError(f"groupbill writes no {resource_type}")
    found: dict[str, Any] = json.loads(files(__name__).joinpath("schemas", f"{resource_type}.json").read_bytes())
    return found
