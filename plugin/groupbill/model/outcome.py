"""What a run concluded: outcomes, planned writes, and the report that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .finding import Finding
from .session import Attendance, Session


class Outcome(StrEnum):
    """How one member of the roster ends (design 5.2)."""

    CHARGED = "charged"
    PATIENT_PAY = "patient-pay"
    HELD = "held"
    NOT_CHARGED = "not-charged"


class Action(StrEnum):
    """What the plan does with one resource."""

    CREATE = "create"
    KEEP = "keep"
    UPDATE = "update"
    CANCEL = "cancel"
    REPLACE = "replace"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one step on a server."""

    asked: str
    """The step's `Type/id`."""
    reference: str
    """`Type/id` as the server has it."""
    version: str | None
    """Version there, None where the server has none or does not say."""
    status: str
    """`created`, `updated`, `unchanged`; `exported` to a file; `left-out` where the server has no such type."""
    others: tuple[str, ...] = ()
    """Further resources that carry the same identifier of ours: two writers raced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the plan: a ChargeItem, Claim, Task or Provenance and what happens to it."""

    reference: str
    action: Action
    resource: Mapping[str, Any] | None = field(default=None, repr=False)
    """The JSON to write; None for keep. A repr may end in a log, and this is patient data."""
    version: str | None = None
    """`meta.versionId` of what is replaced, for If-Match."""
    full_url: str | None = None
    """Where what is replaced was read, None where nobody said."""
    written: Written | None = None
    """What became of it; None where it was not written (yet)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A line of a member as it will stand."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    place_of_service: str | None
    amount: Decimal | None
    expected_allowed: Decimal | None
    charge_item: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReport:
    """One member's outcome with everything behind it."""

    member: str
    patient: str | None
    encounter: str | None
    outcome: Outcome
    reason: str | None
    policy: str | None
    attendance: Attendance | None
    lines: tuple[ReportLine, ...] = ()
    charge_item: str | None = None
    claim: str | None = None
    plan: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """One session with all its members."""

    session: Session
    members: tuple[MemberReport, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def order(self) -> tuple[str, float, str]:
        """The order of sessions in a report: by date, start, key."""
        start = self.session.period.start
        on = self.session.date_of_service.isoformat()
        return (on, start.timestamp() if start is not None else 0.0, self.session.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A Claim or ChargeItem on file and what was found on it."""

    resource: str
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Tally:
    """How often a rule came to each verdict."""

    passed: int = 0
    failed: int = 0
    bypassed: int = 0
    no_data: int = 0
