"""A write whose fate is not known: how to look for what it left, and the Provenance that it still owes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..model import Action, Resource, Step, Written
from .steps import condition, is_new, renamed

Entry = Mapping[str, Any]
"""`reference` and `action` of a step; `condition`, our identifier; `resource`, of a Provenance: it holds only ids."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What was about to be written for one patient."""

    patient: str
    entries: Sequence[Entry]
    id: str = ""
    """Of the row in the outbox."""

    @classmethod
    def of(cls, patient: str, steps: Iterable[Step]) -> Unfinished:
        """From the steps that were sent."""
        return cls(patient, [entry(step) for step in steps])

    @property
    def questions(self) -> list[str]:
        """What to ask a server: by our identifier, which a resource keeps under whatever id; else by id."""
        found = []
        for each in self.entries:
            kind, query = each["reference"].partition("/")[0], each.get("condition")
            found.append(each["reference"] if query is None else f"{kind}?{query}")
        return found

    def left(self, resources: Iterable[Resource]) -> dict[str, Resource]:
        """Of what is on the server now what this write is about, by the reference that was planned."""
        by_name: dict[str, Resource] = {}
        for each in resources:
            by_name[_key(each)] = each
            query = condition(each)
            if query is not None:
                by_name[query] = each
        named = (
            (each["reference"], by_name.get(each.get("condition") or each["reference"])) for each in self.entries
        )
        return {reference: found for reference, found in named if found is not None}

    def owed(self, left: Mapping[str, Resource]) -> Step | None:
        """The Provenance of what was written, where the write broke off before it; None where nothing is owed."""
        for each in self.entries:
            if each.get("resource") is None or each["reference"] in left:
                continue
            names = {reference: _key(found) for reference, found in left.items()}
            resource = {
                **each["resource"],
                "target": [target for target in each["resource"]["target"] if target.get("reference") in names],
            }
            if resource["target"]:
                made = renamed(resource, names)
                return Step(reference=each["reference"], action=Action.CREATE, resource=made)
        return None


def entry(step: Step) -> dict[str, Any]:
    """What the outbox keeps of a step."""
    made: dict[str, Any] = {"reference": step.reference, "action": str(step.action)}
    query = condition(step.resource or {})
    if query is not None:
        made["condition"] = query
    if step.reference.startswith("Provenance/"):
        made["resource"] = step.resource
    return made


def became(steps: Iterable[Step], left: Mapping[str, Resource]) -> dict[str, Written]:
    """What became of steps, by what is on the server now."""
    found = {}
    for step in steps:
        resource = left.get(step.reference)
        if resource is None:
            continue
        version = (resource.get("meta") or {}).get("versionId")
        if is_new(step) or version is None or version != step.version:
            status = "created" if is_new(step) else "updated"
            made = Written(asked=step.reference, reference=_key(resource), version=version, status=status)
            found[step.reference] = made
    return found


def with_owed(steps: Sequence[Step], owed: Sequence[Step]) -> list[Step]:
    """The steps of a patient with the Provenance that earlier writes owe: one, about all of it."""
    targets = [target for each in owed for target in (each.resource or {})["target"]]
    if not targets:
        return list(steps)
    for number, step in enumerate(steps):
        if step.resource is not None and step.reference.startswith("Provenance/"):
            own = step.resource["target"]
            merged = [*own, *(target for target in targets if target not in own)]
            changed = Step(reference=step.reference, action=step.action, resource={**step.resource, "target": merged})
            return [*steps[:number], changed, *steps[number + 1 :]]
    return [*steps, *owed]


def _key(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
