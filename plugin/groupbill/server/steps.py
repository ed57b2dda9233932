"""The steps of a plan on their way to a server: order, condition, ids of the server in the place of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..model import Action, Step
from ..model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM, TASK_SYSTEM
from ..reconcile.transaction import targets_first

_SYSTEMS = {"ChargeItem": CHARGE_ITEM_SYSTEM, "Claim": CLAIM_SYSTEM, "Task": TASK_SYSTEM}
_NEW = frozenset({Action.CREATE, Action.REPLACE, Action.VOID})


def ordered(steps: Iterable[Step]) -> list[Step]:
    """The steps that write, in one fixed order: targets before what refers to them, ends before beginnings, by id.

    A fixed order keeps parallel transactions from waiting for each other in a circle.
    """
    written = [step for step in steps if step.resource is not None]
    return sorted(written, key=lambda step: (targets_first(step), is_new(step), step.reference))


def is_new(step: Step) -> bool:
    """Whether the step makes a resource that the server does not have yet."""
    return step.action in _NEW


def condition(resource: Mapping[str, Any]) -> str | None:
    """`identifier=system|value` of our identifier, always in these words: servers lock by the text of the query.

    None for a Provenance, which has no identifier in R4.
    """
    system = _SYSTEMS.get(str(resource.get("resourceType")))
    for each in resource.get("identifier") or ():
        if isinstance(each, dict) and each.get("system") == system and each.get("value"):
            return f"identifier={system}|{each['value']}"
    return None


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every `reference` that is among the names replaced; what holds none is not copied."""
    if isinstance(value, Mapping):
        fresh = {name: renamed(each, names) for name, each in value.items()}
        reference = fresh.get("reference")
        if isinstance(reference, str) and reference in names:
            fresh["reference"] = names[reference]
        return fresh if any(fresh[name] is not value[name] for name in fresh) else value
    if isinstance(value, list | tuple):
        listed = [renamed(each, names) for each in value]
        return listed if any(a is not b for a, b in zip(listed, value, strict=True)) else value
    return value


def without_profile(step: Step) -> Step:
    """The step without `meta.profile`, where that says anything."""
    meta = (step.resource or {}).get("meta")
    if step.resource is None or not isinstance(meta, Mapping) or "profile" not in meta:
        return step
    rest = {name: each for name, each in meta.items() if name != "profile"}
    bare = {name: each for name, each in step.resource.items() if name != "meta"}
    return replace(step, resource={**bare, "meta": rest} if rest else bare)


def references(value: Any) -> Iterator[str]:
    """Every literal reference inside."""
    if isinstance(value, Mapping):
        reference = value.get("reference")
        if isinstance(reference, str):
            yield reference
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from references(each)


def packs(steps: Sequence[Step], most: int | None) -> Iterator[list[Step]]:
    """The ordered steps in as few requests as a server's limit allows; what refers to each other stays together.

    Only a group that is larger than the limit by itself is cut, in its order.
    """
    if most is None or len(steps) <= most:
        if steps:
            yield list(steps)
        return
    pack: list[Step] = []
    for group in _groups(steps):
        if pack and len(pack) + len(group) > most:
            yield ordered(pack)
            pack = []
        pack.extend(group)
        while len(pack) > most:
            yield pack[:most]
            pack = pack[most:]
    if pack:
        yield ordered(pack)


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps that refer to each other, directly or over others, in their order."""
    group = {step.reference: number for number, step in enumerate(steps)}
    for step in steps:
        for reference in references(step.resource):
            if reference in group and group[reference] != group[step.reference]:
                old, new = group[step.reference], group[reference]
                group = {name: new if number == old else number for name, number in group.items()}
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(group[step.reference], []).append(step)
    return list(found.values())
