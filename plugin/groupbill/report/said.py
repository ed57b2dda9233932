"""Findings in words, aligned: code and severity, then whose, what, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from ..model import Checked, Finding, Fix, MemberReport, SessionReport, Severity

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "dim"}
_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "info"}
_WEIGHTS = {severity: weight for weight, severity in enumerate(COLOURS)}
_LABEL = 13
"""Columns of `NCC02 warning`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding, and for whom it is said."""

    finding: Finding
    whose: str | None = None
    at: bool = True
    """Whether its place says anything that is not plain already."""


def said(findings: Iterable[Said]) -> Table:
    """A block of findings; the text of a long one stays right of its code."""
    block = Table.grid(padding=(0, 2, 0, 0))
    block.add_column(min_width=_LABEL + 2, no_wrap=True)
    block.add_column(overflow="fold")
    for each in findings:
        finding = each.finding
        label = Text(f"  {finding.code} {_MARKS[finding.severity]}", style=COLOURS[finding.severity])
        block.add_row(label, _words(each))
        if finding.fix is not None:
            block.add_row("", Text(f"fix: {_fix(finding.fix)}", style="cyan"))
    return block


def of_session(report: SessionReport) -> list[Said]:
    """Errors, warnings, the rest; of each the session's first. What is the same for several members is said once."""
    return sorted(_of_session(report), key=lambda each: _WEIGHTS[each.finding.severity])


def _of_session(report: SessionReport) -> Iterator[Said]:
    session = report.session
    own = {session.encounter, *session.sources}
    for finding in report.findings:
        yield Said(finding, at=finding.at not in own)
    same: dict[tuple[str, str, str, bool], list[tuple[Finding, MemberReport]]] = {}
    for member in report.members:
        for finding in member.findings:
            key = (
                finding.code,
                str(finding.severity),
                finding.message,
                finding.fix is None and _plain(finding, member),
            )
            same.setdefault(key, []).append((finding, member))
    billed = sum(1 for member in report.members if member.lines)
    for (_, _, _, plain), found in same.items():
        if plain:
            yield Said(found[0][0], _whose([member for _, member in found], billed), at=False)
        else:
            yield from (Said(finding, member.member, at=not _plain(finding, member)) for finding, member in found)


def of_checked(checked: Checked) -> Iterator[Said]:
    """The findings on one Claim or ChargeItem."""
    return (Said(finding, at=finding.at != checked.resource) for finding in checked.findings)


def _plain(finding: Finding, member: MemberReport) -> bool:
    """Whether a finding is about what the member's row shows: the own charge, claim or visit."""
    own = {member.charge_item, member.claim, member.encounter, *(line.charge_item for line in member.lines)}
    return finding.at.partition("#")[0] in own


def _whose(members: Collection[MemberReport], billed: int) -> str:
    names = list(dict.fromkeys(member.member for member in members))
    return f"all {billed}" if len(names) == billed and billed > 2 else ", ".join(names)


def _words(each: Said) -> Text:
    text = Text(f"{each.whose}: " if each.whose else "")
    text.append(each.finding.message)
    if each.at:
        text.append(f"  [{each.finding.at}]", style="dim")
    return text


def _fix(fix: Fix) -> str:
    where = fix.line if fix.item is None else f"{fix.line} item {fix.item}"
    return f"drop {where}" if fix.drop else f"put {fix.modifier} on {where}"
