"""NCCI procedure-to-procedure edits: the shipped quarter, and imported ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple, Protocol

from . import shipped
from .edition import Edition, quarter
from .packing import CODE_BITS, NEVER, code_number, day_number
from .table import Table
from .values import Pair

INDICATORS = "019"
"""As a row of an imported table numbers them: 0 not allowed, 1 allowed, 9 not applicable."""
INDICATOR_BITS = 2
"""Below the number of the rationale in a row's value."""


class PairTable(Protocol):
    """One edition of the edits of one setting."""

    @property
    def edition(self) -> Edition:
        """Its quarter."""
        ...

    def find(self, code_a: str, code_b: str, on: date) -> Pair | None:
        """The edit between two codes that is active on a date, whichever of them is column 1."""
        ...


class ShippedPairs:
    """The shipped quarter: active pairs with 90853, without dates of their own."""

    def __init__(self, setting: str) -> None:
        """Of practitioner or outpatient-hospital."""
        self._name = f"ncci_{setting.replace('-', '_')}"
        self.edition = quarter("2024Q3")

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Pair]:
        data = shipped.read(self._name)
        pairs = {}
        for row in data.rows:
            rationale = data.provenance[f"rationale.{row['rationale']}"]
            codes = row["column1"], row["column2"]
            pairs[codes] = Pair(*codes, row["indicator"], rationale, self.edition.name)
        return pairs

    def find(self, code_a: str, code_b: str, on: date) -> Pair | None:
        """The edit between two codes; the state of the quarter, on whichever date."""
        return self._pairs.get((code_a, code_b)) or self._pairs.get((code_b, code_a))


class Edit(NamedTuple):
    """A row of an imported table that is active on the date asked for."""

    effective: int
    strictness: int
    column1: str
    column2: str
    value: int


class ImportedPairs:
    """An imported quarter: every pair CMS lists, with its effective and deletion dates."""

    def __init__(self, table: Table) -> None:
        """Of a table of kind ncci."""
        self._table = table
        self.edition = table.edition

    def find(self, code_a: str, code_b: str, on: date) -> Pair | None:
        """The edit between two codes on a date; of several the one in effect latest, then the strictest."""
        a, b = code_number(code_a), code_number(code_b)
        if a is None or b is None:
            return None
        day = day_number(on)
        active = [
            *_active(self._table, a << CODE_BITS | b, code_a, code_b, day),
            *_active(self._table, b << CODE_BITS | a, code_b, code_a, day),
        ]
        if not active:
            return None
        edit = max(active)
        indicator = INDICATORS[edit.value & 0b11]
        rationale = self._table.texts[edit.value >> INDICATOR_BITS]
        return Pair(edit.column1, edit.column2, indicator, rationale, self.edition.name)


def _active(table: Table, key: int, column1: str, column2: str, day: int) -> Iterator[Edit]:
    """An edit deleted on the day it took effect never was one; else both days are days on which it holds."""
    for value, effective, deletion in table.rows(key):
        if effective <= day and (deletion == NEVER or (day <= deletion and effective != deletion)):
            yield Edit(effective, -(value & 0b11), column1, column2, value)
