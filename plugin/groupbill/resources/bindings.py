"""Required bindings of R4 4.0.1 on elements that groupbill sets: fhir.resources does not check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FINANCIAL = frozenset({"active", "cancelled", "draft", "entered-in-error"})
REQUIRED: dict[str, dict[str, frozenset[str]]] = {
    "ChargeItem": {
        "status": frozenset(
            {"planned", "billable", "not-billable", "aborted", "billed", "entered-in-error", "unknown"}
        )
    },
    "Claim": {"status": _FINANCIAL, "use": frozenset({"claim", "preauthorization", "predetermination"})},
    "Task": {
        "status": frozenset(
            {"draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress"}
            | {"on-hold", "failed", "completed", "entered-in-error"}
        ),
        "intent": frozenset(
            {"unknown", "proposal", "plan", "order", "original-order", "reflex-order", "filler-order"}
            | {"instance-order", "option"}
        ),
    },
    "Provenance": {},
}
_ROLES = frozenset({"derivation", "revision", "quotation", "source", "removal"})


def unbound(resource: Mapping[str, Any]) -> list[str]:
    """Problems: elements whose code is not in the value set that FHIR requires."""
    kind = resource["resourceType"]
    found = [
        f"{kind}.{element}: not in the required value set"
        for element, codes in REQUIRED[kind].items()
        if type(value := resource.get(element)) is not str or value not in codes
    ]
    if kind == "Provenance":
        entities = resource.get("entity")
        for index, entity in enumerate(entities if isinstance(entities, list) else ()):
            role = entity.get("role") if isinstance(entity, Mapping) else None
            if not isinstance(role, str) or role not in _ROLES:
                found.append(f"Provenance.entity[{index}].role: not in the required value set")
    return found
