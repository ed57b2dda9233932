"""The elements that groupbill reads, with their JSON types."""

from __future__ import annotations

from typing import Any


def fault(resource: dict[str, Any]) -> str | None:
    """What is wrong with the first element of an unexpected type, None when all is well."""
    return None
