"""CDS Hooks cards (2.0) from findings: what is wrong with a patient's charges, and the fix where there is one.

A card is shown to whoever looks at one patient, so it names nobody else: a message that names another resource than
the patient's own gives way to the name of its rule.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..model import Finding, Fix, Resource, Severity
from ..model.identity import BASE, CODE_SYSTEM, EXTENSION
from ..resources.elements import modifier

JSON = dict[str, Any]
LONGEST = 139
"""Characters of a summary; CDS Hooks wants fewer than 140."""
_INDICATOR = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.INFORMATION: "info"}
_REFERENCE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Za-z0-9\-.]+")
_NAMESPACE = uuid.UUID("6a2f3c1e-8a0f-5d0c-9f7e-0a4f5f1c7b11")
OVERRIDES = (
    ("documented", "Distinct service, documented"),
    ("payer-told", "The payer told us otherwise"),
    ("corrected-elsewhere", "Corrected in another system"),
)


def cards(findings: Iterable[Finding], own: Mapping[str, Resource]) -> list[JSON]:
    """Cards for errors and warnings, errors first.

    Args:
        findings: Of one patient.
        own: The patient's resources by `Type/id`; nothing else is named.
    """
    chosen = [each for each in findings if each.severity is not Severity.INFORMATION]
    ordered = sorted(chosen, key=lambda each: (each.severity is not Severity.ERROR, each.order))
    return [_card(each, own) for each in ordered]


def card(rule: str, summary: str, detail: str, indicator: str = "warning") -> JSON:
    """A card without a suggestion."""
    source = {
        "label": f"groupbill {rule}",
        "url": f"{BASE}rules/{rule}",
        "topic": {"system": CODE_SYSTEM + "findings", "code": rule},
    }
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{rule}|{summary}|{detail}")),
        "summary": summary if len(summary) <= LONGEST else summary[: LONGEST - 1] + "…",
        "detail": detail,
        "indicator": indicator,
        "source": source,
        "overrideReasons": [
            {"code": code, "system": CODE_SYSTEM + "override", "display": display} for code, display in OVERRIDES
        ],
    }


def _card(finding: Finding, own: Mapping[str, Resource]) -> JSON:
    message = finding.message if names_only(finding.message, own) else finding.name.replace("-", " ")
    denials = f" A payer would deny it: {', '.join(finding.denial)}." if finding.denial else ""
    made = card(finding.code, message, f"{message}.{denials}", _INDICATOR[finding.severity])
    suggestion = None if finding.fix is None else _suggestion(finding.fix, own)
    if suggestion is not None:
        made["suggestions"] = [suggestion]
        made["selectionBehavior"] = "at-most-one"
    return made


def names_only(text: str, own: Collection[str]) -> bool:
    """Whether every resource that a text names is one of these."""
    return all(each.rstrip(".") in own for each in _REFERENCE.findall(text))


def _suggestion(fix: Fix, own: Mapping[str, Resource]) -> JSON | None:
    """The fix as an action; None where the resource is not on file yet."""
    resource = own.get(fix.line)
    changed = _fixed(resource, fix) if resource else None
    if changed is None:
        return None
    label = "Take the line out of the bill" if fix.drop else f"Add modifier {fix.modifier}"
    name = f"{label}|{fix.line}|{fix.item}"
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, name)),
        "label": label,
        "actions": [{"type": "update", "description": label, "resource": changed}],
    }


def _fixed(resource: Resource, fix: Fix) -> JSON | None:
    if resource["resourceType"] == "ChargeItem":
        if fix.drop:
            return {**resource, "status": "not-billable"}
        extension = {"url": EXTENSION + "charge-modifier", "valueCodeableConcept": modifier(str(fix.modifier))}
        return {**resource, "extension": [*resource.get("extension", ()), extension]}
    items = list(resource.get("item") or ())
    if fix.drop:
        kept = [each for each in items if each.get("sequence") != fix.item]
        return {**resource, "item": kept} if kept and len(kept) < len(items) else None
    changed = [
        {**each, "modifier": [*each.get("modifier", ()), modifier(str(fix.modifier))]}
        if each.get("sequence") == fix.item
        else each
        for each in items
    ]
    return {**resource, "item": changed}
