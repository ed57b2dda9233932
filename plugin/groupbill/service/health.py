"""`/health/live`, `/health/ready` and `/metrics`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from .agenda import Agenda
from .inbox import Inbox
from .metrics import CONTENT_TYPE, Metrics
from .pause import Pause

_STATE = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def _told(status: int, words: str) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": words, "content": {"application/json": {"schema": _STATE}}}}


def health(inbox: Inbox, agenda: Agenda, metrics: Metrics, pause: Pause) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["Operation"])

    @router.get("/health/live", response_class=JSONResponse, response_model=None, responses=_told(200, "It runs."))
    async def live() -> Response:
        """Whether the process runs."""
        return JSONResponse({"status": "live"})

    @router.get(
        "/health/ready",
        response_class=JSONResponse,
        response_model=None,
        responses={**_told(200, "Notifications are taken."), **_told(503, "The store can't be written.")},
    )
    async def ready() -> Response:
        """Whether notifications can be taken; a FHIR server that is away does not keep them from it."""
        try:
            await run_in_threadpool(inbox.count)
        except SQLAlchemyError:
            return JSONResponse({"status": "no-store"}, 503)
        return JSONResponse({"status": "server-away" if pause.away else "ready"})

    @router.get("/metrics", response_class=Response, response_model=None, responses=_TEXT)
    async def numbers() -> Response:
        """Counts and times for Prometheus."""
        text = await run_in_threadpool(
            lambda: metrics.text(inbox.count(), inbox.oldest(), agenda.count(), inbox.missing())
        )
        return Response(text, media_type=CONTENT_TYPE)

    return router
