"""The void of a Claim: what was claimed, said again with frequency 8 (837P CLM05-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import groupbill_profiles

from ..fhir.references import bare
from ..model.identity import CLAIM_SYSTEM, resource_id
from .claim import CONTROL_NUMBER, PROFILE, Issue, frequency
from .content import carer_role, rows
from .elements import Element, meta
from .own import labels

_DECIDED = frozenset({"id", "meta", "extension", "identifier", "status", "created", "supportingInfo", "related"})


def void(prior: Mapping[str, Any], issue: Issue) -> Element:
    """A new Claim that takes back a Claim of ours.

    Args:
        prior: The Claim as it is on file, with the digits of its amounts. What a server or a person added to
            its elements does not go out.
        issue: Identity, status, and the Claim and control number it is about.
    """
    held = prior.get("meta")
    made: Element = {
        "resourceType": "Claim",
        "id": resource_id(CLAIM_SYSTEM, issue.value),
        "meta": meta(PROFILE, labels(tuple(rows(held, "security")))),
        "identifier": [{"system": CLAIM_SYSTEM, "value": issue.value}],
        "status": issue.status,
    }
    said = _pruned({**prior, **_ours(prior)}, _schema(), _schema()["$defs"])
    made |= {name: value for name, value in said.items() if name not in _DECIDED and name not in made}
    made["created"] = issue.created.isoformat()
    frequency(made, issue)
    for row in made.get("item", ()):
        row["extension"] = [{"url": CONTROL_NUMBER, "valueString": f"{issue.value}-{row.get('sequence')}"}]
    return made


def _ours(prior: Mapping[str, Any]) -> Element:
    """Care team, insurance and pointers without those that others added."""
    team = [row for row in rows(prior, "careTeam") if carer_role(row) is not None]
    numbers = [row.get("sequence") for row in team]
    items = []
    for row in rows(prior, "item"):
        carers = row.get("careTeamSequence")
        kept = [each for each in carers if each in numbers] if isinstance(carers, list) else []
        items.append({**row, "careTeamSequence": kept})
    insurance = [row for row in rows(prior, "insurance") if row.get("focal") is True]
    return {"careTeam": team, "item": items, "insurance": insurance}


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return groupbill_profiles.schema("Claim")


def _pruned(value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """What of a value the published schema names; references in their bare spelling."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        known = dict(_properties(schema))
        kept = {name: _pruned(each, known[name], defs) for name, each in value.items() if name in known}
        reference = kept.get("reference")
        return {**kept, "reference": bare(reference) or reference} if isinstance(reference, str) else kept
    if isinstance(value, list):
        inner = schema.get("items", {})
        if schema.get("maxItems") == 1:
            value = _one(value, inner)
        return [_pruned(each, inner, defs) for each in value]
    return value


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The properties of a schema, of its slices and alternatives; the fullest one of a name comes last."""
    for each in schema.get("anyOf", ()):
        yield from _properties(each)
    for branch in ("else", "then"):
        if isinstance(schema.get(branch), Mapping):
            yield from _properties(schema[branch])
    yield from schema.get("properties", {}).items()


def _one(found: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    """Of several codings the one in a system that the schema knows."""
    text = str([each for name, each in _properties(schema) if name == "system"])
    known = [each for each in found if isinstance(each, Mapping) and str(each.get("system")) in text]
    return (known or found)[:1]
