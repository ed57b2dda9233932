"""The run over the rules: which exist, which apply, how severe a finding is, and what blocks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model import Bill, Finding, Line, Participant, PatientDay, Policy, Session, Severity, Tally, Verdict
from ..model.strangers import CRASH, line_of, told
from .answered import finding
from .catalogue import ENGINE, FIXED, Catalogue, bundled
from .lent import lent
from .rule import Context, Rule, Scope

if TYPE_CHECKING:
    from ..settings import Settings

_log = logging.getLogger(__name__)


class _Entry(NamedTuple):
    """A rule ready to run."""

    rule: Rule
    check: Any
    tally: Tally
    foreign: bool
    """Whether it is a stranger's: it is lent the facts, and its answers are checked."""


class Rulebook:
    """All rules that are switched on, run per scope. Counts how often each came to which verdict.

    Findings come by code, then place. A rule that raises becomes ENG02 at the place of the facts; the others
    go on.
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
        self._crashed: set[str] = set()
        self.tallies: dict[str, Tally] = {}
        """By code, of every rule that is switched on."""
        self._by_scope: dict[Scope, tuple[_Entry, ...]] = {scope: tuple(self._entries(scope)) for scope in Scope}
        self._open = tuple(each for each in self._by_scope[Scope.PARTICIPANT] if each.rule.while_open)
        self._ended = tuple(each for each in self._by_scope[Scope.CLAIM] if each.rule.when_ended)

    def _entries(self, scope: Scope) -> Iterable[_Entry]:
        ours = frozenset(bundled())
        for kind in self.catalogue.rules:
            for part in (kind, *kind.parts):
                if part.scope is scope and kind.code not in self._ignored:
                    rule: Any = part()
                    tally = self.tallies.setdefault(kind.code, Tally())
                    yield _Entry(rule, rule.check, tally, kind not in ours)

    def session(
        self,
        session: Session,
        participants: Sequence[Participant],
        context: Context,
        policy: Policy | None = None,
    ) -> list[Finding]:
        """Findings on a session as a whole. Where it has no single payer, only the settings weigh them."""
        return _ordered(self._run(self._by_scope[Scope.SESSION], (session, participants, context), policy))

    def participant(self, participant: Participant, context: Context) -> list[Finding]:
        """Findings on one participant; while the attendance is open, on the attendance alone."""
        entries = self._by_scope[Scope.PARTICIPANT] if participant.member.present else self._open
        return _ordered(self._run(entries, (participant, context), participant.policy))

    def day(self, day: PatientDay, context: Context) -> list[Finding]:
        """Findings on one patient's day."""
        return _ordered(self._run(self._by_scope[Scope.PATIENT_DAY], (day, context), day.policy))

    def bill(self, bill: Bill, context: Context, in_force: Callable[[date], Policy] | None = None) -> list[Finding]:
        """Findings on one Claim or ChargeItem and each of its lines; of one that ended, on its end alone.

        Args:
            bill: Under the policy of its first date.
            context: What the rules may consult.
            in_force: The payer's policy on a date, for a bill with lines of several.
        """
        if not bill.live:
            return _ordered(self._run(self._ended, (bill, context), bill.policy))
        findings = self._run(self._by_scope[Scope.CLAIM], (bill, context), bill.policy)
        for line in bill.lines:
            judged = bill
            if in_force is not None and line.date is not None and line.date != bill.policy.on:
                judged = replace(bill, policy=in_force(line.date))
            findings += self._run(self._by_scope[Scope.LINE], (line, judged, context), judged.policy)
        return _ordered(findings)

    def counts(self) -> dict[str, Tally]:
        """How often each rule came to which verdict until now; for `recount`."""
        return {code: replace(tally) for code, tally in self.tallies.items()}

    def recount(self, counts: Mapping[str, Tally]) -> None:
        """Go back to earlier counts, where facts are judged anew."""
        for code, before in counts.items():
            tally = self.tallies[code]
            tally.passed, tally.failed = before.passed, before.failed
            tally.bypassed, tally.no_data = before.bypassed, before.no_data

    def _run(self, entries: tuple[_Entry, ...], facts: tuple[Any, ...], policy: Policy | None) -> list[Finding]:
        """Ask rules of one scope about the same facts."""
        findings: list[Finding] = []
        for rule, check, tally, foreign in entries:
            try:
                found = check(*lent(facts)) if foreign else check(*facts)
                if found is None:
                    continue
                answer = tuple(map(finding, found)) if foreign else tuple(found)
                if not answer:
                    tally.passed += 1
                    continue
                _count(answer, rule, tally)
            except CRASH as error:  # a broken rule must not stop the others
                self._note_crash(rule, error)
                findings.append(_crash(rule, error, facts))
                continue
            weighed = (self.weigh(each, policy) for each in answer)
            findings.extend(each for each in weighed if each is not None)
        return findings

    def _note_crash(self, rule: Rule, error: BaseException) -> None:
        """Log the first crash of each rule; a broken one crashes for every participant."""
        if rule.code not in self._crashed:
            self._crashed.add(rule.code)
            _log.error("rule %s crashed: %s%s", rule.code, told(error), line_of(error))

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
            told = weight is Severity.ERROR or (rule is not None and rule.tells_no_data)
            return finding.weighed(Severity.INFORMATION) if told else None
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


def _crash(rule: Rule, error: BaseException, facts: tuple[Any, ...]) -> Finding:
    """ENG02: the type of the error only, its text may hold what a resource says."""
    return Finding(
        code="ENG02",
        name=ENGINE["ENG02"],
        severity=Severity.ERROR,
        at=_place(facts[0]),
        message=f"rule {rule.code} crashed ({told(error)})",
        source="groupbill",
    )


_COUNTED = ((Verdict.FAIL, "failed"), (Verdict.NO_DATA, "no_data"), (Verdict.BYPASSED, "bypassed"))


def _count(answer: tuple[Finding, ...], rule: Rule, tally: Tally) -> None:
    """Count one case once, under the worst of its verdicts.

    Errors:
        ValueError: a rule that speaks under another's code.
    """
    if any(finding.code != rule.code for finding in answer):
        raise ValueError("a rule answers under its own code only")
    verdicts = {finding.verdict for finding in answer}
    attribute = next((name for verdict, name in _COUNTED if verdict in verdicts), "passed")
    setattr(tally, attribute, getattr(tally, attribute) + 1)


def _ordered(findings: list[Finding]) -> list[Finding]:
    if len(findings) > 1:
        findings.sort(key=lambda finding: finding.order)
    return findings


def _place(facts: Any) -> str:
    """Where the facts stand: our own line of them, where there is one."""
    if isinstance(facts, Session):
        return facts.encounter or next(iter(facts.sources), facts.key)
    if isinstance(facts, Line):
        return facts.place()
    if isinstance(facts, Bill):
        return facts.at
    own = [line for line in facts.lines if line.desired] or list(facts.lines)
    if own:
        return str(own[0].place())
    return str(facts.patient if isinstance(facts, PatientDay) else facts.member.member)
