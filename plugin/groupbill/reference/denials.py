"""Codes by which payers say why they adjusted a line."""

from __future__ import annotations

from functools import lru_cache

from . import shipped
from .values import Denial


@lru_cache(maxsize=1)
def denials() -> dict[str, Denial]:
    """The CARC and RARC codes known here, by code."""
    return {
        row["code"]: Denial(row["code"], row["kind"], shipped.day(row["end"]), row["group"])
        for row in shipped.rows("denials")
    }
