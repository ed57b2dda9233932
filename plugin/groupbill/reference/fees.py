"""What Medicare allows: relative value units, conversion factors and localities, all dated.

    amount = conversion factor x (work x GPCI + practice x GPCI + malpractice x GPCI) x share of the practitioner

rounded to cents once, at the end. Where a number of the date is not on file there is no amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TypeVar

from . import shipped

_CENT = Decimal("0.01")
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Units:
    """Relative value units of a code over a stretch of time; None where not on file."""

    work: Decimal | None
    practice_nonfacility: Decimal | None
    practice_facility: Decimal | None
    malpractice: Decimal | None
    total_nonfacility: Decimal | None


@dataclass(frozen=True, slots=True)
class Indices:
    """Geographic practice cost indices of a locality."""

    work: Decimal = _ONE
    practice: Decimal = _ONE
    malpractice: Decimal = _ONE


_NATIONAL = Indices()
_UNITS = ("work", "practice_nonfacility", "practice_facility", "malpractice", "total_nonfacility")
Span = tuple[date, date]
T = TypeVar("T")


def fee(
    code: str, on: date, facility: bool, locality: str = "", percent: Decimal = _HUNDRED, *, apm: bool = False
) -> Decimal | None:
    """Allowed amount of one unit in USD, None where a number of the date is not on file.

    Args:
        code: the procedure.
        on: date of service.
        facility: whether the facility rate counts, by place of service.
        locality: carrier and locality, e.g. 06102-16; empty for national amounts.
        percent: share of the practitioner, 100, 85 or 75.
        apm: whether the practitioner is a qualifying participant of an advanced payment model.
    """
    units = _in_force(_units().get(code, ()), on)
    factor = _in_force(_factors()[apm], on)
    indices = _in_force(_indices().get(locality, ()), on) if locality else _NATIONAL
    if units is None or factor is None or indices is None:
        return None
    total = _total(units, indices, facility)
    return None if total is None else (factor * total * percent / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)


def _total(units: Units, indices: Indices, facility: bool) -> Decimal | None:
    practice = units.practice_facility if facility else units.practice_nonfacility
    if units.work is None or practice is None or units.malpractice is None:
        return None if facility or indices is not _NATIONAL else units.total_nonfacility
    work = units.work * indices.work
    return work + practice * indices.practice + units.malpractice * indices.malpractice


def _in_force(entries: Iterable[tuple[Span, T]], on: date) -> T | None:
    """The entry whose dates, both included, hold the date."""
    return next((entry for (start, end), entry in entries if start <= on <= end), None)


def _span(row: Mapping[str, str]) -> Span:
    return date.fromisoformat(row["start"]), date.fromisoformat(row["end"])


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@lru_cache(maxsize=1)
def _units() -> dict[str, list[tuple[Span, Units]]]:
    units: dict[str, list[tuple[Span, Units]]] = {}
    for row in shipped.rows("rvus"):
        units.setdefault(row["code"], []).append((_span(row), Units(*(_number(row[name]) for name in _UNITS))))
    return units


@lru_cache(maxsize=1)
def _factors() -> tuple[list[tuple[Span, Decimal]], list[tuple[Span, Decimal]]]:
    """Usual ones, and those of qualifying participants, who have one of their own since 2026 only."""
    rows = list(shipped.rows("conversion_factors"))
    usual = [(_span(row), Decimal(row["factor"])) for row in rows]
    return usual, [(_span(row), Decimal(row["qualifying_apm"] or row["factor"])) for row in rows]


@lru_cache(maxsize=1)
def _indices() -> dict[str, list[tuple[Span, Indices]]]:
    indices: dict[str, list[tuple[Span, Indices]]] = {}
    for row in shipped.rows("gpci"):
        entry = Indices(Decimal(row["work"]), Decimal(row["practice"]), Decimal(row["malpractice"]))
        indices.setdefault(row["locality"], []).append((_span(row), entry))
    return indices
