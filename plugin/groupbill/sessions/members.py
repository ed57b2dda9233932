"""The members of a session: everybody on the roster, each once, with what speaks for and against attendance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..fhir.index import Index
from ..fhir.references import is_patient
from ..model import Evidence, Member, Period, Resource
from ..model.period import UNRECORDED
from ..settings import Settings
from . import bookings, evidence
from .candidate import Candidate
from .people import surviving
from .records import Records
from .roster import entries, participating
from .setting import span

_NEVER = datetime.max.replace(tzinfo=UTC)
_LONGEST = timedelta(hours=12)
"""After the start of a session nobody joins it any more, nor before."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a session is read from."""

    candidate: Candidate
    index: Index
    settings: Settings
    root: Resource | None
    visits: dict[str, Resource]
    """Own Encounters of participants, by reference, in order."""
    bookings: dict[str, Resource]
    """Appointments by reference, in order."""
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
    missed: bool = False
    """Whether an Appointment is a no-show."""
    roster: list[Evidence] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def gather(of: Gathered, on: date, zone: tzinfo | None, when: Period) -> list[Member]:
    """All members of a session."""
    people = _People(of)
    people.from_roster(on, zone)
    people.from_participants(zone)
    people.from_bookings()
    people.from_visits(zone, when)
    people.from_records(on, zone)
    return [people.member(person, when) for person in people.all.values()]


