"""Cells of the official files as the numbers of a table; each distinct text is understood once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ..packing import NEVER, UNKNOWN, code_number, day_number

_NONE = ("", "*")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_ORDINAL = re.compile(r"(\d{4})(\d{3})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.0+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
"""Day 0 of the dates of a workbook, for days after February 1900."""


class Memo(dict[str, int]):
    """Numbers by text: a text not met before is read and kept; one that can't be read raises ValueError."""

    def __init__(self, read: Callable[[str], int]) -> None:
        """With the function that reads one text."""
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        """Read a text met for the first time."""
        number = self[text] = self._read(text)
        return number


def procedure(text: str) -> int:
    """A CPT or HCPCS code.

    Errors:
        ValueError: it has not five places, or no digit among them.
    """
    code = text.strip().upper()
    number = code_number(code)
    if number is None or not any(letter.isdigit() for letter in code):
        raise ValueError(f"{text!r} is no code of five places")
    return number


def effective(text: str) -> int:
    """An effective date; none where it is empty (in existence before 1996).

    Errors:
        ValueError: it is no date.
    """
    return UNKNOWN if text.strip() in _NONE else day_number(_day(text))


def deletion(text: str) -> int:
    """A deletion date, the last day of an edit; none where it is empty or a star.

    Errors:
        ValueError: it is no date.
    """
    return NEVER if text.strip() in _NONE else day_number(_day(text))


def _day(text: str) -> date:
    cell = text.strip().removesuffix(".0")
    try:
        return _date(cell)
    except ValueError:
        raise ValueError(f"{text!r} is no date like 20260101, 2026001 or 01/01/2026") from None


def _date(cell: str) -> date:
    for form in (_COMPACT, _ISO):
        if found := form.fullmatch(cell):
            return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _ORDINAL.fullmatch(cell):
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        if day.year != int(found[1]):
            raise ValueError
        return day
    if found := _AMERICAN.fullmatch(cell):
        return date(int(found[3]), int(found[1]), int(found[2]))
    if found := _SERIAL.fullmatch(cell):
        return _SERIAL_EPOCH + timedelta(days=int(found[1]))
    raise ValueError
