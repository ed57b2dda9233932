"""ICD-10-CM: which diagnosis codes are billable in a fiscal year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .edition import Edition, choose, fiscal_year
from .packing import diagnosis_number
from .table import Table


class Diagnoses:
    """One imported edition of the code set."""

    def __init__(self, table: Table) -> None:
        """Of a table of kind icd10."""
        self._table = table
        self.edition: Edition = table.edition

    def billable(self, code: str) -> bool:
        """Whether the code is listed as valid for submission."""
        number = diagnosis_number(code)
        row = None if number is None else next(self._table.rows(number), None)
        return row is not None and row.value == 1


def valid(editions: Sequence[Diagnoses], code: str, on: date) -> bool | None:
    """Whether a code is billable on a date; None where no edition of its fiscal year is at hand."""
    year = fiscal_year(on)
    edition = choose([each for each in editions if each.edition.fiscal_year == year], on)
    return None if edition is None else edition.billable(code)
