"""The gate: every resource is checked before it leaves, because a broken one is a denied or corrupted bill.

Only what groupbill has just built comes here, never what a server holds: fhir.resources rejects legal content
(`_valueString`) and drops what it doesn't know.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from groupbill_profiles import SCHEMAS

from .arithmetic import miscounted
from .compiled import compiled

Level = Literal["full", "schema"]
"""`full`: fhir.resources, schema with the required bindings, arithmetic. `schema`: the last two, for bulk work; the
schemas are closed and at least as strict on what groupbill writes."""
_SHAPES = 4096
"""Shapes that are remembered."""


class Gate:
    """Checks ChargeItem, Claim, Task and Provenance."""

    def __init__(self, level: Level = "full", *, fast: bool = True) -> None:
        """A gate of this level; `fast` says whether jsonschema-rs may be used where it is installed."""
        self.level = level
        self._conforms = {kind: compiled(kind, fast=fast) for kind in SCHEMAS}
        self._sound: set[Hashable] = set()

    def check(self, resource: Mapping[str, Any]) -> tuple[str, ...]:
        """The problems of a resource, each naming the element and never a value; none when it may leave."""
        kind = resource.get("resourceType")
        if kind not in SCHEMAS:
            return ("resourceType: not one that groupbill writes",)
        problems = self._conforms[kind](resource)
        if not problems:
            problems = tuple(miscounted(resource))
        if self.level == "full":
            problems = (*problems, *self._structure(kind, resource))
        return tuple(dict.fromkeys(problems)) if problems else ()

    def _structure(self, kind: str, resource: Mapping[str, Any]) -> tuple[str, ...]:
        """What fhir.resources says; of a shape that it has passed in this run only the values are new.

        Values are the business of the schemas, which see every resource: this check takes ten times as long.
        """
        shape = _shape(resource)
        if shape in self._sound:
            return ()
        problems = _structure(kind, resource)
        if not problems and len(self._sound) < _SHAPES:
            self._sound.add(shape)
        return problems


def _shape(value: Any) -> Hashable:
    """Names and types, all the way down."""
    kind = type(value)
    # Texts and plain objects first: they are nearly all.
    if kind is str:
        return "str"
    if kind is dict or isinstance(value, Mapping):
        return tuple([(name, _shape(each)) for name, each in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_shape(each) for each in value])
    return kind.__name__


@lru_cache(maxsize=16)
def _model(kind: str) -> Any:
    """The R4B model: equal to R4 4.0.1 for the four types. Imported late, it costs 0.2 s."""
    return getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def _structure(kind: str, resource: Mapping[str, Any]) -> tuple[str, ...]:
    from pydantic import ValidationError

    try:
        _model(kind).model_validate(resource)
    except ValidationError as error:
        places = [(each["loc"], each["type"]) for each in error.errors(include_url=False, include_input=False)]
        return tuple(f"{kind}{_path(loc)}: {what}" for loc, what in places)
    except KeyError:
        # fhir.resources raises it bare for a resourceType that it doesn't know.
        return (f"{kind}: unknown type within",)
    return ()


def _path(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
