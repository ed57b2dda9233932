"""Whom a changed record concerns: the Encounters, Appointments, Groups and Claims that are looked at for it.

Hooks are asked about those alone. A note is a change of its visit; a Coverage, a diagnosis or a merged Patient one of
every visit of the patient in the look-back window; a payer's answer one of its Claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ..model import Change, Read, Resource

ROOTS = ("Encounter", "Appointment", "Group", "Claim", "ChargeItem")
"""Types that hooks are asked about."""
_ANSWERS = {"ClaimResponse": "request", "ExplanationOfBenefit": "claim"}
_OF_VISITS = ("DocumentReference", "Composition", "Observation", "QuestionnaireResponse", "ServiceRequest")
_OF_PATIENTS = ("Coverage", "Condition", "CarePlan", "Consent", "EpisodeOfCare", "Patient", "RelatedPerson")
WATCHED = (*ROOTS, *_ANSWERS, *_OF_VISITS, *_OF_PATIENTS)
"""Types whose changes may change a bill."""


def concerned(change: Change, since: date, read: Read) -> Iterator[Change]:
    """The changes that hooks are asked about; nothing for a type that is not watched.

    Args:
        change: Of any resource.
        since: First day of the look-back window.
        read: Fetches by reference or search.
    """
    kind = change.resource_type
    if kind in ROOTS:
        yield change
        return
    if kind not in WATCHED:
        return
    versions = [each for each in (change.before, change.after) if each is not None]
    targets: dict[str, None] = {}
    for version in versions:
        targets.update(dict.fromkeys(_targets(kind, version, since, read)))
    for reference in targets:
        yield Change(reference=reference, after=next(iter(read(reference)), None))


def _targets(kind: str, version: Resource, since: date, read: Read) -> Iterable[str]:
    if kind in _ANSWERS:
        return _literal(version.get(_ANSWERS[kind]), "Claim")
    visits = []
    if kind in _OF_VISITS:
        context = version.get("context")
        elements = [
            version.get("encounter"),
            *_several(context.get("encounter") if isinstance(context, dict) else None),
        ]
        visits = [each for element in elements for each in _literal(element, "Encounter")]
    return visits or _visits_of(_patients(kind, version), since, read)


def _patients(kind: str, version: Resource) -> list[str]:
    elements = [version.get(name) for name in ("beneficiary", "subject", "patient")]
    found = [each for element in elements for each in _literal(element, "Patient")]
    if kind == "Patient":
        # Two records that are merged are one member from now on: the other one's visits change with it.
        others = (each.get("other") for each in _several(version.get("link")) if isinstance(each, dict))
        found = [f"Patient/{version.get('id')}", *(each for other in others for each in _literal(other, "Patient"))]
    return found


def _visits_of(patients: Iterable[str], since: date, read: Read) -> Iterator[str]:
    for patient in patients:
        yield from visits(patient, since, None, read)
        yield from (f"Group/{group['id']}" for group in read(f"Group?member={patient}"))


def visits(patient: str, first: date, last: date | None, read: Read) -> Iterator[str]:
    """Encounters and Appointments of a patient between two days."""
    for search in (f"Encounter?subject={patient}", f"Appointment?patient={patient}"):
        for found in read(search + window(first, last)):
            yield f"{found['resourceType']}/{found['id']}"


def window(first: date, last: date | None) -> str:
    """The parameters of a search between two days, a day wider because servers search by UTC days."""
    text = f"&date=ge{date.fromordinal(max(first.toordinal() - 1, 1))}"
    if last is not None:
        text += f"&date=lt{date.fromordinal(min(last.toordinal() + 2, date.max.toordinal()))}"
    return text


def _literal(element: Any, kind: str) -> list[str]:
    """The reference of an element, where it is one to this type."""
    reference = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(reference, str):
        return []
    parts = reference.split("/_history/")[0].split("/")
    return [f"{kind}/{parts[-1]}"] if len(parts) > 1 and parts[-2] == kind else []


def _several(element: Any) -> list[Any]:
    return element if isinstance(element, list) else []
