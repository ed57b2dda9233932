"""From a candidate to the Session: status, time, code, leaders, roster, and the evidence for each member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..errors import SettingsError
from ..fhir import encounter as encounters
from ..fhir.codes import codings
from ..fhir.index import Index
from ..fhir.references import GROUP
from ..model import Finding, Member, Performer, Period, Resource, Session, Severity
from ..model.identity import session_key, slot_key
from ..settings import Settings
from .candidate import Candidate
from .families import with_families
from .members import Gathered, gather
from .roster import participating
from .setting import held, leaders, places, zone_at
from .signals import USUAL, of_one_person, stated, unchecked
from .status import status


def resolve(
    candidate: Candidate, index: Index, settings: Settings, *, as_written: bool = False
) -> Session | Finding | None:
    """Read one session; None when nothing of it has happened yet, a finding when it can't be read as one.

    ENG01 when nothing says when it was, ENG05 for a finished visit that fits no session.

    Args:
        candidate: What belongs to it.
        index: What was read.
        settings: Time zones, session codes, attendance codes.
        as_written: Without a time zone take dates as they are written (`check`).

    Errors:
        SettingsError: a date needs a time zone and none is set.
    """
    if candidate.lone:
        return _lone(index, candidate.visits[0])
    return _Reading(candidate, index, settings).session(as_written=as_written)


class _Reading:
    """One candidate while it is read."""

    def __init__(self, candidate: Candidate, index: Index, settings: Settings) -> None:
        self.candidate = candidate
        self.index = index
        self.settings = settings
        self.root: Resource | None = index.get(candidate.encounter)
        self.visits = self._visits()
        self.bookings = self._bookings()
        self.group = self._group()

    def _visits(self) -> dict[str, Resource]:
        """Own Encounters of participants: parts of the session's, but for individual hours, and those joined."""
        found: dict[str, Resource] = {}
        if self.candidate.encounter is not None:
            for part in self.index.find("Encounter", "partOf", self.candidate.encounter):
                if not of_one_person(encounters.codes(part)):
                    found[f"Encounter/{part['id']}"] = part
        for reference in self.candidate.visits:
            visit = self.index.get(reference)
            if visit is not None:
                found[reference] = visit
        return {key: found[key] for key in sorted(found)}

    def _bookings(self) -> dict[str, Resource]:
        """Appointments that joined, and those that the session's Encounter names."""
        named = set(self.candidate.appointments)
        if self.root is not None:
            for element in encounters.appointment_elements(self.root):
                named.add(self.index.ref(element, self.root) or "")
        return {key: found for key in sorted(named) if (found := self.index.get(key)) is not None}

    def _group(self) -> str | None:
        """The Group that is the subject of the Encounter or (R5) of an Appointment, else (R5) a participant."""
        holders = [*([self.root] if self.root is not None else []), *self.bookings.values()]
        for holder in holders:
            subject = self.index.ref(holder.get("subject"), holder)
            if subject is None:
                continue
            contained = (self.index.get(subject) or {}) if "#" in subject else {}
            if subject.startswith(GROUP) or contained.get("resourceType") == "Group":
                return subject
        return None if self.root is None else next(participating(self.index, self.root), None)

    def session(self, *, as_written: bool) -> Session | Finding | None:
        visits, bookings = self.visits.values(), self.bookings.values()
        state = status(self.root, visits, bookings)
        if state is None:
            return None
        location, organization = places(self.index, self.root, visits, bookings)
        zone = zone_at(self.index, self.settings, location, organization)
        when = held(self.root, visits, bookings, zone)
        if when is None or when.date is None:
            return self._undated() if state in ("finished", "in-progress") else None
        if zone is None and when.start is not None and not as_written:
            raise SettingsError(
                'a date of service is local, and no time zone is set: add timezone = "America/..." to groupbill.toml'
            )
        led = leaders(self.index, self.root, visits, bookings)
        code, typed = self._code()
        known = Gathered(self.candidate, self.index, self.settings, self.root, self.visits, self.bookings, self.group)
        people = gather(known, when.date, zone, when)
        members = with_families(self.index, people, self.visits, self.root, code, self.group)
        return Session(
            key=self._key(led, location or organization or "", when, code),
            shape=self.candidate.shape,
            confidence=self.candidate.confidence,
            encounter=self.candidate.encounter,
            group=self.group,
            sources=self._sources(),
            status=state,
            code=code,
            typed=typed,
            date_of_service=when.date,
            period=when,
            location=location,
            service_provider=organization,
            performers=led,
            members=tuple(sorted(members, key=_by_reference)),
            findings=self._findings(),
        )

    def _sources(self) -> tuple[str, ...]:
        """What it was read from; the parts of an Encounter speak through it."""
        extra = {*self.candidate.visits, *self.candidate.appointments}
        if self.candidate.encounter is not None:
            extra.add(self.candidate.encounter)
        return tuple(sorted(extra))

    def _key(self, led: tuple[Performer, ...], place: str, when: Period, code: str) -> str:
        """By the Encounter; else by leader, site and start, and where two groups share these by what differs."""
        namespace = self.settings.namespace
        if self.candidate.encounter is not None:
            return session_key(namespace, self.candidate.encounter)
        leader = (led[0].practitioner or led[0].reference) if led else ""
        if self.candidate.ambiguous:
            place = "|".join((place, code, *self._kinds()))
        if when.start is None:
            return session_key(namespace, f"{leader}|{place}|{when.date}")
        return slot_key(namespace, leader, place, when.start)

    def _kinds(self) -> list[str]:
        """Codings of type and service type on any record of the session, sorted."""
        found = {each for visit in self.visits.values() for each in encounters.codes(visit)}
        for booking in self.bookings.values():
            found.update(_types(booking))
        return [f"{system}|{code}" for system, code in sorted(found)]

    def _code(self) -> tuple[str, bool]:
        """The session code and whether it was stated: by the Encounter, Group, visits or Appointments."""
        named = self.settings.session_codes.get(self.group or "")
        if named is None and self.root is not None:
            named = stated(encounters.codes(self.root), self.settings)
        if named is None:
            named = self._group_code()
        if named is not None:
            return named, True
        found = [stated(encounters.codes(visit), self.settings) for visit in self.visits.values()]
        found += [stated(_types(booking), self.settings) for booking in self.bookings.values()]
        counted = Counter(code for code in found if code is not None)
        if counted:
            return min(counted, key=lambda code: (-counted[code], code)), True
        return USUAL, False

    def _group_code(self) -> str | None:
        group = self.index.get(self.group) or {}
        traits = group.get("characteristic")
        traits = traits if isinstance(traits, list) else []
        values = [each.get("valueCodeableConcept") for each in traits if isinstance(each, dict)]
        return stated([*codings(group.get("code")), *unchecked(values)], self.settings)

    def _findings(self) -> tuple[Finding, ...]:
        if not self.candidate.ambiguous:
            return ()
        at = self.candidate.encounter or self._sources()[0]
        message = "another group of the same leader overlaps in time; what names neither may belong to the other one"
        return (_ambiguous(at, message),)

    def _undated(self) -> Finding:
        """What happened some day is not dropped in silence."""
        return Finding(
            code="ENG01",
            name="unreadable-input",
            severity=Severity.ERROR,
            at=self.candidate.encounter or self._sources()[0],
            message="the session has no date: expected period.start (R5: actualPeriod.start), here or on its visits",
            source="groupbill",
        )


def _lone(index: Index, reference: str) -> Finding | None:
    """What was done in a group is not dropped in silence where the group is not on file."""
    if encounters.status(index.get(reference) or {}) != "finished":
        return None
    message = "the visit is coded as group therapy and fits no session: expected visits of others at its start"
    return _ambiguous(reference, f"{message} with its leader, or `partOf`")


def _ambiguous(at: str, message: str) -> Finding:
    return Finding(
        code="ENG05",
        name="ambiguous-session",
        severity=Severity.WARNING,
        at=at,
        message=message,
        source="groupbill",
    )


def _types(booking: Mapping[str, object]) -> list[tuple[str, str]]:
    return [each for name in ("serviceType", "appointmentType") for each in codings(booking.get(name))]


def _by_reference(member: Member) -> str:
    return member.member
