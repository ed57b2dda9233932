"""Value sets as lists of codes, where that is possible without a terminology server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .tools import JSON


def codes_of(canonical: str, resources: Mapping[str, JSON]) -> list[tuple[str, str]] | None:
    """System and code of everything in a value set; None when a part of it can't be listed here.

    Args:
        canonical: Of the value set, with or without version.
        resources: Value sets and code systems by URL.
    """
    found = resources.get(canonical.partition("|")[0])
    if found is None or "compose" not in found:
        return None
    codes: list[tuple[str, str]] = []
    for part in found["compose"].get("include", ()):
        included = _included(part, resources)
        if included is None:
            return None
        codes.extend(included)
    return codes


def _included(part: JSON, resources: Mapping[str, JSON]) -> list[tuple[str, str]] | None:
    system = part.get("system")
    if part.get("filter") or part.get("valueSet") or system is None:
        return None
    if "concept" in part:
        return [(system, concept["code"]) for concept in part["concept"]]
    known = resources.get(system)
    if known is None or known.get("content") != "complete":
        return None
    return [(system, code) for code in _concepts(known)]


def _concepts(system: JSON) -> Iterator[str]:
    for concept in system.get("concept", ()):
        yield concept["code"]
        yield from _concepts(concept)
