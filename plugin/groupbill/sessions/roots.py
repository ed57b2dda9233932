"""Shapes A, B, F and I: a session that has an Encounter of its own.

B (confidence 1.0): Encounters are part of it. F (1.0): R5, Patients are its participants. I (0.9): its Group
is contained or named by identifier only. A (0.9): its subject is a Group, who came is recorded elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.index import Index
from ..settings import Settings
from .candidate import Candidate
from .signals import stated
from .visits import individual

_UNNAMED = ("#", "?")


def root(index: Index, reference: str, has_parts: bool, settings: Settings) -> Candidate | None:
    """The session of an Encounter that stands for the whole group, None when it is no such Encounter."""
    encounter = index.get(reference)
    if encounter is None:
        return _missing(index, reference, settings) if has_parts else None
    subject = index.ref(encounter.get("subject"), encounter)
    contained = index.get(subject) if subject is not None and "#" in subject else None
    named = str(contained.get("resourceType")) if contained is not None else subject
    if named is not None and named.startswith(("Patient", "RelatedPerson")):
        return None
    group = _group(index, encounter, subject)
    present = any(_is_patient(index.ref(actor, encounter)) for actor, _, _ in encounters.actors(encounter))
    if not _is_session(index, reference, encounter, subject, settings) or not (group or present or has_parts):
        return None
    if has_parts:
        return Candidate(shape="B", confidence=1.0, encounter=reference)
    if present:
        return Candidate(shape="F", confidence=1.0, encounter=reference)
    unnamed = subject is None or any(sign in subject for sign in _UNNAMED)
    return Candidate(shape="I" if unnamed else "A", confidence=0.9, encounter=reference)


def _is_session(
    index: Index, reference: str, encounter: Mapping[str, Any], subject: str | None, settings: Settings
) -> bool:
    """Of people, not typed as another service, and with a Group or a group code to say so."""
    coded = stated(encounters.codes(encounter), settings) is not None
    if not _about_people(index.get(subject)) or (individual(encounter) and not coded):
        return False
    return coded or _group(index, encounter, subject) or _coded_parts(index, reference, settings)


def _is_patient(reference: str | None) -> bool:
    return reference is not None and reference.startswith("Patient")


def _group(index: Index, encounter: Mapping[str, Any], subject: str | None) -> bool:
    """Whether the subject is a Group, in whatever form it is named."""
    if subject is not None and "#" in subject:
        return (index.get(subject) or {}).get("resourceType") == "Group"
    if subject is not None:
        return subject.startswith("Group")
    return (encounter.get("subject") or {}).get("type") == "Group"


def _about_people(group: Mapping[str, Any] | None) -> bool:
    """A Group of animals, devices or medication is no therapy group."""
    return group is None or group.get("resourceType") != "Group" or group.get("type", "person") == "person"


def _coded_parts(index: Index, reference: str, settings: Settings) -> bool:
    """Whether what is part of the Encounter states a group code."""
    parts = [each for link in ("partOf", "associated") for each in index.find("Encounter", link, reference)]
    return any(stated(encounters.codes(part), settings) is not None for part in parts)


def _missing(index: Index, reference: str, settings: Settings) -> Candidate | None:
    """A parent that is known by `partOf` only: its parts have to say that they are a group."""
    if _coded_parts(index, reference, settings):
        return Candidate(shape="B", confidence=0.8, encounter=reference)
    return None
