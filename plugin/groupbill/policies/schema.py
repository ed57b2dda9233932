"""The published JSON Schema of policy files, and what it refuses said in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..settings.suggest import did_you_mean
from .objects import pointer_part

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_SHOWN = 60
"""Characters of a refused value that are repeated in a message."""


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """The schema of policy files (draft 2020-12)."""
    text = files(__package__).joinpath("policy.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


@lru_cache(maxsize=1)
def descriptions() -> Mapping[str, str]:
    """What every key of a policy is for, in the order in which they are shown."""
    keys = schema()["properties"]["values"]["properties"]
    return {key: str(each["description"]) for key, each in keys.items()}


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def problems(document: Any) -> list[str]:
    """What is wrong with the shape of a policy file: place, what was expected, the nearest key."""
    found = sorted(_validator().iter_errors(document), key=lambda error: [str(p) for p in error.absolute_path])
    return list(dict.fromkeys(line for error in found for line in _lines(error)))


def _lines(error: ValidationError) -> Iterator[str]:
    part: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    value: Any = error.instance
    place = "".join(map(pointer_part, error.absolute_path))
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = part["properties"]
        for name in value:
            if name not in known:
                yield f"{place}{pointer_part(name)}: unknown key {name!r}{did_you_mean(name, known)}"
    elif error.validator == "required":
        missing = [name for name in part["required"] if name not in value]
        yield f"{place or '/'}: expected the key {' and '.join(map(repr, missing))}"
    elif "propertyNames" in error.absolute_schema_path:
        yield f"{place}{pointer_part(value)}: expected as key {part['description']}"
    else:
        yield f"{place or '/'}: expected {_expected(error, part)}, not {_shown(value)}"


def _expected(error: ValidationError, part: Mapping[str, Any]) -> str:
    value: Any = error.instance
    text = str(part.get("description", error.message))
    if error.validator == "uniqueItems":
        return f"{text}, nothing twice"
    if error.validator == "enum" and isinstance(value, str):
        return text + did_you_mean(value, [word for word in part["enum"] if isinstance(word, str)])
    if isinstance(value, list) and len(error.absolute_path) == 2:
        return f'{text}, or a list of dated values that all have "value"'
    return text


def _shown(value: Any) -> str:
    text = json.dumps(value, default=lambda each: float(each) if isinstance(each, Decimal) else str(each))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
