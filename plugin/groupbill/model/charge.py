"""A charge (what a participant is to be billed for) and a line (a service on file or about to be)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .period import UNRECORDED, Period

Day = date
"""A name for the type inside `Line`, whose own field is called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One code for one member of a session, as a `derive_charges` hook answers."""

    member: str
    """The reference on the roster."""
    code: str
    """CPT or HCPCS, before the policy's `session_code`."""
    units: int = 1
    modifiers: tuple[str, ...] = ()
    """Modifiers that the charge carries whatever the policy adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One billable service of one patient on one date: ours to be written, or anybody's on file."""

    at: str
    """`ChargeItem/id`, `Claim/id` or `Encounter/id` (a visit typed with a code, not charged yet)."""
    item: int | None = None
    """Sequence in the Claim; None for a ChargeItem or Encounter."""
    index: int | None = None
    """Position in `Claim.item`, for FHIRPath places."""
    desired: bool = False
    """Whether groupbill derived it in this run."""
    ours: bool = False
    """Whether the resource on file carries an identifier of groupbill (or `desired`)."""
    sent: bool = False
    """Whether it is beyond changing without the payer (Claim accepted or submitted)."""
    also: tuple[str, ...] = ()
    """Other resources that are the same service (its Encounter, its ChargeItem, its Claim)."""
    shared: bool = False
    """Both a resource of ours and one of somebody else tell of this service."""
    patient: str
    code: str
    system: str = "http://www.ama-assn.org/go/cpt"
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    net: Decimal | None = None
    date: date | None
    period: Period = UNRECORDED
    place_of_service: str | None = None
    rendering: str | None = None
    """Practitioner reference (the leader who is paid), resolved through PractitionerRole."""
    billing: str | None = None
    """Organization or Practitioner reference."""
    payer: str | None = None
    """Who is asked to pay, as in `Coverage.payer`; None where unknown. Payers count each for themselves (FRQ01)."""
    encounter: str | None = None
    encounter_status: str | None = None
    """Status of that Encounter in R4 words, for a line on file; None where it is not on file (CHG04)."""
    encounter_date: Day | None = None
    """Local day on which that Encounter began, for a line on file (TIM08)."""
    pointers: tuple[int, ...] = ()
    """`diagnosisSequence`."""
    professional: bool = True
    """False on an institutional Claim; chooses the NCCI and MUE table."""
    session: str | None = None
    """Session key, for ours."""
    leader: int = 1
    """Number of the paid leader (1, 2), for ours."""
    control_number: str | None = None
    """Line item control number."""
    frequency: str = "1"
    """Of its Claim: 1, 7 or 8 (CLM03)."""
    created: Day | None = None
    """When its Claim or ChargeItem was made: which of two duplicates is the later (CLM03)."""
    diagnoses: tuple[str, ...] = ()
    """ICD-10-CM codes behind the pointers of a line on file, where readable (NCC07)."""
    allowed: Decimal | None = None
    """What the payer allowed by its answer: paid plus the patient's share; None without one (PAY01)."""

    def place(self, element: str = "") -> str:
        """Where a finding about this line, or an element of it, sits."""
        if self.index is None:
            kind = self.at.split("/", 1)[0]
            return f"{self.at}#{kind}.{element}" if element else self.at
        inner = f"Claim.item[{self.index}]"
        return f"{self.at}#{inner}.{element}" if element else f"{self.at}#{inner}"
