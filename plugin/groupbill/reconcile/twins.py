"""Two Claims or Tasks of ours with one identifier: two writers without a common outbox raced. One stands.

ChargeItems of a session are all looked at by the key of the session; a second one is given up there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..fhir.index import Index
from ..model.identity import CLAIM_SYSTEM, TASK_SYSTEM
from .answers import answer
from .existing import OnFile, identifier
from .steps import Draft

_SYSTEMS = {"Claim": CLAIM_SYSTEM, "Task": TASK_SYSTEM}


def end_twins(draft: Draft) -> None:
    """Plan the end of what carries the identifier of a Claim or Task in the plan; never of what a payer has."""
    index = draft.desk.index
    planned = {step.reference for step in draft.steps}
    for reference in sorted(planned):
        for twin in _twins(index, reference):
            if twin.reference in planned or twin.ended:
                continue
            claim = twin.reference.startswith("Claim/")
            if claim and answer(index, twin.reference, twin.resource).accepted:
                continue
            draft.close(twin, "cancelled", "changed" if claim else None)


def _twins(index: Index, reference: str) -> Iterator[OnFile]:
    kind = reference.partition("/")[0]
    resource = index.get(reference) if kind in _SYSTEMS else None
    value = identifier(resource, _SYSTEMS[kind]) if resource is not None else None
    if value is None:
        return
    for other in index.find(kind, "identifier", f"{_SYSTEMS[kind]}|{value}"):
        if f"{kind}/{other['id']}" != reference:
            yield OnFile(f"{kind}/{other['id']}", value, other)
