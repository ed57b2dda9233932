"""The published JSON Schemas, compiled: by jsonschema-rs where installed (extra `fast`), else by jsonschema.

Problems name the place and the keyword only: the messages of both libraries quote the value, patient data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import groupbill_profiles

Check = Callable[[Mapping[str, Any]], tuple[str, ...]]


@lru_cache(maxsize=16)
def compiled(resource_type: str, *, fast: bool = True) -> Check:
    """A function that gives the problems of a resource of this type, none when it conforms.

    Args:
        resource_type: One that groupbill writes.
        fast: Whether jsonschema-rs may be used.
    """
    schema = groupbill_profiles.schema(resource_type)
    if fast:
        try:
            import jsonschema_rs
        except ImportError:
            pass
        else:
            return _fast(resource_type, jsonschema_rs.Draft202012Validator(schema, validate_formats=True))
    return _plain(resource_type, schema)


def _fast(kind: str, validator: Any) -> Check:
    def check(resource: Mapping[str, Any]) -> tuple[str, ...]:
        if validator.is_valid(resource):
            return ()
        return _problems(
            kind,
            (
                (error.instance_path, _keyword(error.schema_path), error.instance, error.kind)
                for error in validator.iter_errors(resource)
            ),
        )

    return check


def _plain(kind: str, schema: Mapping[str, Any]) -> Check:
    from jsonschema import Draft202012Validator, FormatChecker

    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))

    def check(resource: Mapping[str, Any]) -> tuple[str, ...]:
        errors = validator.iter_errors(resource)
        return _problems(
            kind, ((list(each.absolute_path), str(each.validator), each.instance, each) for each in errors)
        )

    return check


def _keyword(schema_path: Iterable[Any]) -> str:
    return str([step for step in schema_path if isinstance(step, str)][-1])


def _problems(kind: str, errors: Iterable[tuple[Iterable[Any], str, Any, Any]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path, keyword, instance, detail in errors:
        place = kind + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        for name in _missing(keyword, instance, detail):
            found[f"{place}{name}: {keyword}"] = None
    return tuple(found)


def _missing(keyword: str, instance: Any, detail: Any) -> list[str]:
    """For `required` the names that are missing, so that the problem names the element."""
    if keyword != "required" or not isinstance(instance, Mapping):
        return [""]
    names = getattr(detail, "validator_value", None) or [getattr(detail, "property", None)]
    return [f".{name}" for name in names if isinstance(name, str) and name not in instance] or [""]
