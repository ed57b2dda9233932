"""The only way in to the hooks: one typed method each, every implementation guarded by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar, cast

from ..errors import PluginError, RuleDefinitionError
from ..model import Attendance, Change, Charge, Effect, Finding, Read, Resource, Session, Severity
from ..model.readonly import view
from ..model.strangers import CRASH, line_of, told
from ..rules.answered import finding
from ..rules.catalogue import Catalogue
from . import answers
from .context import ChangeContext, Context
from .registry import BUNDLED, Registry

T = TypeVar("T")
_log = logging.getLogger("groupbill.plugins")


def crashed(plugin: str, hook: str, error: BaseException, at: str) -> Finding:
    """Finding ENG02: names plugin, hook and what went wrong; where it did stands in the log."""
    _log.warning("plugin %s: %s failed with %s%s", plugin, hook, told(error), line_of(error))
    return Finding(
        code="ENG02",
        name="crashed",
        severity=Severity.ERROR,
        at=at,
        message=f"plugin {plugin}: {hook} failed with {told(error)}",
        source="groupbill",
    )


class _Reader:
    """The host's reader as plugins get it: what it answers is read-only."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.failure: Exception | None = None

    def __call__(self, question: str) -> Sequence[Resource]:
        try:
            return cast("Sequence[Resource]", view(list(self._read(question))))
        except Exception as error:
            self.failure = error
            raise


class Hooks:
    """Calls the hooks of one registry."""

    def __init__(self, registry: Registry) -> None:
        """Sort the implementations of every hook once."""
        self.registry = registry
        self._implementations: dict[str, list[tuple[str, Any, tuple[str, ...]]]] = {}

    def _each(self, hook: str) -> list[tuple[str, Any, tuple[str, ...]]]:
        """The implementations of a hook, in order."""
        found = self._implementations.get(hook)
        if found is None:
            found = self._implementations[hook] = self.registry.implementations(hook)
        return found

    def _collect(
        self, hook: str, accept: Callable[[object], T], at: str, arguments: dict[str, Any]
    ) -> tuple[list[tuple[str, T]], list[Finding]]:
        """All items of all implementations, each with its plugin; a crash, also in a generator, becomes a finding.

        Those of strangers are checked. The bundled ones are typed, and asked about every participant.
        """
        items: list[tuple[str, T]] = []
        findings: list[Finding] = []
        for plugin, function, names in self._each(hook):
            try:
                answer = function(*(arguments[name] for name in names))
                given = () if answer is None else answer
                produced = list(given) if plugin.startswith(BUNDLED) else [accept(item) for item in given]
            except CRASH as error:
                findings.append(crashed(plugin, hook, error, at))
            else:
                items.extend((plugin, item) for item in produced)
        return items, findings

    def _first(
        self, hook: str, accept: Callable[[Any], T], at: str, arguments: dict[str, Any]
    ) -> tuple[T | None, list[Finding]]:
        """The first answer that is not None; `accept` checks and converts it inside the guard."""
        findings: list[Finding] = []
        for plugin, function, names in self._each(hook):
            try:
                answer = function(*(arguments[name] for name in names))
                if answer is None:
                    continue
                return answer if plugin.startswith(BUNDLED) else accept(answer), findings
            except CRASH as error:
                findings.append(crashed(plugin, hook, error, at))
        return None, findings

    def catalogue(self) -> Catalogue:
        """All rules, the bundled ones and those that plugins bring.

        Errors:
            PluginError: an implementation failed, or brought what is no rule, or a code or name that is taken.
        """
        catalogue = Catalogue.with_bundled(())
        for plugin, function, _ in self._each("groupbill_register_rules"):
            try:
                answer = function()
                for rule in () if answer is None else answer:
                    catalogue.bring(rule)
                    rule()
            except RuleDefinitionError as error:
                raise PluginError(plugin, str(error)) from error
            except CRASH as error:
                raise PluginError(plugin, f"groupbill_register_rules failed: {error!r}") from error
        return catalogue

    def changed(self, change: Change, context: ChangeContext) -> tuple[list[Effect], list[Finding]]:
        """Effects of a changed Encounter, Group or Claim (ChargeItems and answers go with the Claim hook).

        Where the reader failed its error is raised: that is no plugin's crash, and another time it may answer.
        """
        hook = {
            "Encounter": "groupbill_encounter_changed",
            "Appointment": "groupbill_encounter_changed",
            "Group": "groupbill_group_changed",
        }.get(change.resource_type, "groupbill_claim_changed")
        seen = Change(reference=change.reference, before=view(change.before), after=view(change.after))
        reader = _Reader(context.read)
        arguments = {"change": seen, "context": replace(context, read=reader)}
        effects, findings = self._collect(hook, answers.effect, change.reference, arguments)
        if findings and reader.failure is not None:
            raise reader.failure
        return list(dict.fromkeys(each for _, each in effects)), findings

    def resolve_attendance(
        self, session: Session, context: Context
    ) -> tuple[Sequence[Attendance] | None, list[Finding]]:
        """Who took part, None where nobody answered; an answer about somebody not on the roster counts as a crash."""
        arguments = {"session": session, "context": context}
        return self._first("groupbill_resolve_attendance", answers.attendances(session), place(session), arguments)

    def derive_charges(self, session: Session, context: Context) -> tuple[list[tuple[str, Charge]], list[Finding]]:
        """All charges of all plugins, each with its plugin."""
        arguments = {"session": session, "context": context}
        return self._collect("groupbill_derive_charges", answers.charge, place(session), arguments)

    def resolve_price(
        self, charge: Charge, coverage: Resource | None, context: Context, at: str
    ) -> tuple[Decimal | None, list[Finding]]:
        """The list price of one unit."""
        arguments = {"charge": charge, "coverage": view(coverage), "context": context}
        return self._first("groupbill_resolve_price", answers.price, at, arguments)

    def before_claim_written(
        self, claim: Resource, findings: Sequence[Finding], context: Context, at: str
    ) -> list[Finding]:
        """What plugins have to say about a Claim before it goes into the plan."""
        arguments = {"claim": view(claim), "findings": tuple(findings), "context": context}
        found, crashes = self._collect("groupbill_before_claim_written", finding, at, arguments)
        return [*(each for _, each in found), *crashes]

    def after_claim_written(self, claim: Resource, context: Context) -> None:
        """Tell the observers of a Claim that was written."""
        self._observe("groupbill_after_claim_written", {"claim": view(claim), "context": context})

    def claim_write_failed(self, claim: Resource, error: Exception, context: Context) -> None:
        """Tell the observers of a Claim that could not be written."""
        arguments = {"claim": view(claim), "error": error, "context": context}
        self._observe("groupbill_claim_write_failed", arguments)

    def _observe(self, hook: str, arguments: dict[str, Any]) -> None:
        """Call observers; a crash is logged and changes nothing."""
        for plugin, function, names in self._each(hook):
            try:
                function(*(arguments[name] for name in names))
            except CRASH as failure:
                _log.error("plugin %s: %s failed with %s%s", plugin, hook, told(failure), line_of(failure))


def place(session: Session) -> str:
    """Where findings about a whole session sit."""
    return session.encounter or (session.sources[0] if session.sources else f"Session/{session.key}")
