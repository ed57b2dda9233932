"""The Provenance of what was written for one patient: Encounter version, rule edition, policy and plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Action, Step
from ..model.identity import ID, provenance_id
from .elements import Element, concept

AGENT_TYPE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ACTIVITY = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which software, tables and plugins a run works with, and when it says so."""

    recorded: str
    """FHIR instant: the start of `asOf` in files, the time on servers."""
    software: str = "groupbill"
    """Name and version."""
    editions: tuple[str, ...] = ()
    """Editions of the rule tables."""
    plugins: tuple[str, ...] = ()
    """Names and versions of the plugins that took part."""


def provenance(
    steps: Sequence[Step],
    visit: str | Element,
    version: str | None,
    policy: str | None,
    origin: Origin,
    security: Sequence[Element] = (),
) -> Element:
    """A Provenance with these written steps as its targets.

    Args:
        steps: What is written, at least one.
        visit: The patient's own Encounter, else the logical reference that stands for it.
        version: `meta.versionId` of that Encounter, where known.
        policy: Payer policy in force, with its version.
        origin: Software, editions, plugins.
        security: Labels of the visit.
    """
    targets = [step.reference for step in steps]
    source = _source(visit, version)
    entities = [{"role": "source", "what": source}]
    if policy is not None:
        entities.append(_named("policy", policy))
    entities.extend(_named("edition", edition) for edition in origin.editions)
    replaced = [f"{step.reference}@{step.version or ''}:{step.action}" for step in steps]
    parts = [*replaced, str(source), policy or "", origin.software, *origin.editions, *origin.plugins]
    created = all(step.version is None and step.action is not Action.UPDATE for step in steps)
    made: Element = {
        "resourceType": "Provenance",
        "id": provenance_id(*parts),
        "target": [{"reference": target} for target in targets],
        "recorded": origin.recorded,
        "activity": concept(ACTIVITY, "CREATE" if created else "UPDATE"),
        "agent": [
            _agent("assembler", origin.software),
            *(_agent("verifier", name) for name in origin.plugins),
        ],
        "entity": entities,
    }
    if security:
        made["meta"] = {"security": list(security)}
    return made


def _source(visit: str | Element, version: str | None) -> Element:
    if not isinstance(visit, str):
        return visit
    return {"reference": visit if version is None else f"{visit}/_history/{version}"}


def _named(kind: str, value: str) -> Element:
    return {"role": "source", "what": {"identifier": {"system": ID + kind, "value": value}}}


def _agent(role: str, name: str) -> Element:
    return {
        "type": concept(AGENT_TYPE, role),
        "who": {"identifier": {"system": ID + "software", "value": name}},
    }
