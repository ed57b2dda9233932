"""The usual case: an in-person group of eight led by a clinical social worker, everything in order."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ..model import (
    Attendance,
    Authorization,
    Billing,
    Coverage,
    Diagnosis,
    Documentation,
    Evidence,
    Line,
    Member,
    Note,
    Performer,
    Period,
    Qualification,
    Rendering,
    Session,
    Visit,
)

ZONE = ZoneInfo("America/Chicago")
SESSION = "K7Q2M4X9T1B5C8D0"
RENDERING_NPI = "1234567893"
BILLING_NPI = "1245319599"
PROVIDER = "Organization/clinic"
LEADER = "Practitioner/rivera"
OWN_LINE = "ChargeItem/own"
OWN_CLAIM = "Claim/own"


def hours(text: str, on: date) -> Period:
    """A Period from `09:00-10:00`, `2026-03-10 09:00-10:00`, `09:00-` (no end recorded) or a bare date."""
    day, _, clock = text.rpartition(" ")
    if day:
        on = date.fromisoformat(day)
    if ":" not in clock:
        return Period(None, None, date.fromisoformat(clock))
    start, _, end = clock.partition("-")
    begun = _moment(start, on)
    ended = _moment(end, on) if end else None
    if ended is not None and ended < begun:
        ended += timedelta(days=1)
    return Period(begun, ended, on)


def _moment(clock: str, on: date) -> datetime:
    """An instant as FHIR writes it, with an offset: two of one ZoneInfo would be subtracted by the wall clock."""
    local = datetime.combine(on, datetime.strptime(clock, "%H:%M").time(), ZONE)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


def templates(on: date) -> dict[type, Any]:
    """A usual value of each class of the model for a session on this date."""
    period = hours("09:00-10:00", on)
    coverage = Coverage(
        reference="Coverage/p1",
        order=1,
        active=True,
        payer="Organization/payer",
        policy_id="default",
        mapped=True,
        self_pay=False,
        beneficiary="Patient/p1",
        subscriber_id="MBR1001",
        relationship="self",
        period=Period(None, None, None),
        resource={"resourceType": "Coverage", "id": "p1"},
    )
    return {
        Attendance: Attendance(
            member="Patient/p1", present=True, evidence="child-encounter", source="Encounter/g1-p1"
        ),
        Authorization: Authorization(number="AUTH77", source="ClaimResponse/auth"),
        Billing: Billing(
            reference=PROVIDER,
            npi=BILLING_NPI,
            tax_id="363812345",
            has_street=True,
            taxonomies=("261QM0801X",),
        ),
        Coverage: coverage,
        Diagnosis: Diagnosis(code="F33.1", condition="Condition/p1", active=True, ranked=True),
        Documentation: Documentation(notes=(_note(),), kept=frozenset({"note"})),
        Evidence: Evidence(kind="child-encounter", source="Encounter/g1-p1", present=True, rank=1),
        Line: line(on),
        Member: member(1, period),
        Note: _note(),
        Performer: Performer(reference=LEADER, practitioner=LEADER, role="PPRF"),
        Qualification: Qualification(code="1041C0700X", start=date(2015, 1, 1), end=None),
        Rendering: Rendering(
            practitioner=LEADER,
            role="PractitionerRole/rivera",
            npi=RENDERING_NPI,
            taxonomies=("1041C0700X",),
            role_active=True,
            qualifications=(Qualification(code="1041C0700X", start=date(2015, 1, 1), end=None),),
        ),
        Session: session(on, period),
        Visit: Visit(
            reference="Encounter/v1",
            status="finished",
            category="AMB",
            codes=(),
            period=period,
            practitioners=(LEADER,),
        ),
    }


def _note() -> Note:
    return Note(reference="DocumentReference/p1", final=True, signed=True, author=(LEADER,), digest="a" * 64)


def line(on: date) -> Line:
    """Patient p1's own line of 90853, as derived."""
    return Line(
        at=OWN_LINE,
        desired=True,
        ours=True,
        patient="Patient/p1",
        code="90853",
        unit_price=Decimal("120.00"),
        net=Decimal("120.00"),
        date=on,
        period=hours("09:00-10:00", on),
        place_of_service="11",
        rendering=LEADER,
        billing=PROVIDER,
        encounter="Encounter/g1-p1",
        pointers=(1,),
        session=SESSION,
        control_number="K7Q2M4X9T1B5C8D0",
    )


def member(number: int, period: Period) -> Member:
    """Member `Patient/p<number>`, who attended."""
    own = f"Encounter/g1-p{number}"
    patient = f"Patient/p{number}"
    return Member(
        member=patient,
        patient=patient,
        encounter=own,
        period=period,
        evidence=(Evidence(kind="child-encounter", source=own, present=True, rank=1),),
        attendance=Attendance(member=patient, present=True, evidence="child-encounter", source=own),
    )


def session(on: date, period: Period, attended: int = 8) -> Session:
    """A finished session of this many participants."""
    return Session(
        key=SESSION,
        shape="A",
        confidence=1.0,
        encounter="Encounter/g1",
        group="Group/g1",
        sources=("Encounter/g1",),
        status="finished",
        code="90853",
        typed=True,
        date_of_service=on,
        period=period,
        location="Location/room",
        service_provider=PROVIDER,
        performers=(Performer(reference=LEADER, practitioner=LEADER, role="PPRF"),),
        members=tuple(member(number, period) for number in range(1, attended + 1)),
    )
