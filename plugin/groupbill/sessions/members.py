"""The members of a session: everybody on the roster, each once, with what speaks for and against attendance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..fhir.index import Index
from ..model import Evidence, Member, Period, Resource
from ..settings import Settings
from . import bookings, evidence
from .candidate import Candidate
from .people import surviving
from .roster import entries


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a session is read from."""

    candidate: Candidate
    index: Index
    settings: Settings
    root: Resource | None
    visits: dict[str, dict[str, Any]]
    group: str | None


@dataclass(slots=True)
class _Person:
    """One member while the evidence is collected."""

    patient: str | None
    named: str | None = None
    """The reference on the roster."""
    names: set[str] = field(default_factory=set)
    visits: list[str] = field(default_factory=list)
    period: Period | None = None
    evidence: list[Evidence] = field(default_factory=list)


def gather(of: Gathered, on: date, zone: tzinfo | None, when: Period) -> list[Member]:
    """All members of a session."""
    people = _People(of)
    people.from_roster(on, zone)
    people.from_participants(zone)
    people.from_visits(zone)
    people.from_bookings()
    people.from_records(on, zone)
    return [people.member(person, when) for person in people.all.values()]


class _People:
    """Members by surviving patient (or by reference, for somebody who is no patient)."""

    def __init__(self, of: Gathered) -> None:
        self.of = of
        self.all: dict[str, _Person] = {}

    def _person(self, reference: str, *, roster: bool = False) -> _Person:
        patient = surviving(self.of.index, reference) if reference.startswith("Patient") else None
        key = patient or reference
        person = self.all.get(key)
        if person is None:
            person = self.all[key] = _Person(patient)
        if roster and (person.named is None or reference == patient):
            person.named = reference
        person.names.add(reference)
        return person

    def from_roster(self, on: date, zone: tzinfo | None) -> None:
        """Members of the Group."""
        if self.of.group is None:
            return
        for entry in entries(self.of.index, self.of.group, zone):
            found = evidence.of_roster(entry, on)
            self._person(entry.member, roster=True).evidence.append(found)

    def from_participants(self, zone: tzinfo | None) -> None:
        """R5: Patients who are participants of the session's Encounter, with their own times."""
        root = self.of.root
        if root is None:
            return
        for actor, _, own in encounters.actors(root):
            reference = self.of.index.ref(actor, dict(root))
            if reference is None or not reference.startswith("Patient"):
                continue
            person = self._person(reference, roster=self.of.group is None)
            source = self.of.candidate.encounter or reference
            person.evidence.append(Evidence(kind="participant", source=source, present=True, rank=1))
            if own is not None:
                person.period = period(own, zone)

    def from_visits(self, zone: tzinfo | None) -> None:
        """Encounters of their own. One entered in error says nothing where the patient has another."""
        for reference, visit in self.of.visits.items():
            subject = self.of.index.ref(visit.get("subject"), visit)
            if subject is None or subject.startswith("Group"):
                continue
            self._person(subject).visits.append(reference)
        for person in self.all.values():
            valid = [each for each in person.visits if self._status(each) != "entered-in-error"]
            person.visits = sorted(valid or person.visits, key=lambda each: (self._order(each), each))
            for reference in person.visits:
                visit = self.of.visits[reference]
                found = evidence.of_visit(visit, reference, self._missed(visit))
                if found is not None:
                    person.evidence.append(found)
            if person.visits:
                own = period(encounters.period_element(self.of.visits[person.visits[0]]), zone)
                if own.start is not None or own.date is not None:
                    person.period = own

    def _status(self, reference: str) -> str:
        return encounters.status(self.of.visits[reference])

    def _order(self, reference: str) -> int:
        """The visit that took place stands for the member."""
        return 0 if self._status(reference) == "finished" else 1

    def _missed(self, visit: dict[str, Any]) -> bool:
        """Whether the Appointment of a visit is a no-show."""
        index = self.of.index
        for element in encounters.appointment_elements(visit):
            appointment = index.get(index.ref(element, visit))
            if appointment is not None and appointment.get("status") == "noshow":
                return True
        return False

    def from_bookings(self) -> None:
        """Appointments: those of the session and those of its visits."""
        index = self.of.index
        seen = set(self.of.candidate.appointments)
        for holder in [*([self.of.root] if self.of.root else []), *self.of.visits.values()]:
            for element in encounters.appointment_elements(holder):
                found = index.ref(element, dict(holder))
                if found is not None:
                    seen.add(found)
        for reference in sorted(seen):
            appointment = index.get(reference)
            if appointment is None:
                continue
            booking = bookings.read(index, reference, appointment, self.of.settings)
            for patient in booking.patients:
                person = self._person(patient)
                alone = len(booking.patients) == 1
                person.evidence.extend(evidence.of_booking(index, appointment, reference, patient, alone))

    def from_records(self, on: date, zone: tzinfo | None) -> None:
        """Attendance records, notes and deaths."""
        records = evidence.Records(self.of.index, self.of.settings, self.of.candidate.encounter)
        for person in self.all.values():
            if person.patient is None:
                continue
            names = frozenset({*person.names, person.patient})
            person.evidence.extend(records.of(names, person.visits[0] if person.visits else None))
            death = evidence.of_death(self.of.index, person.patient, on, zone)
            if death is not None:
                person.evidence.append(death)

    def member(self, person: _Person, when: Period) -> Member:
        """The member with the evidence in order: strongest first, against before for, then by source."""
        named = person.named or (person.patient if person.patient in person.names else min(person.names))
        found = sorted(set(person.evidence), key=lambda each: (each.rank, each.present, each.kind, each.source))
        return Member(
            member=named or "",
            patient=person.patient,
            encounter=person.visits[0] if person.visits else None,
            period=person.period or when,
            evidence=tuple(found),
        )
