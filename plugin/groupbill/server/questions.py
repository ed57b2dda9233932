"""Searches as text (`Type?name=a,b&name=c`), what is sent for them, and the second look at what came back.

A server may ignore a parameter that it does not know and return everything (FHIR R4 3.1.1.1.4: lenient handling is
the default). So references, ids and identifiers are compared again here. Dates are not: the engine decides by the
zone of the site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..fhir.references import bare
from ..model import Resource

LONG = 2000
"""Characters of a query beyond which it goes into the body of POST _search."""
LONGEST = 7000
"""Characters that a query in a URL may have where a server has no POST _search (HAPI refuses 8,000)."""
_SAFE = ",:/$-._~"

_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "actor": ("participant",),
    "appointment": ("appointment",),
    "beneficiary": ("beneficiary",),
    "claim": ("claim",),
    "context": ("context",),
    "encounter": ("encounter", "context", "item"),
    "focus": ("focus",),
    "link": ("link",),
    "member": ("member",),
    "part-of": ("partOf",),
    "participant": ("participant",),
    "patient": ("patient", "subject", "beneficiary", "for", "participant", "individual", "target"),
    "practitioner": ("practitioner", "participant"),
    "request": ("request",),
    "subject": ("subject",),
}
"""Elements that hold what a parameter compares. Those of R4 and R5 together: one too many only keeps more."""


@dataclass(frozen=True, slots=True)
class Question:
    """One search."""

    kind: str
    """Resource type."""
    parameters: tuple[tuple[str, str], ...]
    """Name and value, not percent-encoded; FHIR's own escapes (`\\\\,`) stay."""

    @property
    def what(self) -> str:
        """Type and names, without values: what may stand in a message."""
        return f"{self.kind}?{'&'.join(dict.fromkeys(name for name, _ in self.parameters))}"

    @property
    def text(self) -> str:
        """As `parse` reads it."""
        return f"{self.kind}?{'&'.join(f'{name}={value}' for name, value in self.parameters)}"

    @property
    def query(self) -> str:
        """Percent-encoded, for a URL or a form."""
        return "&".join(f"{quote(name, safe=':.-_')}={quote(value, safe=_SAFE)}" for name, value in self.parameters)

    def with_(self, **more: str) -> Question:
        """With control parameters where it does not say them itself."""
        known = {name for name, _ in self.parameters}
        added = tuple((name, value) for name, value in more.items() if name not in known)
        return Question(self.kind, self.parameters + added)

    def split(self, longest: int) -> Iterator[Question]:
        """The same as several searches, none longer than this, by halving its longest OR list."""
        place = max(range(len(self.parameters)), key=lambda each: self.parameters[each][1].count(","), default=-1)
        values = self.parameters[place][1].split(",") if place >= 0 else []
        if len(self.query) <= longest or len(values) < 2:
            yield self
            return
        name, middle = self.parameters[place][0], len(values) // 2
        for half in (values[:middle], values[middle:]):
            parameters = list(self.parameters)
            parameters[place] = (name, ",".join(half))
            yield from Question(self.kind, tuple(parameters)).split(longest)

    def fits(self, resource: Resource) -> bool:
        """Whether the resource is what was asked for, as far as can be told."""
        return all(_fits(resource, name, value.split(",")) for name, value in self.parameters)


def parse(text: str) -> Question:
    """Read `Type?name=a,b&name=c`; values as they are, not percent-encoded."""
    kind, _, query = text.partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return Question(kind, tuple((name, value) for name, _, value in pairs))


def _fits(resource: Resource, name: str, values: Sequence[str]) -> bool:
    if name == "_id":
        return resource.get("id") in values
    if name == "identifier":
        tokens = resource.get("identifier")
        listed = tokens if isinstance(tokens, list) else [tokens]
        return any(_has_token(each, value) for each in listed for value in values)
    if name not in _ELEMENTS:
        return True
    wanted = {bare(value) or value for value in values}
    ids = {value for value in values if "/" not in value}
    for element in _ELEMENTS[name]:
        for reference in _references(resource.get(element)):
            if reference in wanted or (ids and reference.rpartition("/")[2] in ids):
                return True
    return False


def _has_token(identifier: Any, value: str) -> bool:
    if not isinstance(identifier, dict):
        return False
    system, bar, code = value.rpartition("|")
    if bar and identifier.get("system", "") != system:
        return False
    return not code or identifier.get("value") == code


def _references(element: Any) -> Iterator[str]:
    """Every literal reference inside an element, bare."""
    if isinstance(element, dict):
        reference = element.get("reference")
        if isinstance(reference, str):
            yield bare(reference) or reference
        for value in element.values():
            yield from _references(value)
    elif isinstance(element, list):
        for each in element:
            yield from _references(each)
