"""`groupbill check SOURCE...`: anybody's Claims and ChargeItems against each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..fhir.json import dumps
from ..report.report import Report
from .host import day, open_host, read
from .result import write


def check_files(sources: Sequence[str], settings: Path | None, *, today: str | None, format: str) -> int:
    """Read and check; print text, the JSON report or an OperationOutcome. The exit status."""
    host = open_host(settings)
    report = host.check(read(sources), day(today, host))
    if format == "text":
        _print(report)
    else:
        answer = report.to_json() if format == "json" else report.to_outcome()
        write(dumps(answer))
    return report.exit_status


def _print(report: Report) -> None:
    from ..report.as_text import checked_text
    from ..report.said import Said, said
    from ..report.totals import Totals
    from .screen import Screen

    show, totals = Screen().print, Totals()
    for checked in report.checked:
        show(checked_text(checked))
        totals.note(checked.findings)
    if report.findings:
        show(said(map(Said, report.findings)))
    totals.note(report.findings)
    clean = sum(1 for checked in report.checked if not checked.findings)
    if sources := totals.sources():
        show(sources)
    show(f"{len(report.checked)} checked, {clean} clean; {totals.found()}")
