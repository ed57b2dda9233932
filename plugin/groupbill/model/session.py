"""A session: one group encounter, who was on its roster, and what speaks for or against each one's attendance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .finding import Finding
from .period import UNRECORDED, Period

Resource = Mapping[str, Any]
"""Any FHIR JSON, handed out read-only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One record that says that a member was there, or was not."""

    kind: str
    """child-encounter, participant, appointment, attendance-record, note, reply, roster; deceased."""
    source: str
    """`Type/id` of the record."""
    present: bool
    rank: int
    """Place on the ladder of fhir.md 1.4: 1 strongest, 6 weakest."""
    reason: str | None = None
    """For a negative: no-show, cancelled or not-attended. `in-progress` where the record says: wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Whether one member was there, on which evidence, against which."""

    member: str
    present: bool | None
    """None: nobody can say yet (held, or wait), see `reason`."""
    reason: str | None = None
    """Null when present; else no-show, cancelled, not-a-patient, not-attended, family-member, in-progress,
    attendance-unverified or attendance-conflict."""
    evidence: str | None = None
    source: str | None = None
    against: tuple[Evidence, ...] = ()
    conflict: bool = False
    """Present, but a weaker record says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Someone who led the session, as the Encounter names them."""

    reference: str
    """Practitioner or PractitionerRole, as referenced by the Encounter."""
    practitioner: str | None
    """The Practitioner behind it."""
    role: str
    """PPRF, SPRF, ATND or empty."""
    supervisor: str | None = None
    """Practitioner named by the extension `supervisor`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone on the roster."""

    member: str
    """The reference on the roster, always."""
    patient: str | None
    """The surviving Patient (after `Patient.link`), None for someone who is no Patient."""
    encounter: str | None = None
    """The patient's own Encounter, where there is one."""
    period: Period = UNRECORDED
    """Own period, else the session's."""
    evidence: tuple[Evidence, ...] = ()
    """All records found, strongest first."""
    relatives: tuple[str, ...] = ()
    """RelatedPersons (or family-member Patients) who took part on this patient's side."""
    family: str | None = None
    """Key of the family unit this member belongs to, None outside family sessions."""
    attendance: Attendance | None = None
    """Decided by the attendance hook; None before."""
    interactive_complexity: bool = False
    """Whether this member's own record shows it (90785); filled before charges are derived."""

    @property
    def visits(self) -> tuple[str, ...]:
        """All own Encounters of the session that say something: more than one where somebody left and came back."""
        return tuple([each.source for each in self.evidence if each.kind == "child-encounter"])

    @property
    def present(self) -> bool:
        """Whether attendance is established."""
        return self.attendance is not None and self.attendance.present is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One group encounter, found by one of the shapes of fhir.md 1.3."""

    key: str
    """Sixteen characters of Crockford base32, see resources/identity."""
    shape: str
    """A, B, C, D, E, F, H or I: the shape that named it."""
    confidence: float
    encounter: str | None
    """The session Encounter; None in shapes C and E."""
    group: str | None
    sources: tuple[str, ...]
    """What it was read from, sorted."""
    status: str
    """finished, in-progress (wait), cancelled or entered-in-error."""
    code: str
    """CPT of the session before `session_code`: 90853, 90849, 90847 or 90846, or what `session_codes` says."""
    typed: bool
    """Whether that code was stated (type, serviceType, Group, settings) and not assumed."""
    date_of_service: date
    period: Period
    location: str | None
    service_provider: str | None
    """Organization of `Encounter.serviceProvider`."""
    performers: tuple[Performer, ...]
    """Leaders only, PPRF first, then SPRF, ATND, each by reference."""
    members: tuple[Member, ...]
    """By reference."""
    findings: tuple[Finding, ...] = ()

    @property
    def participants(self) -> tuple[Member, ...]:
        """The members who attended."""
        return tuple(member for member in self.members if member.present)

    @property
    def attended(self) -> int:
        """How many attended, whoever pays for them."""
        return sum(1 for member in self.members if member.present)
