"""Whose insurance pays: a patient's Coverages in order, and the payer policy of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from ..fhir.codes import SOPT, codings, system
from ..fhir.dates import period
from ..fhir.references import LOGICAL, token
from ..model import Coverage, Finding, Line, Resource, Severity
from .chart import Chart
from .sources import Sources
from .times import within
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


def insurance(sources: Sources, chart: Chart, on: date) -> Insurance:
    """The first Coverage by order that is active on the date gives the policy.

    None on file: the patient pays. On file but none active: no focal one, the policy is the first's (CLM07).
    """
    return chart.once(("insurance", on), lambda: _insurance(sources, chart, on))


def _insurance(sources: Sources, chart: Chart, on: date) -> Insurance:
    found = tuple(_on_file(sources, chart, on))
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
    return _read(sources, resource, reference, on) if resource else None


def _on_file(sources: Sources, chart: Chart, on: date) -> list[Coverage]:
    found = [
        _read(sources, resource, f"Coverage/{resource.get('id')}", on)
        for resource in chart.find("Coverage", "beneficiary")
        if resource.get("status") != "entered-in-error"
    ]
    if len(found) > 1:
        found.sort(key=lambda each: (each.order, each.reference))
    return found


def _read(sources: Sources, resource: Resource, reference: str, on: date) -> Coverage:
    ref = sources.index.ref
    named = _named(sources, resource)
    policy_id = next((found for name in named if (found := _policy(sources, name)) is not None), None)
    if policy_id is None:
        policy_id = _by_type(resource, named)
    stated = resource.get("period")
    order = resource.get("order")
    return Coverage(
        reference=reference,
        order=_LAST if order is None else order,
        active=resource.get("status") == "active" and (stated is None or within(sources, stated, on)),
        payer=payer_name(named[0]) if named else None,
        policy_id=policy_id or DEFAULT,
        mapped=policy_id is not None,
        self_pay=policy_id == SELF_PAY,
        beneficiary=ref(resource.get("beneficiary"), resource),
        subscriber_id=_subscriber_id(resource),
        relationship=_code(resource.get("relationship")),
        period=period(stated, sources.zone()),
        resource=resource,
    )


def _code(concept: Any) -> str | None:
    """The first code of a concept."""
    for coding in concept.get("coding") or () if concept else ():
        if coding.get("code"):
            return str(coding["code"])
    return None


def payer_of(sources: Sources, coverage: str | None) -> str | None:
    """Who pays under a Coverage on file."""
    if coverage is None:
        return None
    named = sources.once(("payer", coverage), lambda: _named(sources, sources.get(coverage)))
    return payer_name(named[0]) if named else None


def asked_of(sources: Sources, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines; of those that name no payer, who was to pay on their dates."""
    for line in lines:
        if line.payer is None and line.date is not None and line.patient:
            focal = insurance(sources, sources.chart(line.patient), line.date).focal
            yield replace(line, payer=focal.payer if focal else None)
        else:
            yield line


def _named(sources: Sources, resource: Resource) -> list[str]:
    payers = resource.get("payor") or _payers(resource)
    return [name for each in payers if (name := sources.index.ref(each, resource)) is not None]


def _payers(resource: Resource) -> list[dict[str, Any]]:
    """R5: `insurer`, and who else pays."""
    paying = [party for entry in rows(resource, "paymentBy") for party in rows(entry, "party")]
    return [*rows(resource, "insurer"), *paying]


def payer_name(reference: str | None) -> str | None:
    """Of a payer named only by identifier that identifier, as in the settings."""
    return reference.partition(LOGICAL)[2] if reference is not None and LOGICAL in reference else reference


def policy_of(sources: Sources, payer: Any, container: Resource) -> str | None:
    """The policy that the settings name for a payer: by its reference, or by an identifier it has."""
    reference = sources.index.ref(payer, container)
    if reference is None:
        return None
    return _policy(sources, reference)


def _policy(sources: Sources, reference: str) -> str | None:
    return sources.once(("policy", reference), lambda: _look_up(sources, reference))


def _look_up(sources: Sources, reference: str) -> str | None:
    named = sources.once("payers", lambda: _by_name(sources.settings.payers))
    return next((named[name] for name in _names(sources, reference) if name in named), None)


def _by_name(payers: Mapping[str, str]) -> dict[str, str]:
    """The table of the settings, with the systems of identifiers in one spelling."""
    found = {}
    for name, policy in payers.items():
        uri, bar, value = name.rpartition("|")
        found[f"{system(uri)}|{value}" if bar else name] = policy
    return found


def _names(sources: Sources, reference: str) -> Iterator[str]:
    yield reference
    if LOGICAL in reference:
        yield reference.partition(LOGICAL)[2]
    for identifier in sources.get(reference).get("identifier") or ():
        name = token(identifier)
        if name is not None:
            yield name


def _by_type(resource: Resource, payers: list[str]) -> str | None:
    found = list(codings(resource.get("type")))
    for uri, code in found:
        if uri == SOPT:
            return next((policy for start, policy in _BY_TYPE if code.startswith(start)), None)
    # R4 Coverage.payor: the patient or a relative is named where no insurer pays.
    people = bool(payers) and all(each.startswith(("Patient/", "RelatedPerson/")) for each in payers)
    if people or resource.get("kind") == SELF_PAY or (_SELF_PAY_CODES, "pay") in found:
        return SELF_PAY
    return None


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
