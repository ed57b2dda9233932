"""Whose insurance pays: a patient's Coverages in order, and the payer policy of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from ..fhir.codes import SOPT, codings
from ..fhir.dates import day, period
from ..fhir.references import LOGICAL, token
from ..model import Coverage, Finding, Resource, Severity
from .chart import Chart
from .sources import Sources
from .values import rows

SELF_PAY = "self-pay"
DEFAULT = "default"
_LAST = 999
_SELF_PAY_CODES = "http://terminology.hl7.org/CodeSystem/coverage-selfpay"
_BY_TYPE = (
    ("31", "tricare"),
    ("81", SELF_PAY),
    ("1", "medicare"),
    ("2", "medicaid"),
    ("5", "commercial"),
    ("6", "commercial"),
)
"""Source of Payment Typology of NAHDO, by the first digits."""


class Insurance(NamedTuple):
    """A patient's coverage on one date."""

    focal: Coverage | None
    all: tuple[Coverage, ...]
    policy_id: str
    self_pay: bool
    findings: tuple[Finding, ...]


class _Filed(NamedTuple):
    """A Coverage with the last day it is in force."""

    coverage: Coverage
    in_force: bool
    end: date | None


def insurance(sources: Sources, chart: Chart, on: date) -> Insurance:
    """The first Coverage by order that is active on the date gives the policy.

    None on file: the patient pays. On file but none active: no focal one, the policy is the first's (CLM07).
    """
    found = tuple(_on(filed, on) for filed in _filed(sources, chart))
    if not found:
        return Insurance(None, (), SELF_PAY, True, ())
    focal = next((coverage for coverage in found if coverage.active), None)
    if focal is None:
        return Insurance(None, found, found[0].policy_id, False, ())
    findings = () if focal.mapped else (unmapped(focal.reference),)
    return Insurance(focal, found, focal.policy_id, focal.self_pay, findings)


def unmapped(at: str) -> Finding:
    """ENG04: nothing says which payer policy applies."""
    return Finding(
        code="ENG04",
        name="payer-not-mapped",
        severity=Severity.INFORMATION,
        at=at,
        message="the payer is in no [payers] entry of the settings and Coverage.type names none: "
        "judged by the policy `default`",
        source="groupbill",
    )


def coverage_at(sources: Sources, reference: str, on: date) -> Coverage | None:
    """The Coverage of a reference on a date, None where it is not on file."""
    resource = sources.get(reference)
    return _on(_file(sources, resource, reference), on) if resource else None


def _on(filed: _Filed, on: date) -> Coverage:
    start = filed.coverage.period.date
    active = filed.in_force and (start is None or start <= on) and (filed.end is None or on <= filed.end)
    return replace(filed.coverage, active=True) if active else filed.coverage


def _filed(sources: Sources, chart: Chart) -> tuple[_Filed, ...]:
    def read() -> tuple[_Filed, ...]:
        found = [
            _file(sources, resource, f"Coverage/{resource.get('id')}")
            for resource in chart.find("Coverage", "beneficiary")
            if resource.get("status") != "entered-in-error"
        ]
        return tuple(sorted(found, key=lambda each: (each.coverage.order, each.coverage.reference)))

    return chart.once("coverages", read)


def _file(sources: Sources, resource: Resource, reference: str) -> _Filed:
    payers = _payers(resource)
    policy_id = next((found for each in payers if (found := policy_of(sources, each, resource))), None)
    policy_id = policy_id or _by_type(resource, payers)
    zone = sources.zone()
    stated = resource.get("period") or {}
    order = resource.get("order")
    coverage = Coverage(
        reference=reference,
        order=order if isinstance(order, int) else _LAST,
        active=False,
        payer=next((name for each in payers if (name := _name(sources, each, resource))), None),
        policy_id=policy_id or DEFAULT,
        mapped=policy_id is not None,
        self_pay=policy_id == SELF_PAY,
        beneficiary=sources.index.ref(resource.get("beneficiary"), resource),
        subscriber_id=_subscriber_id(resource),
        relationship=next((code for _, code in codings(resource.get("relationship"))), None),
        period=period(stated, zone),
        resource=resource,
    )
    return _Filed(coverage, resource.get("status") == "active", day(stated.get("end"), zone))


def _payers(resource: Resource) -> list[dict[str, Any]]:
    """`payor`, in R5 `insurer` and who else pays."""
    paying = [party for entry in rows(resource, "paymentBy") for party in rows(entry, "party")]
    return [*rows(resource, "payor"), *rows(resource, "insurer"), *paying]


def _name(sources: Sources, payer: dict[str, Any], container: Resource) -> str | None:
    reference = sources.index.ref(payer, container)
    return None if reference is None else reference.partition(LOGICAL)[2] or reference


def policy_of(sources: Sources, payer: Any, container: Resource) -> str | None:
    """The policy that the settings name for a payer: by its reference, or by an identifier it has."""
    reference = sources.index.ref(payer, container)
    if reference is None:
        return None
    if "#" in reference:
        return _policy(sources, reference)
    return sources.once(("policy", reference), lambda: _policy(sources, reference))


def _policy(sources: Sources, reference: str) -> str | None:
    named = sources.settings.payers
    for name in _names(sources, reference):
        if name in named:
            return named[name]
    return None


def _names(sources: Sources, reference: str) -> Iterator[str]:
    yield reference
    if LOGICAL in reference:
        yield reference.partition(LOGICAL)[2]
    for identifier in sources.get(reference).get("identifier") or ():
        name = token(identifier)
        if name is not None:
            yield name
            # The settings may spell the system as it was written.
            yield f"{identifier.get('system') or ''}|{identifier.get('value')}"


def _by_type(resource: Resource, payers: list[dict[str, Any]]) -> str | None:
    found = list(codings(resource.get("type")))
    for uri, code in found:
        if uri == SOPT:
            return next((policy for start, policy in _BY_TYPE if code.startswith(start)), None)
    patient_pays = resource.get("kind") == SELF_PAY or (_SELF_PAY_CODES, "pay") in found
    if patient_pays or (payers and all(_is_person(each) for each in payers)):
        return SELF_PAY
    return None


def _is_person(payer: dict[str, Any]) -> bool:
    """R4 Coverage.payor: the patient or a relative is named where no insurer pays."""
    reference = payer.get("reference")
    return isinstance(reference, str) and ("Patient/" in reference or "RelatedPerson/" in reference)


def _subscriber_id(resource: Resource) -> str | None:
    """`subscriberId` (R5: Identifiers), else the member number among the identifiers (US Core)."""
    stated = resource.get("subscriberId")
    if isinstance(stated, str):
        return stated or None
    for identifier in stated or ():
        if isinstance(identifier, dict) and identifier.get("value"):
            return str(identifier["value"])
    for identifier in resource.get("identifier") or ():
        kinds = {code for _, code in codings(identifier.get("type"))}
        if "MB" in kinds and identifier.get("value"):
            return str(identifier["value"])
    return None
