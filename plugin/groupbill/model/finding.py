"""What a rule, the reader or the gate says about one place: a coded finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs, in the words of FHIR's issue-severity."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Verdict(StrEnum):
    """What a rule concluded. A pass leaves no finding; it is only counted."""

    PASS = "pass"
    FAIL = "fail"
    BYPASSED = "bypassed"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The change that would resolve a finding: a modifier to add, or a line to drop."""

    line: str
    """ChargeItem or Claim, `Type/id`."""
    item: int | None = None
    """Sequence of the item, for a Claim."""
    modifier: str | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know, at one place, with its source."""

    code: str
    name: str
    severity: Severity
    verdict: Verdict = Verdict.FAIL
    at: str
    """`Type/id`, `Type/id#FHIRPath`, or `file:line` / `file#entry[n]` for unreadable input."""
    message: str
    evidence: tuple[str, ...] = ()
    """References (`Type/id`) that carried the verdict; never another patient's."""
    fix: Fix | None = None
    denial: tuple[str, ...] = ()
    """CARC and RARC codes that a payer would send (X12 lists)."""
    source: str = ""
    edition: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """The order of findings in a report: by code, then place."""
        return (self.code, self.at, self.message)

    def weighed(self, severity: Severity) -> Finding:
        """The same finding under another severity."""
        return self if severity is self.severity else replace(self, severity=severity)
