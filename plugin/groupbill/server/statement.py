"""What a CapabilityStatement says about each resource type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resources(statement: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a CapabilityStatement says about each resource type."""
    found: list[Mapping[str, Any]] = []
    for rest in statement.get("rest") or ():
        if isinstance(rest, dict) and rest.get("mode", "server") == "server":
            found.extend(each for each in rest.get("resource") or () if isinstance(each, dict))
    return found
