"""What Encounters, Appointments, rosters and deaths say about attendance: the evidence of the ladder.

Ranks: 1 own Encounter, R5 participant, death; 2 own Appointment; 3 attendance record; 4 signed note;
5 reply to an invitation; 6 roster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, tzinfo
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.codes import codings
from ..fhir.dates import last_day
from ..fhir.extensions import values
from ..fhir.index import Index
from ..model import Evidence
from .roster import Entry

WAITING = frozenset({"in-progress", "arrived", "triaged", "onleave", "planned"})
ERROR = "entered-in-error"
_REASON_CANCELLED = "http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled"
_CAME = frozenset({"fulfilled", "checked-in", "arrived"})
_MISSED = {"noshow": "no-show", "cancelled": "cancelled"}
_NO_SHOW = frozenset({"noshow", "didnotattend", "dna", "nsw"})
"""How systems write that somebody stayed away, without case, spaces and hyphens."""


def of_visit(encounter: Mapping[str, Any], reference: str, missed: bool) -> Evidence | None:
    """What the patient's own Encounter says; `missed` when its Appointment is a no-show."""
    status = encounters.status(encounter)
    if status == "finished":
        return Evidence(kind="child-encounter", source=reference, present=True, rank=1)
    if status in WAITING:
        reason = "in-progress"
    elif status == "cancelled":
        reasons = values(encounter, _REASON_CANCELLED)
        reason = "no-show" if missed or any(says_no_show(each) for each in reasons) else "cancelled"
    elif status == ERROR:
        reason = "not-attended"
    else:
        return None
    return Evidence(kind="child-encounter", source=reference, present=False, rank=1, reason=reason)


def says_no_show(concept: Any) -> bool:
    """Whether a reason of a cancellation is a no-show in so many words."""
    if not isinstance(concept, dict):
        return False
    words = [code for _, code in codings(concept)]
    words += [text for text in (concept.get("text"),) if isinstance(text, str)]
    return any(word_of(each) in _NO_SHOW for each in words)


def word_of(text: str) -> str:
    """A code or phrase without case, spaces and hyphens."""
    return text.lower().replace("-", "").replace("_", "").replace(" ", "")


def of_booking(
    index: Index, appointment: Mapping[str, Any], reference: str, patient: str, alone: bool
) -> Iterator[Evidence]:
    """What an Appointment says about one patient; `alone` when it is that patient's only."""
    status = appointment.get("status") or ""
    if status in _MISSED:
        reason = "no-show" if missed(appointment) else _MISSED[status]
        yield Evidence(kind="appointment", source=reference, present=False, rank=2, reason=reason)
    elif alone and status in _CAME:
        yield Evidence(kind="appointment", source=reference, present=True, rank=2)
    if status == ERROR or (alone and (status in _MISSED or status in _CAME)):
        return
    for participant in appointment.get("participant") or ():
        if index.ref(participant.get("actor"), appointment) != patient:
            continue
        reply = participant.get("status")
        if reply == "accepted":
            yield Evidence(kind="reply", source=reference, present=True, rank=5)
        elif reply == "declined":
            yield Evidence(kind="reply", source=reference, present=False, rank=5, reason="not-attended")


def missed(appointment: Mapping[str, Any]) -> bool:
    """Whether an Appointment says that the patient stayed away."""
    if appointment.get("status") == "noshow":
        return True
    reason = appointment.get("cancelationReason") or appointment.get("cancellationReason")
    return appointment.get("status") == "cancelled" and says_no_show(reason)


def of_roster(entry: Entry, on: date) -> Evidence:
    """What a membership says."""
    if entry.active(on):
        return Evidence(kind="roster", source=entry.source, present=True, rank=6)
    return Evidence(kind="roster", source=entry.source, present=False, rank=6, reason="not-attended")


def of_death(index: Index, patient: str, on: date, zone: tzinfo | None) -> Evidence | None:
    """A patient who surely died before that day did not attend."""
    resource = index.get(patient)
    died = None if resource is None else last_day(resource.get("deceasedDateTime"), zone)
    if died is None or died >= on:
        return None
    return Evidence(kind="deceased", source=patient, present=False, rank=1, reason="not-attended")
