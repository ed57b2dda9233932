"""`/hook`: takes notifications down and does nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from .answering import answered
from .descriptions import hook
from .forms import notification
from .guard import Denied, Guard
from .inbox import Inbox
from .intake import Intake
from .metrics import Metrics
from .notification import reference_of
from .outcome import FhirResponse, issue
from .requests import body_of

METHODS = ("POST", "PUT", "DELETE")
ANY, ONE = "/hook", "/hook/{kind}/{id}"
_Kind = Annotated[str, Path(description="Resource type.")]
_Id = Annotated[str, Path(description="Its id.")]


def receiver(guard: Guard, inbox: Inbox, intake: Intake, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["Notifications"])

    async def take(request: Request, path: tuple[str, str] | None) -> Response:
        body = await body_of(request, guard)
        gone = request.headers.get("x-medplum-deleted-resource")
        named = None if path is None else reference_of(*path)
        await intake.put(notification(body, path=named, deleted=request.method == "DELETE", gone=gone))
        return FhirResponse(issue("informational", "information"))

    async def seen(request: Request, path: tuple[str, str]) -> Response:
        await body_of(request, guard)
        if not await run_in_threadpool(inbox.knows, reference_of(*path)):
            raise Denied(404, "not-found")
        return FhirResponse(issue("informational", "information"))

    async def anything(request: Request) -> Response:
        return await answered(take(request, None), metrics)

    async def one(request: Request, kind: _Kind, id: _Id) -> Response:
        answering = seen if request.method == "GET" else take
        return await answered(answering(request, (kind, id)), metrics)

    for method in METHODS:
        for path, endpoint in ((ANY, anything), (ONE, one)):
            router.add_api_route(path, endpoint, methods=[method], **hook(method, path))
            # Endpoints are written with a slash at their end, and senders follow no redirect.
            router.add_api_route(f"{path}/", endpoint, methods=[method], include_in_schema=False)
        router.add_api_route(f"{ANY}/{ONE.removeprefix(ANY)}", one, methods=[method], include_in_schema=False)
    # For `groupbill subscribe`, which makes something and waits for its notification.
    router.add_api_route(ONE, one, methods=["GET"], **hook("GET", ONE))
    return router
