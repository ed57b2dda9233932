"""A Bundle taken apart into its entries, each with the bytes of its resource, so that no digit is lost.

With msgspec the bytes are a slice of the input; without, each resource is written again from a parse that
keeps every number. Both read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from . import json
from .references import bare

try:  # extra [fast]
    import msgspec

    class _Head(msgspec.Struct):
        resourceType: Any = None

    class _Slices(msgspec.Struct, gc=False):
        fullUrl: Any = None
        request: Any = None
        response: Any = None
        resource: msgspec.Raw = msgspec.Raw(b"null")

    class _Bundle(msgspec.Struct):
        entry: list[_Slices] = []

    _head, _bundle = msgspec.json.Decoder(_Head), msgspec.json.Decoder(_Bundle)
except ModuleNotFoundError:
    _head = _bundle = None  # type: ignore[assignment]


_WITHOUT_RESOURCE = ("GET", "HEAD")
_KEY = re.compile(r"[A-Z][A-Za-z]+/[^\s/#?|]+")


class Entry(NamedTuple):
    """One entry of a Bundle."""

    resource: bytes | None = None
    full_url: str | None = None
    ignored: bool = False
    """A query, or the answer to a request: no resource to read."""
    deleted: str | None = None
    """`Type/id` of a resource that was deleted."""
    when: object = None
    """`response.lastModified` of that."""
    wrong: str | None = None
    """What was expected, where it is no entry."""


def entries(data: bytes) -> Iterator[Entry] | None:
    """The entries of a Bundle, None when `data` is no Bundle. Raises ValueError, RecursionError."""
    if _head is not None:
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
    if _head.decode(data).resourceType != "Bundle":
        return None
    return map(_slice, _bundle.decode(data).entry)


def _slice(entry: Any) -> Entry:
    resource = bytes(entry.resource)
    return _entry(None if resource == b"null" else resource, entry.fullUrl, entry.request, entry.response)


def _no_array(found: object) -> Iterator[Entry]:
    return iter(()) if found is None else iter((Entry(wrong="entry: expected an array"),))


def _rewritten(entry: object) -> Entry:
    if entry is None:
        return Entry(ignored=True)
    if not isinstance(entry, dict):
        return Entry(wrong="expected an object")
    resource, *rest = (entry.get(name) for name in ("resource", "fullUrl", "request", "response"))
    if resource is None:
        return _entry(None, *rest)
    if json.too_deep(resource):
        return Entry(wrong=f"expected at most {json.LEVELS} levels of nesting")
    try:
        return _entry(json.dumps(resource), *rest)
    except TypeError:
        return Entry(wrong="expected text in UTF-8")


def _entry(resource: bytes | None, full_url: object, request: object, response: object) -> Entry:
    url = full_url if isinstance(full_url, str) and full_url else None
    method = request.get("method") if isinstance(request, dict) else None
    if method == "DELETE" and isinstance(request, dict):
        when = response.get("lastModified") if isinstance(response, dict) else None
        return Entry(full_url=url, ignored=True, deleted=_deleted(request.get("url")) or _deleted(url), when=when)
    if resource is not None:
        return Entry(resource, url)
    return Entry(None, url, method in _WITHOUT_RESOURCE or response is not None)


def _deleted(url: object) -> str | None:
    """The resource that a request or fullUrl names; what a query would find is not known."""
    named = bare(url) if isinstance(url, str) else None
    return named if named is not None and _KEY.fullmatch(named) is not None else None
