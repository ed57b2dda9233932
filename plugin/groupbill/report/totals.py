"""What the sessions shown add up to, and by which sources the rules spoke."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.text import Text

from ..model import Finding, Outcome, SessionReport, Severity

LISTED = 50
"""Held members that are listed once more at the end."""


class Totals:
    """What the sessions shown so far add up to."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.sessions = 0
        self.outcomes = dict.fromkeys(Outcome, 0)
        self.amounts = dict.fromkeys(Outcome, Decimal(0))
        self.findings = dict.fromkeys(Severity, 0)
        self._sources: set[tuple[str, str, str]] = set()
        self._held: list[str] = []

    def add(self, report: SessionReport) -> None:
        """Count one session in."""
        self.sessions += 1
        self.note(report.findings)
        for member in report.members:
            self.outcomes[member.outcome] += 1
            self.amounts[member.outcome] += sum((line.amount or Decimal(0) for line in member.lines), Decimal(0))
            self.note(member.findings)
            if member.outcome is Outcome.HELD and len(self._held) < LISTED:
                where = member.encounter or report.session.encounter or report.session.sources[0]
                self._held.append(f"{report.session.date_of_service}  {where}  {member.member}  {member.reason}")

    def note(self, findings: Iterable[Finding]) -> None:
        """Count findings in."""
        for finding in findings:
            self.findings[finding.severity] += 1
            if finding.source not in ("", "groupbill"):
                self._sources.add((finding.code, finding.source, finding.edition or ""))

    def ended(self) -> str:
        """How the members ended."""
        return (
            f"{plural(self.sessions, 'session')}, {plural(sum(self.outcomes.values()), 'member')}: "
            f"{self._of(Outcome.CHARGED)} charged ({self._amount(Outcome.CHARGED)} claimed), "
            f"{self._of(Outcome.PATIENT_PAY)} patient-pay ({self._amount(Outcome.PATIENT_PAY)}), "
            f"{self._of(Outcome.HELD)} held ({self._amount(Outcome.HELD)}), "
            f"{self._of(Outcome.NOT_CHARGED)} not charged"
        )

    def waiting(self) -> str:
        """Whom somebody has to look at, where that is not plain from one table; empty where nobody."""
        if self.sessions < 2 or not self._held:
            return ""
        more = self.outcomes[Outcome.HELD] - len(self._held)
        lines = [*self._held, *([f"and {more} more"] if more else [])]
        return "held:\n" + "\n".join(f"  {line}" for line in lines) + "\n"

    def found(self) -> str:
        """How many findings there were."""
        return (
            f"findings: {plural(self.findings[Severity.ERROR], 'error')}, "
            f"{plural(self.findings[Severity.WARNING], 'warning')}, "
            f"{self.findings[Severity.INFORMATION]} for information"
        )

    def _of(self, outcome: Outcome) -> int:
        return self.outcomes[outcome]

    def _amount(self, outcome: Outcome) -> str:
        return money(self.amounts[outcome])

    def sources(self) -> Text:
        """By which source and edition each rule spoke, once per rule; empty where none did."""
        text = Text(style="dim")
        for code, source, edition in sorted(self._sources):
            text.append(f"  {code}  {source}" + (f"; table of {edition}" if edition else "") + "\n")
        if text:
            text = Text("sources (the page of a rule: groupbill rules CODE):\n", style="dim") + text
        return text


def money(amount: Decimal | None) -> str:
    """An amount in USD as billers write it."""
    return "no price" if amount is None else f"{amount:,.2f}"


def plural(count: int, word: str) -> str:
    """`1 session`, `2 sessions`."""
    return f"{count} {word}" + ("" if count == 1 else "s")
