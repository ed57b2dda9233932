"""What there is to say to somebody who discharges or books a patient: from facts, through the engine, to cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ..facts import Facts, lane_of
from ..fhir.index import Index
from ..fhir.read import add_resources
from ..host import Host
from ..model import Finding, Read, Resource
from .cards import card, cards, names_only
from .looking import remembering

JSON = dict[str, Any]
OVER = frozenset({"cancelled", "noshow", "entered-in-error"})


class Missing(Exception):
    """Facts that are needed could not be had (412)."""


def at_discharge(
    patient: str, encounter: str, host: Host, read: Read, gather: Callable[[frozenset[str]], Facts]
) -> list[JSON]:
    """Cards for the session that an Encounter of the patient belongs to.

    Args:
        patient: `Patient/id`.
        encounter: `Encounter/id`.
        host: Decides.
        read: Fetches by reference or search.
        gather: Fetches everything that sessions depend on.

    Errors:
        Missing: there is no such Encounter.
    """
    if not read(encounter):
        raise Missing
    root, _ = lane_of(encounter, read)
    facts = gather(frozenset({root, encounter}))
    index = Index()
    add_resources(index, facts.resources)
    report = host.run_index(index, only=frozenset({root, encounter}), gone=facts.gone)
    own = {_key(each): each for each in facts.resources if patient in _subjects(each)}
    found: list[Finding] = []
    for session in report.sessions:
        found += [each for one in session.members if one.patient == patient for each in one.findings]
    found += [each for one in report.checked if one.resource in own for each in one.findings]
    mine = {**own, **{name: {} for session in report.sessions for name in _written(session, patient)}}
    return cards((each for each in dict.fromkeys(found) if names_only(each.at.partition("#")[0], mine)), mine)


def at_booking(patient: str, proposed: Sequence[Mapping[str, Any]], read: Read) -> list[JSON]:
    """Cards for proposed Appointments that overlap what the patient has already."""
    found: list[JSON] = []
    read = remembering(read)
    for appointment in proposed:
        start, end = _times(appointment)
        if start is None or end is None:
            continue
        for other in _of_patient(patient, start.date(), read):
            begins, ends = _times(other)
            if _key(other) == _key(appointment) or other.get("status") in OVER or begins is None or ends is None:
                continue
            if begins < end and start < ends:
                words = "The patient has another visit at that time"
                found.append(card("TIM06", words, f"{words}: of two services at one time neither is right to bill."))
    return list({each["uuid"]: each for each in found}.values())


def _of_patient(patient: str, on: date, read: Read) -> Iterator[Resource]:
    window = f"&date=ge{on - timedelta(days=1)}&date=lt{on + timedelta(days=2)}"
    for search in (f"Encounter?subject={patient}", f"Appointment?patient={patient}"):
        yield from read(search + window)


def _times(resource: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    period = resource.get("period") if isinstance(resource.get("period"), dict) else resource
    return _instant((period or {}).get("start")), _instant((period or {}).get("end"))


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    # There is a day before it and one after it.
    return found if found.tzinfo is not None and 1 < found.year < 9999 else None


def _written(session: Any, patient: str) -> Iterator[str]:
    """What will stand of the patient's after the plan."""
    for member in session.members:
        if member.patient == patient:
            yield from (each for each in (member.charge_item, member.claim, member.encounter, patient) if each)


def _subjects(resource: Resource) -> list[str]:
    """Whose a resource is."""
    elements = [resource.get(name) for name in ("subject", "patient", "beneficiary", "for")]
    return [str(each.get("reference")) for each in elements if isinstance(each, dict)]


def _key(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
