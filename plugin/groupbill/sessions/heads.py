"""An Encounter that may stand for a whole group: what it says, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.index import Index
from ..fhir.references import GROUP, is_patient
from ..settings import Settings
from . import visits
from .roster import participating
from .signals import otherwise
from .visits import Visit


@dataclass(frozen=True, slots=True)
class Head:
    """An Encounter whose subject is no single patient."""

    visit: Visit
    group: str | None
    """The Group that is its subject, in R5 without one its participant; None where it is named otherwise or not."""
    grouped: bool
    """Whether its subject is a Group, in whatever form it is named."""
    unnamed: bool
    """Whether that Group is contained, or named by identifier or display only."""
    attended: bool
    """R5: Patients are its participants."""
    other: bool
    """Whether it is another service, or of a Group that is none of people."""

    @property
    def coded(self) -> bool:
        """Whether it states a session code."""
        return self.visit.code is not None


def read(index: Index, reference: str, encounter: Mapping[str, Any], settings: Settings) -> Head:
    """Read an Encounter."""
    subject = index.ref(encounter.get("subject"), encounter)
    if subject is None:
        subject = next(participating(index, encounter), None)
    resource = index.get(subject) or {}
    found = encounters.codes(encounter)
    visit = visits.read(index, reference, encounter, settings)
    named = subject is not None and subject.startswith(GROUP)
    grouped = named or resource.get("resourceType") == "Group"
    if subject is None or subject.startswith("?"):
        grouped = grouped or _said_to_be_group(encounter, coded=visit.code is not None)
    return Head(
        visit=visit,
        group=subject if grouped else None,
        grouped=grouped,
        unnamed=subject is None or "#" in subject or "?" in subject,
        attended=any(is_patient(index.ref(actor, encounter)) for actor, _, _ in encounters.actors(encounter)),
        other=not _of_people(resource) or (visit.code is None and otherwise(found)),
    )


def _said_to_be_group(encounter: Mapping[str, Any], *, coded: bool) -> bool:
    """A subject that can't be followed: by its type, else by a session code where it has nothing but a display."""
    element = encounter.get("subject") or {}
    if "type" in element:
        return bool(element["type"] == "Group")
    return coded and "display" in element and "identifier" not in element and "partOf" not in encounter


def _of_people(subject: Mapping[str, Any]) -> bool:
    """A Group of animals, devices or medication is no therapy group; nor is anything else."""
    if not subject:
        return True
    return subject.get("resourceType") == "Group" and subject.get("type", "person") == "person"
