"""A bill (Claim or ChargeItem, anybody's or about to be written) and a patient's day, as rules see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charge import Line
from .finding import Finding
from .participant import Billing, Coverage, Diagnosis, Participant
from .period import Period
from .policy import Policy
from .session import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One Claim, or one ChargeItem that stands alone, with its lines."""

    at: str
    """`Claim/id` or `ChargeItem/id`; of a desired bill the Claim that would be written."""
    kind: str
    """Claim or ChargeItem."""
    desired: bool = False
    ours: bool = False
    live: bool = True
    """Not cancelled, aborted, not-billable or entered-in-error."""
    sent: bool = False
    professional: bool = True
    patient: str | None
    lines: tuple[Line, ...]
    diagnoses: tuple[Diagnosis | None, ...] = ()
    """In the order of `Claim.diagnosis`; None where an entry holds no readable ICD-10-CM code."""
    diagnosis_sequences: tuple[int, ...] = ()
    total: Decimal | None = None
    provider: str | None = None
    provider_npi: str | None = None
    rendering: str | None = None
    rendering_npi: str | None = None
    rendering_taxonomies: tuple[str, ...] = ()
    facility: str | None = None
    coverages: tuple[Coverage, ...] = ()
    """As listed in `insurance`, by sequence; only those on file."""
    focal: Coverage | None = None
    preauth: tuple[str, ...] = ()
    frequency: str = "1"
    """1, 7 or 8."""
    control_number: str | None = None
    """The payer's, in `related.reference`."""
    created: date | None = None
    policy: Policy
    participant: Participant | None = None
    """The facts behind a desired bill, or behind one on file whose session was given."""
    resource: Resource | None = None
    """The resource on file; None for a desired one."""
    billing: Billing | None = None
    """The billing provider of a bill on file, where its resource is on file too (PRV09, PRV12)."""
    unresolved: frozenset[str] = frozenset()
    """`provider`, `rendering`: named by the bill on file, but without a resource or NPI to be seen (PRV08);
    `diagnosis[1]`: points at a Condition that is not on file (DX01)."""
    strange: frozenset[str] = frozenset()
    """Encounters that its lines name and that are of another patient (CHG09)."""
    findings: tuple[Finding, ...] = ()
    """Said while it was read (ENG04)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An Encounter of the patient, whoever billed it."""

    reference: str
    status: str
    category: str
    """Code of `Encounter.class`."""
    codes: tuple[str, ...]
    """CPT and HCPCS codes of type and serviceType, those of the session that it is part of included."""
    period: Period
    practitioners: tuple[str, ...]
    own_session: bool = False
    """Whether it is the patient's own Encounter of the session at hand."""
    notes: tuple[str, ...] = ()
    """Signed notes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDay:
    """Everything of one patient on one date, across all claims, and the lines in the longest window needed."""

    patient: str
    date: date
    policy: Policy
    lines: tuple[Line, ...]
    """Live lines of the date, one per service: desired ones of all sessions, others' on file; by start, at, item."""
    history: tuple[Line, ...]
    """Live lines of other dates, for rolling windows."""
    visits: tuple[Visit, ...]
    """Encounters that touch the date."""
    busy: tuple[Line, ...] = ()
    """Lines and sessions of the same practitioner at overlapping times for other patients (TIM07); `patient` is
    blanked: another patient is never named."""
    held: tuple[Line, ...] = ()
    """Our own charges of any date that are held: they compete with no other, but their times count (TIM06)."""
    participant: Participant | None = None
    """The participant being judged in `run`; None in `check`."""
