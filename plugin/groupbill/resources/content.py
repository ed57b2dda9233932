"""What counts as content (design 5.6): what groupbill sets and a payer or biller acts on, by meaning.

Amounts are compared as numbers, times as moments, references and codes in their bare spelling; the order of
modifiers counts. Whatever a server or a person added is looked past here, and preserved by `merge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..fhir.codes import CLAIM_FREQUENCY, ICD10CM, NUCC, POS, code_in, procedure_code
from ..fhir.dates import moment
from ..fhir.references import plain
from ..model.identity import EXTENSION

Ref = Callable[[Any, Mapping[str, Any] | None], str | None]
"""Bare string of a Reference, given its resource: `Index.ref`."""
Meaning = dict[str, Any]
CARERS = ("primary", "supervisor")
MODIFIER = EXTENSION + "charge-modifier"
EVIDENCE = EXTENSION + "attendance-evidence"


def content(resource: Mapping[str, Any], ref: Ref = plain) -> Meaning:
    """The content of a ChargeItem, Claim or Task by element; equal for equal meaning."""
    return _READERS[resource["resourceType"]](resource, ref)


def same(desired: Mapping[str, Any], existing: Mapping[str, Any], ref: Ref = plain) -> bool:
    """Whether a resource on file says what is desired. Labels that others added to it are no difference."""
    if not labelled(existing) >= labelled(desired):
        return False
    return _spelled_alike(desired, existing) or content(desired, ref) == content(existing, ref)


def _spelled_alike(desired: Mapping[str, Any], existing: Mapping[str, Any]) -> bool:
    """Whether all content is even written in the same way, as it is wherever nobody touched what we wrote."""
    return all(desired.get(name) == existing.get(name) for name in _ELEMENTS[desired["resourceType"]])


def labelled(resource: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The security labels of a resource, by system and code."""
    meta = resource.get("meta")
    labels = rows(meta, "security") if isinstance(meta, Mapping) else ()
    return frozenset(map(_label, labels))


def _label(label: Mapping[str, Any]) -> tuple[str, str]:
    return str(label.get("system")), str(label.get("code"))


