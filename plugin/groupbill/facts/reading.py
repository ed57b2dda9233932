"""What was fetched so far: each resource and each search once, independent searches together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ..fhir.references import LOGICAL, bare
from ..model import Read, Resource

Together = Callable[[Read, Iterable[str]], Iterable[Sequence[Resource]]]
"""Reads several questions, as `map` does; a pool's `map` reads them at the same time."""


class Fetched:
    """The resources found, by `Type/id`."""

    def __init__(self, read: Read, together: Together = map) -> None:
        """Nothing is read yet."""
        self._read, self._together = read, together
        self._asked: set[str] = set()
        self._names: dict[str, frozenset[str]] = {}
        self._all: dict[str, set[str]] = {}
        self._logical: dict[str, set[str]] = {}
        self.found: dict[str, Resource] = {}

    def ask(self, *questions: Iterable[str]) -> list[str]:
        """Read searches and references that don't depend on each other; what was asked before is not read again.

        Returns:
            The references that are new.
        """
        new = [each for listed in questions for each in listed if each not in self._asked and each not in self.found]
        fresh = list(dict.fromkeys(new))
        self._asked.update(fresh)
        before = len(self.found)
        for resources in self._together(self._read, fresh):
            for resource in resources:
                self._add(f"{resource.get('resourceType')}/{resource.get('id')}", resource)
        return list(islice(self.found, before, None))

    def _add(self, key: str, resource: Resource) -> None:
        if key in self.found:
            return
        self.found[key] = resource
        names = self._names[key] = frozenset(references(resource))
        for name in names:
            self._all.setdefault(name[: name.index("/")], set()).add(name)
        for kind, token in logical(resource):
            self._logical.setdefault(kind, set()).add(token)

    def of(self, *kinds: str) -> list[str]:
        """References of what was found of these types."""
        starts = tuple(f"{kind}/" for kind in kinds)
        return [key for key in self.found if key.startswith(starts)]

    def named(self, kind: str, within: Iterable[str] | None = None) -> set[str]:
        """References of one type anywhere in the resources found, or in some of them."""
        if within is None:
            return set(self._all.get(kind, ()))
        prefix = kind + "/"
        return {name for key in within for name in self._names.get(key, ()) if name.startswith(prefix)}

    def identified(self, kind: str) -> set[str]:
        """`system|value` of the references to a type that name nothing else, in the resources found so far."""
        return set(self._logical.get(kind, ()))

    def identifiers(self, kind: str) -> set[str]:
        """`system|value` of the identifiers that the resources of a type carry themselves."""
        rows = (self.found[key].get("identifier") for key in self.of(kind))
        listed = (each for row in rows if isinstance(row, list) for each in row)
        return {token for each in listed if isinstance(each, dict) and (token := _token(each)) and token[0] != "|"}

    def missing(self, kind: str, within: Iterable[str] | None = None) -> set[str]:
        """Those of them that were not found yet."""
        return self.named(kind, within) - self.found.keys()


def references(element: Any) -> Iterator[str]:
    """`Type/id` of every literal reference inside an element."""
    if isinstance(element, dict):
        reference = element.get("reference")
        if isinstance(reference, str) and reference[:1] != "#":
            found = bare(reference)
            if found is not None and found.count("/") == 1 and LOGICAL not in found and "#" not in found:
                yield found
        for value in element.values():
            if isinstance(value, dict | list):
                yield from references(value)
    elif isinstance(element, list):
        for value in element:
            if isinstance(value, dict | list):
                yield from references(value)


_KINDS = {
    "individual": "Practitioner",
    "practitioner": "Practitioner",
    "managingOrganization": "Organization",
    "organization": "Organization",
    "payor": "Organization",
    "serviceProvider": "Organization",
    "beneficiary": "Patient",
    "patient": "Patient",
    "subject": "Patient",
}
"""What a logical reference without `type` is to, by the name of its element."""
_CONTAINED = frozenset({"Patient", "Practitioner"})
"""Of whom a contained one stands for the one on file with its identifier."""


def logical(element: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Type and `system|value` of every reference by identifier alone inside an element, and of people in it."""
    if isinstance(element, dict):
        identifier = element.get("identifier")
        if name == "contained" and element.get("resourceType") in _CONTAINED and isinstance(identifier, list):
            named = (_token(each) for each in identifier if isinstance(each, dict))
            yield from ((element["resourceType"], token) for token in named if token is not None)
        if isinstance(identifier, dict) and "reference" not in element and "resourceType" not in element:
            kind, token = element.get("type") or _KINDS.get(name), _token(identifier)
            if isinstance(kind, str) and token is not None:
                yield kind, token
            return
        for inner, value in element.items():
            if isinstance(value, dict | list):
                yield from logical(value, inner)
    elif isinstance(element, list):
        for value in element:
            if isinstance(value, dict | list):
                yield from logical(value, name)


def _token(identifier: dict[str, Any]) -> str | None:
    """As a search wants it; one with a character that would have to be escaped is not looked for."""
    system, value = identifier.get("system") or "", identifier.get("value")
    if not isinstance(value, str) or not isinstance(system, str) or not value or set(",|$\\&") & set(system + value):
        return None
    return f"{system}|{value}"
