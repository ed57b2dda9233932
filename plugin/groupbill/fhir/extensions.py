"""Extensions of groupbill, and by full URL those of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.identity import EXTENSION


def values(resource: Mapping[str, Any] | None, name: str) -> list[Any]:
    """The values of all extensions of this name (or full URL) on a resource or element, in their order."""
    extensions = resource.get("extension") if resource else None
    if not isinstance(extensions, list):
        return []
    url = name if ":" in name else EXTENSION + name
    return [
        content
        for extension in extensions
        if isinstance(extension, dict) and extension.get("url") == url
        for key, content in extension.items()
        if key.startswith("value") and content is not None
    ]


def value(resource: Mapping[str, Any] | None, name: str) -> Any:
    """The value of the first extension of this name (or full URL), None when there is none."""
    if not resource or "extension" not in resource:
        return None
    found = values(resource, name)
    return found[0] if found else None
