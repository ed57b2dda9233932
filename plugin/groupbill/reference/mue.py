"""Medically unlikely edits: most units of a code per patient, practitioner and date."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Protocol

from . import shipped
from .edition import Edition, quarter
from .packing import code_number
from .table import Table
from .values import Mue

MAI_BITS = 2
"""Below the units in a row's value."""


class MueTable(Protocol):
    """One edition of the edits of one setting."""

    @property
    def edition(self) -> Edition:
        """Its quarter."""
        ...

    def find(self, code: str, on: date) -> Mue | None:
        """The edit of a code."""
        ...


class ShippedMue:
    """The shipped edition: behavioural health codes."""

    def __init__(self, setting: str) -> None:
        """Of practitioner or outpatient-hospital."""
        self._column = setting.replace("-", "_")
        self.edition = quarter("2024Q3")

    @cached_property
    def _edits(self) -> dict[str, Mue]:
        return {
            row["code"]: Mue(row["code"], int(units), row[f"{self._column}_mai"], self.edition.name)
            for row in shipped.rows("mue")
            if (units := row[self._column])
        }

    def find(self, code: str, on: date) -> Mue | None:
        """The edit of a code; the state of the edition, on whichever date."""
        return self._edits.get(code)


class ImportedMue:
    """An imported quarter."""

    def __init__(self, table: Table) -> None:
        """Of a table of kind mue."""
        self._table = table
        self.edition = table.edition

    def find(self, code: str, on: date) -> Mue | None:
        """The edit of a code; were it listed twice, the lower one."""
        number = code_number(code)
        row = None if number is None else next(self._table.rows(number), None)
        if row is None:
            return None
        return Mue(code, row.value >> MAI_BITS, str(row.value & 0b11), self.edition.name)
