"""An update: our content laid into the resource on file, with all that a server or a person added kept."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..model.identity import EXTENSION
from .content import (
    CONTROL_NUMBER,
    EVIDENCE,
    MODIFIER,
    Ref,
    amount,
    carer_role,
    content,
    is_finding,
    is_frequency,
    is_own_item,
    missing_labels,
    rows,
)
from .elements import Element

BECAUSE = EXTENSION + "cancelled-because"
_SIZE = EXTENSION + "session-size"
_OWNED = (MODIFIER, EVIDENCE, _SIZE)


def merge(original: Element, desired: Mapping[str, Any], status: str, ref: Ref) -> Element:
    """The resource on file with our content and status.

    Args:
        original: The resource as it is on file, every amount with its digits. It is taken over.
        desired: What it shall say.
        status: The status it shall have.
        ref: Bare string of a Reference.
    """
    kind = desired["resourceType"]
    now, then = content(desired, ref), content(original, ref)
    for name, meaning in now.items():
        if meaning != then[name]:
            _lay(original, desired, name)
    if kind == "Claim":
        _frequency(original, desired)
    _labels(original, desired)
    _unmark(original)
    original["status"] = status
    return original


def ended(original: Element, status: str, because: str | None) -> Element:
    """The resource on file with a closing status, marked as our doing where `because` says why."""
    if because is not None:
        _unmark(original)
        original["extension"] = [*rows(original, "extension"), {"url": BECAUSE, "valueCode": because}]
    original["status"] = status
    return original


def _unmark(original: Element) -> None:
    """Take the mark of a cancellation of ours away, so that a later one by a person is seen as such."""
    kept = [one for one in rows(original, "extension") if one.get("url") != BECAUSE]
    if kept:
        original["extension"] = kept
    else:
        original.pop("extension", None)


def _lay(original: Element, desired: Mapping[str, Any], name: str) -> None:
    """Put one element of ours into the resource."""
    old, new = original.get(name), desired.get(name)
    if name == "extension":
        kept = [one for one in rows(original, name) if one.get("url") not in _OWNED]
        original[name] = [*new, *kept] if isinstance(new, list) else kept
    elif name == "input":
        kept = [one for one in rows(original, name) if not is_finding(one)]
        original[name] = [*(new or ()), *kept]
    elif name in _FOREIGN and isinstance(new, list):
        original[name] = _joined(new, [row for row in rows(original, name) if _FOREIGN[name](row)])
        if name == "item":
            _refit(original, old)
    elif name == "total":
        others = sum((amount(row.get("net")) or Decimal(0) for row in _others(original)), Decimal(0))
        original[name] = {**new, "value": new["value"] + others} if new and others else new
    elif new is None:
        original.pop(name, None)
    else:
        original[name] = new


_FOREIGN = {
    "careTeam": lambda row: carer_role(row) is None,
    "supportingInfo": lambda row: not is_frequency(row),
    "insurance": lambda row: row.get("focal") is not True,
    "item": lambda row: not is_own_item(row),
}
"""Which entries of a list are not ours, and stay."""


def _others(claim: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in rows(claim, "item") if not is_own_item(row)]


def _joined(ours: list[Any], others: list[Mapping[str, Any]]) -> list[Any]:
    """Ours, then what others added, each with a sequence of its own."""
    taken = {row["sequence"] for row in ours}
    joined = list(ours)
    for row in others:
        sequence = row.get("sequence")
        if not isinstance(sequence, int) or sequence in taken:
            sequence = max(taken, default=0) + 1
        taken.add(sequence)
        joined.append({**row, "sequence": sequence})
    return joined


def _refit(original: Element, old: Any) -> None:
    """Keep what others added inside our items, found again by their control number."""
    before = {_control(row): row for row in old if isinstance(row, Mapping)} if isinstance(old, list) else {}
    for place, row in enumerate(original["item"]):
        known = before.get(_control(row)) if is_own_item(row) else None
        if known is not None:
            added = {name: value for name, value in known.items() if name not in _ITEM}
            extra = [one for one in rows(known, "extension") if one.get("url") != CONTROL_NUMBER]
            original["item"][place] = {**row, **added, "extension": [*row["extension"], *extra]}


def _control(item: Mapping[str, Any]) -> str:
    found = (one.get("valueString") for one in rows(item, "extension") if one.get("url") == CONTROL_NUMBER)
    return str(next(found, None))


_ITEM = frozenset(
    {"extension", "sequence", "careTeamSequence", "diagnosisSequence", "productOrService", "modifier"}
    | {
        "servicedDate",
        "servicedPeriod",
        "locationCodeableConcept",
        "quantity",
        "unitPrice",
        "net",
        "encounter",
    }
)


def _frequency(original: Element, desired: Mapping[str, Any]) -> None:
    """Frequency and prior claim are decided by the transitions and are no content to compare."""
    infos = _joined(
        list(desired.get("supportingInfo") or ()),
        [row for row in rows(original, "supportingInfo") if _FOREIGN["supportingInfo"](row)],
    )
    related = [
        *(desired.get("related") or ()),
        *(row for row in rows(original, "related") if not _prior(row)),
    ]
    for name, found in (("supportingInfo", infos), ("related", related)):
        if found:
            original[name] = found
        else:
            original.pop(name, None)


def _prior(row: Mapping[str, Any]) -> bool:
    return any(coding.get("code") == "prior" for coding in rows(row.get("relationship"), "coding"))


def _labels(original: Element, desired: Mapping[str, Any]) -> None:
    meta = original.get("meta")
    meta = dict(meta) if isinstance(meta, Mapping) else {}
    ours = desired["meta"]
    missing = missing_labels(desired, original)
    if missing:
        meta["security"] = [*rows(meta, "security"), *missing]
    profiles = meta.get("profile")
    profiles = profiles if isinstance(profiles, list) else []
    meta["profile"] = [*profiles, *(one for one in ours["profile"] if one not in profiles)]
    original["meta"] = meta
