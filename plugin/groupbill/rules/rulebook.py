"""The run over the rules: which exist, which apply, how severe a finding is, and what blocks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model import Bill, Finding, Participant, PatientDay, Policy, Session, Severity, Tally, Verdict
from .catalogue import Catalogue
from .rule import Context, Rule, Scope

if TYPE_CHECKING:
    from ..settings import Settings

_log = logging.getLogger(__name__)

FIXED = frozenset({"ENG01", "ENG02", "ENG03"})
"""Findings of the engine whose severity can't be changed and which can't be ignored."""

CRASH = "ENG02"


class _Entry(NamedTuple):
    """A rule ready to run."""

    rule: Rule
    check: Any
    tally: Tally


class Rulebook:
    """All rules that are switched on, run per scope. Counts how often each came to which verdict.

    A rule that raises becomes finding ENG02 at the place of the facts; the others go on.
    """

    def __init__(
        self, rules: Iterable[type[Rule]], settings: Settings, *, catalogue: Catalogue | None = None
    ) -> None:
        """The bundled rules and those of third parties, without what the settings ignore.

        Errors:
            RuleDefinitionError: two rules with one code or name, or a stranger's rule under a bundled prefix.
            SettingsError: the settings ignore or weigh a rule that does not exist.
        """
        self.catalogue = Catalogue.with_bundled(rules) if catalogue is None else catalogue
        self._ignored = self.catalogue.expand("rules.ignore", settings.ignore)
        self._settings = self.catalogue.severities("rules.severity", settings.severity)
        self._policies: dict[int, tuple[Policy, Mapping[str, Severity]]] = {}
        self.tallies: dict[str, Tally] = {}
        """By code, of every rule that is switched on."""
        self._by_scope: dict[Scope, tuple[_Entry, ...]] = {
            scope: tuple(self._entries(scope)) for scope in Scope
        }

    def _entries(self, scope: Scope) -> Iterable[_Entry]:
        for kind in self.catalogue.rules:
            if kind.scope is scope and kind.code not in self._ignored:
                rule: Any = kind()
                tally = self.tallies.setdefault(kind.code, Tally())
                yield _Entry(rule, rule.check, tally)

    def session(
        self,
        session: Session,
        participants: Sequence[Participant],
        context: Context,
        policy: Policy | None = None,
    ) -> list[Finding]:
        """Findings on a session as a whole. Where it has no single payer, only the settings weigh them."""
        findings: list[Finding] = []
        place = session.encounter or (session.sources[0] if session.sources else session.key)
        for entry in self._by_scope[Scope.SESSION]:
            try:
                found = entry.check(session, participants, context)
                if found is None:
                    continue
                self._take(entry, found, policy, findings)
            except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others
                findings.append(self._crash(entry, error, place))
        return _ordered(findings)

    def participant(self, participant: Participant, context: Context) -> list[Finding]:
        """Findings on one participant."""
        findings: list[Finding] = []
        for entry in self._by_scope[Scope.PARTICIPANT]:
            try:
                found = entry.check(participant, context)
                if found is None:
                    continue
                self._take(entry, found, participant.policy, findings)
            except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others
                lines = participant.lines
                place = lines[0].at if lines else participant.member.member
                findings.append(self._crash(entry, error, place))
        return _ordered(findings)

    def day(self, day: PatientDay, context: Context) -> list[Finding]:
        """Findings on one patient's day. A crash sits on our own line of it, where there is one."""
        findings: list[Finding] = []
        for entry in self._by_scope[Scope.PATIENT_DAY]:
            try:
                found = entry.check(day, context)
                if found is None:
                    continue
                self._take(entry, found, day.policy, findings)
            except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others
                findings.append(self._crash(entry, error, _place_of_day(day)))
        return _ordered(findings)

    def bill(self, bill: Bill, context: Context) -> list[Finding]:
        """Findings on one Claim or ChargeItem and each of its lines."""
        findings: list[Finding] = []
        for entry in self._by_scope[Scope.CLAIM]:
            try:
                found = entry.check(bill, context)
                if found is None:
                    continue
                self._take(entry, found, bill.policy, findings)
            except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others
                findings.append(self._crash(entry, error, bill.at))
        for line in bill.lines:
            for entry in self._by_scope[Scope.LINE]:
                try:
                    found = entry.check(line, bill, context)
                    if found is None:
                        continue
                    self._take(entry, found, bill.policy, findings)
                except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others
                    findings.append(self._crash(entry, error, line.place()))
        return _ordered(findings)

    def _take(
        self, entry: _Entry, found: Iterable[Finding], policy: Policy | None, findings: list[Finding]
    ) -> None:
        """Count one answer and keep its findings under the severity in force."""
        answer = found if isinstance(found, tuple) else tuple(found)
        if not answer:
            entry.tally.passed += 1
            return
        for finding in answer:
            if finding.code != entry.rule.code:
                raise ValueError("a rule answers under its own code only")
        for verdict, attribute in _COUNTED:
            if any(finding.verdict is verdict for finding in answer):
                setattr(entry.tally, attribute, getattr(entry.tally, attribute) + 1)
                break
        for finding in answer:
            weighed = self.weigh(finding, policy)
            if weighed is not None:
                findings.append(weighed)

    def weigh(self, finding: Finding, policy: Policy | None) -> Finding | None:
        """The finding under the severity in force.

        None where it is ignored, and for no-data of a rule that is no error. The rule's own word gives way to
        the policy's, and that to the settings'. Use it for findings of the engine (ENG04 to ENG07) too.
        """
        code = finding.code
        if code in FIXED:
            return finding
        if code in self._ignored:
            return None
        stated = self._settings.get(code) or self._of_policy(policy).get(code)
        if finding.verdict is Verdict.FAIL:
            return finding if stated is None else finding.weighed(stated)
        if finding.verdict is Verdict.NO_DATA:
            rule = self.catalogue.by_code.get(code)
            weight = stated or (finding.severity if rule is None else rule.severity)
            return finding.weighed(Severity.INFORMATION) if weight is Severity.ERROR else None
        return finding

    def blocks(self, finding: Finding, policy: Policy) -> bool:
        """Whether a finding on a member's own line holds the charge. Ask about weighed findings only."""
        if finding.verdict is Verdict.NO_DATA:
            return bool(policy["no_data"] == "hold")
        return finding.severity is Severity.ERROR and finding.verdict is Verdict.FAIL

    def _of_policy(self, policy: Policy | None) -> Mapping[str, Severity]:
        if policy is None:
            return {}
        known = self._policies.get(id(policy))
        if known is None:
            named = self.catalogue.severities(f"policy {policy.id}: severity", policy["severity"])
            known = self._policies[id(policy)] = (policy, named)
        return known[1]

    def _crash(self, entry: _Entry, error: Exception, place: str) -> Finding:
        """ENG02: the type of the error only, its text may hold what a resource says."""
        _log.error("rule %s crashed: %s", entry.rule.code, type(error).__name__)
        return Finding(
            code=CRASH,
            name="crashed",
            severity=Severity.ERROR,
            at=place,
            message=f"rule {entry.rule.code} crashed ({type(error).__name__})",
            source="groupbill",
        )


_COUNTED = (
    (Verdict.FAIL, "failed"),
    (Verdict.NO_DATA, "no_data"),
    (Verdict.BYPASSED, "bypassed"),
)
"""A case counts once, under the worst of its verdicts."""


def _ordered(findings: list[Finding]) -> list[Finding]:
    if len(findings) > 1:
        findings.sort(key=lambda finding: finding.order)
    return findings


def _place_of_day(day: PatientDay) -> str:
    own = [line for line in day.lines if line.desired]
    lines = own or list(day.lines)
    return lines[0].place() if lines else day.patient
