"""Cases of rules: facts, what is expected, and why, in YAML that is read strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..model import Finding
from ..rules.rule import Rule, Scope
from .facts import DATE, Facts, context
from .typed import CaseError

_KEYS = frozenset(
    {
        "why",
        "doc",
        "scope",
        "on",
        "today",
        "policy",
        "values",
        "confidence",
        "settings",
        "facts",
        "participants",
        "expect",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example of one rule."""

    rule: str
    name: str
    why: str
    doc: bool
    """Whether the page of the rule shows it."""
    expect: tuple[str, ...] | None
    """`error at ChargeItem/own`, `no-data at ...`, `warning at ..., fix XE on ChargeItem/other`; empty for a
    pass, None (`not-judged`) where the rule has nothing to say."""
    given: Mapping[str, Any]

    @property
    def passes(self) -> bool:
        """Whether the rule finds the facts in order."""
        return self.expect == ()

    @property
    def fails(self) -> bool:
        """Whether the rule finds something wrong, and says where."""
        return any(one.split(" ", 1)[0] in ("error", "warning", "information") for one in self.expect or ())


def load(path: Path) -> tuple[Case, ...]:
    """The cases of one file.

    Errors:
        CaseError: a key given twice, an unknown key, a case without `why` or `expect`.
    """
    import yaml

    class Strict(yaml.BaseLoader):
        """All scalars are text, and no key may come twice."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise CaseError(f"{path.name}:{node.start_mark.line + 1}: {twice[0]!r} is given twice")
            made: dict[Any, Any] = super().construct_mapping(node, deep)
            return made

    content = yaml.load(path.read_text(encoding="utf-8"), Strict)
    if not isinstance(content, dict) or content.get("rule") != path.stem:
        raise CaseError(f"{path.name}: `rule` is not {path.stem}")
    return tuple(_case(path, name, body) for name, body in content.items() if name != "rule")


def _case(path: Path, name: str, body: Any) -> Case:
    place = f"{path.name}: {name}"
    if not isinstance(body, dict):
        raise CaseError(f"{place} is no mapping")
    unknown = sorted(set(body) - _KEYS)
    if unknown:
        raise CaseError(f"{place}: unknown key {unknown[0]!r}")
    for key in ("why", "expect"):
        if key not in body:
            raise CaseError(f"{place}: {key} is missing")
    expected = body["expect"]
    return Case(
        rule=path.stem,
        name=name,
        why=" ".join(body["why"].split()),
        doc=body.get("doc") == "true",
        expect=None if expected == "not-judged" else tuple(expected),
        given=body,
    )


def judge(rule: Rule, case: Case) -> tuple[Finding, ...] | None:
    """What the rule says to the facts of a case, before payer policy and settings weigh it."""
    given = case.given
    on = date.fromisoformat(given.get("on", DATE.isoformat()))
    facts = Facts(on, given.get("policy", "default"), given.get("values"), given.get("confidence", ""))
    today = date.fromisoformat(given["today"]) if "today" in given else None
    asked = _part(rule, given["scope"]) if "scope" in given else rule
    found = _check(asked, facts, given, context(given.get("settings"), today))
    return None if found is None else tuple(found)


def _part(rule: Rule, scope: str) -> Rule:
    """The part of a rule that looks at another scope than the rule itself.

    Errors:
        CaseError: the rule has no such part.
    """
    for part in rule.parts:
        if part.scope == scope:
            return part()
    raise CaseError(f"{rule.code} has no part of the scope {scope!r}")


def _check(rule: Any, facts: Facts, given: Mapping[str, Any], consulted: Any) -> Iterable[Finding] | None:
    keys = dict(given.get("facts", {}))
    result: Iterable[Finding] | None
    if rule.scope is Scope.SESSION:
        others = [facts.participant(**one) for one in given.get("participants", ())]
        result = rule.check(facts.session(**keys), others, consulted)
    elif rule.scope is Scope.PARTICIPANT:
        result = rule.check(facts.participant(**keys), consulted)
    elif rule.scope is Scope.PATIENT_DAY:
        result = rule.check(facts.day(**keys), consulted)
    else:
        bill = facts.bill(**keys)
        if rule.scope is Scope.CLAIM:
            result = rule.check(bill, consulted)
        else:
            result = _each_line(rule, bill, consulted)
    return result


def _each_line(rule: Any, bill: Any, consulted: Any) -> Iterable[Finding] | None:
    answers = [rule.check(line, bill, consulted) for line in bill.lines]
    judged = [answer for answer in answers if answer is not None]
    return [finding for answer in judged for finding in answer] if judged else None


def said(finding: Finding) -> str:
    """A finding in the words of `expect`."""
    verdict = finding.verdict.value
    text = f"{finding.severity.value if verdict == 'fail' else verdict} at {finding.at}"
    fix = finding.fix
    if fix is None:
        return text
    item = "" if fix.item is None else f" item {fix.item}"
    return f"{text}, {'drop' if fix.drop else f'fix {fix.modifier} on'} {fix.line}{item}"


def failures(rule: Rule, case: Case) -> str | None:
    """What is wrong with the rule's answer to a case, None when it is as expected."""
    found = judge(rule, case)
    got = None if found is None else sorted(said(finding) for finding in found)
    wanted = None if case.expect is None else sorted(case.expect)
    if got == wanted:
        return None
    return f"{case.rule} {case.name}: expected {_words(wanted)}, got {_words(got)}"


def _words(expected: list[str] | None) -> str:
    return "not-judged" if expected is None else "; ".join(expected) or "a pass"
