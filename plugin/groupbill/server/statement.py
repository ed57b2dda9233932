"""What a CapabilityStatement says about each resource type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resources(statement: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a CapabilityStatement says about each resource type."""
    rests = [rest for rest in objects(statement.get("rest")) if rest.get("mode", "server") == "server"]
    return [each for rest in rests for each in objects(rest.get("resource"))]


def objects(listed: object) -> list[Mapping[str, Any]]:
    """The JSON objects in what should be an array of them."""
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
