"""Codes and dates as the whole numbers that imported tables are made of."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

CODE_BITS = 26
"""Five places of base 36 need less."""
_EPOCH = date(1970, 1, 1)
UNKNOWN = 0
"""Day number of an effective date that is not stated."""
NEVER = 0xFFFF
"""Day number of a deletion date that is not stated."""


@lru_cache(maxsize=32768)
def code_number(code: str) -> int | None:
    """A CPT or HCPCS code as a number; None for what can't be one."""
    if len(code) == 5 and code.isalnum() and code.isascii():
        return int(code, 36)
    return None


@lru_cache(maxsize=32768)
def diagnosis_number(code: str) -> int | None:
    """An ICD-10-CM code, with or without its dot, as a number; None for what can't be one."""
    text = code.replace(".", "", 1)
    if 3 <= len(text) <= 7 and text.isalnum() and text.isascii() and text[0].isalpha():
        return int(text, 36)
    return None


def code_text(number: int) -> str:
    """The CPT or HCPCS code behind a number."""
    places = []
    for _ in range(5):
        number, place = divmod(number, 36)
        places.append("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place])
    return "".join(reversed(places))


@lru_cache(maxsize=4096)
def day_number(on: date) -> int:
    """Days since 1970, within the sixteen bits of a table."""
    return min(max((on - _EPOCH).days, UNKNOWN + 1), NEVER - 1)


def pack(key: int, value: int, effective: int, deletion: int) -> int:
    """One row as one number, so that sorting rows sorts them by key, value and dates."""
    return ((key << 32 | value) << 16 | effective) << 16 | deletion
