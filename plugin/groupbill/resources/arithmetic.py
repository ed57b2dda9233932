"""What a schema can't say: sums, products, sequences and pointers of a Claim, and days that exist."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..fhir.dates import dated

_DATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "ChargeItem": (("occurrencePeriod", "start"), ("occurrencePeriod", "end"), ("enteredDate",)),
    "Claim": (("billablePeriod", "start"), ("billablePeriod", "end"), ("created",)),
    "Task": (("authoredOn",),),
    "Provenance": (("recorded",),),
}


def miscounted(resource: Mapping[str, Any]) -> Iterator[str]:
    """Problems, for a resource that conforms to its schema."""
    kind = resource["resourceType"]
    for path in _DATES[kind]:
        value: Any = resource
        for name in path:
            value = value.get(name) if value else None
        if value is not None and not _exists(value):
            yield f"{kind}.{'.'.join(path)}: no such day"
    if kind == "Claim":
        inexact = list(_inexact(resource))
        yield from inexact or _claim(resource)
    elif kind == "ChargeItem" and isinstance(resource.get("priceOverride", _EXACT)["value"], float):
        yield "ChargeItem.priceOverride.value: is not exact"


_EXACT = {"value": 0}
_exists = lru_cache(maxsize=1024)(dated)
"""Days and times repeat over a session."""


def _inexact(claim: Mapping[str, Any]) -> Iterator[str]:
    """Amounts are Decimal or whole: a binary fraction has lost its digits already."""
    if isinstance(claim["total"]["value"], float):
        yield "Claim.total.value: is not exact"
    for index, item in enumerate(claim["item"]):
        for name in ("quantity", "unitPrice", "net"):
            if isinstance(item[name]["value"], float):
                yield f"Claim.item[{index}].{name}.value: is not exact"


def _claim(claim: Mapping[str, Any]) -> Iterator[str]:
    carers = yield from _sequences("Claim.careTeam", claim["careTeam"])
    diagnoses = yield from _sequences("Claim.diagnosis", claim["diagnosis"])
    yield from _sequences("Claim.item", claim["item"])
    total = Decimal(0)
    numbers = set()
    for index, item in enumerate(claim["item"]):
        total += item["net"]["value"]
        numbers.add(item["extension"][0]["valueString"])
        yield from _item(f"Claim.item[{index}]", item, carers, diagnoses)
    if len(numbers) != len(claim["item"]):
        yield "Claim.item: line-item-control-number is not unique"
    if claim["total"]["value"] != total:
        yield "Claim.total: is not the sum of item.net"
    codes = {row["diagnosisCodeableConcept"]["coding"][0]["code"] for row in claim["diagnosis"]}
    if len(codes) != len(claim["diagnosis"]):
        yield "Claim.diagnosis: a code is given twice"


def _item(place: str, item: Mapping[str, Any], carers: set[int], diagnoses: set[int]) -> Iterator[str]:
    if not carers.issuperset(item["careTeamSequence"]):
        yield f"{place}.careTeamSequence: no such careTeam"
    if not diagnoses.issuperset(item["diagnosisSequence"]):
        yield f"{place}.diagnosisSequence: no such diagnosis"
    if item["quantity"]["value"] * item["unitPrice"]["value"] != item["net"]["value"]:
        yield f"{place}.net: is not quantity x unitPrice"
    if not _exists(item["servicedDate"]):
        yield f"{place}.servicedDate: no such day"


def _sequences(place: str, rows: Sequence[Mapping[str, Any]]) -> Generator[str, None, set[int]]:
    """Yields a problem where a sequence stands twice; returns the sequences."""
    found = {row["sequence"] for row in rows}
    if len(found) != len(rows):
        yield f"{place}.sequence: given twice"
    return found
