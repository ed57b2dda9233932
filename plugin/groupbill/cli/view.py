"""What `run` prints: tables as the sessions come, or the JSON report at the end."""

from __future__ import annotations

import sys
from datetime import tzinfo
from typing import Protocol

from ..fhir.json import dumps
from ..model import SessionReport, Severity
from ..report.report import Report
from .result import write


class View(Protocol):
    """How the result is shown."""

    @property
    def sessions(self) -> list[SessionReport]:
        """Those that are needed for the report at the end."""
        ...

    def show(self, session: SessionReport) -> None:
        """Take one session."""
        ...

    def close(self, report: Report, *notes: str) -> None:
        """Say what is left to say."""
        ...


def view(json: bool, zone: tzinfo | None) -> View:
    """JSON, or tables with the hours in this zone."""
    return _Json() if json else _Tables(zone)


def has_error(session: SessionReport) -> bool:
    """Whether any finding of a session is an error."""
    found = (session.findings, *(member.findings for member in session.members))
    return any(finding.severity is Severity.ERROR for findings in found for finding in findings)


class _Json:
    """The report of design 5.2, at the end."""

    def __init__(self) -> None:
        self.sessions: list[SessionReport] = []

    def show(self, session: SessionReport) -> None:
        """Keep a session."""
        self.sessions.append(session)

    def close(self, report: Report, *notes: str) -> None:
        """Print everything."""
        write(dumps(report.to_json()))
        for note in notes:
            print(f"groupbill: {note}", file=sys.stderr)


class _Tables:
    """One table per session as it comes; what concerns the whole input, and the totals, at the end."""

    def __init__(self, zone: tzinfo | None) -> None:
        from ..report.totals import Totals
        from .screen import Screen

        self.sessions: list[SessionReport] = []
        self._zone = zone
        self._screen = Screen()
        self._totals = Totals()

    def show(self, session: SessionReport) -> None:
        """Print the table of a session."""
        from ..report.as_text import session_table

        self._screen.print(session_table(session, self._zone))
        self._totals.add(session)

    def close(self, report: Report, *notes: str) -> None:
        """Print what is left to say."""
        from ..report.said import Said, said

        show = self._screen.print
        if report.findings:
            show(said(map(Said, report.findings)))
        self._totals.note(report.findings)
        if sources := self._totals.sources():
            show(sources)
        if waiting := self._totals.waiting():
            show(waiting)
        show(self._totals.ended())
        show(self._totals.found())
        if report.corrections_held:
            show("corrections are shown and not planned: see ENG07, or pass --accept-corrections")
        for note in notes:
            show(note)
