"""What a biller reads: one table per session, findings below it, totals at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..model import Checked, Finding, MemberReport, Outcome, ReportLine, SessionReport, Severity
from .as_json import listed

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "dim"}
_OUTCOMES = {Outcome.CHARGED: "green", Outcome.PATIENT_PAY: "cyan", Outcome.HELD: "bold red"}
_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "info"}


class Totals:
    """What the sessions shown so far add up to."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.sessions = 0
        self.outcomes = dict.fromkeys(Outcome, 0)
        self.claimed = Decimal(0)
        self.patient_pay = Decimal(0)
        self.held = Decimal(0)
        self.findings = dict.fromkeys(Severity, 0)
        self._sources: set[tuple[str, str, str]] = set()

    def add(self, report: SessionReport) -> None:
        """Count one session in."""
        self.sessions += 1
        self.note(report.findings)
        for member in report.members:
            self.outcomes[member.outcome] += 1
            amount = sum((line.amount or Decimal(0) for line in member.lines), Decimal(0))
            if member.outcome is Outcome.CHARGED:
                self.claimed += amount
            elif member.outcome is Outcome.PATIENT_PAY:
                self.patient_pay += amount
            elif member.outcome is Outcome.HELD:
                self.held += amount
            self.note(member.findings)

    def note(self, findings: Iterable[Finding]) -> None:
        """Count findings in."""
        for finding in findings:
            self.findings[finding.severity] += 1
            if finding.source not in ("", "groupbill"):
                self._sources.add((finding.code, finding.source, finding.edition or ""))

    def text(self) -> str:
        """The closing lines."""
        of = self.outcomes
        return (
            f"{_plural(self.sessions, 'session')}, {_plural(sum(of.values()), 'member')}: "
            f"{of[Outcome.CHARGED]} charged ({_amount(self.claimed)} claimed), "
            f"{of[Outcome.PATIENT_PAY]} patient-pay ({_amount(self.patient_pay)}), "
            f"{of[Outcome.HELD]} held ({_amount(self.held)}), {of[Outcome.NOT_CHARGED]} not charged\n"
            f"findings: {self.findings[Severity.ERROR]} errors, {self.findings[Severity.WARNING]} warnings, "
            f"{self.findings[Severity.INFORMATION]} for information"
        )

    def sources(self) -> Text:
        """By which source and edition each rule spoke, once per rule; empty where none did."""
        text = Text(style="dim")
        for code, source, edition in sorted(self._sources):
            text.append(f"  {code}  {source}" + (f"; table of {edition}" if edition else "") + "\n")
        if text:
            text = Text("sources (the page of a rule: groupbill rules CODE):\n", style="dim") + text
        return text


def session_table(report: SessionReport, zone: tzinfo | None = None) -> RenderableType:
    """Who, outcome, code, modifiers, place of service, amount, findings; then the findings in words.

    Args:
        report: One session.
        zone: In which the hour is shown; as recorded when None.
    """
    session = report.session
    where = session.encounter or ", ".join(session.sources[:2])
    start = session.period.start
    hour = f" {start.astimezone(zone) if zone else start:%H:%M}" if start is not None else ""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = (
        f"{session.date_of_service}{hour}  {where}  code {session.code}  "
        f"{session.attended} of {len(session.members)} attended"
    )
    for heading in ("member", "outcome", "code", "modifiers", "POS", "amount", "plan", "findings"):
        table.add_column(heading, justify="right" if heading == "amount" else "left", overflow="fold")
    for member in report.members:
        for row in _rows(member):
            table.add_row(*row)
    return Group(table, *_explained(report), Text(""))


def _rows(member: MemberReport) -> Iterator[tuple[str | Text, ...]]:
    """One row per line; a member without lines has one all the same."""
    outcome = str(member.outcome) + (f" ({member.reason})" if member.reason else "")
    styled = Text(outcome, style=_OUTCOMES.get(member.outcome, "dim"))
    plan = ", ".join(_steps(member))
    codes = ", ".join(dict.fromkeys(finding.code for finding in member.findings))
    first = True
    for line in member.lines or (None,):
        head = (member.member, styled) if first else ("", Text(""))
        tail = (plan, codes) if first else ("", "")
        yield (*head, *_cells(line), *tail)
        first = False


def _cells(line: ReportLine | None) -> tuple[str, str, str, str]:
    if line is None:
        return ("", "", "", "")
    code = line.code if line.units == 1 else f"{line.code} x{line.units}"
    return (code, " ".join(line.modifiers), line.place_of_service or "?", _amount(line.amount))


def _steps(member: MemberReport) -> Iterator[str]:
    """`create 2`, `keep 2`: how many resources each action touches."""
    counts: dict[str, int] = {}
    for step in listed(member.plan):
        counts[step.action] = counts.get(step.action, 0) + 1
    return (f"{action} {count}" for action, count in counts.items())


def _explained(report: SessionReport) -> Iterator[Text]:
    """The session's findings, then the members'; what is the same for several members is said once."""
    for finding in report.findings:
        yield finding_text(finding)
    same: dict[tuple[str, str, str], list[tuple[Finding, str]]] = {}
    for member in report.members:
        for finding in member.findings:
            key = (finding.code, str(finding.severity), finding.message)
            same.setdefault(key, []).append((finding, member.member))
    for found in same.values():
        names = ", ".join(dict.fromkeys(member for _, member in found))
        if len(found) == 1 or any(finding.fix for finding, _ in found):
            for finding, name in found:
                yield finding_text(finding, name)
        else:
            yield finding_text(found[0][0], names, at=False)


def finding_text(finding: Finding, member: str | None = None, *, at: bool = True) -> Text:
    """One finding in one or two lines: code, severity, whose, what, where, and what to do."""
    text = Text("  ")
    text.append(f"{finding.code} {_MARKS[finding.severity]}", style=_COLOURS[finding.severity])
    text.append(f"  {member}: " if member else "  ")
    text.append(finding.message)
    if at:
        text.append(f"  [{finding.at}]", style="dim")
    if finding.fix is not None:
        fix = finding.fix
        what = "drop the line" if fix.drop else f"put {fix.modifier} on it"
        item = f" item {fix.item}" if fix.item is not None else ""
        text.append(f"\n      fix: {fix.line}{item}: {what}", style="cyan")
    return text


def checked_text(checked: Checked) -> Text:
    """One Claim or ChargeItem of `check` with what was found on it."""
    text = Text(checked.resource, style="bold")
    if not checked.findings:
        text.append("  clean", style="green")
    for finding in checked.findings:
        text.append("\n")
        text.append_text(finding_text(finding))
    return text


def _amount(amount: Decimal | None) -> str:
    return "no price" if amount is None else f"{amount:,.2f}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
