"""The page of a rule, made of its declaration, its docstring and its examples."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .rule import Rule, Scope

SECTIONS = ("What it does", "Why it matters", "References")
"""Headings that every rule's docstring has, in this order."""

FAMILY_TITLES = {
    "CHG": "Charge derivation",
    "GRP": "Group composition and size",
    "TIM": "Time",
    "DOC": "Documentation",
    "NCC": "NCCI pairs",
    "MUE": "Units per day",
    "FRQ": "Frequency",
    "MOD": "Modifiers",
    "TEL": "Telehealth",
    "PRV": "Providers",
    "DX": "Diagnosis",
    "AUT": "Authorization",
    "CLM": "Claim build",
    "PAY": "Payment",
}
"""The families in the order of a reader, who follows a session to its claim."""

BY_CONSTRUCTION = {
    "GRP03": "Every participant counts for the size of the group, whoever pays: the count is made of attendance.",
    "GRP04": "Size is judged per participant by their own payer: GRP01, GRP02, GRP08 and GRP09 run on participants.",
    "GRP10": "A ratio of leaders to members: no payer's rule could be read, so there is none to apply.",
    "DOC03": "Topic, interventions and the leader's role are prose of the note; FHIR has no field for them.",
    "DOC07": "The expectation of improvement is prose of the note; FHIR has no field for it.",
    "AUT02": "Visits left on an authorization: R4's ClaimResponse has no element for the number granted.",
}
"""Statements of the field that are no rule, and why."""

OF_THE_ENGINE = {
    "ENG01": ("error", "A part of the input can't be read. The message says what was expected; the rest goes on."),
    "ENG02": ("error", "A rule or plugin crashed. What it was asked about is held; report it to whoever wrote it."),
    "ENG03": ("error", "The gate refused a resource, which is a fault of groupbill. It is not written; report it."),
    "ENG04": ("information", "No payer policy is known: `default` applies. Name the payer under `[payers]`."),
    "ENG05": ("warning", "Records fit several sessions, or none. Tie them to one by `partOf`, or see who was where."),
    "ENG06": (
        "warning",
        "Two versions of one resource, and neither is known to be newer. Give the current one only.",
    ),
    "ENG07": ("error", "More replacements and voids than allowed. Look at them, then `--accept-corrections`."),
    "ENG08": ("error", "The server refused something or could not be reached. Mend what it says, and run again."),
}
"""What groupbill says of itself: severity, meaning and what to do, by code."""

_SCOPES = {
    Scope.SESSION: "a session",
    Scope.PARTICIPANT: "a participant",
    Scope.PATIENT_DAY: "a patient's day",
    Scope.LINE: "a line",
    Scope.CLAIM: "a bill",
}