class _People:
    """Members by surviving patient (or by reference, for somebody who is no patient)."""

    def __init__(self, of: Gathered) -> None:
        self.of = of
        self.all: dict[str, _Person] = {}
        self._surviving: dict[str, str] = {}

    def _person(self, reference: str, *, roster: bool = False) -> _Person:
        patient = self._patient(reference)
        person = self.all.get(patient or reference)
        if person is None:
            person = self.all[patient or reference] = _Person(patient)
        if roster and (person.named is None or reference == patient):
            person.named = reference
        person.names.add(reference)
        return person

    def _patient(self, reference: str) -> str | None:
        """The surviving record of a patient, None for somebody else."""
        if not is_patient(reference):
            return None
        known = self._surviving.get(reference)
        if known is None:
            known = self._surviving[reference] = surviving(self.of.index, reference)
        return known

    def from_roster(self, on: date, zone: tzinfo | None) -> None:
        """Members of the Group, in R5 also of others that take part.

        Who left and came back is a member: an active membership counts.
        """
        groups = [self.of.group] if self.of.group is not None else []
        for group in dict.fromkeys([*groups, *participating(self.of.index, self.of.root or {})]):
            for entry in entries(self.of.index, group, zone):
                self._person(entry.member, roster=True).roster.append(evidence.of_roster(entry, on))
        for person in self.all.values():
            active = [each for each in person.roster if each.present]
            person.evidence.extend(active or person.roster)

    def from_participants(self, zone: tzinfo | None) -> None:
        """R5: Patients who are participants of the session's Encounter, with their own times."""
        root, source = self.of.root, self.of.candidate.encounter
        if root is None or source is None:
            return
        took_place = encounters.status(root) not in ("cancelled", evidence.ERROR)
        times: dict[int, list[Any]] = {}
        for actor, _, own in encounters.actors(root):
            reference = self.of.index.ref(actor, root)
            if not is_patient(reference):
                continue
            person = self._person(reference, roster=self.of.group is None)
            if took_place:
                person.evidence.append(Evidence(kind="participant", source=source, present=True, rank=1))
            if own is not None:
                joined = times.setdefault(id(person), [])
                joined.append(own)
                person.period = _altogether(joined, zone)

    def from_bookings(self) -> None:
        """Appointments: those of the session and those of its visits."""
        index = self.of.index
        known = dict(self.of.bookings)
        for holder in self.of.visits.values():
            for element in encounters.appointment_elements(holder) if "appointment" in holder else ():
                found = index.ref(element, holder)
                resource = index.get(found)
                if found is not None and resource is not None:
                    known[found] = resource
        for reference, appointment in sorted(known.items()):
            people = bookings.patients(index, appointment)
            alone = len(people) == 1 and not bookings.of_group(index, appointment)
            for name in people:
                person = self._person(name)
                person.evidence.extend(evidence.of_booking(index, appointment, reference, name, alone))
                person.missed = person.missed or evidence.missed(appointment)

    def from_visits(self, zone: tzinfo | None, when: Period) -> None:
        """Encounters of their own."""
        for reference, visit in self.of.visits.items():
            subject = self.of.index.ref(visit.get("subject"), visit)
            if is_patient(subject):
                self._person(subject).visits.append(reference)
            elif encounters.status(visit) == "finished" and self._is_somebodys(subject, reference):
                self._person(subject or f"{reference}#Encounter.subject")
        self._subject_of_the_session()
        for person in self.all.values():
            if person.visits:
                self._add_visits(person, zone, when)

    def _is_somebodys(self, subject: str | None, visit: str) -> bool:
        """Whether a part is of somebody who is no patient or is not named; a room with parts of its own is not."""
        if subject is None:
            return not self.of.index.linked("Encounter", "partOf", visit)
        return subject.startswith("RelatedPerson")

    def _subject_of_the_session(self) -> None:
        """A session filed under one of its patients says of that one what a visit would."""
        root, source = self.of.root, self.of.candidate.encounter
        subject = None if root is None else self.of.index.ref(root.get("subject"), root)
        if root is None or source is None or not is_patient(subject):
            return
        person = self._person(subject)
        found = evidence.of_visit(root, source, person.missed)
        if not person.visits and found is not None:
            person.evidence.append(found)

    def _add_visits(self, person: _Person, zone: tzinfo | None, when: Period) -> None:
        """What the visits of one member say, and the time of the one that stands for the member.

        One of another day is none of this session, whatever it is part of: a person decides.
        """
        if len(person.visits) > 1:
            self._choose(person, zone)
        for reference in person.visits:
            found = evidence.of_visit(self.of.visits[reference], reference, person.missed)
            if found is not None:
                person.evidence.append(found)
            if found is not None and found.present and self._apart(reference, zone, when):
                person.evidence.append(replace(found, present=False, reason="not-attended"))
        own = self._times(person.visits, zone)
        if own.date is not None:
            person.period = own

    def _apart(self, reference: str, zone: tzinfo | None, when: Period) -> bool:
        """Whether a visit is of another session than this one: a course of several has parts as well."""
        own = period(encounters.period_element(self.of.visits[reference]), zone)
        if own.start is None or when.start is None:
            return own.date is not None and when.date is not None and abs(own.date - when.date) > timedelta(days=1)
        return abs(own.start - when.start) > _LONGEST

    def _times(self, visits: list[str], zone: tzinfo | None) -> Period:
        finished = [each for each in visits if encounters.status(self.of.visits[each]) == "finished"]
        found = [encounters.period_element(self.of.visits[each]) for each in finished or visits[:1]]
        return _altogether(found, zone)

    def _choose(self, person: _Person, zone: tzinfo | None) -> None:
        """Of several visits those that count, the one that took place first: it stands for the member.

        One entered in error says nothing where there is another; one that is not over says nothing where
        another is finished.
        """
        status = {each: encounters.status(self.of.visits[each]) for each in person.visits}
        valid = [each for each in person.visits if status[each] != evidence.ERROR] or person.visits
        if any(status[each] == "finished" for each in valid):
            valid = [each for each in valid if status[each] not in evidence.WAITING]
        start = {each: period(encounters.period_element(self.of.visits[each]), zone).start for each in valid}
        person.visits = sorted(valid, key=lambda each: (status[each] != "finished", start[each] or _NEVER, each))

    def from_records(self, on: date, zone: tzinfo | None) -> None:
        """Attendance records, notes and deaths."""
        records = Records(self.of.index, self.of.settings, self.of.candidate.encounter)
        for patient in records.named():
            self._person(patient)
        for person in self.all.values():
            if person.patient is None:
                continue
            own = [each for each in person.visits if each != self.of.candidate.encounter]
            person.evidence.extend(records.of(person.patient, own))
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


def _altogether(stays: list[Any], zone: tzinfo | None) -> Period:
    """Who left and came back was there from the first time to the last."""
    return period(stays[0], zone) if len(stays) == 1 else span(stays, zone) or UNRECORDED
