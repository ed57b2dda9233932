"""The list price of a code: the settings, else a ChargeItemDefinition among the resources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ..model import Resource
from .sources import Sources
from .times import within
from .values import amount, rows


def listed(sources: Sources, code: str, on: date) -> Decimal | None:
    """Price of one unit on a date, with the digits it was written in; None where nobody set one (CHG08)."""
    stated = sources.settings.prices.get(code)
    if stated is not None:
        return stated
    if not sources.has("ChargeItemDefinition"):
        return None
    return sources.once(("price", code, on), lambda: _defined(sources, code, on))


def _defined(sources: Sources, code: str, on: date) -> Decimal | None:
    """Of several definitions the one in force latest counts, then the first by id."""
    found = [
        (str((definition.get("effectivePeriod") or {}).get("start") or ""), price)
        for definition in reversed(sources.index.find("ChargeItemDefinition", "code", code))
        if definition.get("status") == "active" and within(sources, definition.get("effectivePeriod"), on)
        for price in _base_prices(definition)
    ]
    return max(enumerate(found), key=lambda entry: (entry[1][0], entry[0]))[1][1] if found else None


def _base_prices(definition: Resource) -> Iterator[Decimal]:
    """The `base` component of the first group that has one (R5 MonetaryComponent is shaped alike)."""
    for group in definition.get("propertyGroup") or ():
        for component in rows(group, "priceComponent"):
            price = amount(component.get("amount")) if component.get("type") == "base" else None
            if price is not None:
                yield price
                return