_CONFIDENCE = {
    "V": "read in the source",
    "V2": "read in a secondary source",
    "R-hi": "professional knowledge, not read in a source",
    "R-lo": "professional knowledge, uncertain",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a page."""

    name: str
    why: str
    facts: str
    """As YAML."""
    expected: str


def summary(rule: type[Rule]) -> str:
    """The first line of a rule's docstring: what is wrong."""
    return (inspect.getdoc(rule) or "").partition("\n")[0]


def prose(rule: type[Rule]) -> str:
    """The rest of a rule's docstring, with its headings."""
    return (inspect.getdoc(rule) or "").partition("\n")[2].strip()


def page(
    rule: type[Rule],
    examples: Sequence[Example] = (),
    policies: Mapping[str, str] | None = None,
    level: int = 1,
) -> str:
    """The page of one rule in Markdown.

    Args:
        policies: Severity under payer policies that change it, by id.
        level: Of the title; parts stand one below.
    """
    title, part = "#" * level, "#" * (level + 1)
    lines = [f"{title} {rule.code} {rule.name}", "", summary(rule), "", *_facts(rule, policies or {}), ""]
    lines += [part + line[2:] if line.startswith("## ") else line for line in prose(rule).split("\n")]
    if examples:
        lines += ["", f"{part} Examples"]
    for example in examples:
        lines += ["", f"`{example.name}`: {example.why}", ""]
        lines += ["```yaml", example.facts.rstrip(), "```", "", example.expected]
    return "\n".join(lines).rstrip() + "\n"


def _facts(rule: type[Rule], policies: Mapping[str, str]) -> list[str]:
    """The declaration as a list."""
    stated = [
        f"- Severity: {rule.severity.value}"
        + "".join(f"; {severity} under `{policy}`" for policy, severity in sorted(policies.items())),
        f"- Looks at: {', '.join(_SCOPES[part.scope] for part in (rule, *rule.parts))}",
        f"- Source: {rule.source} ({_CONFIDENCE.get(rule.confidence, rule.confidence)})",
        f"- Since: {rule.since}",
    ]
    if rule.denial:
        stated.insert(2, f"- Denials (CARC, RARC): {', '.join(rule.denial)}")
    if rule.remedy:
        stated.insert(1, f"- What to do: {rule.remedy}")
    return [wrapped for each in stated for wrapped in textwrap.wrap(each, 110, subsequent_indent="  ")]


def listing(rules: Sequence[type[Rule]]) -> str:
    """One line per rule, in columns: code, severity, name."""
    width = max(len(rule.severity.value) for rule in rules)
    return "".join(f"{rule.code:<6} {rule.severity.value:<{width}}  {rule.name}\n" for rule in rules)


def handbook(
    rules: Sequence[type[Rule]],
    examples: Mapping[str, Sequence[Example]],
    policies: Mapping[str, Mapping[str, str]],
) -> str:
    """All pages as one document, by family, with a table of contents.

    Args:
        rules: By code.
        examples: By code.
        policies: By code, then by id of the payer policy.
    """
    parts = [_HEAD]
    families: dict[str, list[type[Rule]]] = {}
    for rule in rules:
        families.setdefault(rule.code.rstrip("0123456789"), []).append(rule)
    order = [*FAMILY_TITLES, *sorted(set(families) - set(FAMILY_TITLES))]
    for family in (name for name in order if name in families):
        parts.append(_family_table(family, families[family]))
    parts += [_of_the_engine(), _not_rules()]
    for family in (name for name in order if name in families):
        parts.append(f"## {family}: {FAMILY_TITLES.get(family, family)}\n")
        for rule in families[family]:
            parts.append(page(rule, examples.get(rule.code, ()), policies.get(rule.code), level=3))
    return "\n".join(parts)


_HEAD = """<!-- Generated by `python -m groupbill.testing.handbook`; edit the rules and their cases instead. -->

# Rules

Every finding of groupbill has a code, and every code a page: here, and in `groupbill rules CODE`. The severity
shown is the default; a payer policy (`severity`) changes it, and the settings (`rules.severity`, `rules.ignore`)
have the last word. `no-data` is never a pass: it is counted, and shown where the rule is an error.

In the examples `ChargeItem/own` is the participant's own line; what a fact doesn't say is in order.
"""


def _family_table(family: str, rules: Sequence[type[Rule]]) -> str:
    rows = [f"## {FAMILY_TITLES.get(family, family)}", "", "| Code | Severity | What is wrong |", "|---|---|---|"]
    for rule in rules:
        link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
        rows.append(f"| {link} | {rule.severity.value} | {summary(rule)} |")
    return "\n".join(rows) + "\n"


def _of_the_engine() -> str:
    rows = ["## The engine itself", "", "| Code | Severity | What it means, and what to do |", "|---|---|---|"]
    rows += [f"| {code} | {severity} | {meaning} |" for code, (severity, meaning) in OF_THE_ENGINE.items()]
    return "\n".join(rows) + "\n"


def _not_rules() -> str:
    rows = ["## Decided by construction, or not decidable from FHIR", ""]
    rows += ["| Code | Why there is no rule |", "|---|---|"]
    rows += [f"| {code} | {why} |" for code, why in BY_CONSTRUCTION.items()]
    return "\n".join(rows) + "\n"
