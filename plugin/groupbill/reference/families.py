"""Kinds of services: behavioural code families, evaluation and management, fee schedule status."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from . import shipped
from .addon import expand

_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _families() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    codes: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for row in shipped.rows("code_families"):
        codes.setdefault(row["family"], set()).add(row["code"])
        kinds.setdefault(row["code"], set()).add(row["family"])
    return _frozen(codes), _frozen(kinds)


def _frozen(table: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in table.items()}


def family(name: str) -> frozenset[str]:
    """The codes of a family, e.g. `individual`.

    Errors:
        KeyError: no such family.
    """
    return _families()[0][name]


def families(code: str) -> frozenset[str]:
    """The families a code belongs to."""
    return _families()[1].get(code, _NONE)


@lru_cache(maxsize=1)
def evaluations() -> frozenset[str]:
    """Codes of evaluation and management services."""
    return frozenset(code for row in shipped.rows("evaluation_and_management") for code in expand(row["codes"]))


@lru_cache(maxsize=1)
def _status() -> dict[str, tuple[str, date | None]]:
    return {row["code"]: (row["status"], shipped.day(row["start"])) for row in shipped.rows("fee_schedule_status")}


def status(code: str, on: date) -> str | None:
    """Medicare's fee schedule status of a code: A paid, B bundled, N not covered, I not valid."""
    found = _status().get(code)
    if found is None or (found[1] is not None and on < found[1]):
        return None
    return found[0]
