"""JSON in and out; amounts stay exactly as written (`45.00` is not 45.0)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

import orjson

MONEY = frozenset(
    {"ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse", "Coverage", "ExplanationOfBenefit"}
)
"""Types in which a fraction is an amount, so that its digits count."""


def loads(data: bytes) -> Any:
    """Parse; fractions become Decimal where the resource holds money. Raises ValueError."""
    value = orjson.loads(data)
    if isinstance(value, dict) and value.get("resourceType") in MONEY:
        return exact(data)
    return value


def exact(data: bytes) -> Any:
    """Parse with every fraction a Decimal, and integers beyond 64 bits too. Raises ValueError."""
    return json.loads(data, parse_float=Decimal, parse_int=_integer, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """Serialise, keys in their order, every Decimal with the digits it has. Raises TypeError."""
    return orjson.dumps(value, default=_number)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 19 else Decimal(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
