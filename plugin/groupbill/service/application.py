"""The web application: `/hook`, `/health`, `/metrics`, CDS Hooks, FHIR operations, the OpenAPI page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from ..version import VERSION
from .cds import cds
from .guard import Guard
from .health import health
from .hosts import Hosts
from .intake import Intake
from .operations import operations
from .outcome import outcome
from .parts import Parts
from .receiver import receiver
from .tokens import Tokens

ABOUT = "Receives notifications of a FHIR server and reconciles charges and claims of group psychotherapy sessions."


def application(
    parts: Parts,
    guard: Guard,
    hosts: Hosts,
    *,
    started: Callable[[], None] = lambda: None,
    stopping: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The application.

    Args:
        parts: What the routes work with.
        guard: Decides who may notify.
        hosts: For operations and CDS Hooks.
        started: Called when requests can be taken: starts the workers.
        stopping: Called when no more requests come: ends the workers, may take a while.
    """
    intake = Intake(parts.inbox, parts.metrics)
    issuers = parts.settings.cds_issuers
    tokens = Tokens(parts.engine, issuers, parts.settings.cds_url) if issuers else None
    app = FastAPI(
        title="groupbill",
        version=VERSION,
        description=ABOUT,
        lifespan=_life(intake, started, stopping),
        redoc_url=None,
    )
    app.include_router(receiver(guard, parts.inbox, intake, parts.metrics))
    app.include_router(health(parts.inbox, parts.agenda, parts.metrics, parts.pause))
    app.include_router(cds(guard, hosts, parts, tokens))
    app.include_router(operations(guard, hosts, parts.metrics))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(SQLAlchemyError, _no_store)
    app.add_exception_handler(Exception, _broken)
    return app


def _life(
    intake: Intake, started: Callable[[], None], stopping: Callable[[], None]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        intake.start()
        started()
        yield
        await intake.stop()
        stopping()

    return life


_CODES = {404: "not-found", 405: "not-supported", 401: "login", 403: "forbidden"}


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = outcome(error.status_code, _CODES.get(error.status_code, "invalid"))
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> set[str]:
    """What all routes of the path take; one route alone knows of its own only."""
    routes = [each for each in request.app.routes if isinstance(each, Route)]
    fitting = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return {method for each in fitting for method in each.methods or ()}


async def _unreadable(_request: Request, _error: Exception) -> Response:
    return outcome(422, "structure")


async def _no_store(_request: Request, _error: Exception) -> Response:
    return outcome(503, "transient")


async def _broken(_request: Request, _error: Exception) -> Response:
    return outcome(500, "exception")
