"""Families: who among the members belongs together, and whose treatment it is.

The identified patient is the subject of an own Encounter, else the one whom the relatives point at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..fhir import encounter as encounters
from ..fhir.index import Index
from ..model import Member, Resource
from .people import surviving

FAMILY_CODES = frozenset({"90849", "90847", "90846"})


def with_families(
    index: Index, members: Iterable[Member], visits: Mapping[str, Resource], shared: Resource | None, code: str
) -> tuple[Member, ...]:
    """The members with their relatives, and in family sessions with the family they belong to.

    Args:
        visits: Own Encounters by reference.
        shared: The session's Encounter.
        code: The session code.
    """
    found = list(members)
    patients = {member.patient for member in found if member.patient is not None}
    relatives = _relatives(index, found, visits, shared, patients)
    kin = _kin(index, patients)
    units = _units(patients, kin)
    out = []
    for member in found:
        if member.patient is None:
            out.append(member)
            continue
        unit = units[member.patient]
        own = tuple(sorted(relatives.get(member.patient, ())))
        family = member.family
        if code in FAMILY_CODES:
            family = _identified(unit, found, kin)
        elif len(unit) > 1:
            family = min(unit)
        out.append(replace(member, relatives=own, family=family))
    return tuple(out)


def _relatives(
    index: Index,
    members: list[Member],
    visits: Mapping[str, Resource],
    shared: Resource | None,
    patients: set[str],
) -> dict[str, set[str]]:
    """RelatedPersons who took part, by the patient whose they are."""
    found: dict[str, set[str]] = {}
    holders = [*visits.values(), *([shared] if shared is not None else [])]
    named = {
        reference
        for holder in holders
        for actor, _, _ in encounters.actors(holder)
        if (reference := index.ref(actor, dict(holder))) is not None and reference.startswith("RelatedPerson/")
    }
    named |= {member.member for member in members if member.member.startswith("RelatedPerson/")}
    for reference in named:
        patient = _patient_of(index, reference)
        if patient in patients and patient is not None:
            found.setdefault(patient, set()).add(reference)
    return found


def _patient_of(index: Index, related: str) -> str | None:
    resource = index.get(related)
    patient = None if resource is None else index.ref(resource.get("patient"), resource)
    return None if patient is None else surviving(index, patient)


def _kin(index: Index, patients: set[str]) -> dict[str, set[str]]:
    """For each patient who is somebody's relative: the patients whose relative they are."""
    found: dict[str, set[str]] = {}
    for patient in patients:
        resource = index.get(patient) or {}
        for link in resource.get("link") or ():
            other = index.ref(link.get("other"), resource)
            if other is not None and other.startswith("RelatedPerson/"):
                related = _patient_of(index, other)
                if related in patients and related is not None and related != patient:
                    found.setdefault(patient, set()).add(related)
    return found


def _units(patients: set[str], kin: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    """The family unit of each patient."""
    units = {patient: frozenset({patient}) for patient in patients}
    for patient in sorted(kin):
        merged = units[patient].union(*(units[other] for other in kin[patient]))
        units.update(dict.fromkeys(merged, merged))
    return units


def _identified(unit: frozenset[str], members: list[Member], kin: Mapping[str, set[str]]) -> str | None:
    """The identified patient of a family, None where nothing says who it is."""
    if len(unit) == 1:
        return next(iter(unit))
    own = sorted(
        member.patient for member in members if member.patient in unit and member.encounter and member.patient
    )
    if len(own) == 1:
        return own[0]
    pointed = set().union(*(kin.get(patient, set()) for patient in unit))
    candidates = sorted(set(own) & pointed if own else pointed)
    return candidates[0] if len(candidates) == 1 else None
