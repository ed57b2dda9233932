"""Whether the elements that groupbill reads have the JSON types of FHIR, and dates that exist.

`elements` holds the table. It is compiled once into nested checks; what is not in the table is not looked at,
so unknown elements and vendors' extensions pass. Messages name elements and types, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .dates import dated

Check = Callable[[Any], str | None]
"""None when the value is fine, else where (below the value) and what was expected."""

_LARGEST = 10**15
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", re.ASCII)


def text(value: Any) -> str | None:
    """A string, code or URI."""
    return None if type(value) is str else ": expected a string"


def boolean(value: Any) -> str | None:
    """True or false."""
    return None if value is True or value is False else ": expected true or false"


def integer(value: Any) -> str | None:
    """A whole number of 32 bits."""
    if type(value) is int and -(2**31) <= value < 2**31:
        return None
    return ": expected a whole number of 32 bits"


def decimal(value: Any) -> str | None:
    """A number that an amount can have: finite, of a size that sums can be made of."""
    if type(value) in (int, float, Decimal) and -_LARGEST < value < _LARGEST:
        return None
    return ": expected a number below 10^15"


def date(value: Any) -> str | None:
    """A date; year or month alone are dates too."""
    if type(value) is str and dated(value, time=False):
        return None
    return ": expected a date that exists (YYYY-MM-DD)"


def date_time(value: Any) -> str | None:
    """A dateTime."""
    if type(value) is str and dated(value):
        return None
    return ": expected a date or dateTime that exists (YYYY-MM-DDThh:mm:ss+zz:zz)"


def instant(value: Any) -> str | None:
    """An instant; one without offset is tolerated, as it is seen."""
    if type(value) is str and _INSTANT.fullmatch(value) and dated(value):
        return None
    return ": expected an instant that exists (YYYY-MM-DDThh:mm:ss+zz:zz)"


def many(check: Check) -> Check:
    """An array."""

    def check_array(value: Any) -> str | None:
        if type(value) is not list:
            return ": expected an array"
        for place, item in enumerate(value):
            wrong = check(item)
            if wrong is not None:
                return f"[{place}]{wrong}"
        return None

    return check_array


def one_or_many(check: Check) -> Check:
    """An object in one release of FHIR and an array of them in another."""
    array = many(check)
    return lambda value: array(value) if type(value) is list else check(value)


def either(*checks: tuple[type, Check]) -> Check:
    """Different JSON types in different releases of FHIR."""
    table = dict(checks)
    names = " or ".join(
        {dict: "an object", list: "an array", str: "a string", bool: "true or false"}[t] for t in table
    )

    def check_either(value: Any) -> str | None:
        check = table.get(type(value))
        return f": expected {names}" if check is None else check(value)

    return check_either


def thing(**elements: Check) -> Check:
    """An object with these elements, and any others."""
    find = {name: check for name, check in elements.items()}.get

    def check_object(value: Any) -> str | None:
        if type(value) is not dict:
            return ": expected an object"
        for name, item in value.items():
            check = find(name)
            if check is not None:
                wrong = check(item)
                if wrong is not None:
                    return f".{name}{wrong}"
        return None

    return check_object
