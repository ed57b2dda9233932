"""The kinds of values a settings file holds; each refuses by saying what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ..model import Severity
from .suggest import did_you_mean

Kind = Callable[[Any, Path], Any]
_DURATION = re.compile(r"(\d{1,6})\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FIXED = ("ENG01", "ENG02", "ENG03")


def text(value: Any, folder: Path) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError("text in quotes")
    return value


def flag(value: Any, folder: Path) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def whole(value: Any, folder: Path) -> int:
    """A whole number, zero or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, zero or more")
    return value


def share(value: Any, folder: Path) -> float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return float(value)


def zone(value: Any, folder: Path) -> str | None:
    """An IANA time zone; empty text is none."""
    name = text(value, folder)
    if not name:
        return None
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"an IANA time zone like America/Chicago, not {name!r}{did_you_mean(name, available_timezones())}"
        ) from None
    return name


def place_of_service(value: Any, folder: Path) -> str:
    """A CMS place of service for remote visits."""
    return str(one_of("02", "10")(value, folder))


def price(value: Any, folder: Path) -> Decimal:
    """An amount in USD as text, above zero, with at most two decimals."""
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
        raise ValueError('an amount above zero in quotes, like "120.00"')
    return amount


def code(value: Any, folder: Path) -> str:
    """A CPT or HCPCS code as text."""
    return procedure_code(value)


def procedure_code(value: Any) -> str:
    """A CPT or HCPCS code: five characters."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Z][0-9]{3}[0-9A-Z]", value):
        raise ValueError('a CPT or HCPCS code in quotes, like "90853"')
    return value


def bare_reference(value: str) -> str:
    """`Type/id` of a reference in any form; `system|value` and other words as they are."""
    if "|" in value:
        return value
    match = re.search(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$", value)
    if match is None:
        raise ValueError("a reference like Organization/acme, or an identifier like http://acme.example|7")
    return match.group(1)


def reference(value: Any, folder: Path) -> str:
    """A reference `Type/id`."""
    return bare_reference(text(value, folder))


def words(value: Any, folder: Path) -> tuple[str, ...]:
    """A list of text."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("a list of text in quotes")
    return tuple(value)


def codings(value: Any, folder: Path) -> frozenset[str]:
    """A list of `system|code`."""
    found = words(value, folder)
    if not all("|" in each for each in found):
        raise ValueError('a list like ["http://example.org/att|PRESENT"]')
    return frozenset(found)


def severities(value: Any, folder: Path) -> dict[str, Severity]:
    """A table of severities by rule."""
    if not isinstance(value, Mapping):
        raise ValueError('a table like {NCC09 = "information"}')
    found = {}
    for rule, weight in value.items():
        if rule in _FIXED:
            raise ValueError(f"another rule: the severity of {rule} can't be changed")
        found[rule] = Severity(one_of(*Severity)(weight, folder))
    return found


def one_of(*allowed: str) -> Kind:
    """One of some words."""

    def kind(value: Any, folder: Path) -> str:
        if not isinstance(value, str) or value not in allowed:
            hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
            raise ValueError(", ".join(map(repr, map(str, allowed[:-1]))) + f" or {str(allowed[-1])!r}{hint}")
        return value

    return kind


def locality(value: Any, folder: Path) -> str:
    """A Medicare locality: contractor and number."""
    name = text(value, folder)
    if name and not re.fullmatch(r"\d{5}-\d{2}", name):
        raise ValueError('a Medicare locality like "06102-16", or "" for national amounts')
    return name


def file(value: Any, folder: Path) -> Path:
    """A path relative to the settings file."""
    return folder / text(value, folder)


def files(value: Any, folder: Path) -> tuple[Path, ...]:
    """Paths relative to the settings file."""
    return tuple(folder / each for each in words(value, folder))


def duration(value: Any, folder: Path) -> timedelta:
    """A time span like 90s, 2m, 1h."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a duration like "90s", "2m" or "1h"')
    return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})


def clock(value: Any, folder: Path) -> time:
    """A time of day."""
    try:
        found = (
            time.fromisoformat(value)
            if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value)
            else None
        )
    except ValueError:
        found = None
    if found is None:
        raise ValueError('a time of day like "02:00"')
    return found
