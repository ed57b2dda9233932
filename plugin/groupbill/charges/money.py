"""Amounts and quantities of FHIR as Decimal."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any


def decimal(value: Any) -> Decimal | None:
    """A JSON number as it was written; a number sent as text counts. None for anything else."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount(element: Any) -> Decimal | None:
    """The value of a Money or Quantity, None where there is none."""
    return decimal(element.get("value")) if isinstance(element, dict) else None
