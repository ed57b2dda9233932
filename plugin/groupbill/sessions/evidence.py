"""What records say about one member's attendance: the evidence of the ladder, strongest first.

Ranks: 1 own Encounter, R5 participant, death; 2 own Appointment; 3 attendance record; 4 signed note;
5 reply to an invitation; 6 roster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, tzinfo
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.codes import codings
from ..fhir.dates import day
from ..fhir.index import Index
from ..model import Evidence
from ..settings import Settings
from .roster import Entry

WAITING = frozenset({"in-progress", "arrived", "triaged", "onleave", "planned"})
_REASON_CANCELLED = "http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled"
_CAME = frozenset({"fulfilled", "checked-in", "arrived"})
_MISSED = {"noshow": "no-show", "cancelled": "cancelled"}
_FINAL = frozenset({"final", "amended", "corrected", "completed"})
_ERROR = "entered-in-error"


def of_visit(encounter: Mapping[str, Any], reference: str, missed: bool) -> Evidence | None:
    """What the patient's own Encounter says; `missed` when its Appointment is a no-show."""
    status = encounters.status(encounter)
    if status == "finished":
        return Evidence(kind="child-encounter", source=reference, present=True, rank=1)
    if status in WAITING:
        return Evidence(kind="child-encounter", source=reference, present=False, rank=1, reason="in-progress")
    if status == "cancelled":
        reason = "no-show" if missed or _says_no_show(encounter) else "cancelled"
        return Evidence(kind="child-encounter", source=reference, present=False, rank=1, reason=reason)
    if status == _ERROR:
        return Evidence(kind="child-encounter", source=reference, present=False, rank=1, reason="not-attended")
    return None


def _says_no_show(encounter: Mapping[str, Any]) -> bool:
    """The reason of the cancellation, where it is a no-show in so many words."""
    for extension in encounter.get("extension") or ():
        if isinstance(extension, dict) and extension.get("url") == _REASON_CANCELLED:
            found = [code for _, code in codings(extension.get("valueCodeableConcept"))]
            return any(code.lower().replace("-", "").replace("_", "") == "noshow" for code in found)
    return False


def of_booking(
    index: Index, appointment: Mapping[str, Any], reference: str, patient: str, alone: bool
) -> Iterator[Evidence]:
    """What an Appointment says about one patient; `alone` when it is that patient's only."""
    status = appointment.get("status") or ""
    if status in _MISSED:
        reason = _MISSED[status]
        yield Evidence(kind="appointment", source=reference, present=False, rank=2, reason=reason)
    elif alone and status in _CAME:
        yield Evidence(kind="appointment", source=reference, present=True, rank=2)
    if status == _ERROR or alone:
        return
    for participant in appointment.get("participant") or ():
        if index.ref(participant.get("actor"), dict(appointment)) != patient:
            continue
        reply = participant.get("status")
        if reply == "accepted":
            yield Evidence(kind="reply", source=reference, present=True, rank=5)
        elif reply == "declined":
            yield Evidence(kind="reply", source=reference, present=False, rank=5, reason="not-attended")


def of_roster(entry: Entry, on: date) -> Evidence:
    """What a membership says."""
    if entry.active(on):
        return Evidence(kind="roster", source=entry.source, present=True, rank=6)
    return Evidence(kind="roster", source=entry.source, present=False, rank=6, reason="not-attended")


def of_death(index: Index, patient: str, on: date, zone: tzinfo | None) -> Evidence | None:
    """A patient who died before that day did not attend."""
    resource = index.get(patient)
    died = None if resource is None else day(resource.get("deceasedDateTime"), zone)
    if died is None or died >= on:
        return None
    return Evidence(kind="deceased", source=patient, present=False, rank=1, reason="not-attended")


class Records:
    """Attendance records and notes filed under the Encounters of one session."""

    def __init__(self, index: Index, settings: Settings, shared: str | None) -> None:
        """`shared` is the session's Encounter: what is filed there counts for its subject."""
        self._index = index
        self._codes = settings.attendance_codes
        self._shared = {
            kind: index.find(kind, "encounter", shared) if shared is not None else []
            for kind in ("Observation", "QuestionnaireResponse", "DocumentReference", "Composition")
        }

    def of(self, names: frozenset[str], own: str | None) -> Iterator[Evidence]:
        """Records about a patient (under any of their references) at their own Encounter or the session's."""
        for kind, shared in self._shared.items():
            filed = [*shared, *(self._index.find(kind, "encounter", own) if own is not None else ())]
            for resource in filed:
                if self._index.ref(resource.get("subject"), resource) not in names:
                    continue
                source = f"{kind}/{resource['id']}"
                if kind in ("DocumentReference", "Composition"):
                    if _signed(resource):
                        yield Evidence(kind="note", source=source, present=True, rank=4)
                elif resource.get("status") != _ERROR:
                    present = self._answer(resource)
                    if present is not None:
                        yield self._stated(source, present)

    def _stated(self, source: str, present: bool) -> Evidence:
        reason = None if present else "not-attended"
        return Evidence(kind="attendance-record", source=source, present=present, rank=3, reason=reason)

    def _answer(self, resource: Mapping[str, Any]) -> bool | None:
        """What an Observation or QuestionnaireResponse says, None when it is about something else."""
        if not self._codes:
            return None
        if resource.get("resourceType") == "QuestionnaireResponse":
            return self._questionnaire(resource.get("item"))
        asked = self._listed(resource.get("code"))
        value = resource.get("valueBoolean")
        if asked and isinstance(value, bool):
            return value
        if self._listed(resource.get("valueCodeableConcept")):
            return True
        if asked:
            return resource.get("valueCodeableConcept") is None
        return None

    def _questionnaire(self, items: Any, depth: int = 0) -> bool | None:
        for item in items if isinstance(items, list) and depth < 16 else ():
            if not isinstance(item, dict):
                continue
            answers = item.get("answer")
            for answer in answers if isinstance(answers, list) else ():
                if isinstance(answer, dict):
                    if self._listed(answer.get("valueCoding")):
                        return True
                    asked = str(item.get("linkId") or "")
                    value = answer.get("valueBoolean")
                    if isinstance(value, bool) and any(each.endswith("|" + asked) for each in self._codes):
                        return value
            found = self._questionnaire(item.get("item"), depth + 1)
            if found is not None:
                return found
        return None

    def _listed(self, concept: Any) -> bool:
        return any(f"{system}|{code}" in self._codes for system, code in codings(concept))


def _signed(resource: Mapping[str, Any]) -> bool:
    """A final note with a signature (design 5.5, documentation)."""
    if resource.get("resourceType") == "Composition":
        return resource.get("status") in _FINAL and bool(resource.get("attester"))
    status = resource.get("docStatus") or ""
    return status in _FINAL and bool(resource.get("authenticator") or resource.get("attester"))
