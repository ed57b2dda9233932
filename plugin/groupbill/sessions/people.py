"""Patients under several records, and the practitioners who led."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.extensions import value
from ..fhir.index import Index
from ..model import Performer

_RANK = {"PPRF": 0, "SPRF": 1, "ATND": 2}
_BOUND = 8


def surviving(index: Index, patient: str) -> str:
    """The record that stands for a patient after `Patient.link` (replaced-by, replaces)."""
    seen = [patient]
    while len(seen) < _BOUND:
        following = _successor(index, seen[-1])
        if following is None or following in seen:
            break
        seen.append(following)
    return seen[-1]


def _successor(index: Index, patient: str) -> str | None:
    resource = index.get(patient)
    if resource is None:
        return None
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
    """The Practitioner behind a reference to a Practitioner or PractitionerRole."""
    if reference is None or reference.startswith("Practitioner/") or reference.startswith("Practitioner?"):
        return reference
    if reference.startswith("PractitionerRole/"):
        role = index.get(reference)
        return None if role is None else index.ref(role.get("practitioner"), role)
    return None


def performers(index: Index, encounter: Mapping[str, Any]) -> tuple[Performer, ...]:
    """Who led: PPRF, then SPRF, then ATND, each by reference. Participants and observers never bill."""
    resource = dict(encounter)
    found: dict[str, Performer] = {}
    supervisor = index.ref(value(encounter, "supervisor"), resource)
    for element, role, _ in encounters.actors(encounter):
        reference = index.ref(element, resource)
        if reference is None or role not in _RANK or not reference.startswith("Practitioner"):
            continue
        known = found.get(reference)
        if known is None or _RANK[role] < _RANK[known.role]:
            found[reference] = Performer(
                reference=reference,
                practitioner=practitioner(index, reference),
                role=role,
                supervisor=supervisor or _role_supervisor(index, reference),
            )
    return tuple(sorted(found.values(), key=lambda each: (_RANK[each.role], each.reference)))


def _role_supervisor(index: Index, reference: str) -> str | None:
    role = index.get(reference) if reference.startswith("PractitionerRole/") else None
    return None if role is None else index.ref(value(role, "supervisor"), role)


def merged(sequences: Iterable[tuple[Performer, ...]]) -> tuple[Performer, ...]:
    """The leaders of several Encounters of one session, each once under the strongest role."""
    found: dict[str, Performer] = {}
    for each in (performer for sequence in sequences for performer in sequence):
        known = found.get(each.reference)
        if known is None or _RANK[each.role] < _RANK[known.role]:
            found[each.reference] = each
    return tuple(sorted(found.values(), key=lambda each: (_RANK[each.role], each.reference)))
