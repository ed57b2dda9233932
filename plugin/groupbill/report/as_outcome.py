"""Findings as a FHIR OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model import Finding, Severity, Verdict
from ..model.identity import BASE, CODE_SYSTEM

ISSUE_CODES = {
    "ENG01": "structure",
    "ENG02": "exception",
    "ENG03": "invariant",
    "ENG06": "multiple-matches",
    "ENG08": "transient",
    "CHG07": "duplicate",
    "CLM03": "duplicate",
    "DX01": "required",
    "MOD02": "code-invalid",
    "TIM06": "conflict",
    "TIM07": "conflict",
}
"""FHIR issue-type per rule where it is not a plain business rule; NCC is conflict."""


def operation_outcome(findings: Iterable[Finding]) -> dict[str, Any]:
    """One issue per finding; a clean result is one informational issue, since R4 asks for at least one."""
    issues = [_issue(each) for each in sorted(findings, key=lambda value: value.order)]
    clean = {"severity": "information", "code": "informational", "details": {"text": "No findings."}}
    return {"resourceType": "OperationOutcome", "issue": issues or [clean]}


def _issue(finding: Finding) -> dict[str, Any]:
    coding = {"system": CODE_SYSTEM + "findings", "code": finding.code}
    issue: dict[str, Any] = {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/operationoutcome-authority",
                "valueUri": f"{BASE}rules/{finding.code}",
            },
            {
                "url": "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-source",
                "valueString": finding.source or "groupbill",
            },
        ],
        "severity": "fatal" if finding.code == "ENG01" else str(finding.severity),
        "code": _code(finding),
        "details": {"coding": [coding], "text": finding.message + _fix(finding)},
        "diagnostics": f"{finding.name} ({finding.verdict}) at {finding.at}" + _edition(finding),
    }
    expression = _expression(finding.at)
    if expression is not None:
        issue["expression"] = [expression]
    return issue


def _fix(finding: Finding) -> str:
    """What to do, in words: an issue has no element for it."""
    fix = finding.fix
    if fix is None:
        return ""
    item = "" if fix.item is None else f" item {fix.item}"
    return f"; drop {fix.line}{item}" if fix.drop else f"; put {fix.modifier} on {fix.line}{item}"


def _edition(finding: Finding) -> str:
    return f", table of {finding.edition}" if finding.edition else ""


def _expression(at: str) -> str | None:
    """The FHIRPath of a place: `Type/id#path`, `Type/id`, `file#entry[3]`; None for a line of a file."""
    place, _, path = at.partition("#")
    kind = place.split("/", 1)[0]
    if path.startswith("entry["):
        return f"Bundle.{path}"
    if "/" not in place or not kind[:1].isupper() or not kind.isalpha():
        return None
    return path or kind


def _code(finding: Finding) -> str:
    if finding.verdict is Verdict.NO_DATA:
        return "incomplete" if finding.severity is not Severity.INFORMATION else "informational"
    if finding.code in ISSUE_CODES:
        return ISSUE_CODES[finding.code]
    return "conflict" if finding.code.startswith("NCC") else "business-rule"
