"""Strangers' code: what it may end in, where it failed, and whether it answered with the types that were declared.

Python does not check types. A wrong one is to be caught in the guard around a hook or a rule, not inside the engine.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Test = Callable[[Any], bool]

CRASH = (Exception, SystemExit)
"""What is caught around a hook or a rule: `sys.exit()` in a plugin is a crash of it, not the end of the host."""


class WrongAnswer(TypeError):
    """Says what was expected and of which type the answer was; never the answer, which may be patient data."""


def told(error: BaseException) -> str:
    """The type of an error, whose text may be patient data; of a wrong answer our own words as well."""
    return f"WrongAnswer: {error}" if isinstance(error, WrongAnswer) else type(error).__name__


def line_of(error: BaseException) -> str:
    """File and line where a stranger's code failed, for its author."""
    frames = [] if isinstance(error, WrongAnswer) else traceback.extract_tb(error.__traceback__)[1:]
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def typed(answer: object, kind: type[T]) -> T:
    """The answer, which is a `kind` with the right types in all its fields; lists become the tuples they stand for.

    Errors:
        WrongAnswer: naming the field, its type and the expected one.
    """
    if not isinstance(answer, kind):
        raise WrongAnswer(f"answered {type(answer).__name__}, expected {kind.__name__}")
    tuples: dict[str, Any] = {}
    for name, declared, test in _tests(cast("Any", kind)):
        value = getattr(answer, name)
        if isinstance(value, list):
            tuples[name] = value = tuple(value)
        if not test(value):
            raise WrongAnswer(f"{kind.__name__}.{name} is {type(value).__name__}, expected {declared}")
    return cast("T", replace(cast("Any", answer), **tuples)) if tuples else answer


@lru_cache(maxsize=64)
def _tests(kind: Any) -> tuple[tuple[str, str, Test], ...]:
    """Name, declared type and test of each field."""
    hints = get_type_hints(kind)
    return tuple((each.name, str(each.type), _test(hints[each.name])) for each in fields(kind))


def _test(hint: Any) -> Test:
    if get_origin(hint) is UnionType:
        either = [_test(each) for each in get_args(hint)]
        return lambda value: any(test(value) for test in either)
    if get_origin(hint) is tuple:
        inner = _test(get_args(hint)[0])
        return lambda value: isinstance(value, tuple) and all(inner(each) for each in value)
    if hint in (int, date):
        # A bool is no number here, and a datetime no day.
        return lambda value: type(value) is hint
    if is_dataclass(hint):
        kind: Any = hint
        return lambda value: isinstance(value, kind) and _sound(value, hint)
    return lambda value: isinstance(value, hint)


def _sound(value: object, kind: Any) -> bool:
    return all(test(getattr(value, name)) for name, _, test in _tests(kind))
