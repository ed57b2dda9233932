"""The Encounters, read once: which may stand for a group, which are part of another, which stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.index import Index
from ..fhir.references import is_patient
from ..settings import Settings
from . import heads, visits
from .heads import Head
from .signals import of_one_person, otherwise
from .visits import Visit

_HIGH = 4
"""How many `partOf` are followed."""


@dataclass(slots=True)
class Scan:
    """References, and the few words about each that decide to which session it belongs."""

    index: Index
    settings: Settings
    heads: dict[str, Head] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    """Visits of single patients by the Encounter that they are part of."""
    containers: set[str] = field(default_factory=set)
    """Encounters that heads are part of."""
    associated: dict[str, list[str]] = field(default_factory=dict)
    """Visits of single patients by the Encounter that they are associated with."""
    loose: dict[str, Visit] = field(default_factory=dict)
    """Visits that are part of nothing, and of no other kind."""
    booked: dict[str, list[str]] = field(default_factory=dict)
    """Encounters by Appointment."""

    def loosen(self, references: list[str]) -> None:
        """Let visits stand alone that are part of something else than a session (a hospital stay)."""
        for reference in references:
            encounter = self.index.get(reference)
            if encounter is not None and not otherwise(encounters.codes(encounter)):
                self.loose[reference] = visits.read(self.index, reference, encounter, self.settings)

    def visits_in(self, parent: str) -> list[Visit]:
        """Visits that are part of an Encounter or associated with it, but for those of one patient alone."""
        found = {}
        for link in ("partOf", "associated"):
            for part in self.index.find("Encounter", link, parent):
                reference = f"Encounter/{part['id']}"
                if is_of_patient(self.index, part) and not of_one_person(encounters.codes(part)):
                    found[reference] = visits.read(self.index, reference, part, self.settings)
        return [found[reference] for reference in sorted(found)]

    def ancestors(self, reference: str) -> Iterator[str]:
        """What an Encounter is part of, and that in turn."""
        for _ in range(_HIGH):
            encounter = self.index.get(reference)
            parent = None if encounter is None else self.index.ref(encounter.get("partOf"), encounter)
            if parent is None:
                return
            yield parent
            reference = parent


def scan(index: Index, settings: Settings) -> Scan:
    """Read all Encounters."""
    found = Scan(index, settings)
    for reference in index.keys("Encounter"):
        encounter = index.get(reference)
        if encounter is None:
            continue
        parent = index.ref(encounter.get("partOf"), encounter)
        if "appointment" in encounter:
            for element in encounters.appointment_elements(encounter):
                booking = index.ref(element, encounter)
                if booking is not None:
                    found.booked.setdefault(booking, []).append(reference)
        if is_of_patient(index, encounter):
            _visit(found, reference, encounter, parent)
        elif _may_be_group(index, encounter):
            found.heads[reference] = heads.read(index, reference, encounter, settings)
            if parent is not None:
                found.containers.add(parent)
    return found


def _visit(found: Scan, reference: str, encounter: Mapping[str, Any], parent: str | None) -> None:
    if parent is not None:
        found.parts.setdefault(parent, []).append(reference)
    if "extension" in encounter:
        for other in visits.parents(found.index, encounter):
            found.associated.setdefault(other, []).append(reference)
    if parent is None and not otherwise(encounters.codes(encounter)):
        found.loose[reference] = visits.read(found.index, reference, encounter, found.settings)


def is_of_patient(index: Index, encounter: Mapping[str, Any]) -> bool:
    """Whether the subject is a single Patient."""
    subject = index.ref(encounter.get("subject"), encounter)
    return is_patient(subject)


def _may_be_group(index: Index, encounter: Mapping[str, Any]) -> bool:
    """A relative or a contained Patient as subject is neither a group nor a patient's own visit."""
    subject = index.ref(encounter.get("subject"), encounter)
    if subject is None:
        return True
    contained = index.get(subject) if "#" in subject else None
    return not subject.startswith("RelatedPerson") and (contained or {}).get("resourceType") != "Patient"
