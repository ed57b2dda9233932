"""What the code tables answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

State = Literal["covered", "before", "after"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An NCCI procedure-to-procedure edit that is active on the date asked for."""

    column1: str
    """The code that is paid."""
    column2: str
    """The code that is denied."""
    indicator: str
    """"0" no modifier helps, "1" an NCCI-associated modifier bypasses it, "9" not applicable."""
    rationale: str
    """The reason CMS gives for the edit."""
    edition: str
    """Quarter of the table, e.g. 2024Q3."""


class EditionCoverage(NamedTuple):
    """Whether the NCCI edition that answers for a date covers it."""

    state: State
    """`covered` in its quarter and up to a year after it; `before`; `after` by more than a year."""
    edition: str


@dataclass(frozen=True, slots=True)
class Mue:
    """Most units of a code for one patient, practitioner and date (medically unlikely edit)."""

    code: str
    units: int
    mai: str
    """Adjudication indicator: "1" per line, "2" per date (absolute), "3" per date (may be appealed)."""
    edition: str


@dataclass(frozen=True, slots=True)
class Modifier:
    """A CPT or HCPCS modifier."""

    code: str
    cls: str
    """P pricing, E payment-eligibility, L licence, degree or program, T telehealth, I informational."""
    start: date | None
    end: date | None
    """Last day it may be used."""
    with_group: str
    """On group psychotherapy: yes, payer (where the payer wants it), rare, discouraged or no; empty: unknown."""
    meaning: str
    """Own words; empty where the table only knows that the modifier exists."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two modifiers, or a modifier and a procedure code, that don't go together on one line."""

    first: str
    second: str
    severity: str
    """error, warning or information."""
    reason: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PlaceOfService:
    """A CMS place of service."""

    code: str
    name: str
    facility: bool
    """Whether Medicare pays the facility rate there."""
    start: date | None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Whom a NUCC provider taxonomy code stands for, and what Medicare pays them for psychotherapy."""

    code: str
    group: str
    """Kind of practitioner or organization, e.g. clinical-social-worker."""
    medicare: bool
    """Whether Medicare Part B pays them for psychotherapy (from `start` on)."""
    percent: Decimal | None
    """Share of the fee schedule in percent: 100, 85, 75; None where Medicare pays nothing."""
    start: date | None
    billing_only: bool
    """An organization: never the rendering practitioner."""
    specialty: str
    """CMS specialty code, empty where there is none or several."""
    confidence: str


@dataclass(frozen=True, slots=True)
class Denial:
    """A claim adjustment reason code (CARC) or remittance advice remark code (RARC)."""

    code: str
    kind: str
    """carc or rarc."""
    end: date | None
    """Last day the code was in use."""
    group: str
    """Usual group code (CO, OA, PR), empty where it varies."""
