"""`groupbill run SOURCE...`: the main job on files, session by session; only `--json` holds them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..pipeline.collector import unhurried
from ..report.plan import Plan
from ..report.write import check_writable, write_plan
from .host import day, open_host, read
from .progress import progress
from .view import has_error, view


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
    check_out(out)
    host = open_host(settings)
    on = day(today, host)
    with unhurried():
        index = read(sources)
        run = host.start(index, on, accept_corrections=accept_corrections)
        shown = view(json, host.settings.zone_of())
        plan, failed = Plan(), False
        with progress("sessions", run.expected, beside=not json) as advance:
            for session in run:
                if out is not None:
                    plan.add(session)
                failed = failed or has_error(session)
                shown.show(session)
                advance()
        report = host.report(run, shown.sessions)
        if out is not None:
            write_plan(plan.transactions(corrections_held=report.corrections_held), out)
        shown.close(report)
    return 1 if failed else report.exit_status


def check_out(out: Path | None) -> None:
    """Find out before the work whether the plan can be written.

    Errors:
        UsageError: it can't.
    """
    if out is None:
        return
    if out.suffix not in (".json", ".ndjson"):
        raise UsageError(f"--out {out}: expected a name that ends in .json or .ndjson")
    check_writable(out)
