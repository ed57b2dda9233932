"""Prior authorizations and referrals of a patient."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ..fhir.codes import codings, procedure_code
from ..fhir.dates import day
from ..fhir.extensions import value
from ..model import Authorization, Coverage, Resource
from .chart import Chart
from .sources import Sources
from .times import within
from .values import rows, string

_ENDED = frozenset({"cancelled", "entered-in-error", "draft"})
_LIVE_REQUESTS = frozenset({"active", "completed"})
_TESTS = frozenset({"108252007", "363679005", "387713003"})
"""SNOMED CT categories of orders that are no referral: laboratory, imaging, surgical procedure."""


def authorization(
    sources: Sources, chart: Chart, coverage: Coverage | None, codes: Collection[str], on: date
) -> Authorization | None:
    """The payer's answer to a preauthorization that covers the date, else the number on the Coverage."""
    if coverage is None:
        return None
    for response in chart.find("ClaimResponse", "patient"):
        if _covers(sources, response, coverage, codes, on):
            return Authorization(number=str(response["preAuthRef"]), source=f"ClaimResponse/{response.get('id')}")
    number = string(value(coverage.resource, "authorization"))
    return Authorization(number=number, source=coverage.reference) if number else None


def is_over(sources: Sources, chart: Chart, number: str, on: date) -> bool:
    """Whether the payer's answers on file under an authorization number all leave the date out."""
    found = [
        response
        for response in chart.find("ClaimResponse", "patient")
        if response.get("use") == "preauthorization" and response.get("preAuthRef") == number
    ]
    return bool(found) and not any(
        response.get("status") not in _ENDED and within(sources, response.get("preAuthPeriod"), on)
        for response in found
    )


def _covers(sources: Sources, response: Resource, coverage: Coverage, codes: Collection[str], on: date) -> bool:
    if response.get("use") != "preauthorization" or not response.get("preAuthRef"):
        return False
    if response.get("status") in _ENDED or response.get("outcome") == "error":
        return False
    insurer = sources.index.ref(response.get("insurer"), response)
    if insurer is not None and coverage.payer is not None and not insurer.endswith(coverage.payer):
        return False
    return within(sources, response.get("preAuthPeriod"), on) and _asked(sources, response, codes)


def _asked(sources: Sources, response: Resource, codes: Collection[str]) -> bool:
    """Whether the request, where it is on file and names procedures, names one of these."""
    request = sources.get(sources.index.ref(response.get("request"), response))
    named = {procedure_code(item.get("productOrService")) for item in request.get("item") or ()} - {None}
    return not named or not named.isdisjoint(codes)


def referral(sources: Sources, chart: Chart, own: Resource, on: date) -> str | None:
    """The ServiceRequest behind the visit, else the patient's first that stood on the date."""
    if not sources.has("ServiceRequest"):
        return None
    for element in rows(own, "basedOn"):
        reference = sources.index.ref(element, own)
        if reference and reference.startswith("ServiceRequest/") and sources.get(reference):
            return reference
    found = (
        f"ServiceRequest/{request.get('id')}"
        for request in chart.find("ServiceRequest", "subject")
        if _refers(sources, request, on)
    )
    return next(found, None)


def _refers(sources: Sources, request: Resource, on: date) -> bool:
    if request.get("status") not in _LIVE_REQUESTS:
        return False
    if any(code in _TESTS for _, code in codings(request.get("category") or [])):
        return False
    written = day(request.get("authoredOn"), sources.zone())
    return (written is None or written <= on) and within(sources, request.get("occurrencePeriod"), on)
