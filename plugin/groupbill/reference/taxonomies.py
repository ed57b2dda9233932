"""Provider taxonomy codes: who they are, and what Medicare pays them for psychotherapy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from . import shipped
from .values import Taxonomy

_REST = "*"
_LENGTH = 10


@lru_cache(maxsize=1)
def _table() -> dict[str, Taxonomy]:
    return {row["code"]: _taxonomy(row) for row in shipped.rows("taxonomies")}


def _taxonomy(row: Mapping[str, str]) -> Taxonomy:
    return Taxonomy(
        code=row["code"],
        group=row["group"],
        medicare=row["medicare"] == "yes",
        percent=Decimal(row["percent"]) if row["percent"] else None,
        start=shipped.day(row["start"]),
        billing_only=row["billing_only"] == "yes",
        specialty=row["specialty"],
        confidence=row["confidence"],
    )


@lru_cache(maxsize=4096)
def taxonomy(code: str) -> Taxonomy | None:
    """What a code stands for: by itself, else by the longest beginning that the table lists."""
    if len(code) != _LENGTH:
        return None
    table = _table()
    found = table.get(code)
    if found is not None:
        return found
    for length in range(_LENGTH - 1, 2, -1):
        family = table.get(code[:length] + _REST)
        if family is not None:
            return replace(family, code=code)
    return None
