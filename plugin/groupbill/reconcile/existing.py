"""What of ours is on file for one patient of one session, by identifier whatever id a server gave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..fhir.extensions import value as extension
from ..fhir.index import Index
from ..fhir.references import plain
from ..model import Resource
from ..model.identity import (
    CHARGE_ITEM_SYSTEM,
    CLAIM_SYSTEM,
    SESSION_SYSTEM,
    TASK_SYSTEM,
    claim_value,
    task_value,
)
from ..resources.content import frequency, rows
from .answers import NONE, Answer, answer

LEADERS = (1, 2)
"""Numbers that a paid leader can have."""
ENDED = {
    "Claim": frozenset({"cancelled", "entered-in-error"}),
    "ChargeItem": frozenset({"aborted", "not-billable", "entered-in-error"}),
    "Task": frozenset({"completed", "cancelled", "rejected", "failed", "entered-in-error"}),
}


@dataclass(frozen=True, slots=True)
class OnFile:
    """One resource of ours."""

    reference: str
    value: str
    """Of our identifier."""
    resource: Resource

    @property
    def status(self) -> str | None:
        """As on file."""
        return self.resource.get("status")

    @property
    def version(self) -> str | None:
        """`meta.versionId`."""
        meta = self.resource.get("meta")
        version = meta.get("versionId") if isinstance(meta, Mapping) else None
        return version if isinstance(version, str) else None

    @property
    def ended(self) -> bool:
        """Whether its status says that it is over."""
        return self.status in ENDED[self.resource["resourceType"]]

    @property
    def by_person(self) -> bool:
        """Whether somebody else ended it: our own cancellations say why (`cancelled-because`)."""
        return self.ended and extension(self.resource, "cancelled-because") is None


@dataclass(frozen=True, slots=True)
class OurClaim:
    """One generation of a Claim of ours, and what the payer did with it."""

    file: OnFile
    generation: int
    answer: Answer = NONE

    @property
    def frequency(self) -> str:
        """1, 7 or 8."""
        return frequency(self.file.resource)


@dataclass(frozen=True, slots=True)
class Target:
    """A Claim at the payer that a 7 or 8 is about."""

    prior: str
    """`Claim/id`."""
    control: Mapping[str, Any] | None
    """The claim control number, None until the payer has given one."""


@dataclass(frozen=True)
class Chain:
    """All generations of the Claim of one session, patient, paid leader and order of coverage."""

    leader: int
    order: int
    claims: tuple[OurClaim, ...] = ()
    """By generation."""

    @property
    def newest(self) -> OurClaim | None:
        """What design 5.7 calls "our Claim"."""
        return self.claims[-1] if self.claims else None

    @property
    def next_generation(self) -> int:
        """Number of the next Claim."""
        return self.claims[-1].generation + 1 if self.claims else 1

    @cached_property
    def standing(self) -> OurClaim | None:
        """The Claim that the payer holds as valid: the last accepted one, unless its void was accepted."""
        found = None
        for claim in self.claims:
            if claim.answer.accepted:
                found = None if claim.frequency == "8" else claim
        return found

    @property
    def waits(self) -> bool:
        """Whether the payer holds a Claim whose control number is not known."""
        return self.standing is not None and self.standing.answer.control is None

    @cached_property
    def target(self) -> Target | None:
        """What the next generation is a replacement or void of, None where it is an original.

        Where the payer's answer is not among what was read, a 7 or 8 still says what it is about.
        """
        if self.standing is not None:
            return Target(self.standing.file.reference, self.standing.answer.control)
        newest = self.newest
        if newest is None or newest.frequency == "1":
            return None
        if newest.frequency == "8" and newest.answer.accepted:
            return None
        return _related(newest.file.resource)


def _related(claim: Resource) -> Target | None:
    for row in rows(claim, "related"):
        prior, control = plain(row.get("claim"), claim), row.get("reference")
        if prior is not None and isinstance(control, Mapping) and control.get("value"):
            return Target(prior, control)
    return None


def own(index: Index, kind: str, system: str, value: str) -> OnFile | None:
    """Our resource with this identifier.

    Of several (two writers at once, see `twins`) one that the payer has, then a live one, then the lowest id.
    """
    found = [on_file(each, value) for each in index.find(kind, "identifier", f"{system}|{value}")]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    taken = {
        each.reference: kind == "Claim" and answer(index, each.reference, each.resource).accepted for each in found
    }
    return min(found, key=lambda each: (not taken[each.reference], each.ended, each.reference))


def on_file(resource: Resource, value: str) -> OnFile:
    """A resource of ours with the value of its identifier."""
    return OnFile(f"{resource['resourceType']}/{resource['id']}", value, resource)


def chain(index: Index, namespace: str, session: str, patients: Sequence[str], leader: int, order: int) -> Chain:
    """Our Claims of one session, leader and order of coverage.

    Args:
        index: What was read.
        namespace: Of the settings.
        session: Session key.
        patients: The patient, then other records of the same person.
        leader: Number of the paid leader.
        order: Order of the coverage.
    """
    found: list[OurClaim] = []
    generation, missing = 1, 0
    while missing < 2:
        claim = _generation(index, namespace, session, patients, (leader, order, generation))
        if claim is None:
            missing += 1
        else:
            missing = 0
            found.append(OurClaim(claim, generation, answer(index, claim.reference, claim.resource)))
        generation += 1
    return Chain(leader, order, tuple(found))


def _generation(
    index: Index, namespace: str, session: str, patients: Sequence[str], number: tuple[int, int, int]
) -> OnFile | None:
    for patient in patients:
        found = own(index, "Claim", CLAIM_SYSTEM, claim_value(namespace, session, patient, *number))
        if found is not None:
            return found
    return None


def task(index: Index, namespace: str, charge_item: str) -> tuple[OnFile | None, int]:
    """The newest Task about a ChargeItem (value of its identifier), and the number of the next generation."""
    newest, generation = None, 1
    while (found := own(index, "Task", TASK_SYSTEM, task_value(namespace, charge_item, generation))) is not None:
        newest, generation = found, generation + 1
    return newest, generation


def charge_items(index: Index, session: str) -> dict[str, list[OnFile]]:
    """Our ChargeItems of a session by patient, each list by reference: whoever was charged."""
    found: dict[str, list[OnFile]] = {}
    for resource in index.find("ChargeItem", "identifier", f"{SESSION_SYSTEM}|{session}"):
        patient = index.ref(resource.get("subject"), resource)
        value = identifier(resource, CHARGE_ITEM_SYSTEM)
        if patient is not None and value is not None:
            found.setdefault(patient, []).append(on_file(resource, value))
    return found


def contexts(index: Index, items: Iterable[OnFile]) -> set[str]:
    """The visits that ChargeItems name."""
    found = {index.ref(item.resource.get("context"), item.resource) for item in items}
    return {visit for visit in found if visit is not None}


def identifier(resource: Resource, system: str) -> str | None:
    """The value of the identifier of one of our systems: what makes a resource ours."""
    values = (each.get("value") for each in rows(resource, "identifier") if each.get("system") == system)
    return next((value for value in values if isinstance(value, str)), None)


def aliases(index: Index, patient: str) -> tuple[str, ...]:
    """Other records of the same person: `Patient.link` replaces / replaced-by."""
    if not index.has_link("Patient", "link"):
        return ()
    resource = index.get(patient)
    found = set(_linked(resource, "replaces", index.ref)) if resource else set()
    for other in index.find("Patient", "link", patient):
        if patient in _linked(other, "replaced-by", index.ref):
            found.add(f"Patient/{other['id']}")
    return tuple(sorted(found - {patient}))


def _linked(
    resource: Resource, kind: str, ref: Callable[[Any, Mapping[str, Any] | None], str | None]
) -> Iterator[str]:
    for row in rows(resource, "link"):
        other = ref(row.get("other"), resource) if row.get("type") == kind else None
        if other is not None:
            yield other
