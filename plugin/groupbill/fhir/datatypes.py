"""The data types of FHIR, as far as groupbill reads them, R4 and R5 in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.identity import EXTENSION
from .shapes import (
    Check,
    boolean,
    date,
    date_time,
    decimal,
    either,
    instant,
    integer,
    many,
    text,
    thing,
)

_READ_EXTENSIONS = (EXTENSION, "http://hl7.org/fhir/StructureDefinition/encounter-")

coding = thing(system=text, code=text)
concept = thing(coding=many(coding), text=text, system=text, code=text)
period = thing(start=date_time, end=date_time)
identifier = thing(system=text, value=text, type=concept, use=text, period=period)
_target = thing(reference=text, type=text, identifier=identifier)
reference = thing(
    reference=either((str, text), (dict, _target)), type=text, identifier=identifier, concept=concept
)
"""Reference, or CodeableReference of R5."""
codeable = thing(coding=many(coding), text=text, system=text, code=text, concept=concept, reference=_target)
"""CodeableConcept of R4, CodeableReference of R5."""
money = thing(value=decimal, currency=text)
quantity = thing(value=decimal, unit=text, system=text, code=text)
address = thing(
    use=text, line=many(text), city=text, state=text, postalCode=text, country=text, period=period
)
human_name = thing(use=text, text=text, family=text, given=many(text), period=period)
backbone = thing()

VALUES: Mapping[str, Check] = {
    "valueBoolean": boolean,
    "valueCode": text,
    "valueCodeableConcept": concept,
    "valueCoding": coding,
    "valueDate": date,
    "valueDateTime": date_time,
    "valueDecimal": decimal,
    "valueIdentifier": identifier,
    "valueInstant": instant,
    "valueInteger": integer,
    "valueMoney": money,
    "valuePeriod": period,
    "valuePositiveInt": integer,
    "valueQuantity": quantity,
    "valueReference": reference,
    "valueString": text,
    "valueUri": text,
}
"""`value[x]`."""

_own_extension = thing(**VALUES)


def extension(value: Any) -> str | None:
    """An array of extensions, of which only the values of those that groupbill reads are looked at."""
    if type(value) is not list:
        return None
    for place, item in enumerate(value):
        url = item.get("url") if type(item) is dict else None
        if type(url) is str and url.startswith(_READ_EXTENSIONS):
            wrong = _own_extension(item)
            if wrong is not None:
                return f"[{place}]{wrong}"
    return None
