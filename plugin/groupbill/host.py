"""The host: owns plugins, settings, policies and code tables; runs the engine for an embedding EHR."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from .errors import InputError, UsageError
from .facts import asked, concerned, facts_of
from .fhir import json
from .fhir.index import Index
from .fhir.read import add_resources
from .fhir.references import LOGICAL_ID, bare
from .model import Change, Effect, Finding, Read, Resource, SessionReport
from .pipeline import Check, Pipeline, Run
from .pipeline.collector import unhurried
from .plugins import ChangeContext, Hooks, Registry
from .policies import Policies
from .reference import Reference
from .report.report import Report
from .rules.rulebook import Rulebook
from .settings import Settings
from .version import VERSION

if TYPE_CHECKING:
    from .server import Server

_REFERENCE = re.compile(rf"[A-Z][A-Za-z]+/{LOGICAL_ID.pattern}")


class Host:
    """Everything an EHR vendor needs: `run` over resources, `handle` for one change.

    A host is cheap to keep and has no global state; build one per configuration. `reconcile` may be called from
    several threads at once; for `run`, `check` and `handle` use one host per thread.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        plugins: Iterable[object | tuple[str, object]] = (),
        entry_points: bool = True,
        *,
        gate: str | None = None,
    ) -> None:
        """Load plugins, policies and rules.

        Args:
            settings: Defaults where None.
            plugins: Further plugins: objects, or `(name, object)` pairs.
            entry_points: Whether to load the plugins of installed distributions (the bundled ones among them).
            gate: `schema` (compiled JSON Schemas) or `full` (fhir.resources models as well); by default what the
                task at hand asks for.

        Errors:
            UsageError: settings, a policy, a plugin or a rule can't be used.
        """
        self.settings = settings or Settings()
        self.registry = Registry(_named(plugins), entry_points=entry_points)
        self.policies = Policies.load(self.settings.policy_files)
        self.settings.check_policies(self.policies.ids)
        self.reference = Reference.load(self.settings.reference_folder)
        self.registry.configure(self.settings)
        self.hooks = Hooks(self.registry)
        self._gate = gate
        self.lock = threading.Lock()
        """Held while sessions of a server are decided: one at a time, whatever the threads."""
        self.catalogue = self.hooks.catalogue()
        """All rules, the bundled ones and those of plugins."""
        self.settings.check_rules(self.catalogue.names)
        self.policies.check_rules(self.catalogue.names)

    def run(self, resources: Iterable[Mapping[str, Any]] | Mapping[str, Any], today: date | None = None) -> Report:
        """Derive, check and plan over resources held in memory.

        Args:
            resources: FHIR resources (R4, R4B or R5), Bundles among them, or one alone; they are read, never changed.
            today: The day of the run; by default today in the settings' time zone.

        Errors:
            SettingsError: a date needs a time zone and none is set.
        """
        index = Index()
        add_resources(index, [resources] if isinstance(resources, Mapping) else resources)
        return self.run_index(index, today)

    def run_index(
        self,
        index: Index,
        today: date | None = None,
        only: frozenset[str] | None = None,
        *,
        gone: frozenset[str] = frozenset(),
    ) -> Report:
        """Derive, check and plan over what was read.

        Args:
            index: What was read.
            today: The day of the run.
            only: Encounters and Appointments whose sessions alone are planned.
            gone: Encounters that are known to be deleted.
        """
        with unhurried():
            run = self.start(index, today, only, gone=gone)
            sessions = tuple(run)
        return self.report(run, sessions)

    def start(
        self,
        index: Index,
        today: date | None = None,
        only: frozenset[str] | None = None,
        *,
        accept_corrections: bool = False,
        gone: frozenset[str] = frozenset(),
        gate: str | None = None,
        recorded: str | None = None,
    ) -> Run:
        """A run whose sessions can be taken one by one, in the order of the report."""
        rulebook = Rulebook((), self.settings, catalogue=self.catalogue)
        pipeline = Pipeline(
            settings=self.settings,
            policies=self.policies,
            reference=self.reference,
            rulebook=rulebook,
            hooks=self.hooks,
            gate=self._gate or gate or "schema",
            recorded=recorded,
        )
        return Run(pipeline, index, self.day(today), only, accept_corrections, gone=gone)

    def report(self, run: Run, sessions: Iterable[SessionReport]) -> Report:
        """The report of a run that has come to its end."""
        return Report(
            version=VERSION,
            as_of=run.today,
            sessions=tuple(sorted(sessions, key=lambda each: each.order)),
            checked=run.checked(),
            tallies=run.tallies,
            findings=run.findings(),
            corrections_held=run.corrections_held,
        )

    def check(self, index: Index, today: date | None = None) -> Report:
        """Check the Claims and ChargeItems on file against each other; derives and plans nothing."""
        check = Check(
            settings=self.settings,
            policies=self.policies,
            reference=self.reference,
            rulebook=Rulebook((), self.settings, catalogue=self.catalogue),
            hooks=self.hooks,
        )
        day = self.day(today)
        checked, findings, tallies = check.run(index, day)
        return Report(version=VERSION, as_of=day, checked=checked, findings=findings, tallies=tallies)

    def handle(self, change: Change, *, read: Read, today: date | None = None) -> Report:
        """Reconcile what one changed resource concerns.

        The contents of the change are not billed: the facts are fetched again through `read`. What hooks wish to be
        looked at later (`Wait`) is left to `groupbill serve`, or to a sweep of yours.

        Args:
            change: The resource before and after.
            read: Fetches by reference (`Patient/p1`) or search (`Encounter?part-of=Encounter/g1`).
            today: The day of the run; by default today in the settings' time zone.

        Errors:
            UsageError: the change names no resource, or holds what JSON can't.
            Whatever `read` raises.
        """
        day = self.day(today)
        effects, crashes = self.effects(change, read=read, today=day)
        if crashes:
            return Report(version=VERSION, as_of=day, findings=tuple(crashes))
        index = Index()
        references = frozenset(asked(effects, day, read))
        facts = facts_of(references, read, self.settings)
        add_resources(index, facts.resources)
        return self.run_index(index, day, only=references, gone=facts.gone)

    def effects(self, change: Change, *, read: Read, today: date | None = None) -> tuple[list[Effect], list[Finding]]:
        """What the hooks answer to a change of any resource, each effect once, and the crashes (ENG02).

        A note, a Coverage or a payer's answer is put to them as a change of the visits or the Claim that it concerns.
        """
        day = self.day(today)
        reference = bare(change.reference) or ""
        if not _REFERENCE.fullmatch(reference):
            raise UsageError("Change.reference: expected Type/id of the resource that changed")
        change = Change(reference=reference, before=_plain(change.before), after=_plain(change.after))
        context = ChangeContext(settings=self.settings, policies=self.policies, today=day, read=read)
        since = day - timedelta(days=self.settings.look_back_days)
        effects: dict[Effect, None] = {}
        crashes: list[Finding] = []
        for each in concerned(change, since, read):
            answered, crashed = self.hooks.changed(each, context)
            effects.update(dict.fromkeys(answered))
            crashes += crashed
        return list(effects), crashes

    def reconcile(
        self,
        server: str | Server,
        sessions: Iterable[str],
        write: bool = False,
        *,
        today: date | None = None,
        accept_corrections: bool = False,
        jobs: int = 1,
    ) -> Report:
        """Bring what a FHIR server has on file in line with the facts of these sessions.

        Writes are recorded in the outbox before they are sent; several hosts, threads and processes may work at the
        same time when they share it.

        Args:
            server: Base URL, or a `groupbill.server.Server` that is kept open over several calls.
            sessions: `Encounter/id` (the session's, or one participant's) or `Appointment/id`.
            write: Write; else the plan is only shown.
            today: The day of the run; by default today in the settings' time zone.
            accept_corrections: Write more replacements and voids than the settings allow.
            jobs: Sessions are worked on in so many threads.

        Returns:
            The report, in whose plans every step says what became of it; what the server refused is a finding ENG08.

        Errors:
            UsageError: the URL, a setting or the outbox can't be used; a date needs a time zone.
            ServerError: the server could not be reached, refuses us, or can't be written to.
        """
        from .on_server import reconcile

        return reconcile(self, server, sessions, write, today=today, accept_corrections=accept_corrections, jobs=jobs)

    def day(self, stated: date | None) -> date:
        """The day of a run: what was stated (of a datetime its date), else today."""
        return self.today() if stated is None else date(stated.year, stated.month, stated.day)

    def today(self) -> date:
        """Today in the settings' time zone; without one, the machine's date."""
        return datetime.now(self.settings.zone_of()).date()


def _plain(resource: Resource | None) -> Resource | None:
    """The resource as read from JSON, whatever mappings it is made of: the caller's own stays the caller's."""
    if resource is None:
        return None
    try:
        return cast("Resource", json.loads(json.dumps(resource)))
    except (TypeError, RecursionError):
        raise InputError("a change holds what JSON can't, expected a FHIR resource") from None


def _named(plugins: Iterable[object | tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Pairs of name and plugin; an object without a name gets that of its module and type."""
    for number, plugin in enumerate(plugins, 1):
        if isinstance(plugin, tuple):
            if len(plugin) != 2 or not isinstance(plugin[0], str):
                raise UsageError(f"plugins[{number - 1}]: expected a plugin, or a pair of its name and the plugin")
            yield plugin
        else:
            name = getattr(plugin, "__name__", type(plugin).__qualname__)
            yield f"{name}:{number}", plugin
