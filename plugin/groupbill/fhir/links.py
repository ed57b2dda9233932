"""Which links of which resource type the index keeps: the questions that the stages ask.

A link is (name, value): a bare reference, `system|value` of an identifier, or `Practitioner/x|2026-03-10`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date
from typing import Any

from . import encounter as encounters
from .codes import codings
from .dates import day
from .extensions import values
from .references import plain, token

Link = tuple[str, str]
Path = tuple[str, ...]
_Finder = Callable[[Mapping[str, Any]], Iterator[Link]]
_ASSOCIATED = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
_NO_PERIOD: Mapping[str, Any] = {}
_PERFORMERS = ("Practitioner", "urn:", "http")


def links(resource: Mapping[str, Any]) -> list[Link]:
    """All links of a resource whose elements have been checked by `elements`."""
    kind = resource["resourceType"]
    found: list[Link] = []
    identifiers = resource.get("identifier")
    if type(identifiers) is list:  # one in some types, anything in types that are not checked
        for element in identifiers:
            name = token(element)
            if name is not None:
                found.append(("identifier", name))
    for link, first, path in _PATHS.get(kind, ()):
        if first in resource:
            element = resource[first]
            if path or type(element) is list:
                _follow(link, element, path, resource, found)
                continue
            value = plain(element, resource)
            if value is not None:
                found.append((link, value))
    finder = _FINDERS.get(kind)
    if finder is not None:
        found.extend(finder(resource))
    return found


def _follow(link: str, element: Any, path: Path, resource: Mapping[str, Any], found: list[Link]) -> None:
    if type(element) is list:
        for item in element:
            _follow(link, item, path, resource, found)
    elif not path:
        value = plain(element, resource)
        if value is not None:
            found.append((link, value))
    elif path[0] in element:
        _follow(link, element[path[0]], path[1:], resource, found)


def _encounter(resource: Mapping[str, Any]) -> Iterator[Link]:
    if "participant" in resource:
        on = day((encounters.period_element(resource) or _NO_PERIOD).get("start"), UTC)
        for participant in resource["participant"]:
            actor = participant.get("individual") or participant.get("actor")
            yield from _actor(plain(actor, resource), on)
    if "extension" in resource:
        for element in values(resource, _ASSOCIATED):
            value = plain(element, resource)
            if value is not None:
                yield "associated", value


def _appointment(resource: Mapping[str, Any]) -> Iterator[Link]:
    on = day(resource.get("start"), UTC)
    for participant in resource.get("participant") or ():
        yield from _actor(plain(participant.get("actor"), resource), on)


def _actor(value: str | None, on: date | None) -> Iterator[Link]:
    if value is None:
        return
    yield "actor", value
    if on is not None and value.startswith(_PERFORMERS):
        yield "performer-day", f"{value}|{on.isoformat()}"


def _definition(resource: Mapping[str, Any]) -> Iterator[Link]:
    for _, code in codings(resource.get("code")):
        yield "code", code


def _paths(**names: str) -> tuple[tuple[str, str, Path], ...]:
    """Link, element, and the path below it."""
    paths = [(name, path.split(".")) for name, text in names.items() for path in text.split()]
    return tuple((name, first, tuple(rest)) for name, (first, *rest) in paths)


_PATHS = {
    "Encounter": _paths(
        subject="subject",
        partOf="partOf",
        appointment="appointment",
        basedOn="basedOn",
        episodeOfCare="episodeOfCare",
    ),
    "Appointment": _paths(basedOn="basedOn", subject="subject"),
    "Group": _paths(member="member.entity"),
    "ChargeItem": _paths(subject="subject", context="context encounter"),
    "Claim": _paths(patient="patient", encounter="item.encounter encounter"),
    "ClaimResponse": _paths(request="request", patient="patient"),
    "ExplanationOfBenefit": _paths(claim="claim", patient="patient"),
    "Coverage": _paths(beneficiary="beneficiary"),
    "Condition": _paths(subject="subject", encounter="encounter"),
    "DocumentReference": _paths(subject="subject", encounter="context.encounter context"),
    "Composition": _paths(subject="subject", encounter="encounter"),
    "CarePlan": _paths(subject="subject"),
    "Observation": _paths(subject="subject", encounter="encounter"),
    "QuestionnaireResponse": _paths(subject="subject", encounter="encounter"),
    "Task": _paths(focus="focus", patient="for"),
    "PractitionerRole": _paths(practitioner="practitioner", organization="organization"),
    "RelatedPerson": _paths(patient="patient"),
    "Patient": _paths(link="link.other"),
    "EpisodeOfCare": _paths(patient="patient"),
    "ServiceRequest": _paths(subject="subject"),
    "Consent": _paths(patient="patient subject"),
}
_FINDERS: dict[str, _Finder] = {
    "Encounter": _encounter,
    "Appointment": _appointment,
    "ChargeItemDefinition": _definition,
}
