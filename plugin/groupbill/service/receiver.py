"""`/hook`: takes notifications down and does nothing else."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from .descriptions import hook
from .forms import notification
from .guard import Denied, Guard
from .inbox import Inbox
from .intake import Full, Intake
from .metrics import Metrics
from .notification import Malformed, reference_of
from .outcome import FhirResponse, issue, outcome
from .requests import body_of

METHODS = ("POST", "PUT", "DELETE")
ANY, ONE = "/hook", "/hook/{kind}/{id}"
_Kind = Annotated[str, Path(description="Resource type.")]
_Id = Annotated[str, Path(description="Its id.")]


def receiver(guard: Guard, inbox: Inbox, intake: Intake, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["Notifications"])

    async def take(request: Request, path: tuple[str, str] | None) -> None:
        body = await body_of(request, guard)
        gone = request.headers.get("x-medplum-deleted-resource")
        named = None if path is None else reference_of(*path)
        await intake.put(notification(body, path=named, deleted=request.method == "DELETE", gone=gone))

    async def seen(request: Request, path: tuple[str, str]) -> None:
        await body_of(request, guard)
        if not await run_in_threadpool(inbox.knows, reference_of(*path)):
            raise Denied(404, "not-found")

    async def anything(request: Request) -> Response:
        return await _answered(take(request, None), metrics)

    async def one(request: Request, kind: _Kind, id: _Id) -> Response:
        answering = seen if request.method == "GET" else take
        return await _answered(answering(request, (kind, id)), metrics)

    for method in METHODS:
        for path, endpoint in ((ANY, anything), (ONE, one)):
            router.add_api_route(path, endpoint, methods=[method], **hook(method, path))
    # For `groupbill subscribe`, which makes something and waits for its notification.
    router.add_api_route(ONE, one, methods=["GET"], **hook("GET", ONE))
    return router


async def _answered(work: Awaitable[None], metrics: Metrics) -> Response:
    """The answer to a request; what was wrong is counted, and told in one word."""
    try:
        await work
    except Denied as denied:
        status, code = denied.status, denied.code
    except Malformed:
        status, code = 422, "structure"
    except Full:
        status, code = 503, "transient"
    else:
        return FhirResponse(issue("informational", "information"))
    metrics.refused(code)
    return outcome(status, code)
