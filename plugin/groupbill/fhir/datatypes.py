"""The data types of FHIR, as far as groupbill reads them, R4 and R5 in one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..model.identity import EXTENSION
from .dates import exists
from .references import LOGICAL_ID
from .shapes import Either, Leaf, Many, Own, Shape, thing

NAMES: Mapping[str, object] = {
    "exists": exists,
    "known": lru_cache(maxsize=65536)(exists),  # starts and ends recur, last updates do not
    "numbers": frozenset({int, float, Decimal}),
    "is_id": LOGICAL_ID.fullmatch,
}
"""What the tests below call."""

text = Leaf("a string", "type({v}) is str", NAMES)
boolean = Leaf("true or false", "{v} is True or {v} is False", NAMES)
integer = Leaf("a whole number of 32 bits", "type({v}) is int and -(2**31) <= {v} < 2**31", NAMES)
decimal = Leaf("a number below 10^15", "type({v}) in numbers and -(10**15) < {v} < 10**15", NAMES)
date = Leaf("a date that exists (YYYY-MM-DD)", "type({v}) is str and len({v}) <= 10 and known({v})", NAMES)
date_time = Leaf(
    "a date or dateTime that exists (YYYY-MM-DDThh:mm:ss+zz:zz)", "type({v}) is str and known({v})", NAMES
)
instant = Leaf(
    "an instant that exists (YYYY-MM-DDThh:mm:ss+zz:zz)",
    "type({v}) is str and len({v}) > 10 and exists({v})",
    NAMES,
)
logical_id = Leaf("a string without white space, '/', '#', '?' or '|'", "type({v}) is str and is_id({v})", NAMES)

_READ_EXTENSIONS = (EXTENSION, "http://hl7.org/fhir/StructureDefinition/encounter-")

coding = thing(system=text, code=text)
concept = thing(coding=Many(coding), text=text, system=text, code=text)
period = thing(start=date_time, end=date_time)
identifier = thing(system=text, value=text, type=concept, use=text, period=period)
_target = thing(reference=text, type=text, identifier=identifier)
reference = thing(reference=Either((str, text), (dict, _target)), type=text, identifier=identifier, concept=concept)
"""Reference, or CodeableReference of R5."""
codeable = thing(coding=Many(coding), text=text, system=text, code=text, concept=concept, reference=_target)
"""CodeableConcept of R4, CodeableReference of R5."""
money = thing(value=decimal, currency=text)
quantity = thing(value=decimal, unit=text, system=text, code=text)
address = thing(use=text, line=Many(text), city=text, state=text, postalCode=text, country=text, period=period)
human_name = thing(use=text, text=text, family=text, given=Many(text), period=period)
backbone = thing()

VALUES: Mapping[str, Shape] = {
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


def _extensions(value: Any) -> str | None:
    """An array of extensions, of which only the values of those that groupbill reads are looked at."""
    if type(value) is not list:
        return None
    for place, item in enumerate(value):
        url = item.get("url") if type(item) is dict else None
        if type(url) is str and url.startswith(_READ_EXTENSIONS):
            wrong = _own_extension.wrong(item)
            if wrong is not None:
                return f"[{place}]{wrong}"
    return None


extension = Own(_extensions)
