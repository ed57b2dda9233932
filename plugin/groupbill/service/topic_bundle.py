"""Notification Bundles: of topics (Subscriptions R5 Backport 1.1, R4B, R5), and plain ones of resources.

The first entry of the former is its status, in R4 a Parameters. Payload empty, id-only or full-resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..server.address import version_of as version_in
from .notification import ANYTHING, Event, Kind, Malformed, Notification, named, reference_of, version_of

_LARGEST = 2**63 - 1
MOST = 10_000
"""Events of one notification; a Bundle with more is refused."""


def notification_bundle(bundle: Mapping[str, Any]) -> Notification:
    """Read a Bundle: of a topic, whose first entry is its status, or of resources.

    Errors:
        Malformed: it names no resource, has no type, or holds too much.
    """
    entries = [each for each in _list(bundle.get("entry")) if isinstance(each, dict)]
    if len(entries) > MOST:
        raise Malformed("the Bundle holds too much")
    first = entries[0].get("resource") if entries else None
    if isinstance(first, dict) and first.get("resourceType") == "SubscriptionStatus":
        return _told(_status(first), entries[1:])
    if isinstance(first, dict) and first.get("resourceType") == "Parameters":
        return _told(_parameters(first), entries[1:])
    found = tuple(_entries(entries))
    if not found:
        raise Malformed("the Bundle names no resource")
    return Notification(found)


@dataclass(frozen=True, slots=True)
class _Status:
    kind: Kind
    subscription: str | None
    total: int | None
    numbers: tuple[tuple[int | None, str | None], ...]
    """Number and focus of each event."""


def _status(status: Mapping[str, Any]) -> _Status:
    """SubscriptionStatus of R4B and R5."""
    numbers = tuple(
        (_count(each.get("eventNumber")), _focus(each.get("focus")))
        for each in _list(status.get("notificationEvent"))
        if isinstance(each, dict)
    )
    total = _count(status.get("eventsSinceSubscriptionStart"))
    return _Status(_kind(status.get("type")), _subscription(status.get("subscription")), total, numbers)


def _parameters(parameters: Mapping[str, Any]) -> _Status:
    """Parameters of the R4 backport."""
    values: dict[str, Any] = {}
    numbers: list[tuple[int | None, str | None]] = []
    for name, value, parts in _parts(parameters.get("parameter")):
        if name == "notification-event":
            inner = {each: found for each, found, _ in _parts(parts)}
            numbers.append((_count(inner.get("event-number")), _focus(inner.get("focus"))))
        else:
            values[name] = value
    total = _count(values.get("events-since-subscription-start"))
    return _Status(_kind(values.get("type")), _subscription(values.get("subscription")), total, tuple(numbers))


def _told(status: _Status, entries: list[dict[str, Any]]) -> Notification:
    """The events by number; where an event names no focus, the entries say what changed, else anything did."""
    if len(status.numbers) > MOST:
        raise Malformed("the Bundle holds too much")
    listed = {event.reference: event for event in _entries(entries)}
    found: list[Event] = []
    for number, focus in status.numbers:
        if focus is None and len(status.numbers) == 1 and listed:
            found.extend(Event(each.reference, each.version, each.deleted, number) for each in listed.values())
            listed = {}
            continue
        known = listed.pop(focus, None) if focus is not None else None
        event = known or Event(focus or ANYTHING)
        found.append(Event(event.reference, event.version, event.deleted, number))
    found.extend(listed.values())
    if not found and status.kind is Kind.EVENT:
        found.append(Event(ANYTHING))
    return Notification(tuple(found), status.kind, status.subscription, status.total)


def _entries(entries: list[dict[str, Any]]) -> Iterator[Event]:
    for entry in entries:
        request, response = _object(entry.get("request")), _object(entry.get("response"))
        resource = entry.get("resource")
        if isinstance(resource, dict):
            # What is included beside the focus may have no id.
            with suppress(Malformed):
                yield Event(reference_of(resource.get("resourceType"), resource.get("id")), version_of(resource))
            continue
        reference, version = named(entry.get("fullUrl") or request.get("url"))
        if reference is not None:
            version = version or version_in(response.get("etag")) or ""
            yield Event(reference, version, request.get("method") == "DELETE")


def _parts(parameters: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, value and parts of each parameter."""
    for each in _list(parameters):
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            value = next((inner for name, inner in each.items() if name.startswith("value")), None)
            yield each["name"], value, each.get("part")


def _kind(value: Any) -> Kind:
    try:
        return Kind(value)
    except ValueError:
        raise Malformed("the notification has no type") from None


def _subscription(value: Any) -> str | None:
    reference = _focus(value)
    return reference if reference is not None and reference.startswith("Subscription/") else None


def _focus(value: Any) -> str | None:
    return named(value.get("reference"))[0] if isinstance(value, dict) else None


def _count(value: Any) -> int | None:
    """A number written as text (integer64) or as a number; None where there is none."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > _LARGEST:
        return None
    return int(text)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
