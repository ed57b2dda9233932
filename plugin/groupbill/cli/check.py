"""`groupbill check SOURCE...`: anybody's Claims and ChargeItems against each other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..fhir.json import dumps
from ..report.report import Report
from .host import day, open_host, read
from .progress import WIDTH


def check_files(sources: Sequence[str], settings: Path | None, *, today: str | None, format: str) -> int:
    """Read and check; print text, the JSON report or an OperationOutcome. The exit status."""
    host = open_host(settings)
    report = host.check(read(sources), day(today, host))
    if format == "text":
        _print(report)
    else:
        answer = report.to_json() if format == "json" else report.to_outcome()
        sys.stdout.buffer.write(dumps(answer) + b"\n")
        sys.stdout.flush()
    return report.exit_status


def _print(report: Report) -> None:
    from rich.console import Console

    from ..report.as_text import Totals, checked_text, finding_text

    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH)
    totals = Totals()
    for checked in report.checked:
        console.print(checked_text(checked))
        totals.note(checked.findings)
    for finding in report.findings:
        console.print(finding_text(finding))
    totals.note(report.findings)
    clean = sum(1 for checked in report.checked if not checked.findings)
    if sources := totals.sources():
        console.print(sources, end="")
    console.print(f"{len(report.checked)} checked, {clean} clean; " + totals.text().splitlines()[-1])
