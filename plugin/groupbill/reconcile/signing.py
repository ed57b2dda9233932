"""The Provenance of a plan, when something is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..fhir.index import Index
from ..fhir.references import LOGICAL
from ..model import Action, Resource, Step
from ..model.identity import VISIT_SYSTEM
from ..resources.content import rows
from ..resources.elements import Element, reference
from ..resources.own import Own, labels
from ..resources.provenance import Origin, Source, provenance
from .existing import Chain, OnFile
from .steps import Draft
from .transaction import targets_first

_VISIT = re.compile(rf"Encounter/[^\s/#?|]+|{re.escape(LOGICAL + VISIT_SYSTEM)}\|[0-9A-Z]{{16}}")
"""A visit as we name it: an Encounter, else the identifier that stands for one."""


def source(own: Own, index: Index) -> Source:
    """The patient's own Encounter with its version, security labels, and the policy of the claim."""
    version = index.version(own.encounter) if own.encounter is not None else None
    return Source(visit=_versioned(own.visit, version), policy=own.policy, security=own.security)


def source_on_file(index: Index, items: Sequence[OnFile], chains: Sequence[Chain]) -> Source | None:
    """The same from what is on file of a charge that is gone; None where no visit is named there."""
    named = [(item.resource, item.resource.get("context")) for item in items]
    for claim in (chain.claims[-1].file.resource for chain in chains):
        named += [(claim, encounter) for row in rows(claim, "item") for encounter in rows(row, "encounter")]
    found = (_of(index, resource, visit) for resource, visit in named)
    return next((each for each in found if each is not None), None)


def _of(index: Index, resource: Resource, visit: object) -> Source | None:
    bare = index.ref(visit, resource)
    if bare is None or not _VISIT.fullmatch(bare):
        return None
    security = labels(tuple(rows(resource.get("meta"), "security")))
    return Source(visit=_versioned(reference(bare), index.version(bare)), policy=None, security=security)


def _versioned(visit: Element, version: str | None) -> Element:
    if version is None or "reference" not in visit:
        return visit
    return {"reference": f"{visit['reference']}/_history/{version}"}


def sign(draft: Draft, where_from: Source, origin: Origin) -> None:
    """Add the Provenance, where anything is written."""
    written = sorted((step for step in draft.steps if step.resource is not None), key=targets_first)
    if not written:
        return
    made = provenance(written, where_from, origin)
    name = f"Provenance/{made['id']}"
    if draft.passes(name, made):
        draft.steps.append(Step(reference=name, action=Action.CREATE, resource=made))
