"""Which of two versions of one resource counts: the later `meta.lastUpdated`, then the higher `versionId`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import json
from .dates import moment

Rank = tuple[datetime, int, int, str]
_NEVER, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
EARLIEST: Rank = (_NEVER, 0, 0, "")
"""Of a version that says nothing of itself."""


def rank(resource: Mapping[str, Any]) -> Rank:
    """The place among versions; what is not recorded comes first, numbers come before words."""
    meta = resource.get("meta") or {}
    version = meta.get("versionId") or ""
    updated = moment(meta.get("lastUpdated")) or _NEVER
    if version.isdecimal() and version.isascii():
        return updated, 1, int(version[:4000]), ""
    return updated, 2 if version else 0, 0, version


def deletion(when: object) -> Rank:
    """The place of a deletion among versions: after those of its moment, after all where that is not recorded."""
    return (moment(when) or _LAST) if isinstance(when, str) else _LAST, 3, 0, ""


def same(one: bytes, other: bytes) -> bool:
    """Whether two texts are the same but for white space and escapes."""
    return json.dumps(json.exact(one)) == json.dumps(json.exact(other))
