"""FHIR References as bare strings: `Type/id`, whatever form they were written in.

Forms (FHIR R4 2.3.0.1): relative, absolute with or without `_history`, `urn:uuid` inside a Bundle,
`#id` of a contained resource, and logical (by identifier).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeGuard

from .codes import system

LOGICAL = "?identifier="
LOGICAL_ID = re.compile(r"[^\s/#?|]{1,255}")
"""Wider than FHIR allows, which servers do too; narrow enough that `Type/id` and `Type/id#x` can be told apart."""
_REST = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([^/#?|\s]+)(?:/_history/[^/#?]*)?(#.+)?$")
_ORDINARY = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]+", re.ASCII)
_CONDITIONAL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)\?identifier=([^&\s]+)$")
_ABSOLUTE = re.compile(r"(?:urn|https?):[^\s#]+", re.IGNORECASE)
GROUP = ("Group/", "Group?")
PRACTITIONER = ("Practitioner/", "Practitioner?", "PractitionerRole/", "PractitionerRole?")
"""How bare references begin: literal, or by identifier."""


def is_patient(reference: str | None) -> TypeGuard[str]:
    """Whether it is the bare reference of a Patient, literal or by identifier; of nothing inside a resource."""
    if reference is None or not reference.startswith("Patient"):
        return False
    if reference[7:8] == "/":
        return LOGICAL_ID.fullmatch(reference, 8) is not None
    return reference.startswith("Patient" + LOGICAL) and "|" in reference


@lru_cache(maxsize=65536)
def bare(text: str) -> str | None:
    """`Type/id` of a literal reference, or a URI (`urn:uuid:...`) as it stands; None for what is no reference."""
    if _ORDINARY.fullmatch(text) is not None:
        return text
    match = _REST.search(text)
    if match is not None:
        return f"{match[1]}/{match[2]}{match[3] or ''}"
    match = _CONDITIONAL.search(text)
    if match is not None:
        uri, bar, value = match[2].partition("|")
        return f"{match[1]}{LOGICAL}{system(uri)}|{value}" if bar else f"{match[1]}{LOGICAL}|{uri}"
    if _ABSOLUTE.fullmatch(text) is None:
        return None
    return text.lower() if text[:9].lower() == "urn:uuid:" else text


def plain(element: Any, container: Mapping[str, Any] | None = None) -> str | None:
    """The bare string of a Reference or CodeableReference, before any look-up; None when it names nothing."""
    if type(element) is not dict:
        return None
    reference = element.get("reference")
    if type(reference) is str and reference:
        if reference[0] != "#":
            return bare(reference)
        if container is None:
            return None
        owner = f"{container.get('resourceType')}/{container.get('id')}"
        return owner if reference == "#" else owner + reference
    return plain(reference, container) if type(reference) is dict else _logical(element)


def _logical(element: Mapping[str, Any]) -> str | None:
    name = token(element.get("identifier"))
    if name is None:
        return None
    target = element.get("type")
    return f"{target if isinstance(target, str) else ''}{LOGICAL}{name}"


def token(identifier: Any) -> str | None:
    """`system|value` of an Identifier, None without a value."""
    value = identifier.get("value") if isinstance(identifier, dict) else None
    if not isinstance(value, str) or not value:
        return None
    uri = identifier.get("system")
    return f"{system(uri) if isinstance(uri, str) else ''}|{value.strip()}"
