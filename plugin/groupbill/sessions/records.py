"""Attendance records (rank 3) and signed notes (rank 4, shape G) filed under the Encounters of a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..fhir.codes import SNOMED, codings
from ..fhir.index import Index
from ..fhir.references import is_patient
from ..model import Evidence, Resource
from ..settings import Settings
from .evidence import ERROR, says_no_show, word_of
from .people import surviving

_RECORDS = ("Observation", "QuestionnaireResponse")
_NOTES = ("DocumentReference", "Composition")
_SIGNED = frozenset({"final", "amended", "corrected"})
_VOID = frozenset({ERROR, "cancelled", "in-progress", "stopped"})
"""Records that don't count: withdrawn, or answers that are not given yet."""
_YES = frozenset({"y", "yes", "true", "present", "attended"})
_NO = frozenset({"n", "no", "false", "absent", "notpresent", "notattended", "missed"})
_ANSWERS = {(SNOMED, "373066001"): True, (SNOMED, "373067005"): False}
"""SNOMED CT: yes; no."""
_DEEP = 16


class Records:
    """The records of one session, by the patient whom they are about."""

    def __init__(self, index: Index, settings: Settings, shared: str | None) -> None:
        """`shared` is the session's Encounter: what is filed there counts for its subject."""
        self._index = index
        self._codes = settings.attendance_codes
        self._systems = frozenset(code.partition("|")[0] for code in self._codes)
        self._kinds = (*(_RECORDS if self._codes else ()), *_NOTES)
        self._shared: dict[str, list[Evidence]] = {}
        for subject, evidence in self._filed(shared):
            self._shared.setdefault(subject, []).append(evidence)

    def named(self) -> list[str]:
        """The patients about whom something is filed at the session's Encounter: members, on the roster or not."""
        return sorted(self._shared)

    def of(self, patient: str, own: list[str]) -> Iterator[Evidence]:
        """Records about a patient (the surviving one) at the session's Encounter and their own."""
        yield from self._shared.get(patient, ())
        for visit in own:
            for subject, evidence in self._filed(visit):
                if subject == patient:
                    yield evidence

    def _filed(self, encounter: str | None) -> Iterator[tuple[str, Evidence]]:
        for kind in self._kinds if encounter is not None else ():
            for resource in self._index.find(kind, "encounter", encounter):
                source = f"{kind}/{resource['id']}"
                if kind in _NOTES:
                    for subject in self._subjects(resource) if _signed(resource) else ():
                        yield subject, Evidence(kind="note", source=source, present=True, rank=4)
                    continue
                present = self._stated(resource) if resource.get("status") not in _VOID else None
                for subject in self._subjects(resource) if present is not None else ():
                    reason = None if present else self._why(resource)
                    yield (
                        subject,
                        Evidence(
                            kind="attendance-record", source=source, present=bool(present), rank=3, reason=reason
                        ),
                    )

    def _subjects(self, resource: Resource) -> list[str]:
        """Whom it is about: its subject, or those of the sections of a note on several patients."""
        element = resource.get("subject")
        elements = [*(element if isinstance(element, list) else [element])]
        sections = resource.get("section") if resource.get("resourceType") == "Composition" else None
        for section in sections if isinstance(sections, list) else ():
            elements.append(section.get("focus") if isinstance(section, dict) else None)
        found = (self._index.ref(each, resource) for each in elements if isinstance(each, dict))
        named = (each for each in found if is_patient(each))
        return sorted({surviving(self._index, each) for each in named})

    def _stated(self, resource: Mapping[str, Any]) -> bool | None:
        """What a record says, None when it is about something else."""
        if resource.get("resourceType") == "QuestionnaireResponse":
            return self._answered(resource.get("item"), 0)
        asked = any(self._listed(each) for each in codings(resource.get("code")))
        if asked and not any(key.startswith("value") or key == "dataAbsentReason" for key in resource):
            return True
        return self._value(resource, asked)

    def _value(self, holder: Mapping[str, Any], asked: bool) -> bool | None:
        """A value: the code that says so, or where the question is the site's a plain yes or no."""
        flag = holder.get("valueBoolean")
        if isinstance(flag, bool):
            return flag if asked else None
        for coding in codings(holder.get("valueCodeableConcept") or holder.get("valueCoding")):
            if self._listed(coding):
                return True
            word = word_of(coding[1])
            if asked or coding[0] in self._systems:
                said = _ANSWERS.get(coding, False if word in _NO or says_no_show({"text": word}) else None)
                if said is None and asked and word in _YES:
                    said = True
                if said is not None:
                    return said
        return None

    def _why(self, resource: Mapping[str, Any]) -> str:
        return "no-show" if says_no_show(resource.get("valueCodeableConcept")) else "not-attended"

    def _answered(self, items: Any, depth: int) -> bool | None:
        """The first answer of a questionnaire that is about attendance."""
        for item in items if isinstance(items, list) and depth < _DEEP else ():
            if not isinstance(item, dict):
                continue
            asked = self._asks(item.get("linkId"))
            answers = item.get("answer")
            for answer in answers if isinstance(answers, list) else ():
                if isinstance(answer, dict):
                    said = self._value(answer, asked)
                    said = self._answered(answer.get("item"), depth + 1) if said is None else said
                    if said is not None:
                        return said
            said = self._answered(item.get("item"), depth + 1)
            if said is not None:
                return said
        return None

    def _asks(self, link: Any) -> bool:
        return isinstance(link, str) and any(code.partition("|")[2] == link for code in self._codes)

    def _listed(self, coding: tuple[str, str]) -> bool:
        return f"{coding[0]}|{coding[1]}" in self._codes


def _signed(resource: Mapping[str, Any]) -> bool:
    """A final note with a signature (design 5.5, documentation)."""
    if resource.get("resourceType") == "Composition":
        return resource.get("status") in _SIGNED and bool(resource.get("attester"))
    if resource.get("status") == ERROR:
        return False
    return resource.get("docStatus") in _SIGNED and bool(resource.get("authenticator") or resource.get("attester"))
