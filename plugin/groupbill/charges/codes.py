"""Codes of a line on file: the procedure, and the modifiers wherever a system keeps them."""

from __future__ import annotations

import re
from typing import Any

from ..fhir.codes import CPT, HCPCS, codings
from ..fhir.extensions import values
from ..model import Resource
from .values import rows, string

_PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-V]\d{4}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_ORACLE = "https://fhir-ehr.cerner.com/r4/StructureDefinition/"
_LAST = 99


def procedure(concept: Any) -> tuple[str, str]:
    """System and code: CPT, else HCPCS, else a code of another system that is written like one of theirs."""
    found = list(codings(concept))
    for wanted in (CPT, HCPCS):
        for uri, code in found:
            if uri == wanted and not _MODIFIER.fullmatch(code):
                return uri, code
    for _, code in found:
        text = code.upper()
        if _PROCEDURE.fullmatch(text):
            return (CPT if text[0].isdigit() else HCPCS), text
    return "", ""


def modifiers(concepts: Any) -> tuple[str, ...]:
    """One modifier per concept, so that the places of findings agree with the positions in the resource."""
    return tuple(_modifier(concept) for concept in concepts or ())


def _modifier(concept: Any) -> str:
    """The code of a CodeableConcept, Coding or bare code; extensions of others are not checked when read."""
    stated = [row.get("code") for row in rows(concept, "coding")]
    if not stated:
        stated = [concept.get("code"), concept.get("text")] if isinstance(concept, dict) else [concept]
    found = [code.strip().upper() for each in stated if (code := string(each))]
    return next((code for code in found if _MODIFIER.fullmatch(code)), found[0] if found else "")


def charge_item_modifiers(resource: Resource) -> tuple[str, ...]:
    """Of a ChargeItem, which has no element for them: our extension, Oracle Health's, extra codings."""
    ours = values(resource, "charge-modifier")
    if ours:
        return modifiers(ours)
    theirs = _oracle(resource)
    if theirs:
        return theirs
    _, code = procedure(resource.get("code"))
    found = (other.upper() for uri, other in codings(resource.get("code")) if uri in ("", CPT, HCPCS))
    return tuple(dict.fromkeys(other for other in found if other != code and _MODIFIER.fullmatch(other)))


def _oracle(resource: Resource) -> tuple[str, ...]:
    """Oracle Health Millennium keeps them in an extension of two parts, `code` and `priority`."""
    found = []
    for place, extension in enumerate(rows(resource, "extension")):
        if extension.get("url") != _ORACLE + "modifier-code":
            continue
        code, priority = extension.get("valueCodeableConcept"), _LAST
        for part in rows(extension, "extension"):
            if part.get("url") == "code":
                code = part.get("valueCodeableConcept")
            elif part.get("url") in ("priority", _ORACLE + "priority"):
                stated = part.get("valueUnsignedInt", part.get("valueInteger"))
                priority = stated if isinstance(stated, int) else _LAST
        found.append((priority, place, _modifier(code)))
    return tuple(code for _, _, code in sorted(found) if code)
