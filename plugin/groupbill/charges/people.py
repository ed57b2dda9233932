"""Practitioners: who is behind a reference, their NPI, taxonomies and licences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..fhir.codes import NPI, NUCC, codings, system
from ..fhir.dates import first_day, last_day
from ..fhir.extensions import value
from ..fhir.references import LOGICAL
from ..model import Qualification, Resource
from .sources import Sources
from .values import string

_LOGICAL_NPI = f"{LOGICAL}{NPI}|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A Practitioner, with what every role of theirs has in common."""

    npi: str | None
    taxonomies: tuple[str, ...]
    """NUCC codes among the qualifications."""
    qualifications: tuple[Qualification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A PractitionerRole on one date."""

    reference: str
    active: bool
    taxonomies: tuple[str, ...]
    supervisor: str | None
    npi: str | None


def identifier(resource: Resource, canonical: str) -> str | None:
    """The value of the first identifier of a system that is not marked old."""
    for each in resource.get("identifier") or ():
        if system(each.get("system")) == canonical and each.get("use") != "old" and each.get("value"):
            return str(each["value"]).strip()
    return None


def practitioner(sources: Sources, reference: str | None) -> str | None:
    """`Practitioner/id` behind a reference in any form, else the logical reference by NPI, else what was said."""
    if reference is None or (reference.startswith("Practitioner/") and "#" not in reference):
        return reference
    if reference.startswith("PractitionerRole/") and "#" not in reference:
        role = sources.get(reference)
        return practitioner(sources, sources.index.ref(role.get("practitioner"), role)) or reference
    if _LOGICAL_NPI in reference:
        return _by_number(reference.partition(_LOGICAL_NPI)[2])
    return _contained(sources, reference) if "#" in reference else reference


def _contained(sources: Sources, reference: str) -> str:
    """A contained Practitioner stands for the one on file with its NPI."""
    resource = sources.get(reference)
    number = identifier(resource, NPI)
    if number is None:
        inner = resource.get("practitioner") or {}
        owner = sources.get(reference.partition("#")[0])
        found = sources.index.ref(inner, owner)
        return (practitioner(sources, found) if found not in (None, reference) else None) or reference
    named = {"type": "Practitioner", "identifier": {"system": NPI, "value": number}}
    found = sources.index.ref(named)
    return found if found and LOGICAL not in found else _by_number(number)


def _by_number(number: str) -> str:
    return f"Practitioner{_LOGICAL_NPI}{number}"


def npi_of(sources: Sources, reference: str | None) -> str | None:
    """The NPI of a practitioner or organization on file, or named by it."""
    if reference is None:
        return None
    if _LOGICAL_NPI in reference:
        return reference.partition(_LOGICAL_NPI)[2]
    return identifier(sources.get(reference), NPI)


def person(sources: Sources, reference: str) -> Person:
    """The facts of a Practitioner; empty ones where it is not on file."""
    return sources.once(("person", reference), lambda: _person(sources, reference))


def _person(sources: Sources, reference: str) -> Person:
    resource = sources.get(reference)
    stated = resource.get("qualification") or ()
    return Person(
        npi=npi_of(sources, reference),
        taxonomies=_nucc([entry.get("code") for entry in stated]),
        qualifications=tuple(_qualification(sources, entry, resource) for entry in stated),
    )


def _qualification(sources: Sources, entry: dict[str, Any], resource: Resource) -> Qualification:
    found = list(codings(entry.get("code")))
    nucc = next((code for uri, code in found if uri == NUCC), None)
    text = (entry.get("code") or {}).get("text")
    period = entry.get("period") or {}
    zone = sources.zone()
    return Qualification(
        code=nucc or (found[0][1] if found else text),
        start=first_day(period.get("start"), zone),
        end=last_day(period.get("end"), zone),
        issuer=_issuer(sources, entry.get("issuer") or {}, resource),
    )


def _issuer(sources: Sources, issuer: dict[str, Any], resource: Resource) -> str | None:
    """The state of the board that issued a licence, else its reference or name."""
    reference = sources.index.ref(issuer, resource)
    addresses = sources.get(reference).get("address") or () if reference else ()
    states = (string(each.get("state")) for each in addresses)
    return next(filter(None, states), None) or reference or string(issuer.get("display"))


def _nucc(concepts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for uri, code in codings(concepts) if uri == NUCC))


def role_for(sources: Sources, reference: str, organization: str | None, on: date) -> Role | None:
    """The PractitionerRole of a practitioner on a date, None where there is none on file.

    One at the organization counts before one that names none, and that before another organization's; then
    one in force before one that is not, one with a specialty before one without, then by id.
    """
    return sources.once(("role", reference, organization, on), lambda: _choose(sources, reference, organization, on))


def _choose(sources: Sources, reference: str, organization: str | None, on: date) -> Role | None:
    found = sources.index.find("PractitionerRole", "practitioner", reference)
    ranked = []
    for resource in found:
        role = _role(sources, resource, on)
        place = sources.index.ref(resource.get("organization"), resource)
        distance = 1 if place is None or organization is None else 0 if place == organization else 2
        ranked.append((distance, not role.active, not role.taxonomies, role.reference, role))
    return min(ranked, key=lambda entry: entry[:4])[4] if ranked else None


def role_at(sources: Sources, reference: str, on: date) -> Role | None:
    """The PractitionerRole of a reference on a date, None where it is not on file."""
    return sources.once(("role", reference, on), lambda: _role_at(sources, reference, on))


def _role_at(sources: Sources, reference: str, on: date) -> Role | None:
    resource = sources.get(reference)
    return _role(sources, resource, on) if resource else None


def _role(sources: Sources, resource: Resource, on: date) -> Role:
    period = resource.get("period") or {}
    zone = sources.zone()
    start, end = first_day(period.get("start"), zone), last_day(period.get("end"), zone)
    within = (start is None or start <= on) and (end is None or on <= end)
    supervisor = sources.index.ref(value(resource, "supervisor"), resource)
    return Role(
        reference=f"PractitionerRole/{resource.get('id')}",
        active=resource.get("active") is not False and within,
        taxonomies=_nucc([*(resource.get("specialty") or ()), *(resource.get("code") or ())]),
        supervisor=practitioner(sources, supervisor),
        npi=identifier(resource, NPI),
    )
