"""Text to values: builds the model's frozen dataclasses from the plain text of a case file."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

NOTHING = frozenset({"none", "null", "~", ""})

Special = Mapping[type, Callable[[Any], Any]]
"""How a class reads what is no mapping of its fields: a Period from `09:00-10:00`."""


class CaseError(ValueError):
    """A case says something that no fact, key or value matches."""


class Typed:
    """Builds values by the type hints of the model's fields, starting from templates."""

    def __init__(self, templates: Mapping[type, Any], special: Special) -> None:
        """Templates give every field a usual value; `special` reads shorthand."""
        self._templates = templates
        self._special = special

    def build(self, kind: type, given: Mapping[str, Any], template: Any = None) -> Any:
        """A `kind` like the template but for the given fields.

        Errors:
            CaseError: a key that is no field of `kind`, or a text that is no value of its type.
        """
        hints = _hints(kind)
        values = {}
        for key, value in given.items():
            if key not in hints:
                raise CaseError(f"{kind.__name__} has no {key!r}; it has {', '.join(sorted(hints))}")
            inner = getattr(template, key, None) if template is not None else None
            values[key] = self.read(hints[key], value, inner)
        return kind(**values) if template is None else replace(template, **values)

    def read(self, hint: Any, value: Any, inner: Any = None) -> Any:
        """A value of the type `hint`; `inner` is what the field holds so far."""
        origin = typing.get_origin(hint)
        if origin in (types.UnionType, typing.Union):
            return self._optional(typing.get_args(hint), value, inner)
        if origin in (tuple, frozenset):
            item = typing.get_args(hint)[0]
            if isinstance(value, str) or not isinstance(value, Sequence | frozenset | set):
                raise CaseError(f"{value!r} is not a list")
            return origin(self.read(item, each) for each in value)
        if hint is Any or origin is not None:
            return value
        return self._plain(hint, value, inner)

    def _optional(self, options: tuple[Any, ...], value: Any, inner: Any) -> Any:
        if value is None or (isinstance(value, str) and value.lower() in NOTHING):
            return None
        kinds = [option for option in options if option is not types.NoneType]
        return self.read(kinds[0], value, inner)

    def _plain(self, hint: type, value: Any, inner: Any) -> Any:
        if isinstance(value, hint) and not (isinstance(value, str) and issubclass(hint, Enum)):
            return value
        if hint in self._special and not (isinstance(value, Mapping) and is_dataclass(hint)):
            return self._special[hint](value)
        if is_dataclass(hint):
            if not isinstance(value, Mapping):
                raise CaseError(f"{value!r} is no {hint.__name__}")
            template = inner if inner is not None else self._templates.get(hint)
            return self.build(hint, value, template)
        return scalar(hint, value)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def scalar(hint: type, value: Any) -> Any:
    """A plain value of the type `hint` from its text.

    Errors:
        CaseError: the text is none.
    """
    text = str(value)
    try:
        if hint is bool:
            return {"true": True, "false": False}[text.lower()]
        if hint is date:
            return date.fromisoformat(text)
        if hint is datetime:
            return datetime.fromisoformat(text)
        if hint in (int, float, str, Decimal) or issubclass(hint, Enum):
            return hint(text)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise CaseError(f"{text!r} is no {hint.__name__}") from error
    raise CaseError(f"a {hint.__name__} can't be written as text")
