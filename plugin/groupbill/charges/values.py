"""Elements as numbers and objects, whatever stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_DOLLARS = "USD"


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
    """The value of a Quantity, or of a Money in US dollars (or no currency); None where there is none."""
    if not isinstance(element, dict) or element.get("currency", _DOLLARS) != _DOLLARS:
        return None
    return decimal(element.get("value"))


def rows(element: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects under a name, one or an array of them; for elements that the reader does not check."""
    stated = element.get(name) if type(element) is dict or isinstance(element, Mapping) else None
    for row in stated if isinstance(stated, list) else [stated]:
        if isinstance(row, dict):
            yield row


def string(value: Any) -> str | None:
    """A text that says something, else None."""
    return value if isinstance(value, str) and value else None
