"""From answers to what was written, and the search for duplicates that a race left behind."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model import Step, Written
from .answers import Answer
from .client import Client
from .steps import condition, is_new

log = logging.getLogger("groupbill.server")


def kept(step: Step) -> Written:
    """A step that keeps, or one of a type that the server does not have."""
    status = "unchanged" if step.resource is None else "left-out"
    return Written(asked=step.reference, reference=step.reference, version=step.version, status=status)


def settled(step: Step, answer: Answer, *, conditional: bool) -> Written:
    """What became of a step by its answer.

    Args:
        step: What was asked.
        answer: Its status is 201 for created; 200 to a conditional create means that there was one already.
        conditional: Whether it was one.
    """
    if is_new(step):
        status = "unchanged" if conditional and answer.status != 201 else "created"
    else:
        same = answer.version is not None and answer.version == step.version
        status = "unchanged" if same else "updated"
    reference = answer.reference or step.reference
    return Written(asked=step.reference, reference=reference, version=answer.version, status=status)


def duplicates(client: Client, steps: Sequence[Step], found: Mapping[str, Written]) -> dict[str, Written]:
    """Those of the new resources that have others with the same identifier: one search per type."""
    tokens: dict[str, dict[str, str]] = {}
    for step in steps:
        query = condition(step.resource or {}) if is_new(step) else None
        if query is not None:
            kind = step.reference.partition("/")[0]
            tokens.setdefault(kind, {})[query.removeprefix("identifier=")] = step.reference
    twice: dict[str, Written] = {}
    for kind, asked in tokens.items():
        for resource in client.search(f"{kind}?identifier={','.join(asked)}"):
            reference = f"{kind}/{resource['id']}"
            for identifier in resource.get("identifier") or ():
                step_reference = asked.get(f"{identifier.get('system')}|{identifier.get('value')}")
                if step_reference is None or found[step_reference].reference == reference:
                    continue
                known = twice.get(step_reference) or found[step_reference]
                twice[step_reference] = replace(known, others=tuple(sorted({*known.others, reference})))
    for written in twice.values():
        log.warning("%s: another one carries the same identifier", written.reference.partition("/")[0])
    return twice
