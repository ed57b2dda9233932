"""The only way in to the hooks: one typed method each, every implementation guarded by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import PluginError
from ..model import (
    Attendance,
    Change,
    Charge,
    Effect,
    Finding,
    Recheck,
    Reconcile,
    ReconcileGroup,
    Resource,
    Session,
    Severity,
    Wait,
)
from .context import ChangeContext, Context
from .readonly import view
from .registry import Registry

if TYPE_CHECKING:
    from ..rules.rule import Rule

T = TypeVar("T")
_log = logging.getLogger("groupbill.plugins")


def crashed(plugin: str, hook: str, error: Exception, at: str) -> Finding:
    """Finding ENG02: names plugin, hook and type; the text of the exception may hold patient data."""
    return Finding(
        code="ENG02",
        name="crashed",
        severity=Severity.ERROR,
        at=at,
        message=f"plugin {plugin}: {hook} failed with {type(error).__name__}",
        source="groupbill",
    )


def _wrong_type(value: object, expected: str) -> TypeError:
    """What is raised inside the guard for an answer of the wrong type."""
    return TypeError(f"answered {type(value).__name__}, expected {expected}")


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
        self, hook: str, types: tuple[type, ...], at: str, arguments: dict[str, Any]
    ) -> tuple[list[Any], list[Finding]]:
        """All items of all implementations; a crash, also in a generator, becomes a finding."""
        items: list[Any] = []
        findings: list[Finding] = []
        for plugin, function, names in self._each(hook):
            try:
                produced = list(function(*(arguments[name] for name in names)) or ())
                for item in produced:
                    if not isinstance(item, types):
                        raise _wrong_type(item, types[0].__name__)
            except Exception as error:  # noqa: BLE001 - a stranger's code; it becomes a blocking finding
                _log.warning("plugin %s: %s failed with %s", plugin, hook, type(error).__name__)
                findings.append(crashed(plugin, hook, error, at))
            else:
                items.extend(produced)
        return items, findings

    def _first(
        self, hook: str, accept: Callable[[Any], Any], at: str, arguments: dict[str, Any]
    ) -> tuple[Any, list[Finding]]:
        """The first answer that is not None; `accept` checks and converts it inside the guard."""
        findings: list[Finding] = []
        for plugin, function, names in self._each(hook):
            try:
                answer = function(*(arguments[name] for name in names))
                if answer is None:
                    continue
                return accept(answer), findings
            except Exception as error:  # noqa: BLE001 - a stranger's code; it becomes a blocking finding
                _log.warning("plugin %s: %s failed with %s", plugin, hook, type(error).__name__)
                findings.append(crashed(plugin, hook, error, at))
        return None, findings

    def register_rules(self) -> list[tuple[str, type[Rule]]]:
        """The rules that plugins bring, each with the plugin's name.

        Errors:
            PluginError: an implementation failed.
        """
        rules: list[tuple[str, type[Rule]]] = []
        for plugin, function, _ in self._each("groupbill_register_rules"):
            try:
                rules.extend((plugin, rule) for rule in list(function() or ()))
            except Exception as error:
                raise PluginError(plugin, f"groupbill_register_rules failed: {error!r}") from error
        return rules

    def changed(self, change: Change, context: ChangeContext) -> tuple[list[Effect], list[Finding]]:
        """Effects of a changed Encounter, Group or Claim (ChargeItems and answers go with the Claim hook)."""
        hook = {
            "Encounter": "groupbill_encounter_changed",
            "Appointment": "groupbill_encounter_changed",
            "Group": "groupbill_group_changed",
        }.get(change.resource_type, "groupbill_claim_changed")
        seen = Change(reference=change.reference, before=view(change.before), after=view(change.after))
        types = (Reconcile, ReconcileGroup, Recheck, Wait)
        effects, findings = self._collect(hook, types, change.reference, {"change": seen, "context": context})
        return list(dict.fromkeys(cast("Iterable[Effect]", effects))), findings

    def resolve_attendance(
        self, session: Session, context: Context
    ) -> tuple[Sequence[Attendance] | None, list[Finding]]:
        """Who took part, None where nobody answered; an answer about somebody not on the roster counts as a crash."""
        roster = {member.member for member in session.members}

        def accept(answer: Iterable[object]) -> list[Attendance]:
            attendances = []
            for item in answer:
                if not isinstance(item, Attendance):
                    raise _wrong_type(item, "Attendance")
                if item.member not in roster:
                    raise LookupError("answered for somebody who is not on the roster")
                attendances.append(item)
            return attendances

        arguments = {"session": session, "context": context}
        answer, findings = self._first("groupbill_resolve_attendance", accept, place(session), arguments)
        return cast("Sequence[Attendance] | None", answer), findings

    def derive_charges(self, session: Session, context: Context) -> tuple[list[Charge], list[Finding]]:
        """All charges of all plugins."""
        arguments = {"session": session, "context": context}
        return self._collect("groupbill_derive_charges", (Charge,), place(session), arguments)

    def resolve_price(
        self, charge: Charge, coverage: Resource | None, context: Context, at: str
    ) -> tuple[Decimal | None, list[Finding]]:
        """The list price of one unit."""

        def accept(answer: object) -> Decimal:
            if isinstance(answer, bool) or not isinstance(answer, Decimal | int):
                raise _wrong_type(answer, "Decimal")
            price = Decimal(answer)
            if not price.is_finite():
                raise ValueError("answered with no number")
            return price

        arguments = {"charge": charge, "coverage": view(coverage), "context": context}
        answer, findings = self._first("groupbill_resolve_price", accept, at, arguments)
        return cast("Decimal | None", answer), findings

    def before_claim_written(
        self, claim: Resource, findings: Sequence[Finding], context: Context, at: str
    ) -> list[Finding]:
        """What plugins have to say about a Claim before it goes into the plan."""
        arguments = {"claim": view(claim), "findings": tuple(findings), "context": context}
        found, crashes = self._collect("groupbill_before_claim_written", (Finding,), at, arguments)
        return [*found, *crashes]

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
            except Exception as failure:  # noqa: BLE001 - observers never stop the work
                _log.error("plugin %s: %s failed with %s", plugin, hook, type(failure).__name__)


def place(session: Session) -> str:
    """Where findings about a whole session sit."""
    return session.encounter or (session.sources[0] if session.sources else f"Session/{session.key}")
