"""Add-on codes: which primary services they may stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple, Protocol

from . import shipped
from .edition import Edition, quarter
from .packing import CODE_BITS, NEVER, UNKNOWN, code_number, code_text, day_number
from .table import Table

COMPLETE = 1
"""Type of an add-on code whose primaries are all listed; of types 2 and 3 a contractor may take others."""


class Primary(NamedTuple):
    """One primary service of an add-on code."""

    code: str
    type: int
    start: date | None
    end: date | None


class AddonTable(Protocol):
    """One edition of the add-on code edits."""

    @property
    def edition(self) -> Edition:
        """Its quarter."""
        ...

    def primaries(self, code: str, on: date) -> frozenset[str] | None:
        """The primaries of an add-on code on a date; None for another code, or where others may do."""
        ...


class ShippedAddons:
    """The shipped edition: add-on codes of psychotherapy."""

    def __init__(self) -> None:
        """Read when first asked."""
        self.edition = quarter("2024Q3")

    @cached_property
    def _addons(self) -> dict[str, list[Primary]]:
        addons: dict[str, list[Primary]] = {}
        for row in shipped.rows("addon"):
            start, end = shipped.day(row["start"]), shipped.day(row["end"])
            for code in expand(row["primary"]):
                addons.setdefault(row["addon"], []).append(Primary(code, int(row["type"]), start, end))
        return addons

    def primaries(self, code: str, on: date) -> frozenset[str] | None:
        """The primaries of an add-on code on a date."""
        listed = self._addons.get(code)
        if listed is None or any(each.type != COMPLETE for each in listed):
            return None
        return frozenset(
            each.code
            for each in listed
            if (each.start is None or each.start <= on) and (each.end is None or on <= each.end)
        )


class ImportedAddons:
    """An imported quarter."""

    def __init__(self, table: Table) -> None:
        """Of a table of kind addon."""
        self._table = table
        self.edition = table.edition

    def primaries(self, code: str, on: date) -> frozenset[str] | None:
        """The primaries of an add-on code on a date."""
        number = code_number(code)
        if number is None:
            return None
        day = day_number(on)
        found = set()
        for key, row in self._table.under(number << CODE_BITS, (number + 1) << CODE_BITS):
            began = row.effective == UNKNOWN or row.effective <= day
            if began and (row.deletion == NEVER or (day <= row.deletion and row.effective != row.deletion)):
                found.add((key & ((1 << CODE_BITS) - 1), row.value))
        if not found or any(kind != COMPLETE for _, kind in found):
            return None
        return frozenset(code_text(primary) for primary, _ in found)


def expand(text: str) -> Iterator[str]:
    """The codes of a range: `99202-99205`, `G0380-G0384`, or one code."""
    first, dash, last = text.partition("-")
    if not dash:
        yield first
        return
    letter = first[0] if first[0].isalpha() else ""
    width = len(first) - len(letter)
    for number in range(int(first[len(letter) :]), int(last[len(letter) :]) + 1):
        yield f"{letter}{number:0{width}d}"
