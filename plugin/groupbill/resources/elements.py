"""FHIR elements that several resources share, as plain dicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeGuard

from ..fhir.codes import CPT, HCPCS
from ..fhir.references import LOGICAL
from ..model import Period
from ..model.identity import EXTENSION

Element = dict[str, Any]
CURRENCY = "USD"
PERFORMERS = ("Practitioner", "PractitionerRole")


def concept(system: str, code: str) -> Element:
    """A CodeableConcept of one coding. No display: CPT descriptors are copyright of the AMA."""
    return {"coding": [{"system": system, "code": code}]}


def procedure(code: str) -> Element:
    """A service: CPT codes begin with a digit, HCPCS level II codes with a letter."""
    return concept(CPT if code[:1].isdigit() else HCPCS, code)


def modifier(code: str) -> Element:
    """A modifier: two digits are CPT's, all others HCPCS (design 5.6)."""
    return concept(CPT if code.isdigit() else HCPCS, code)


def reference(bare: str) -> Element:
    """A Reference from a bare string; `system|value` and `Type?identifier=system|value` become logical."""
    if "|" not in bare:
        return {"reference": bare}
    system, _, value = bare.rpartition(LOGICAL)[2].partition("|")
    return {"identifier": {"system": system, "value": value} if system else {"value": value}}


def nameable(bare: str | None, *types: str) -> TypeGuard[str]:
    """Whether a reference may stand where these types are meant: to one of them, by identifier, or a URI.

    What stands inside another resource can't be named from elsewhere.
    """
    if bare is None or "#" in bare:
        return False
    kind, slash, _ = bare.partition("/")
    return kind in types or not slash or not kind.isalpha() or "|" in bare


def patient(bare: str) -> Element:
    """A Reference to a Patient; the type keeps one by identifier from meaning somebody else."""
    found = reference(bare)
    return {"type": "Patient", **found} if "identifier" in found else found


def money(amount: Decimal) -> Element:
    """An amount, with the digits it has."""
    return {"value": amount, "currency": CURRENCY}


def quantity(units: Decimal) -> Element:
    """A count; whole numbers are written without a fraction."""
    whole = int(units)
    return {"value": whole if whole == units else units}


def period(when: Period, on: date) -> Element:
    """A Period with the times that were recorded, else the day."""
    if when.start is None:
        return {"start": on.isoformat()}
    if when.end is None or when.end < when.start:
        return {"start": when.start.isoformat()}
    return {"start": when.start.isoformat(), "end": when.end.isoformat()}


def extension(name: str, key: str, value: Any) -> Element:
    """An extension of groupbill."""
    return {"url": EXTENSION + name, key: value}


def meta(profile: str, security: Sequence[Element]) -> Element:
    """`meta` with the profile, and the security labels of the visit."""
    if security:
        return {"profile": [EXTENSION + profile], "security": list(security)}
    return {"profile": [EXTENSION + profile]}
