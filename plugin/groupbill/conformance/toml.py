"""A table of settings as TOML: strings, numbers, flags, lists of strings, and tables of these."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def written(table: Mapping[str, Any]) -> str:
    """The text of a settings file."""
    return "\n".join(_lines(table, ())) + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if path:
        yield f"[{'.'.join(map(json.dumps, path))}]"
    for name, value in table.items():
        if not isinstance(value, Mapping):
            # A JSON string, number, true or list of strings is the same in TOML.
            yield f"{json.dumps(name)} = {json.dumps(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _lines(value, (*path, name))
