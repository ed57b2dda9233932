"""From a request to the parsed body of a sender who is allowed to send it."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from .guard import LARGEST, Denied, Guard, TooLong, announced, parsed

LONGEST = 30.0
"""Seconds that a body may take."""


async def body_of(request: Request, guard: Guard, *, exact: bool = False) -> Any:
    """The body, None where it is empty. Nothing of a stranger is read.

    Args:
        request: Not read yet.
        guard: Decides who may send.
        exact: Whether amounts must stay as they are written.

    Errors:
        Denied: too many, no or a wrong secret, too large, no JSON, too deep.
    """
    guard.admit()
    signed = guard.signed(request.headers)
    raw = await raw_body(request)
    if signed:
        guard.check(request.headers, raw)
    return parsed(request.headers, raw, exact=exact)


async def raw_body(request: Request) -> bytes:
    """The bytes, no more than allowed.

    Errors:
        Denied: too large (413), or not there in time (408).
    """
    announced(request.headers)
    body = bytearray()
    try:
        async with asyncio.timeout(LONGEST):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST:
                    raise TooLong
    except TimeoutError:
        raise Denied(408, "timeout", f"expected the whole body within {LONGEST:.0f} s") from None
    return bytes(body)
