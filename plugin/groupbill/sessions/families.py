"""Families: who among the members belongs together, and whose treatment it is.

The identified patient is the subject of the only own Encounter, else the one whom the relatives point at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..fhir import encounter as encounters
from ..fhir.index import Index
from ..model import Member, Resource
from .evidence import ERROR
from .people import surviving
from .roster import families
from .signals import FAMILY_CODES, ONE_FAMILY

_OFF = frozenset({"cancelled", ERROR})
_NO_VISIT: Resource = {}
_BESIDE = frozenset({"ESC", "CALLBCK", "TRANSLATOR", "EMERGENCY", "REF"})
"""Roles (R4 encounter-participant-type) of relatives who bring, translate or are called, and are not treated."""
_REVIEW = 4
"""From this rank on evidence only supports."""


def with_families(
    index: Index, members: Iterable[Member], visits: Mapping[str, Resource], shared: Resource | None, code: str,
    group: str | None = None,
) -> tuple[Member, ...]:  # fmt: skip
    """The members with their relatives, and the family they belong to.

    In family sessions that is the key of the identified patient, None where nothing says who it is; in other
    sessions only those have a family who are related to another member.

    Args:
        index: What was read.
        members: Without relatives and family.
        visits: Own Encounters by reference.
        shared: The session's Encounter.
        code: The session code.
        group: The Group, whose nested Groups are the families of a family session.
    """
    return tuple(_Families(index, list(members), visits, shared).told(code, group))


class _Families:
    """The members of one session as relatives."""

    def __init__(
        self, index: Index, members: list[Member], visits: Mapping[str, Resource], shared: Resource | None
    ) -> None:
        self._index = index
        self._visits = visits
        self._members = members
        self._patients = {member.patient for member in members if member.patient is not None}
        self._roles: dict[str, set[str]] = {}
        """RelatedPersons who are members with a record of their own, by patient."""
        self._kin = self._read_kin()
        self._relatives = self._read_relatives(visits, shared)

    def told(self, code: str, group: str | None) -> Iterable[Member]:
        of_families = code in FAMILY_CODES
        units = self._units(self._together(code, group) if of_families else ())
        identified = {unit: self._identified(unit) if of_families else None for unit in set(units.values())}
        for member in self._members:
            if member.patient is None:
                yield member
                continue
            unit = units[member.patient]
            relatives = self._relatives.get(member.patient, frozenset())
            family = identified[unit] if of_families else min(unit) if len(unit) > 1 else None
            if of_families and family == member.patient:
                relatives = relatives | self._came(unit - {member.patient})
            changed = relatives or family is not None
            yield replace(member, relatives=tuple(sorted(relatives)), family=family) if changed else member

    def _read_kin(self) -> dict[str, set[str]]:
        """For each patient who is somebody's relative: the patients whose relative they are."""
        found: dict[str, set[str]] = {}
        for patient in sorted(self._patients):
            resource = self._index.get(patient) or {}
            for link in resource.get("link") or ():
                other = self._index.ref(link.get("other"), resource)
                if other is None or not other.startswith("RelatedPerson"):
                    continue
                related = self._patient_of(other)
                if related in self._patients and related is not None and related != patient:
                    found.setdefault(patient, set()).add(related)
                    self._roles.setdefault(patient, set()).add(other)
        return found

    def _read_relatives(self, visits: Mapping[str, Resource], shared: Resource | None) -> dict[str, frozenset[str]]:
        """RelatedPersons who took part, by the patient whose they are; who is a member is not counted twice."""
        named = {member.member for member in self._members if member.member.startswith("RelatedPerson")}
        for holder in [*visits.values(), *([shared] if shared is not None else [])]:
            if "participant" not in holder or encounters.status(holder) in _OFF:
                continue
            for actor, role, _ in encounters.actors(holder):
                reference = self._index.ref(actor, holder) if role not in _BESIDE else None
                if reference is not None and reference.startswith("RelatedPerson"):
                    named.add(reference)
        members = set().union(*self._roles.values())
        found: dict[str, set[str]] = {}
        for reference in named - members:
            patient = self._patient_of(reference)
            if patient is not None and patient in self._patients:
                found.setdefault(patient, set()).add(reference)
        return {patient: frozenset(references) for patient, references in found.items()}

    def _patient_of(self, related: str) -> str | None:
        resource = self._index.get(related)
        patient = None if resource is None else self._index.ref(resource.get("patient"), resource)
        return None if patient is None else surviving(self._index, patient)

    def _together(self, code: str, group: str | None) -> Iterable[set[str]]:
        """Patients of one family by the session itself: all of a session for one, those of one nested Group."""
        if code in ONE_FAMILY:
            yield self._patients
        elif group is not None:
            for names in families(self._index, group):
                yield {surviving(self._index, each) for each in names} & self._patients

    def _units(self, together: Iterable[set[str]]) -> dict[str, frozenset[str]]:
        """The family unit of each patient."""
        units = {patient: frozenset({patient}) for patient in self._patients}
        pairs = [{patient, *self._kin[patient]} for patient in sorted(self._kin)]
        for people in [*pairs, *together]:
            merged = frozenset().union(*(units[each] for each in people))
            units.update(dict.fromkeys(merged, merged))
        return units

    def _identified(self, unit: frozenset[str]) -> str | None:
        """The identified patient of a family, None where nothing says who it is."""
        if len(unit) == 1:
            return next(iter(unit))
        own = self._with_visits(unit)
        if len(own) == 1:
            return own.pop()
        pointed = {patient for patient in unit if patient in self._relatives}
        pointed.update(*(self._kin.get(patient, set()) for patient in unit))
        candidates = own & pointed if own else pointed
        return candidates.pop() if len(candidates) == 1 else None

    def _with_visits(self, unit: frozenset[str]) -> set[str]:
        """Patients of a family with an own Encounter; where any took place, those whose did."""
        visits = {
            member.patient: encounters.status(self._visits.get(member.encounter, _NO_VISIT))
            for member in self._members
            if member.patient is not None and member.patient in unit and member.encounter is not None
        }
        took_place = {patient for patient, status in visits.items() if status not in _OFF}
        return took_place or set(visits)

    def _came(self, patients: frozenset[str]) -> set[str]:
        """Patients of the family, other than the identified one, about whom a record says that they came."""
        return {
            member.patient
            for member in self._members
            if member.patient in patients
            and member.patient is not None
            and member.evidence
            and member.evidence[0].present
            and member.evidence[0].rank < _REVIEW
        }
