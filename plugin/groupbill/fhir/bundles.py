"""A Bundle taken apart into its entries, each with the bytes of its resource, so that no digit is lost.

With msgspec the bytes are a slice of the input; without, each resource is written again from a parse that
keeps every number. Both read the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import json

try:  # extra [fast]
    import msgspec
except ModuleNotFoundError:
    msgspec = None  # type: ignore[assignment]

_WITHOUT_RESOURCE = frozenset({"DELETE", "GET", "HEAD"})
_READ = ("fullUrl", "request", "response")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a Bundle."""

    resource: bytes | None = None
    full_url: str | None = None
    ignored: bool = False
    """A deletion, a query, or the answer to a request: no resource to read."""
    wrong: str | None = None
    """What was expected, where it is no entry."""


def entries(data: bytes) -> Iterator[Entry] | None:
    """The entries of a Bundle, None when `data` is no Bundle. Raises ValueError, RecursionError."""
    if msgspec is not None:
        try:
            return _sliced(data)
        except (ValueError, RecursionError):  # not quite a Bundle: the other way says what is wrong with it
            pass
    # surrogateescape: text that is no UTF-8 spoils its own entry, which can't be written, and no other.
    bundle = json.exact(data.decode(errors="surrogateescape"))
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return None
    found = bundle.get("entry")
    return map(_rewritten, found) if isinstance(found, list) else _no_array(found)


def _sliced(data: bytes) -> Iterator[Entry] | None:
    bundle = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    if "resourceType" not in bundle or msgspec.json.decode(bundle["resourceType"]) != "Bundle":
        return None
    found = msgspec.json.decode(bundle.get("entry", b"[]"), type=list[dict[str, msgspec.Raw]])
    return map(_slice, found)


def _slice(entry: dict[str, Any]) -> Entry:
    rest = {name: msgspec.json.decode(entry[name]) for name in _READ if name in entry}
    resource = bytes(entry["resource"]) if "resource" in entry else b"null"
    return _entry(rest, None if resource == b"null" else resource)


def _no_array(found: object) -> Iterator[Entry]:
    return iter(()) if found is None else iter((Entry(wrong="entry: expected an array"),))


def _rewritten(entry: object) -> Entry:
    if entry is None:
        return Entry(ignored=True)
    if not isinstance(entry, dict):
        return Entry(wrong="expected an object")
    resource = entry.get("resource")
    if resource is None:
        return _entry(entry, None)
    if json.too_deep(resource):
        return Entry(wrong=f"expected at most {json.LEVELS} levels of nesting")
    try:
        return _entry(entry, json.dumps(resource))
    except TypeError:
        return Entry(wrong="expected text in UTF-8")


def _entry(entry: dict[str, Any], resource: bytes | None) -> Entry:
    full_url, request = entry.get("fullUrl"), entry.get("request")
    method = request.get("method") if isinstance(request, dict) else None
    return Entry(
        resource,
        full_url if isinstance(full_url, str) and full_url else None,
        ignored=method == "DELETE"
        or (resource is None and (method in _WITHOUT_RESOURCE or entry.get("response") is not None)),
    )
