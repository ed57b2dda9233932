"""What a notification says: which resources changed. Its contents are never billed; they are read again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..server.address import place

ANYTHING = "*"
"""Something changed, and nobody says what."""
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,39}")
_ID = re.compile(r"[A-Za-z0-9\-._]{1,128}")


class Malformed(ValueError):
    """Not a notification; the text holds nothing of what came."""


class Kind(StrEnum):
    """What a notification is for (ValueSet subscription-notification-type)."""

    HANDSHAKE = "handshake"
    HEARTBEAT = "heartbeat"
    EVENT = "event-notification"
    QUERY_STATUS = "query-status"
    QUERY_EVENT = "query-event"


@dataclass(frozen=True, slots=True)
class Event:
    """One change."""

    reference: str
    """`Type/id`, or `*`."""
    version: str = ""
    """What tells two versions of a resource apart; empty where nothing does."""
    deleted: bool = False
    number: int | None = None
    """Its number in the subscription."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What one request told."""

    events: tuple[Event, ...]
    kind: Kind = Kind.EVENT
    subscription: str | None = None
    """`Subscription/id`, where it is told."""
    total: int | None = None
    """Events since the start of the subscription."""


def is_type(value: object) -> bool:
    """Whether it has the form of a resource type."""
    return isinstance(value, str) and _TYPE.fullmatch(value) is not None


def reference_of(kind: object, id: object) -> str:
    """`Type/id`.

    Errors:
        Malformed: no type or no id of FHIR.
    """
    if not is_type(kind) or not isinstance(id, str) or not _ID.fullmatch(id):
        raise Malformed("no resource is named")
    return f"{kind}/{id}"


def named(text: object) -> tuple[str | None, str]:
    """`Type/id` and version of a URL or reference; None where it names no resource."""
    reference, version = place(text)
    if reference is None:
        return None, ""
    try:
        return reference_of(*reference.split("/")), version or ""
    except Malformed:
        return None, ""


def version_of(resource: Mapping[str, Any]) -> str:
    """What tells the version of a resource from others; empty where nothing does."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or not meta.get("versionId"):
        return ""
    # The time as well: a server that was set back counts its versions anew.
    return f"{meta['versionId']}|{meta.get('lastUpdated', '')}"
