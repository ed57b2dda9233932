"""What is known about one participant of one session when their bill is made: the facts that rules judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .charge import Line
from .finding import Finding
from .period import Period
from .policy import Policy
from .session import Member, Resource, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One ICD-10-CM code of a patient."""

    code: str
    """With its dot, upper case."""
    condition: str | None = None
    """`Condition/id`, None where only the Claim states it."""
    active: bool | None = None
    """On the date of service; None where not on file."""
    ranked: bool = False
    """Whether the clinician ranked it on the Encounter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One insurance of a patient."""

    reference: str
    order: int
    """`Coverage.order`; 999 where absent."""
    active: bool
    """Status active and period covering the date."""
    payer: str | None
    """`Coverage.payor` reference (R5 insurer), or `system|value` of a logical one."""
    policy_id: str
    mapped: bool
    """False where neither the settings nor its type name a policy, so that it fell back on `default` (ENG04)."""
    self_pay: bool
    beneficiary: str | None
    subscriber_id: str | None
    relationship: str | None
    period: Period
    resource: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A licence or degree of a practitioner."""

    code: str | None
    """NUCC, HL7 v2 0360 or text code, as stated."""
    start: date | None
    end: date | None
    issuer: str | None = None
    """State of the board that issued it, else its reference or name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The practitioner who is paid for the line, with what decides whether they may be."""

    practitioner: str | None
    """`Practitioner/id`."""
    role: str | None
    """`PractitionerRole/id` used, if any."""
    npi: str | None
    taxonomies: tuple[str, ...]
    """NUCC codes of `PractitionerRole.specialty` (and of qualification where given there)."""
    role_active: bool | None
    """`PractitionerRole.active` and period on the date; None where there is no role on file."""
    qualifications: tuple[Qualification, ...]
    supervisor: str | None = None
    supervisor_npi: str | None = None
    supervisor_taxonomies: tuple[str, ...] = ()
    number: int = 1
    """Number of the paid leader."""
    performed_by: str | None = None
    """Who led, where the claim goes out under the supervisor (incident-to); None otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """The billing provider of the claim (loop 2010AA)."""

    reference: str | None
    """`Organization/id` or `Practitioner/id`."""
    npi: str | None
    tax_id: str | None
    has_street: bool | None
    """Street address on file; False for a PO box or none; None where the resource is not on file."""
    taxonomies: tuple[str, ...]
    fqhc: bool = False
    """FQHC or RHC by taxonomy or place of service 50 / 72."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A progress note of this patient for this session."""

    reference: str
    final: bool
    signed: bool
    author: tuple[str, ...] = ()
    """Practitioner references of authenticator, attester or author."""
    digest: str | None = None
    """SHA-256 of the text or attachment, for the cloned-note rule; never the text."""
    sketch: tuple[int, ...] = ()
    """What the text is like, by which nearly equal ones are found; empty for a short one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """What the record of this participant holds about this session."""

    notes: tuple[Note, ...] = ()
    plan: str | None = None
    """CarePlan active on the date with an activity of the session's code."""
    plans_on_file: bool = False
    """Whether the patient has a CarePlan with a billable service at all."""
    plan_review_due: date | None = None
    count: int | None = None
    """Observation number-attending."""
    interactive_complexity: bool | None = None
    """None where the record does not say; likewise below."""
    audio_only_reason: bool | None = None
    telehealth_consent: bool | None = None
    incident_to: bool = False
    intermediate_care: bool = False
    kept: frozenset[str] = frozenset()
    """Kinds of record (`note`, `plan`, `count`, `consent`, `audio`, `complexity`) that some member has on file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A prior authorization that covers the date."""

    number: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One participant of one session, ready to be judged and billed."""

    session: Session
    member: Member
    patient: Resource
    """The Patient resource; an empty mapping where it is not on file."""
    policy: Policy
    coverage: Coverage | None
    """The focal one; None when patient-pay or nothing is active."""
    coverages: tuple[Coverage, ...]
    """All on file, in COB order."""
    self_pay: bool
    """Charged and not claimed: self-pay or nothing on file."""
    modality: str
    """in-person, video or audio."""
    modality_assumed: bool
    """VR without the extension: taken as video."""
    place_of_service: str | None
    """CMS code; None where it can't be determined (held, TEL01)."""
    place_assumed: bool
    """Remote, place not recorded: taken from the settings, with a warning (TEL01)."""
    home: bool
    """Whether the patient was at home."""
    facility: str | None
    """`Location/id` of the service, where known."""
    rendering: tuple[Rendering, ...]
    """Paid leaders, one unless the policy pays two; empty where nobody led."""
    ambiguous_leader: bool
    """Two equals without a PPRF (PRV06)."""
    billing: Billing
    diagnoses: tuple[Diagnosis, ...]
    authorization: Authorization | None
    referral: str | None
    documentation: Documentation
    lines: tuple[Line, ...]
    """Desired lines, priced, with modifiers."""
    last_in_person: date | None
    """Last finished in-person visit with the same billing provider before the date; looked up when remote."""
    inpatient: str | None
    """Encounter of an inpatient stay that covers the date."""
    program: str | None
    """EpisodeOfCare or Encounter of a PHP / IOP program that covers the date."""
    deceased: date | None = None
    security: tuple[Resource, ...] = ()
    """`meta.security` of the own Encounter and the session's."""
    findings: tuple[Finding, ...] = ()
    """Said while the facts were gathered (ENG02, ENG04)."""
