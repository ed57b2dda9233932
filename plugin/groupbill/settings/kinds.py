"""The kinds of values a settings file holds; each refuses by saying what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ..model import Severity
from . import names
from .rule_words import FIXED
from .suggest import did_you_mean

Kind = Callable[[Any, Path], Any]
_DURATION = re.compile(r"(\d{1,6})\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_PLACE = ("localtime", "posix", "posixrules", "right", "Factory")
"""Files of the time zone database that name no zone, depend on the machine, or count leap seconds."""


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
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a number from 0 to 1")
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1")
    return number


def zone(value: Any, folder: Path) -> str | None:
    """An IANA time zone; empty text is none."""
    return None if value == "" else site_zone(value, folder)


def site_zone(value: Any, folder: Path) -> str:
    """An IANA time zone."""
    name = text(value, folder)
    try:
        if not name or name.split("/")[0] in _NO_PLACE:
            raise ValueError
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones())
        raise ValueError(f"an IANA time zone like America/Chicago, not {name!r}{hint}") from None
    return name


def place_of_service(value: Any, folder: Path) -> str:
    """A CMS place of service for remote visits."""
    return str(one_of("02", "10")(value, folder))


def price(value: Any, folder: Path) -> Decimal:
    """An amount in USD as text, above zero, with at most two decimals."""
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value) or not Decimal(value):
        raise ValueError('an amount above zero in quotes, like "120.00"')
    return Decimal(value)


def code(value: Any, folder: Path) -> str:
    """A CPT or HCPCS code as text."""
    return procedure_code(value)


def procedure_code(value: Any) -> str:
    """A CPT or HCPCS code: five characters."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError('a CPT or HCPCS code in quotes, like "90853"')
    return value


def provider(value: Any, folder: Path) -> str:
    """A billing provider, by reference or identifier."""
    return names.provider(text(value, folder))


def variable(value: Any, folder: Path) -> str:
    """The name of an environment variable, never what it holds."""
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError("the name of an environment variable, like GROUPBILL_SECRET")
    return value


def words(value: Any, folder: Path) -> tuple[str, ...]:
    """A list of text."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("a list of text in quotes")
    return tuple(value)


def codings(value: Any, folder: Path) -> frozenset[str]:
    """A list of `system|code`."""
    example = 'a list like ["http://example.org/att|PRESENT"]'
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(example)
    return frozenset(names.coding(each, example) for each in value)


def rules(value: Any, folder: Path) -> tuple[str, ...]:
    """A list of rules by code, family or name."""
    found = words(value, folder)
    for rule in found:
        _changeable(rule)
    return found


def severities(value: Any, folder: Path) -> dict[str, Severity]:
    """A table of severities by rule."""
    if not isinstance(value, Mapping):
        raise ValueError('a table like {NCC09 = "information"}')
    found = {}
    for rule, weight in value.items():
        _changeable(rule)
        try:
            found[rule] = Severity(one_of(*Severity)(weight, folder))
        except ValueError as error:
            raise ValueError(f"for {rule} {error}") from None
    return found


def _changeable(rule: str) -> None:
    if rule in FIXED:
        raise ValueError(f"another rule: {rule} can't be changed")


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


def web_address(value: Any, folder: Path) -> str:
    """An http or https URL, without a slash at its end."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise ValueError('a URL like "https://groupbill.example.org"')
    return value.rstrip("/")


def issuers(value: Any, folder: Path) -> dict[str, str]:
    """Where keys are, by issuer: a URL, or a file relative to the settings file."""
    example = 'a table like {"https://ehr.example.org" = "https://ehr.example.org/jwks.json"}'
    if not isinstance(value, Mapping) or not all(isinstance(each, str) and each for each in value.values()):
        raise ValueError(example)
    return {
        issuer: place if place.startswith(("https://", "http://")) else str(folder / place)
        for issuer, place in value.items()
    }


def clock(value: Any, folder: Path) -> time:
    """A time of day."""
    try:
        found = time.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value) else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError('a time of day like "02:00"')
    return found
