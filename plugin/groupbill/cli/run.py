"""`groupbill run SOURCE...`: the main job on files, session by session; only `--json` holds them all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from ..errors import UsageError
from ..fhir.json import dumps
from ..model import SessionReport, Severity
from ..pipeline.collector import unhurried
from ..report.plan import Plan
from ..report.report import Report
from ..report.write import check_writable, write_plan
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
    if out is not None:
        _check_out(out)
    host = open_host(settings)
    on = day(today, host)
    with unhurried():
        index = read(sources)
        run = host.start(index, on, accept_corrections=accept_corrections)
        view: _Json | _Tables = _Json() if json else _Tables(host.settings.zone_of(None, None))
        plan, failed = Plan(), False
        with progress("sessions", run.expected, beside=not json) as advance:
            for session in run:
                if out is not None:
                    plan.add(session)
                failed = failed or _has_error(session)
                view.show(session)
                advance()
        report = host.report(run, view.sessions)
        if out is not None:
            write_plan(plan.transactions(corrections_held=report.corrections_held), out)
        view.close(report)
    return 1 if failed else report.exit_status


def _check_out(out: Path) -> None:
    if out.suffix not in (".json", ".ndjson"):
        raise UsageError(f"--out {out}: expected a name that ends in .json or .ndjson")
    check_writable(out)


def _has_error(session: SessionReport) -> bool:
    found = (session.findings, *(member.findings for member in session.members))
    return any(finding.severity is Severity.ERROR for findings in found for finding in findings)


class _Json:
    """The report of design 5.2, at the end."""

    def __init__(self) -> None:
        self.sessions: list[SessionReport] = []

    def show(self, session: SessionReport) -> None:
        """Keep a session."""
        self.sessions.append(session)

    def close(self, report: Report) -> None:
        """Print everything."""
        sys.stdout.buffer.write(dumps(report.to_json()) + b"\n")
        sys.stdout.flush()


class _Tables:
    """One table per session as it comes; what concerns the whole input, and the totals, at the end."""

    sessions = ()

    def __init__(self, zone: tzinfo | None) -> None:
        from rich.console import Console

        from ..report.as_text import Totals

        self._zone = zone
        self._console = Console(
            highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH
        )
        self._totals = Totals()

    def show(self, session: SessionReport) -> None:
        """Print the table of a session."""
        from ..report.as_text import session_table

        self._console.print(session_table(session, self._zone))
        self._totals.add(session)

    def close(self, report: Report) -> None:
        """Print what is left to say."""
        from ..report.as_text import finding_text

        for finding in report.findings:
            self._console.print(finding_text(finding))
        self._totals.note(report.findings)
        self._console.print(self._totals.text())
        if report.corrections_held:
            self._console.print("corrections are shown and not planned: see ENG07, or pass --accept-corrections")
