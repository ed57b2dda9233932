"""`groupbill run SOURCE...`: the main job on files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from ..errors import UsageError
from ..fhir.json import dumps
from ..model import SessionReport
from ..report.report import Report
from ..report.write import write_plan
from .host import day, open_host, read
from .progress import WIDTH, progress


def run_files(
    sources: Sequence[str],
    settings: Path | None,
    *,
    today: str | None,
    json: bool,
    out: Path | None,
    accept_corrections: bool,
) -> int:
    """Read, derive, check, plan; print the tables or the report; write the plan. The exit status."""
    if out is not None and out.suffix not in (".json", ".ndjson"):
        raise UsageError(f"--out {out}: expected a name that ends in .json or .ndjson")
    host = open_host(settings)
    on = day(today, host)
    index = read(sources)
    run = host.start(index, on, accept_corrections=accept_corrections)
    sessions: list[SessionReport] = []
    with progress("sessions", run.expected) as advance:
        for session in run:
            sessions.append(session)
            advance()
    report = host.report(run, sessions)
    if out is not None:
        write_plan(report.transactions(), out)
    if json:
        sys.stdout.buffer.write(dumps(report.to_json()) + b"\n")
        sys.stdout.flush()
    else:
        _print(report, host.settings.zone_of(None, None))
    return report.exit_status


def _print(report: Report, zone: tzinfo | None) -> None:
    """The tables, what concerns the whole input, and the totals."""
    from rich.console import Console

    from ..report.as_text import Totals, finding_text, session_table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    totals = Totals()
    for session in report.sessions:
        console.print(session_table(session, zone))
        totals.add(session)
    for finding in report.findings:
        console.print(finding_text(finding))
    totals.note(report.findings)
    console.print(totals.text())
    if report.corrections_held:
        console.print("corrections are shown and not planned: see ENG07, or pass --accept-corrections")
