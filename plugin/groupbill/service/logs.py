"""Logs: one JSON object a line on stderr; what could name a patient is a keyed hash."""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_key = secrets.token_bytes(16)
"""Of this process: a hash in its logs can be followed there, and not be guessed from the ids of a server."""


def start_logs(level: str = "INFO") -> None:
    """Every logger of this process writes JSON: ours, those of the engine and of the web server."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_traceback,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # Paths hold ids.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _without_traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The texts of exceptions and the lines of tracebacks may hold anything; their type says enough."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
        event["event"] = "exception"
    return event


def logger(part: str) -> Any:
    """The logger of a part of the service."""
    return structlog.stdlib.get_logger(f"groupbill.service.{part}")


def fault(error: BaseException) -> str:
    """What stands in a log for an exception: its type and the place; its text may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place


def hashed(reference: str) -> str:
    """What stands in a log for a reference."""
    return hashlib.blake2b(reference.encode(), key=_key, digest_size=6).hexdigest()
