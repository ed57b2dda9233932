"""A policy file to a PolicyFile: shape by the schema, then dates and what no schema can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import PolicyError
from ..settings.rule_words import FIXED
from .dated import Dated, PolicyFile
from .objects import parse_object, pointer_part, read_object
from .schema import problems

ROOT = "default"
"""The policy that all others extend in the end; it has every key."""


def read_policy(path: Path) -> PolicyFile:
    """Read and check one file of a site.

    Errors:
        PolicyError: every fault of the file, one on a line, each with its place and what was expected.
    """
    document = read_object(path)
    faults = problems(document)
    if not faults:
        faults = [*_date_faults(document["values"]), *_fixed(document["values"])]
    if faults:
        raise PolicyError("\n".join(f"{path}: {fault}" for fault in faults))
    return policy_file(document, str(path))


@lru_cache(maxsize=1)
def bundled() -> tuple[PolicyFile, ...]:
    """The policies that come with groupbill, by id. The tests, not every start, hold them to the schema."""
    folder = files(__package__).joinpath("data")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".json"))
    return tuple(
        policy_file(parse_object(folder.joinpath(name).read_text(encoding="utf-8"), name), name) for name in names
    )


def policy_file(document: Mapping[str, Any], place: str) -> PolicyFile:
    """The typed form of a document that holds to the schema."""
    name = document["id"]
    extends = document.get("extends") or (None if name == ROOT else ROOT)
    values = {key: tuple(_dated(key, value)) for key, value in document["values"].items()}
    return PolicyFile(name, document.get("title") or name, extends, values, place)


def _is_dated(value: Any) -> bool:
    """Whether a list is one of dated values; a list of plain ones has items without `value`."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, Mapping) and "value" in each for each in value)
    )


def _dated(key: str, value: Any) -> Iterator[Dated]:
    if not _is_dated(value):
        yield Dated(_frozen(key, value))
        return
    for each in value:
        yield Dated(
            _frozen(key, each["value"]),
            _day(each.get("from")),
            _day(each.get("to")),
            each.get("source") or "",
            each.get("confidence") or "",
        )


def _frozen(key: str, value: Any) -> Any:
    """Lists as tuples; amounts as Decimal."""
    if isinstance(value, list):
        return tuple(_frozen(key, each) for each in value)
    if isinstance(value, Mapping):
        if key == "allowed":
            return {code: Decimal(amount) for code, amount in value.items()}
        return {name: _frozen(key, each) for name, each in value.items()}
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _date_faults(values: Mapping[str, Any]) -> Iterator[str]:
    """Impossible dates, ranges that end before they begin, ranges of one key that overlap."""
    for key, value in values.items():
        if not _is_dated(value):
            continue
        place = "/values" + pointer_part(key)
        faults = [fault for number, each in enumerate(value) for fault in _range_faults(each, f"{place}/{number}")]
        yield from faults
        if not faults:
            yield from _overlaps(tuple(_dated(key, value)), place)


def _range_faults(each: Mapping[str, Any], place: str) -> Iterator[str]:
    days: list[date | None] = []
    for name in ("from", "to"):
        try:
            days.append(_day(each.get(name)))
        except ValueError:
            yield f'{place}/{name}: expected a date of the calendar like "2026-03-10", not "{each[name]}"'
    if len(days) == 2 and days[0] and days[1] and days[0] > days[1]:
        yield f"{place}: from {days[0]} is after to {days[1]}"


def _overlaps(found: tuple[Dated, ...], place: str) -> Iterator[str]:
    ordered = sorted(enumerate(found), key=lambda item: (item[1].first, item[1].last))
    for (first, one), (second, other) in pairwise(ordered):
        if other.first <= one.last:
            yield f"{place}/{second}: overlaps {place}/{first} from {_said(other.first)} on"


def _said(day: date) -> str:
    return "the beginning" if day == date.min else day.isoformat()


def _fixed(values: Mapping[str, Any]) -> Iterator[str]:
    """Severities of the engine's own findings, which no policy changes."""
    stated = values.get("severity", {})
    parts = [each["value"] for each in stated] if _is_dated(stated) else [stated]
    for number, part in enumerate(parts):
        for word in part:
            if word in FIXED:
                inner = f"/{number}/value" if _is_dated(stated) else ""
                yield f"/values/severity{inner}{pointer_part(word)}: the severity of {word} can't be changed"
