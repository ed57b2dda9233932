"""What the payer did with a Claim: whether it took it in, and under which control number (design 5.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..fhir.extensions import value
from ..fhir.index import Index
from ..resources.content import rows

_DONE = frozenset({"complete", "partial"})
_NO_ANSWER = frozenset({"cancelled", "draft", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a Claim stands with the payer."""

    accepted: bool = False
    """Beyond changing without the payer: answered, queued, or sent."""
    control: Mapping[str, Any] | None = None
    """The claim control number, as the Identifier on the answer."""
    settled: bool = False
    """The payer has done what was asked; sent or queued is not done."""


NONE = Answer()
SENT = Answer(accepted=True)


def answer(index: Index, reference: str, claim: Mapping[str, Any]) -> Answer:
    """What became of a Claim of ours: `ClaimResponse`s, `ExplanationOfBenefit`s, the mark of its sender."""
    found = sorted(_answers(index, reference), key=_newest)
    taken = [each for each in found if each.get("outcome") != "error" or _control(each) is not None]
    if taken:
        numbers = [number for each in taken if (number := _control(each)) is not None]
        settled = bool(numbers) or any(each.get("outcome") in _DONE for each in taken)
        return Answer(True, numbers[-1] if numbers else None, settled)
    if found:
        return NONE
    return SENT if value(claim, "claim-submitted") is not None else NONE


def _answers(index: Index, reference: str) -> Iterator[Mapping[str, Any]]:
    for kind, link in (("ClaimResponse", "request"), ("ExplanationOfBenefit", "claim")):
        for resource in index.find(kind, link, reference):
            if resource.get("use", "claim") == "claim" and resource.get("status") not in _NO_ANSWER:
                yield resource


def _newest(resource: Mapping[str, Any]) -> tuple[str, str, str]:
    created = resource.get("created")
    return (created if isinstance(created, str) else "", resource["resourceType"], str(resource.get("id")))


_KEPT = ("use", "system", "value")


def _control(resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first identifier with a value: system and value as the payer wrote them."""
    for identifier in rows(resource, "identifier"):
        if isinstance(identifier.get("value"), str) and identifier["value"]:
            return {name: identifier[name] for name in _KEPT if isinstance(identifier.get(name), str)}
    return None
