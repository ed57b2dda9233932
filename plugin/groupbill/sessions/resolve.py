"""From a candidate to the Session: status, time, code, leaders, roster, and the evidence for each member."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from ..errors import SettingsError
from ..fhir import encounter as encounters
from ..fhir.codes import codings
from ..fhir.dates import period
from ..fhir.index import Index
from ..model import Finding, Member, Performer, Period, Resource, Session, Severity
from ..model.identity import session_key, slot_key
from ..settings import Settings
from .candidate import Candidate
from .evidence import WAITING
from .families import with_families
from .members import Gathered, gather
from .people import merged, performers
from .signals import USUAL, stated
from .visits import site


def resolve(
    candidate: Candidate, index: Index, settings: Settings, *, as_written: bool = False
) -> Session | None:
    """Read one session; None when nothing of it has happened yet, or nothing says when.

    Args:
        as_written: Without a time zone take dates as they are written (`check`).

    Errors:
        SettingsError: a date needs a time zone and none is set.
    """
    return _Reading(candidate, index, settings).session(as_written=as_written)


class _Reading:
    """One candidate while it is read."""

    def __init__(self, candidate: Candidate, index: Index, settings: Settings) -> None:
        self.candidate = candidate
        self.index = index
        self.settings = settings
        self.root: Resource | None = index.get(candidate.encounter)
        self.visits = self._visits()
        self.bookings = {key: found for key in candidate.appointments if (found := index.get(key)) is not None}
        self.group = self._group()

    def _visits(self) -> dict[str, dict[str, Any]]:
        """Own Encounters of participants by reference: parts of the root, and those found by other links."""
        found: dict[str, dict[str, Any]] = {}
        if self.candidate.encounter is not None:
            for part in self.index.find("Encounter", "partOf", self.candidate.encounter):
                found[f"Encounter/{part['id']}"] = part
        for reference in self.candidate.visits:
            visit = self.index.get(reference)
            if visit is not None:
                found[reference] = visit
        for booking in self.candidate.appointments if self.root is None else ():
            for linked in self.index.find("Encounter", "appointment", booking):
                found[f"Encounter/{linked['id']}"] = linked
        return {key: found[key] for key in sorted(found)}

    def _group(self) -> str | None:
        """The Group that is the subject of the Encounter or (R5) of an Appointment."""
        for holder in [self.root, *self.bookings.values()]:
            subject = self.index.ref((holder or {}).get("subject"), dict(holder or {}))
            resource = self.index.get(subject)
            named = subject is not None and subject.startswith("Group")
            if named or (resource is not None and resource.get("resourceType") == "Group"):
                return subject
        return None

    def session(self, *, as_written: bool) -> Session | None:
        status = self._status()
        location, organization = self._places()
        zone = self.settings.zone_of(location, organization)
        when = self._period(zone)
        if status is None or when is None:
            return None
        if zone is None and when.start is not None and not as_written:
            raise SettingsError(
                'a date of service is local, and no time zone is set: add timezone = "America/..." to groupbill.toml'
            )
        on = when.date
        if on is None:
            return None
        leaders = self._leaders()
        key = self._key(leaders, location or organization or "", when)
        code, typed = self._code()
        known = Gathered(self.candidate, self.index, self.settings, self.root, self.visits, self.group)
        people = tuple(gather(known, on, zone, when))
        people = with_families(self.index, people, self.visits, self.root, code)
        return Session(
            key=key,
            shape=self.candidate.shape,
            confidence=self.candidate.confidence,
            encounter=self.candidate.encounter,
            group=self.group,
            sources=self._sources(),
            status=status,
            code=code,
            typed=typed,
            date_of_service=on,
            period=when,
            location=location,
            service_provider=organization,
            performers=leaders,
            members=tuple(sorted(people, key=_by_reference)),
            findings=self._findings(),
        )

    def _sources(self) -> tuple[str, ...]:
        """What it was read from; the parts of an Encounter speak through it."""
        if self.candidate.encounter is not None:
            extra = [*self.candidate.visits, *self.candidate.appointments]
            return tuple(sorted({self.candidate.encounter, *extra}))
        return tuple(sorted({*self.visits, *self.bookings}))

    def _status(self) -> str | None:
        """finished, in-progress, cancelled or entered-in-error; None for what is only planned."""
        states = Counter(encounters.status(visit) for visit in self.visits.values())
        own = "" if self.root is None else encounters.status(self.root)
        if own in ("finished", "cancelled", "entered-in-error"):
            return own
        if own in WAITING - {"planned"}:
            return "in-progress"
        if states["finished"]:
            return "finished"
        if any(states[each] for each in WAITING - {"planned"}):
            return "in-progress"
        if self.root is not None and own == "planned":
            return None
        return self._by_bookings(states)

    def _by_bookings(self, states: Counter[str]) -> str | None:
        """Where no Encounter says: what became of the Appointments, then of the visits."""
        booked = Counter(str(each.get("status") or "") for each in self.bookings.values())
        if booked["fulfilled"] or booked["arrived"] or booked["checked-in"]:
            return "finished"
        if states["planned"]:
            return None
        for name in ("cancelled", "entered-in-error"):
            if states[name]:
                return name
        return "cancelled" if booked["cancelled"] or booked["noshow"] else None

    def _places(self) -> tuple[str | None, str | None]:
        """Location and Organization: the Encounter's, else the first visit's or Appointment's."""
        location = organization = None
        for holder in [*([self.root] if self.root else []), *self.visits.values()]:
            found = site(self.index, holder)
            if location is None and found.startswith("Location"):
                location = found
            organization = organization or self.index.ref(holder.get("serviceProvider"), dict(holder))
            if self.root is not None and holder is self.root and location and organization:
                break
        for booking in self.bookings.values() if location is None else ():
            actors = [self.index.ref(each.get("actor"), dict(booking)) for each in booking.get("participant") or ()]
            location = min((each for each in actors if each and each.startswith("Location")), default=None)
        return location, organization

    def _period(self, zone: Any) -> Period | None:
        """The Encounter's own; else from the earliest start to the latest end of the visits (Appointments)."""
        if self.root is not None:
            own = period(encounters.period_element(self.root), zone)
            if own.date is not None:
                return own
        found = [period(encounters.period_element(visit), zone) for visit in self.visits.values()]
        found = [each for each in found if each.date is not None]
        if not found:
            found = [period(booking, zone) for booking in self.bookings.values()]
            found = [each for each in found if each.date is not None]
        if not found:
            return None
        first = min(found, key=_earliest)
        ends = [each.end for each in found if each.end is not None]
        return Period(start=first.start, end=max(ends, default=None), date=first.date)

    def _leaders(self) -> tuple[Performer, ...]:
        """Of the Encounter, else of the visits together, else of the Appointments."""
        own = performers(self.index, self.root) if self.root is not None else ()
        if own:
            return own
        found = merged(performers(self.index, visit) for visit in self.visits.values())
        return found or merged(self._booked_leaders(booking) for booking in self.bookings.values())

    def _booked_leaders(self, booking: Resource) -> tuple[Performer, ...]:
        participants = [
            {"actor": each.get("actor"), "type": [{"coding": [{"code": "ATND"}]}]}
            for each in booking.get("participant") or ()
        ]
        return performers(self.index, {"participant": participants})

    def _key(self, leaders: tuple[Performer, ...], place: str, when: Period) -> str:
        namespace = self.settings.namespace
        if self.candidate.encounter is not None:
            return session_key(namespace, self.candidate.encounter)
        leader = (leaders[0].practitioner or leaders[0].reference) if leaders else ""
        if when.start is None:
            return session_key(namespace, f"{leader}|{place}|{when.date}")
        return slot_key(namespace, leader, place, when.start)

    def _code(self) -> tuple[str, bool]:
        """The session code and whether it was stated: by the Encounter, Group, visits or Appointments."""
        named = self.settings.session_codes.get(self.group or "")
        if named is not None:
            return named, True
        holders: list[Any] = [self.root or {}, *self.visits.values()]
        for holder in holders[:1]:
            code = stated(encounters.codes(holder), self.settings)
            if code is not None:
                return code, True
        of_group = self._group_code()
        if of_group is not None:
            return of_group, True
        found = [stated(encounters.codes(visit), self.settings) for visit in self.visits.values()]
        found += [
            stated(
                [each for name in ("serviceType", "appointmentType") for each in codings(booking.get(name))],
                self.settings,
            )
            for booking in self.bookings.values()
        ]
        counted = Counter(code for code in found if code is not None)
        if counted:
            return min(counted, key=lambda code: (-counted[code], code)), True
        return USUAL, False

    def _group_code(self) -> str | None:
        group = self.index.get(self.group) or {}
        values = [each.get("valueCodeableConcept") for each in group.get("characteristic") or ()]
        return stated([*codings(group.get("code")), *codings(values)], self.settings)

    def _findings(self) -> tuple[Finding, ...]:
        if not self.candidate.ambiguous:
            return ()
        place = self.candidate.encounter or self._sources()[0]
        return (
            Finding(
                code="ENG05",
                name="ambiguous-session",
                severity=Severity.WARNING,
                at=place,
                message="another group of the same leader overlaps in time; records that name neither"
                " may belong to the other one",
                source="groupbill",
            ),
        )


def _by_reference(member: Member) -> str:
    return member.member


def _earliest(when: Period) -> tuple[date, float]:
    start = when.start if isinstance(when.start, datetime) else None
    return (when.date or date.max, start.timestamp() if start is not None else 0.0)