def missing_labels(desired: Mapping[str, Any], existing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The security labels of the visit that a resource on file does not have yet."""
    there = labelled(existing)
    return [label for label in rows(desired["meta"], "security") if _label(label) not in there]


def rows(element: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a repeating element; nothing where it is not what FHIR says."""
    found = element.get(name) if type(element) is dict or isinstance(element, Mapping) else None
    if isinstance(found, list):
        for row in found:
            if type(row) is dict or isinstance(row, Mapping):
                yield row


def number(value: Any) -> Decimal | None:
    """A JSON number as Decimal, None for anything else."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return None
    return None


def amount(element: Any) -> Decimal | None:
    """`value` of a Quantity or Money."""
    return number(element.get("value")) if isinstance(element, Mapping) else None


def frequency(claim: Mapping[str, Any]) -> str:
    """The claim frequency: 7 or 8 as its supportingInfo says, else 1."""
    for info in rows(claim, "supportingInfo"):
        if is_frequency(info):
            coding = next(rows(info.get("code"), "coding"), {})
            code = coding.get("code")
            return code[-1:] if isinstance(code, str) and code else "1"
    return "1"


def is_frequency(info: Mapping[str, Any]) -> bool:
    """Whether a supportingInfo is the claim frequency."""
    return code_in(info.get("category"), CLAIM_FREQUENCY) == "claimFrequency"


def is_own_item(item: Mapping[str, Any]) -> bool:
    """Whether an item of a Claim of ours is ours too: a person may have added one."""
    return any(one.get("url") == CONTROL_NUMBER for one in rows(item, "extension"))


def carer_role(carer: Mapping[str, Any]) -> str | None:
    """`primary` or `supervisor` of a careTeam entry of ours."""
    codes = (row.get("code") for row in rows(carer.get("role"), "coding"))
    return next((str(code) for code in codes if code in CARERS), None)


CONTROL_NUMBER = EXTENSION + "line-item-control-number"


def _charge_item(resource: Mapping[str, Any], ref: Ref) -> Meaning:
    modifiers, evidence = [], None
    for one in rows(resource, "extension"):
        if one.get("url") == MODIFIER:
            modifiers.append(procedure_code(one.get("valueCodeableConcept")))
        elif one.get("url") == EVIDENCE:
            evidence = one.get("valueCode")
    return {
        "extension": (modifiers, evidence),
        "code": procedure_code(resource.get("code")),
        "subject": ref(resource.get("subject"), resource),
        "context": ref(resource.get("context"), resource),
        "occurrencePeriod": _period(resource.get("occurrencePeriod")),
        "performer": [ref(row.get("actor"), resource) for row in rows(resource, "performer")],
        "quantity": amount(resource.get("quantity")),
        "priceOverride": amount(resource.get("priceOverride")),
    }


def _claim(resource: Mapping[str, Any], ref: Ref) -> Meaning:
    team: dict[Any, Any] = {}
    for row in rows(resource, "careTeam"):
        role = carer_role(row)
        if role is not None and isinstance(row.get("sequence"), int):
            qualification = code_in(row.get("qualification"), NUCC)
            team[row.get("sequence")] = (role, ref(row.get("provider"), resource), qualification)
    diagnoses = {
        row.get("sequence"): code_in(row.get("diagnosisCodeableConcept"), ICD10CM)
        for row in rows(resource, "diagnosis")
        if isinstance(row.get("sequence"), int)
    }
    items, others = [], Decimal(0)
    for row in rows(resource, "item"):
        if is_own_item(row):
            items.append(_item(row, diagnoses, team, resource, ref))
        else:
            others += amount(row.get("net")) or 0
    total = amount(resource.get("total"))
    return {
        "patient": ref(resource.get("patient"), resource),
        "billablePeriod": _period(resource.get("billablePeriod")),
        "insurer": ref(resource.get("insurer"), resource),
        "provider": ref(resource.get("provider"), resource),
        "referral": ref(resource.get("referral"), resource),
        "facility": ref(resource.get("facility"), resource),
        "careTeam": list(team.values()),
        "diagnosis": list(diagnoses.values()),
        "insurance": _focal(resource, ref),
        "item": items,
        "total": None if total is None else total - others,
    }


def _item(
    row: Mapping[str, Any],
    diagnoses: Mapping[Any, Any],
    team: Mapping[Any, Any],
    claim: Mapping[str, Any],
    ref: Ref,
) -> tuple[Any, ...]:
    encounters = row.get("encounter")
    return (
        procedure_code(row.get("productOrService")),
        [procedure_code(one) for one in rows(row, "modifier")],
        _day(row.get("servicedDate")),
        code_in(row.get("locationCodeableConcept"), POS),
        amount(row.get("quantity")),
        amount(row.get("unitPrice")),
        amount(row.get("net")),
        [diagnoses.get(each) for each in _plain(row.get("diagnosisSequence"))],
        [team[each] for each in _plain(row.get("careTeamSequence")) if each in team],
        [ref(each, claim) for each in encounters] if isinstance(encounters, list) else [],
    )


def _plain(value: Any) -> list[Any]:
    return [each for each in value if isinstance(each, int)] if isinstance(value, list) else []


def _focal(resource: Mapping[str, Any], ref: Ref) -> Any:
    for row in rows(resource, "insurance"):
        if row.get("focal") is True:
            numbers = row.get("preAuthRef")
            return ref(row.get("coverage"), resource), list(numbers) if isinstance(numbers, list) else []
    return None


def _task(resource: Mapping[str, Any], ref: Ref) -> Meaning:
    return {
        "focus": ref(resource.get("focus"), resource),
        "for": ref(resource.get("for"), resource),
        "input": sorted(str(row.get("valueCode")) for row in rows(resource, "input") if is_finding(row)),
    }


def is_finding(row: Mapping[str, Any]) -> bool:
    """Whether an input of a Task is one of the findings that hold the charge."""
    kind = row.get("type")
    return isinstance(kind, Mapping) and kind.get("text") == "finding"


def _period(element: Any) -> tuple[Any, Any]:
    if not isinstance(element, Mapping):
        return None, None
    return _time(element.get("start")), _time(element.get("end"))


def _time(text: Any) -> Any:
    """A moment where a time was written, else the text of the date."""
    if not isinstance(text, str) or len(text) <= 10:
        return text
    return moment(text) or text


def _day(text: Any) -> Any:
    """The date; a time of day that a server put behind it says nothing."""
    return text[:10] if isinstance(text, str) else text


_ELEMENTS = {
    "ChargeItem": (
        *("extension", "code", "subject", "context", "occurrencePeriod", "performer", "quantity"),
        "priceOverride",
    ),
    "Claim": (
        *("patient", "billablePeriod", "insurer", "provider", "referral", "facility", "careTeam", "diagnosis"),
        *("insurance", "item", "total"),
    ),
    "Task": ("focus", "for", "input"),
}
_READERS: dict[str, Callable[[Mapping[str, Any], Ref], Meaning]] = {
    "ChargeItem": _charge_item,
    "Claim": _claim,
    "Task": _task,
}
