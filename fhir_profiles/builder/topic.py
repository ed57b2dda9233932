"""The SubscriptionTopic of R5, from the Basic that carries it in R4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .tools import JSON

_PREFIX = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic."
_LISTS = frozenset({"resourceTrigger", "canFilterBy", "supportedInteraction"})


def topic(resources: Iterable[JSON]) -> JSON:
    """The topic in its R5 form."""
    basic = next(each for each in resources if each["resourceType"] == "Basic")
    return {"resourceType": "SubscriptionTopic", "id": basic["id"], **_elements(basic)}


def _elements(holder: JSON) -> JSON:
    made: JSON = {}
    for extension in holder["extension"]:
        name = extension["url"].removeprefix(_PREFIX)
        value = _value(extension)
        if name in _LISTS:
            made.setdefault(name, []).append(value)
        else:
            made[name] = value
    return made


def _value(extension: JSON) -> Any:
    if "extension" in extension:
        return _elements(extension)
    return next(value for key, value in extension.items() if key.startswith("value"))
