"""The report of a run: typed, and as JSON, OperationOutcome and transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..fhir.json import dumps
from ..model import Checked, Finding, Outcome, SessionReport, Severity, Step, Tally
from ..reconcile.transaction import transactions
from . import as_json
from .as_outcome import operation_outcome
from .on_server import CODE as SERVER_TROUBLE
from .plan import corrects, to_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found and plans (design 5.2)."""

    version: str
    """Of groupbill."""
    as_of: date
    sessions: tuple[SessionReport, ...] = ()
    checked: tuple[Checked, ...] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """What concerns the input as a whole, by code and place."""
    corrections_held: bool = False
    """More replacements and voids than allowed: they are shown, and not written (ENG07)."""

    @property
    def all_findings(self) -> Iterator[Finding]:
        """Every finding of the report, each once per place where it stands."""
        yield from self.findings
        for session in self.sessions:
            yield from session.findings
            for member in session.members:
                yield from member.findings
        for checked in self.checked:
            yield from checked.findings

    @property
    def exit_status(self) -> int:
        """3 where the server refused or could not be reached, 1 with another error finding, else 0."""
        if any(finding.code == SERVER_TROUBLE for finding in self.all_findings):
            return 3
        return int(any(finding.severity is Severity.ERROR for finding in self.all_findings))

    def outcomes(self) -> dict[Outcome, int]:
        """How many members ended in each outcome."""
        counts = dict.fromkeys(Outcome, 0)
        for session in self.sessions:
            for member in session.members:
                counts[member.outcome] += 1
        return counts

    def steps(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """What is to be written, by patient: each member's plan without what is only kept or only shown."""
        for session in self.sessions:
            for member in session.members:
                steps = to_write(member)
                if steps and not (self.corrections_held and corrects(member)):
                    yield member.patient or member.member, steps

    def transactions(self) -> list[dict[str, Any]]:
        """The plan as FHIR transaction Bundles, one per patient, in the order of their references.

        Amounts are Decimal, since `45.00` is not 45.0; `ndjson` writes them so.
        """
        return transactions(self.steps())

    def ndjson(self) -> Iterator[bytes]:
        """The transactions as JSON, one a line, every amount with its digits: what goes to a server."""
        return (dumps(each) for each in self.transactions())

    def to_json(self) -> dict[str, Any]:
        """The report of design 5.2."""
        return as_json.report(
            version=self.version,
            as_of=self.as_of,
            sessions=self.sessions,
            checked=self.checked,
            tallies=self.tallies,
            findings=self.findings,
        )

    def to_outcome(self) -> dict[str, Any]:
        """All findings as a FHIR OperationOutcome."""
        return operation_outcome(dict.fromkeys(self.all_findings))
