"""Whether a resource is as FHIR says, in the elements that groupbill reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .claim_elements import CLAIMS
from .datatypes import NAMES, coding, extension, identifier, instant, logical_id, text
from .encounter_elements import ENCOUNTERS, PEOPLE
from .record_elements import RECORDS
from .shapes import Many, Own, Shape, Thing, Writer, thing

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ONE_IDENTIFIER = frozenset({"Composition", "QuestionnaireResponse"})


def surely_fine(resource: dict[str, Any]) -> bool:
    """Whether the quick test finds nothing. It fails for null, which stands for what is absent."""
    kind = resource.get("resourceType")
    quick = _quick.get(kind) if type(kind) is str else None
    return quick is not None and quick(resource)


def fault(resource: dict[str, Any]) -> str | None:
    """The element of a resource that is wrong and what was expected, None when all is well."""
    kind = resource.get("resourceType")
    wrong = _fault(resource)
    if wrong is None or wrong.startswith(".resourceType"):
        return wrong and wrong[1:]
    return f"{kind}{wrong}"


def _fault(resource: dict[str, Any]) -> str | None:
    kind = resource.get("resourceType")
    if type(kind) is not str or not _TYPE.fullmatch(kind):
        return ".resourceType: expected the name of a FHIR resource type"
    shape = _SHAPES.get(kind)
    if shape is None:
        return _ANY.wrong(resource)
    with _writing:
        _quick[kind] = _writer.test(shape)
    return shape.wrong(resource)


def _contained(value: Any) -> str | None:
    if type(value) is not list:
        return ": expected an array"
    for place, item in enumerate(value):
        wrong = ": expected an object" if type(item) is not dict else _fault(item)
        if wrong is not None:
            return f"[{place}]{wrong}"
    return None


_COMMON: Mapping[str, Shape] = {
    "id": logical_id,
    "meta": thing(versionId=text, lastUpdated=instant, security=Many(coding), profile=Many(text)),
    "contained": Own(_contained),
    "extension": extension,
}


def _shape(kind: str, elements: Mapping[str, Shape]) -> Thing:
    identifiers = identifier if kind in _ONE_IDENTIFIER else Many(identifier)
    return Thing({**_COMMON, "identifier": identifiers, **elements})


_ANY = Thing(_COMMON)
_SHAPES: Mapping[str, Thing] = {
    kind: _shape(kind, elements) for kind, elements in {**ENCOUNTERS, **PEOPLE, **RECORDS, **CLAIMS}.items()
}
_writer = Writer(NAMES)
_writing = threading.RLock()
_quick: dict[str, Callable[[Any], bool]] = {}
"""Made when the first resource of a type is read: most runs read a third of the types."""
