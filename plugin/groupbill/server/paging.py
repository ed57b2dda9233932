"""All matches of a search: pages by their `next` links, each resource once in its latest version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import Refused
from ..fhir.versions import rank
from ..model import Resource
from .address import inside
from .questions import Question

Fetch = Callable[[str], Any]
"""Reads one page by its URL."""
MOST_PAGES = 100_000
"""A server whose pages never end is stopped here."""


def matches(question: Question, first: Any, base: str, fetch: Fetch) -> list[Resource]:
    """Everything that the search finds, in the order of its first appearance.

    Rows move while paging, so one may come twice: the latest version counts. `Bundle.total` is not relied upon.

    Args:
        question: What was asked; its matches are looked at again on this side.
        first: The first page.
        base: Base URL; links that lead out of it are not followed.
        fetch: Reads one more page.

    Errors:
        Refused: a page is no Bundle, a link leads elsewhere, or the pages go in a circle.
    """
    found: dict[tuple[str, str], Resource] = {}
    page, seen = first, set[str]()
    while True:
        for resource in _entries(question, page):
            key = str(resource.get("resourceType")), str(resource.get("id"))
            if key not in found or rank(resource) > rank(found[key]):
                found[key] = resource
        link = _next(page)
        if link is None:
            return list(found.values())
        url = inside(link, base)
        if url is None:
            raise Refused(f"GET {question.what}: the link to the next page leads to another place")
        if url in seen or len(seen) >= MOST_PAGES:
            raise Refused(f"GET {question.what}: the pages have no end")
        seen.add(url)
        page = fetch(url)


def _entries(question: Question, page: Any) -> Iterator[Resource]:
    if not isinstance(page, Mapping) or page.get("resourceType") != "Bundle":
        raise Refused(f"GET {question.what}: the answer is no Bundle")
    entries = page.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("id"), str):
            continue
        search = entry.get("search")
        mode = search.get("mode") if isinstance(search, dict) else None
        if mode == "include" or (resource.get("resourceType") == question.kind and question.fits(resource)):
            yield resource


def _next(page: Mapping[str, Any]) -> str | None:
    links = page.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str):
            return str(link["url"])
    return None
