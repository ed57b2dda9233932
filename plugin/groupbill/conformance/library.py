"""The cases against the library: the facts in memory, the plan laid into them, and judged by report and resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..fhir import json
from ..host import Host
from ..report.report import Report
from .case import Case, Step, kit_settings, patients
from .compare import against_report, against_standing
from .events import answer, ended
from .standing import standing

JSON = dict[str, Any]


class Library:
    """groupbill in this process, with the plugins that are installed."""

    name = "library"

    def __init__(self, plugins: Iterable[object | tuple[str, object]] = (), *, entry_points: bool = True) -> None:
        """Further plugins, and whether those of installed distributions count, as for `Host`."""
        self._plugins = tuple(plugins)
        self._entry_points = entry_points
        self._on_file: dict[str, Mapping[str, Any]] = {}
        self._host: Host | None = None

    def refuses(self, case: Case) -> str | None:
        """Every case runs here."""
        return None

    def begin(self, case: Case) -> None:
        """Nothing on file, a host with the settings of the case."""
        self._on_file = {}
        self._host = Host(kit_settings(case.settings), self._plugins, self._entry_points)

    def carry_out(self, step: Step) -> Iterator[str]:
        """Put, run, lay the plan in, compare; then run again, which must change nothing."""
        self._happen(step)
        report = self._run(step.today)
        yield from against_report(step, report.to_json())
        for transaction in report.transactions():
            self._apply(transaction)
        for session in step.sessions:
            for member, patient, expected in patients(session):
                found = standing(self._on_file.values(), patient, session)
                yield from against_standing(member, expected, found)
        again = [entry["request"]["url"] for each in self._run(step.today).transactions() for entry in each["entry"]]
        if again:
            yield f"a second run writes {', '.join(again)}"

    def end(self) -> None:
        """Forget everything."""
        self._on_file = {}

    def _happen(self, step: Step) -> None:
        for resource in step.put:
            self._on_file[f"{resource['resourceType']}/{resource['id']}"] = resource
        for reference in step.remove:
            del self._on_file[reference]
        for told in step.answers:
            made = answer(told, self._on_file.values(), step.today)
            self._on_file[f"ClaimResponse/{made['id']}"] = made
        for told in step.ends:
            for reference, resource in ended(told, self._on_file.values()):
                self._on_file[reference] = resource

    def _run(self, today: date) -> Report:
        assert self._host is not None
        return self._host.run(self._on_file.values(), today=today)

    def _apply(self, transaction: Mapping[str, Any]) -> None:
        for entry in json.loads(json.dumps(transaction))["entry"]:
            self._on_file[entry["request"]["url"]] = entry["resource"]
