"""What a biller reads: one table per session, and below it in words what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..model import Checked, Finding, MemberReport, Outcome, ReportLine, Session, SessionReport, Severity
from .as_json import listed
from .said import COLOURS, of_checked, of_session, said
from .totals import money

_OUTCOMES = {Outcome.CHARGED: "green", Outcome.PATIENT_PAY: "cyan", Outcome.HELD: "bold red"}
_NAME = 16
"""Columns that a member's name keeps on a narrow screen."""


def session_table(report: SessionReport, zone: tzinfo | None = None) -> RenderableType:
    """Who, outcome, code, modifiers, place of service, amount, findings, plan; then the findings in words.

    Args:
        report: One session.
        zone: In which the hour is shown; as recorded when None.
    """
    rows = [row for member in report.members for row in _rows(member)]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("member", overflow="fold", min_width=min(_widest(rows, 0), _NAME))
    table.add_column("outcome", min_width=_widest(rows, 1))
    for heading in ("code", "mod", "POS"):
        table.add_column(heading, no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("findings", min_width=_widest(rows, 6))
    table.add_column("plan", min_width=_widest(rows, 7))
    for row in rows:
        table.add_row(*row)
    title = Text(_title(report.session, len(report.members), zone), style="bold")
    return Group(title, table, said(of_session(report)), Text(""))


def _title(session: Session, members: int, zone: tzinfo | None) -> str:
    start, others = session.period.start, len(session.sources) - 1
    hour = f" {start.astimezone(zone) if zone else start:%H:%M}" if start is not None else ""
    where = session.encounter or (session.sources[0] + (f" and {others} more" if others else ""))
    return f"{session.date_of_service}{hour}  {where}  code {session.code}  {session.attended} of {members} attended"


def _widest(rows: Iterable[tuple[Text, ...]], column: int) -> int:
    """Columns of the longest word: words are not broken."""
    return max((len(word) for row in rows for word in row[column].plain.split()), default=1)


def _rows(member: MemberReport) -> Iterator[tuple[Text, ...]]:
    """One row per line; a member without lines has one all the same."""
    outcome = str(member.outcome) + (f" ({member.reason})" if member.reason else "")
    head = (Text(member.member), Text(outcome, style=_OUTCOMES.get(member.outcome, "dim")))
    tail = (_codes(member.findings), Text(", ".join(_steps(member))))
    for line in member.lines or (None,):
        yield (*head, *map(Text, _cells(line)), *tail)
        head = tail = (Text(""), Text(""))


def _cells(line: ReportLine | None) -> tuple[str, str, str, str]:
    if line is None:
        return ("", "", "", "")
    code = line.code if line.units == 1 else f"{line.code} x{line.units}"
    return (code, " ".join(line.modifiers), line.place_of_service or "?", money(line.amount))


def _codes(findings: Iterable[Finding]) -> Text:
    """Errors and warnings by code; the rest is counted, and said below."""
    text, seen, more = Text(), set[str](), 0
    for severity in (Severity.ERROR, Severity.WARNING):
        for finding in findings:
            if finding.severity is severity and finding.code not in seen:
                seen.add(finding.code)
                text.append((" " if text else "") + finding.code, style=COLOURS[severity])
    more = len({finding.code for finding in findings} - seen)
    if more:
        text.append((" " if text else "") + f"{more} info", style="dim")
    return text


def _steps(member: MemberReport) -> Iterator[str]:
    """`create 2`, `keep 2`: how many resources each action touches."""
    counts: dict[str, int] = {}
    for step in listed(member.plan):
        counts[step.action] = counts.get(step.action, 0) + 1
    return (f"{action} {count}" for action, count in counts.items())


def checked_text(checked: Checked) -> RenderableType:
    """One Claim or ChargeItem of `check` with what was found on it."""
    text = Text(checked.resource, style="bold")
    if not checked.findings:
        text.append("  clean", style="green")
        return text
    return Group(text, said(of_checked(checked)))
