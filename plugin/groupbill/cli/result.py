"""Where the result goes: standard output, on which nothing else may stand."""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import TextIO

_kept: ContextVar[TextIO] = ContextVar("kept")


def keep_apart() -> None:
    """Keep standard output for the result; what plugins print from here on goes to standard error."""
    if sys.stdout is not sys.stderr:
        _kept.set(sys.stdout)
        sys.stdout = sys.stderr


def result() -> TextIO:
    """What the result is printed to."""
    return _kept.get(sys.stdout)


def write(data: bytes) -> None:
    """One JSON document, on a line of its own."""
    out = result()
    out.buffer.write(data + b"\n")
    out.flush()
