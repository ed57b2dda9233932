"""FHIR operations: `$derive-group-charges` and `$check-claim`, for an EHR in any language and without a subscription.

Facts come in, the plan and the findings go out; nothing is written and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

import groupbill_profiles

from ..fhir import json
from ..fhir.index import Index
from ..fhir.read import add_resources
from ..host import Host
from ..report.report import Report
from ..version import VERSION
from .answering import answered
from .descriptions import body, responses
from .guard import Guard, acceptable
from .hosts import Hosts
from .metrics import Metrics
from .notification import Malformed
from .outcome import FhirResponse
from .requests import body_of

JSON = dict[str, Any]
Work = Callable[[Host, Sequence[JSON], date | None], JSON]


def operations(guard: Guard, hosts: Hosts, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/fhir", tags=["FHIR operations"])
    described: dict[str, Any] = {
        "openapi_extra": body("Parameters, a Bundle, or a single resource.", required=True),
        "response_class": FhirResponse,
        "response_model": None,
        "responses": responses(200, 401, 403, 406, 408, 413, 415, 422, 503),
    }

    def readable(request: Request) -> None:
        acceptable(request.headers.get("accept", ""), request.query_params.get("_format"))

    async def run(request: Request, work: Work) -> Response:
        body = await body_of(request, guard, exact=True)
        readable(request)
        resources, today = _given(body)

        def within() -> JSON:
            with hosts.borrow() as host:
                return work(host, resources, today)

        return FhirResponse(await run_in_threadpool(within))

    async def told(request: Request) -> Response:
        readable(request)
        return FhirResponse(_statement())

    @router.post("/$derive-group-charges", operation_id="derive_group_charges", **described)
    async def derive(request: Request) -> Response:
        """Compute what should stand for the sessions given: a transaction, and the findings."""
        return await answered(run(request, _derived), metrics, reasons=True)

    @router.post("/$check-claim", operation_id="check_claim", **described)
    async def check(request: Request) -> Response:
        """Check Claims and ChargeItems, anybody's, against each other and the facts given."""
        return await answered(run(request, _checked), metrics, reasons=True)

    @router.get("/metadata", response_class=FhirResponse, response_model=None, responses=responses(200, 406))
    async def metadata(request: Request) -> Response:
        """The CapabilityStatement."""
        return await answered(told(request), metrics, reasons=True)

    return router


def _given(parsed: Any) -> tuple[list[JSON], date | None]:
    """The resources, and the day where it is told.

    Errors:
        Malformed: there is none.
    """
    if not isinstance(parsed, dict) or not isinstance(parsed.get("resourceType"), str):
        raise Malformed("expected Parameters, a Bundle, or a single resource")
    if parsed["resourceType"] != "Parameters":
        return [parsed], None
    found, today = [], None
    for each in _parameters(parsed):
        if isinstance(each.get("resource"), dict):
            found.append(each["resource"])
        elif each.get("name") == "today":
            if today is not None:
                raise Malformed("expected one parameter today")
            today = _day(each.get("valueDate"))
    if not found:
        raise Malformed("expected a parameter resource with a resource")
    return found, today


def _day(value: object) -> date:
    """A whole date of FHIR; Python reads more forms."""
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        raise Malformed("expected the parameter today with valueDate, as YYYY-MM-DD")
    return found


def _parameters(parsed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    listed = parsed.get("parameter")
    yield from (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()


def _derived(host: Host, resources: Sequence[JSON], today: date | None) -> JSON:
    report = host.run(resources, today)
    entries = [entry for transaction in report.transactions() for entry in transaction["entry"]]
    transaction: JSON = {"resourceType": "Bundle", "type": "transaction"}
    if entries:
        transaction["entry"] = entries
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "transaction", "resource": transaction},
            {"name": "outcome", "resource": report.to_outcome()},
        ],
    }


def _checked(host: Host, resources: Sequence[JSON], today: date | None) -> JSON:
    index = Index()
    add_resources(index, resources)
    report: Report = host.check(index, today)
    return report.to_outcome()


def _statement() -> JSON:
    """The one that is shipped, as that of a running instance."""
    shipped = files(groupbill_profiles) / "resources" / "CapabilityStatement-groupbill-receiver.json"
    made: JSON = json.loads(shipped.read_bytes())
    software = {"name": "groupbill", "version": VERSION}
    return {**made, "kind": "instance", "software": software, "implementation": {"description": "groupbill serve"}}
