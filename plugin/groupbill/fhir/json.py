"""JSON in and out; amounts stay exactly as written (`45.00` is not 45.0)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

import orjson

LEVELS = 64
"""How deep objects and arrays of a resource may be nested."""
MONEY = frozenset(
    {"ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse", "Coverage", "ExplanationOfBenefit"}
)
"""Types in which a fraction is an amount, so that its digits count."""


try:  # extra [fast]
    from msgspec.json import Decoder

    _amounts: Callable[[bytes], Any] = Decoder(float_hook=Decimal).decode
except ModuleNotFoundError:
    _amounts = partial(json.loads, parse_float=Decimal)


def loads(data: bytes, resource_type: str | None = None) -> Any:
    """Parse; fractions become Decimal where the resource holds money. Raises ValueError."""
    if resource_type is not None:
        return _amounts(data) if resource_type in MONEY else orjson.loads(data)
    value = orjson.loads(data)
    return _amounts(data) if isinstance(value, dict) and value.get("resourceType") in MONEY else value


def prune(value: Any) -> Any:
    """The value without nulls: FHIR has none outside arrays, and there they stand for what is absent."""
    if type(value) is dict:
        return {name: prune(item) for name, item in value.items() if item is not None}
    if type(value) is list:
        return [prune(item) for item in value if item is not None]
    return value


def too_deep(value: Any) -> bool:
    """Whether objects and arrays are nested deeper than LEVELS."""
    level: list[Any] = [[value]]
    levels = LEVELS + 1
    while level and levels > 0:
        level = [
            child
            for item in level
            for child in (item.values() if type(item) is dict else item)
            if type(child) is dict or type(child) is list
        ]
        levels -= 1
    return bool(level)


def exact(data: bytes | str) -> Any:
    """Parse with every fraction a Decimal, and integers beyond 64 bits too. Raises ValueError."""
    return json.loads(data, parse_float=Decimal, parse_int=_integer, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """Serialise, keys in their order, every Decimal with the digits it has. Raises TypeError."""
    return orjson.dumps(value, default=_other)


def verbatim(data: bytes) -> object:
    """JSON that `dumps` writes as it is."""
    return orjson.Fragment(data)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 19 else Decimal(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _other(value: object) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
