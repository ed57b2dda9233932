"""CDS Hooks 2.0: discovery, `encounter-discharge`, `appointment-book`, feedback."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from ..fhir import json
from .advice import Missing, at_booking, at_discharge
from .answering import answered
from .cds_descriptions import SERVICES, described
from .cds_request import Asked, asked_of, source
from .guard import Denied, Guard, parsed
from .hosts import Hosts
from .notification import Malformed
from .parts import Parts
from .requests import body_of, raw_body
from .tokens import Tokens

JSON = dict[str, Any]
_Id = Annotated[str, Path(description="Id of the service.")]
HOOKS = {each["id"]: each["hook"] for each in SERVICES}


def cds(guard: Guard, hosts: Hosts, parts: Parts, tokens: Tokens | None) -> APIRouter:
    """The routes. Callers show a JWT where issuers are configured, else the secret."""
    router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])
    known = _Services(guard, hosts, parts, tokens)

    @router.get("", operation_id="cds_services", **described("discover"))
    async def services(request: Request) -> Response:
        """The services and what they want prefetched."""
        return await answered(known.discover(request), parts.metrics)

    @router.post("/{id}", operation_id="cds_service", **described("call"))
    async def service(request: Request, id: _Id) -> Response:
        """Cards for one patient."""
        return await answered(known.advise(request, id), parts.metrics)

    @router.post("/{id}/feedback", operation_id="cds_feedback", **described("feedback"))
    async def feedback(request: Request, id: _Id) -> Response:
        """What became of the cards; counted, not kept."""
        return await answered(known.hear(request, id), parts.metrics)

    return router


class _Services:
    """What the routes do."""

    def __init__(self, guard: Guard, hosts: Hosts, parts: Parts, tokens: Tokens | None) -> None:
        self._guard, self._hosts, self._parts, self._tokens = guard, hosts, parts, tokens

    async def _read(self, request: Request) -> Any:
        """The body of somebody who may ask."""
        if self._tokens is None:
            return await body_of(request, self._guard, exact=True)
        self._guard.admit()
        await run_in_threadpool(self._tokens.check, request.headers, request.scope["path"])
        return parsed(request.headers, await raw_body(request), exact=True)

    async def discover(self, request: Request) -> Response:
        if self._tokens is not None:
            await self._read(request)
        return JSONResponse({"services": SERVICES})

    async def advise(self, request: Request, id: str) -> Response:
        body = await self._read(request)
        if id not in HOOKS:
            raise Denied(404, "not-found")
        try:
            found = await run_in_threadpool(_advice, asked_of(body, HOOKS[id]), self._hosts, self._parts)
        except Missing:
            raise Denied(412, "incomplete") from None
        self._parts.metrics.advised(id, len(found))
        return Response(json.dumps({"cards": found}), media_type="application/json")

    async def hear(self, request: Request, id: str) -> Response:
        body = await self._read(request)
        if id not in HOOKS:
            raise Denied(404, "not-found")
        for each in _feedback(body):
            self._parts.metrics.heard(id, each)
        return JSONResponse({})


def _advice(asked: Asked, hosts: Hosts, parts: Parts) -> list[JSON]:
    """Read and decide, in a thread."""
    with source(asked, parts) as (read, gather):
        if asked.hook == "appointment-book":
            return at_booking(asked.patient, asked.appointments, read)
        with hosts.borrow() as host:
            return at_discharge(asked.patient, asked.encounter, host, read, gather)


def _feedback(body: Any) -> list[str]:
    """The outcomes that are told.

    Errors:
        Malformed: not feedback.
    """
    listed = body.get("feedback") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Malformed("no feedback")
    found = [str(each.get("outcome")) if isinstance(each, dict) and each.get("card") else "" for each in listed]
    if any(each not in ("accepted", "overridden") for each in found):
        raise Malformed("an outcome is accepted or overridden")
    return found
