"""The four kinds of official tables: their columns, and how a row of each becomes a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..addon import COMPLETE
from ..mue import MAI_BITS
from ..ncci import INDICATOR_BITS, INDICATORS
from ..packing import CODE_BITS, NEVER, UNKNOWN, diagnosis_number, pack
from .columns import Heading, holding, starting
from .values import Memo, deletion, effective, procedure

Places = Mapping[str, list[int]]
"""Where the columns stand, by name; empty where the file has none of that name."""
Packer = Callable[[list[str]], int]
"""One row as one number; raises ValueError, KeyError or IndexError for a row that can't be read."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of official table."""

    name: str
    title: str
    """For messages."""
    by_setting: bool
    """Whether practitioner and outpatient hospital have tables of their own."""
    headings: Mapping[str, Heading] | None
    """Columns by name, the first two mandatory; None for lines of fixed places."""
    packer: Callable[[Places, list[str]], Packer]
    """Given where the columns stand, and the list of texts to add to."""
    skips: tuple[str, ...] = ()
    """Parts with one of these in their name are left out."""


def _pairs(places: Places, texts: list[str]) -> Packer:
    codes, begins, ends = Memo(procedure), Memo(effective), Memo(deletion)
    indicators = Memo(_indicator)
    rationales = Memo(_numbered(texts))
    rationales[""] = _numbered(texts)("")
    column1, column2, start, end, indicator = (
        places[name][0] if places[name] else usual
        for name, usual in (("column1", 0), ("column2", 1), ("effective", 3), ("deletion", 4), ("modifier", 5))
    )
    why = places["rationale"][0] if places["rationale"] else 6

    def packed(cells: list[str]) -> int:
        value = indicators[cells[indicator]]
        if len(cells) > why:
            value |= rationales[cells[why]] << INDICATOR_BITS
        key = codes[cells[column1]] << CODE_BITS | codes[cells[column2]]
        return ((key << 32 | value) << 16 | begins[cells[start]]) << 16 | ends[cells[end]]

    return packed


def _indicator(text: str) -> int:
    cell = text.strip().removesuffix(".0")
    if len(cell) != 1 or cell not in INDICATORS:
        raise ValueError(f"modifier indicator {text!r} is none of 0, 1, 9")
    return INDICATORS.index(cell)


def _numbered(texts: list[str]) -> Callable[[str], int]:
    def number(text: str) -> int:
        stripped = text.strip()
        if stripped not in texts:
            texts.append(stripped)
        return texts.index(stripped)

    return number


def _limits(places: Places, texts: list[str]) -> Packer:
    code, units, mai = places["code"][0], places["units"][0], places["mai"][0] if places["mai"] else None

    def packed(cells: list[str]) -> int:
        value = _units(cells[units]) << MAI_BITS | (0 if mai is None else _adjudication(cells[mai]))
        return pack(procedure(cells[code]), value, UNKNOWN, NEVER)

    return packed


def _units(text: str) -> int:
    cell = text.strip().replace(",", "").removesuffix(".0")
    if not cell.isdecimal() or len(cell) > 6:
        raise ValueError(f"MUE value {text!r} is no whole number")
    return int(cell)


def _adjudication(text: str) -> int:
    if text.strip()[:1] not in ("1", "2", "3"):
        raise ValueError(f"adjudication indicator {text!r} does not begin with 1, 2 or 3")
    return int(text.strip()[0])


def _addons(places: Places, texts: list[str]) -> Packer:
    addon, primary = places["addon"][0], places["primary"][0]
    kind = places["type"][0] if places["type"] else None
    start = places["effective"][0] if places["effective"] else None

    def packed(cells: list[str]) -> int:
        value = COMPLETE if kind is None else _type(cells[kind])
        first = cells[primary].strip().upper()
        if first == "CCCCC":
            value, second = max(value, 2), int(first, 36)
        else:
            second = procedure(first)
        begins = UNKNOWN if start is None else effective(cells[start])
        ends = min((deletion(cells[at]) for at in places["deletion"] if at < len(cells)), default=NEVER)
        return pack(procedure(cells[addon]) << CODE_BITS | second, value, begins, ends)

    return packed


def _type(text: str) -> int:
    cell = text.strip().upper().removeprefix("TYPE").strip().removesuffix(".0")
    found = {"1": 1, "2": 2, "3": 3, "I": 1, "II": 2, "III": 3}.get(cell)
    if found is None:
        raise ValueError(f"type {text!r} of an add-on code is none of 1, 2, 3")
    return found


_ORDER = re.compile(r"\d{5} ([A-Z][0-9][0-9A-Z]{1,5}) +([01])(?: .*)?")
_CODES = re.compile(r"([A-Z][0-9][0-9A-Z]{1,5})(?:\s.*)?")


def _diagnoses(places: Places, texts: list[str]) -> Packer:
    def packed(cells: list[str]) -> int:
        text = cells[0]
        if found := _ORDER.fullmatch(text):
            code, billable = found[1], int(found[2])
        elif found := _CODES.fullmatch(text):
            code, billable = found[1], 1
        else:
            raise ValueError("the line is neither of an order file nor of a codes file")
        number = diagnosis_number(code)
        if number is None:
            raise ValueError(f"{code!r} has not the form of an ICD-10-CM code")
        return pack(number, billable, UNKNOWN, NEVER)

    return packed


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "ncci",
            "NCCI procedure-to-procedure edits",
            True,
            {
                "column1": starting("column 1", "column1"),
                "column2": starting("column 2", "column2"),
                "effective": starting("effective"),
                "deletion": starting("deletion"),
                "modifier": starting("modifier", "ccmi"),
                "rationale": holding("rationale"),
            },
            _pairs,
        ),
        Kind(
            "mue",
            "medically unlikely edits",
            True,
            {
                "code": starting("hcpcs", "cpt"),
                "units": holding("mue", "value"),
                "mai": holding("adjudication"),
            },
            _limits,
        ),
        Kind(
            "addon",
            "add-on code edits",
            False,
            {
                "addon": starting("add on code", "addon code", "aoc code", without=("del", "type", "eff")),
                "primary": starting("primary code", "primary procedure code", without=("del",)),
                "type": holding("type"),
                "effective": holding("eff"),
                "deletion": holding("del"),
            },
            _addons,
        ),
        Kind("icd10", "ICD-10-CM codes", False, None, _diagnoses, skips=("addenda",)),
    )
}
