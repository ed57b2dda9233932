"""Patients under several records, and the practitioners who led."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from ..fhir import encounter as encounters
from ..fhir.codes import NPI, system
from ..fhir.extensions import value
from ..fhir.index import Index
from ..fhir.references import LOGICAL, PRACTITIONER
from ..model import Performer

_RANK = {"PPRF": 0, "SPRF": 1, "ATND": 2}
_BOUND = 8
_BY_NPI = f"{LOGICAL}{NPI}|"


def surviving(index: Index, patient: str) -> str:
    """The record that stands for a patient after `Patient.link` (replaced-by, replaces); of a circle the first."""
    seen = [patient]
    while len(seen) < _BOUND:
        following = _successor(index, seen[-1])
        if following is None:
            break
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _successor(index: Index, patient: str) -> str | None:
    resource = index.get(patient) or {}
    found = [
        index.ref(link.get("other"), resource)
        for link in resource.get("link") or ()
        if link.get("type") == "replaced-by"
    ]
    for other in index.find("Patient", "link", patient):
        replaces = [
            index.ref(link.get("other"), other) for link in other.get("link") or () if link.get("type") == "replaces"
        ]
        if patient in replaces:
            found.append(f"Patient/{other['id']}")
    return min((each for each in found if each and each.startswith("Patient/")), default=None)


def practitioner(index: Index, reference: str | None) -> str | None:
    """The Practitioner behind a reference to a Practitioner or PractitionerRole; of a contained one by its NPI."""
    if reference is None or reference.startswith(("Practitioner/", "Practitioner?", _BY_NPI)):
        return reference
    resource = index.get(reference)
    if resource is None:
        return None
    if resource["resourceType"] == "Practitioner":
        return _numbered(index, resource) or reference
    # Inside another resource `#x` is a neighbour of the role, not a part of it.
    owner = index.get(reference.partition("#")[0]) if "#" in reference else resource
    found = index.ref(resource.get("practitioner"), owner)
    contained = index.get(found) if found is not None and "#" in found else None
    return _numbered(index, contained) or found


def _numbered(index: Index, contained: Mapping[str, Any] | None) -> str | None:
    """Who is meant by a contained Practitioner, by the NPI: every visit contains its leader anew."""
    if contained is None or contained.get("resourceType") != "Practitioner":
        return None
    numbers = (each for each in contained.get("identifier") or () if system(each.get("system")) == NPI)
    named = (index.ref({"type": "Practitioner", "identifier": each}) for each in numbers)
    return next(filter(None, named), None)


def leads(reference: str | None, index: Index) -> TypeGuard[str]:
    """Whether a reference names a Practitioner or PractitionerRole, contained ones included."""
    if reference is None or "#" not in reference:
        return reference is not None and reference.startswith((*PRACTITIONER, _BY_NPI))
    return (index.get(reference) or {}).get("resourceType") in ("Practitioner", "PractitionerRole")


def performers(index: Index, encounter: Mapping[str, Any]) -> tuple[Performer, ...]:
    """Who led: PPRF, then SPRF, then ATND, each by reference. Participants and observers never bill."""
    found = []
    supervisor = index.ref(value(encounter, "supervisor"), encounter)
    for element, role, _ in encounters.actors(encounter):
        reference = index.ref(element, encounter) if role in _RANK else None
        if leads(reference, index):
            found.append(
                Performer(
                    reference=reference,
                    practitioner=practitioner(index, reference),
                    role=role,
                    supervisor=supervisor or _role_supervisor(index, reference),
                )
            )
    return merged((found,))


def _role_supervisor(index: Index, reference: str) -> str | None:
    role = index.get(reference) if reference.startswith("PractitionerRole/") else None
    return None if role is None else index.ref(value(role, "supervisor"), role)


def merged(sequences: Iterable[Iterable[Performer]]) -> tuple[Performer, ...]:
    """Leaders, each practitioner once: under the strongest role, by a PractitionerRole, which says more."""
    found: dict[str, Performer] = {}
    for each in (performer for sequence in sequences for performer in sequence):
        name = each.practitioner or each.reference
        known = found.get(name)
        if known is None or _strength(each) < _strength(known):
            found[name] = each
    return tuple(sorted(found.values(), key=lambda each: (_RANK[each.role], each.reference)))


def _strength(performer: Performer) -> tuple[int, bool, str]:
    return (_RANK[performer.role], not performer.reference.startswith("PractitionerRole"), performer.reference)
