"""Fetch the facts of a session through a `read` callable: an EHR's own store, or a FHIR server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ..model import Read, Resource
from . import queries

_ROOTS = ("Encounter", "Appointment")
_LINKED = (
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "Patient",
    "Group",
    "RelatedPerson",
)


class _Facts:
    """What was fetched so far, each resource and each search once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.found: dict[str, Resource] = {}
        self._asked: set[str] = set()

    def ask(self, question: str) -> list[Resource]:
        """Read one reference or search; what is known already is not read again."""
        if question in self._asked or question in self.found:
            return []
        self._asked.add(question)
        fresh = []
        for resource in self._read(question):
            key = f"{resource.get('resourceType')}/{resource.get('id')}"
            if key not in self.found:
                self.found[key] = resource
                fresh.append(resource)
        return fresh


def facts_of_session(reference: str, read: Read) -> list[Resource]:
    """Everything that the bill of the session of an Encounter or Appointment depends on.

    Args:
        reference: `Encounter/id` (the session's, or one participant's) or `Appointment/id`.
        read: Fetches by reference or search.
    """
    facts = _Facts(read)
    facts.ask(reference)
    _visits(facts, reference)
    people = {name: _named(facts, name) for name in ("Patient", "Practitioner", "Group")}
    for group in sorted(people["Group"]):
        facts.ask(group)
    people["Patient"] |= _named(facts, "Patient")
    for search in queries.OF_PATIENTS:
        for question in queries.batched(search, people["Patient"]):
            facts.ask(question)
    for search in queries.OF_PRACTITIONERS:
        for question in queries.batched(search, people["Practitioner"]):
            facts.ask(question)
    _referenced(facts)
    return list(facts.found.values())


def _visits(facts: _Facts, reference: str) -> None:
    """The session's Encounters: parent, children, and the leader's others of that day (shapes C and E)."""
    for resource in list(facts.found.values()):
        for parent in _references(resource.get("partOf")):
            facts.ask(parent)
    for key in [key for key in facts.found if key.startswith("Encounter/")] or [reference]:
        facts.ask(f"Encounter?{'appointment' if key.startswith('Appointment/') else 'part-of'}={key}")
    for resource in list(facts.found.values()):
        for appointment in _references(resource.get("appointment")):
            facts.ask(appointment)
    days = {day for resource in facts.found.values() for day in _days(resource)}
    for leader in sorted(_named(facts, "Practitioner")):
        for day in sorted(days):
            before, after = day - timedelta(days=1), day + timedelta(days=2)
            for root in _ROOTS:
                name = "participant" if root == "Encounter" else "practitioner"
                facts.ask(f"{root}?{name}={leader}&date=ge{before}&date=lt{after}")


def _referenced(facts: _Facts) -> None:
    """Read, twice over, what the resources found so far point at (Locations, Organizations, relatives, ...)."""
    for _ in range(2):
        for name in _LINKED:
            missing = _named(facts, name) - facts.found.keys()
            for question in queries.batched(f"{name}?_id=", (key.partition("/")[2] for key in missing)):
                facts.ask(question)


def _named(facts: _Facts, resource_type: str) -> set[str]:
    """References of one type anywhere in the resources found."""
    prefix = resource_type + "/"
    return {
        reference
        for resource in facts.found.values()
        for reference in _references(resource)
        if reference.startswith(prefix)
    }


def _references(element: Any) -> Iterator[str]:
    """Every relative literal reference inside an element."""
    if isinstance(element, dict):
        reference = element.get("reference")
        if isinstance(reference, str) and reference.count("/") == 1:
            yield reference
        for value in element.values():
            yield from _references(value)
    elif isinstance(element, list):
        for value in element:
            yield from _references(value)


def _days(resource: Resource) -> Iterator[date]:
    """The date of an Encounter or Appointment as written."""
    period = resource.get("period") or resource.get("actualPeriod") or {}
    text = period.get("start") or resource.get("start")
    if isinstance(text, str):
        try:
            yield date.fromisoformat(text[:10])
        except ValueError:
            return
