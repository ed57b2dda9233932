"""Whether a resource is as FHIR says, in the elements that groupbill reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .claim_elements import CLAIMS
from .datatypes import coding, extension, identifier
from .encounter_elements import ENCOUNTERS, PEOPLE
from .record_elements import RECORDS
from .shapes import Check, instant, many, text, thing

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ID = re.compile(r"[^\s/#?|]{1,255}")


def _name(value: Any) -> str | None:
    if type(value) is str and _ID.fullmatch(value):
        return None
    return ": expected a string without white space, '/', '#', '?' or '|'"


def _contained(value: Any) -> str | None:
    if type(value) is not list:
        return ": expected an array"
    for place, item in enumerate(value):
        wrong = ": expected an object" if type(item) is not dict else _fault(item)
        if wrong is not None:
            return f"[{place}]{wrong}"
    return None


_COMMON: Mapping[str, Check] = {
    "id": _name,
    "meta": thing(versionId=text, lastUpdated=instant, security=many(coding), profile=many(text)),
    "contained": _contained,
    "extension": extension,
}
_ONE_IDENTIFIER = frozenset({"Bundle", "Composition", "QuestionnaireResponse"})


def _compiled(kind: str, elements: Mapping[str, Check]) -> Check:
    identifiers = identifier if kind in _ONE_IDENTIFIER else many(identifier)
    return thing(**{**_COMMON, "identifier": identifiers, **elements})


_unknown = thing(**_COMMON)
_CHECKS: Mapping[str, Check] = {
    kind: _compiled(kind, elements)
    for kind, elements in {**ENCOUNTERS, **PEOPLE, **RECORDS, **CLAIMS}.items()
}


def _fault(resource: dict[str, Any]) -> str | None:
    kind = resource.get("resourceType")
    if type(kind) is not str or not _TYPE.fullmatch(kind):
        return ".resourceType: expected the name of a FHIR resource type"
    return _CHECKS.get(kind, _unknown)(resource)


def fault(resource: dict[str, Any]) -> str | None:
    """The element of a resource that is wrong and what was expected, None when all is well."""
    wrong = _fault(resource)
    if wrong is None or wrong.startswith(".resourceType"):
        return wrong and wrong[1:]
    return f"{resource['resourceType']}{wrong}"
