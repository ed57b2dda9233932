"""`groupbill run --server URL`: the main job on a FHIR server, day by day; with `--write` the plan is carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import InputError, UsageError
from ..host import Host
from ..model import SessionReport
from ..on_server import sweep, swept
from ..report.plan import Plan
from ..report.write import write_plan
from ..server import Server, Way
from ..server.days import Days
from ..server.sweep import Sweep
from .host import a_date, day, open_host
from .progress import progress
from .run import check_out
from .view import View, has_error, view


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command."""

    url: str
    settings: Path | None = None
    on: str | None = None
    first: str | None = None
    last: str | None = None
    encounter: str | None = None
    write: bool = False
    jobs: int = 1
    json: bool = False
    out: Path | None = None
    today: str | None = None
    accept_corrections: bool = False
    store: str | None = None


def run_server(asked: Asked) -> int:
    """Read, derive, check, plan, and write; print the tables or the report. The exit status.

    Errors:
        UsageError: options that don't go together, or can't be used.
        ServerError: the server could not be reached, or refuses us.
    """
    check_out(asked.out)
    host = open_host(asked.settings)
    today = day(asked.today, host)
    days = _days(asked, today)
    store, write = asked.store, asked.write
    with Server.open(asked.url, host.settings, write=write, store=store, export=asked.out) as server:
        work = sweep(
            host, server, write=write, today=today, accept_corrections=asked.accept_corrections, jobs=asked.jobs
        )
        return _Command(asked, host, server, work, today).run(days)


def _days(asked: Asked, today: date) -> tuple[date, date] | None:
    """The range of days; None where one Encounter is asked for.

    Errors:
        UsageError: options that don't go together, or are no dates.
    """
    if asked.encounter is not None:
        if asked.on or asked.first or asked.last:
            raise UsageError("--encounter goes without --date, --from and --to")
        return None
    if asked.on is not None:
        if asked.first or asked.last:
            raise UsageError("--date goes without --from and --to")
        on = a_date("--date", asked.on)
        return on, on
    if asked.first is None and asked.last is None:
        return today, today
    if asked.first is None or asked.last is None:
        raise UsageError("--from and --to go together")
    first, last = a_date("--from", asked.first), a_date("--to", asked.last)
    if last < first:
        raise UsageError(f"--to {last} is before --from {first}")
    return first, last


class _Command:
    """One run of the command."""

    def __init__(self, asked: Asked, host: Host, server: Server, work: Sweep, today: date) -> None:
        self._asked, self._host, self._server, self._work, self._today = asked, host, server, work, today
        self._view: View = view(asked.json, host.settings.zone_of())
        self._written: Counter[str] = Counter()
        self._failed = False
        self._exports = asked.write and server.capability.ways == (Way.EXPORT,)
        if self._exports and asked.out is not None and asked.out.suffix != ".ndjson":
            raise UsageError(f"--out {asked.out}: this server gets an export, expected a name that ends in .ndjson")
        self._plan = Plan() if asked.out is not None and not self._exports else None

    def run(self, days: tuple[date, date] | None) -> int:
        if days is None:
            self._take(self._of_encounter(str(self._asked.encounter)))
            notes: list[str] = []
        else:
            notes = self._over(Days(self._server, *days, write=self._asked.write, today=self._today))
        report = swept(self._work, self._view.sessions, self._today)
        if self._plan is not None and self._asked.out is not None:
            held = report.corrections_held
            write_plan(self._plan.transactions(corrections_held=held), self._asked.out)
        self._view.close(report, *notes, *self._server.notes(), self._summary())
        if self._work.trouble:
            return 3
        return 1 if self._failed else report.exit_status

    def _of_encounter(self, name: str) -> Iterator[SessionReport]:
        reference = name if "/" in name else f"Encounter/{name}"
        if not reference.startswith(("Encounter/", "Appointment/")) or reference.count("/") != 1:
            raise UsageError(f"--encounter {name!r}: expected the id of an Encounter, or Appointment/id")
        yield from self._work.over([reference], whole=True)
        yield from self._work.late()
        if not self._work.shown and not self._work.trouble:
            there = bool(self._server.read(reference))
            raise InputError(f"{reference}: {'part of no group session' if there else 'not on the server'}")

    def _over(self, days: Days) -> list[str]:
        with progress("days", days.count, beside=not self._asked.json) as advance:

            def done(count: int) -> None:
                for _ in range(count):
                    advance()

            self._take(days.over(self._work, done))
        return [f"an interrupted run was gone on with at {days.first}"] if days.resumed else []

    def _take(self, sessions: Iterator[SessionReport]) -> None:
        for session in sessions:
            if self._plan is not None:
                self._plan.add(session)
            self._failed = self._failed or has_error(session)
            steps = (step for member in session.members for step in member.plan if step.written is not None)
            self._written.update(step.written.status for step in steps if step.written is not None)
            self._view.show(session)

    def _summary(self) -> str:
        if not self._asked.write:
            return "nothing was written: pass --write to carry the plan out"
        said = ", ".join(f"{self._written[status]} {status}" for status in sorted(self._written))
        end = "; what could not be read or written: see ENG08, and run again" if self._work.trouble else ""
        return f"on the server: {said or 'nothing to do'}{end}"
