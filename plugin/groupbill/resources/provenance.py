"""The Provenance of what was written for one patient: Encounter version, rule edition, policy and plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..model import Action, Step
from ..model.identity import ID, provenance_id
from .elements import Element, concept, meta

PROFILE = "charge-provenance"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the written resources of one patient were made from."""

    visit: Element
    """Reference to the patient's own Encounter in its version, else the logical one that stands for it."""
    policy: str | None
    """Payer policy in force."""
    security: Sequence[Element] = ()
    """Labels of the visit."""


def provenance(steps: Sequence[Step], source: Source, origin: Origin) -> Element:
    """A Provenance with these written steps, at least one, as its targets."""
    targets = [step.reference for step in steps]
    entities = [{"role": "source", "what": source.visit}]
    if source.policy is not None:
        entities.append(_named("policy", source.policy))
    agents, editions = _constant(origin)
    entities.extend(editions)
    replaced = [f"{step.reference}@{step.version or ''}:{step.action}" for step in steps]
    visit = str(sorted(source.visit.items()))
    parts = [*replaced, visit, source.policy or "", origin.software, *origin.editions, *origin.plugins]
    created = all(step.version is None and step.action is not Action.UPDATE for step in steps)
    made: Element = {
        "resourceType": "Provenance",
        "id": provenance_id(*parts),
        "meta": meta(PROFILE, source.security),
        "target": [{"reference": target} for target in targets],
        "recorded": origin.recorded,
        "activity": concept(ACTIVITY, "CREATE" if created else "UPDATE"),
        "agent": agents,
        "entity": entities,
    }
    return made


@lru_cache(maxsize=16)
def _constant(origin: Origin) -> tuple[list[Element], list[Element]]:
    """Agents and editions, the same for all of a run."""
    agents = [_agent("assembler", origin.software), *(_agent("verifier", name) for name in origin.plugins)]
    return agents, [_named("edition", edition) for edition in origin.editions]


def _named(kind: str, value: str) -> Element:
    return {"role": "source", "what": {"identifier": {"system": ID + kind, "value": value}}}


def _agent(role: str, name: str) -> Element:
    return {
        "type": concept(AGENT_TYPE, role),
        "who": {"identifier": {"system": ID + "software", "value": name}},
    }
