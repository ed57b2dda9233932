"""A host at work on a FHIR server: facts from there, the decision here, the plan carried out there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from .errors import UsageError
from .facts import Facts
from .fhir.index import Index
from .fhir.read import add_resources
from .fhir.references import LOGICAL_ID
from .model import Resource, SessionReport
from .pipeline.collector import unhurried
from .pipeline.stages import order
from .plugins import Context
from .report.report import Report
from .server import Server
from .server.sweep import Sweep
from .server.write_back import WriteBack
from .version import VERSION

if TYPE_CHECKING:
    from .host import Host

_SESSION = re.compile(rf"(Encounter|Appointment)/{LOGICAL_ID.pattern}")


def reconcile(
    host: Host,
    server: str | Server,
    sessions: Iterable[str],
    write: bool,
    *,
    today: date | None,
    accept_corrections: bool,
    jobs: int,
) -> Report:
    """See `Host.reconcile`."""
    if isinstance(server, str):
        with Server.open(server, host.settings, write=write) as opened:
            return reconcile(
                host, opened, sessions, write, today=today, accept_corrections=accept_corrections, jobs=jobs
            )
    if not isinstance(server, Server):
        raise UsageError(f"server: expected its base URL or a groupbill.server.Server, not {type(server).__name__}")
    asked = [sessions] if isinstance(sessions, str) else list(dict.fromkeys(sessions))
    for each in asked:
        if not isinstance(each, str) or not _SESSION.fullmatch(each):
            raise UsageError(f"{each!r}: expected Encounter/id or Appointment/id")
    day = host.day(today)
    work = sweep(host, server, write=write, today=day, accept_corrections=accept_corrections, jobs=jobs)
    found = [*work.over(asked, whole=True), *work.late()]
    return swept(work, sorted(found, key=lambda each: order(each.session)), day)


def sweep(
    host: Host, server: Server, *, write: bool, today: date, accept_corrections: bool = False, jobs: int = 1
) -> Sweep:
    """A run over sessions of a server whose results can be taken one by one.

    Errors:
        UsageError: the server was opened without `write`.
    """
    if write and server.sink is None:
        raise UsageError("the server was opened for reading only")

    def decide(facts: Facts, asked: frozenset[str]) -> Report:
        return decided(host, facts, asked, today)

    def observe(claim: Resource, error: Exception | None) -> None:
        context = Context(settings=host.settings, policies=host.policies, today=today)
        with host.lock:
            if error is None:
                host.hooks.after_claim_written(claim, context)
            else:
                host.hooks.claim_write_failed(claim, error, context)

    allowed = None if accept_corrections else host.settings.max_corrections
    work = WriteBack(server, decide, observe, server.writers(jobs))
    return Sweep(work, write=write, jobs=jobs, allowed=allowed)


def decided(host: Host, facts: Facts, asked: frozenset[str], today: date) -> Report:
    """The report of sessions whose facts were read from a server, with the plan."""
    with host.lock, unhurried():
        index = Index()
        add_resources(index, facts.resources)
        recorded = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        run = host.start(
            index, today, asked, accept_corrections=True, gone=facts.gone, gate="full", recorded=recorded
        )
        return host.report(run, tuple(run))


def swept(work: Sweep, sessions: Iterable[SessionReport], today: date) -> Report:
    """The report of a sweep that has come to its end."""
    return Report(
        version=VERSION,
        as_of=today,
        sessions=tuple(sessions),
        checked=work.checked,
        tallies=work.tallies,
        findings=work.findings,
        corrections_held=work.corrections_held,
    )
