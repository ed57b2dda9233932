"""Which of two versions of one resource counts: the later `meta.lastUpdated`, then the higher `versionId`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import json
from .dates import moment

Rank = tuple[datetime, int, int, str]
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def rank(resource: Mapping[str, Any]) -> Rank:
    """The place among versions; what is not recorded comes first, numbers come before words."""
    meta = resource.get("meta") or {}
    version = meta.get("versionId") or ""
    updated = moment(meta.get("lastUpdated")) or _NEVER
    if version.isdecimal() and version.isascii():
        return updated, 1, int(version[:4000]), ""
    return updated, 2 if version else 0, 0, version


def same(one: bytes, other: bytes) -> bool:
    """Whether two texts are the same but for white space and escapes."""
    return json.dumps(json.exact(one)) == json.dumps(json.exact(other))
