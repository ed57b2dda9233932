"""JSON text to plain values, refusing what JSON readers pass over in silence: a key given twice, NaN."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import PolicyError


class _Object(dict[str, Any]):
    """A JSON object that remembers keys given twice."""

    twice: tuple[str, ...] = ()


def read_object(path: Path) -> Any:
    """The JSON value of a file; numbers with a fraction are Decimal.

    Errors:
        PolicyError: the file can't be read, is not UTF-8 or not JSON, or has a key twice in one object.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: can't be read: expected UTF-8, byte {error.start} is not") from None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror or error}") from None
    return parse_object(text, str(path))


def parse_object(text: str, place: str) -> Any:
    """The JSON value of a text; see `read_object`."""
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise PolicyError(f"{place}: line {error.lineno}, column {error.colno}: expected JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{place}: expected JSON: {error}") from None
    problems = [f"{place}: {pointer or '/'}: the key {key!r} is given twice" for pointer, key in _twice(found, "")]
    if problems:
        raise PolicyError("\n".join(problems))
    return found


def pointer_part(name: str | int) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def _twice(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every key given twice, with the pointer of its object."""
    if isinstance(value, _Object):
        for key in value.twice:
            yield pointer, key
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _twice(each, pointer + pointer_part(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _twice(each, pointer + pointer_part(number))
