"""The least that groupbill has to be allowed on a server, as SMART scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READ = (
    "Appointment",
    "CarePlan",
    "ChargeItemDefinition",
    "ClaimResponse",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "Group",
    "Location",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ServiceRequest",
)
"""Types that are only read and searched."""
WRITTEN = ("ChargeItem", "Claim", "Task")
"""Types that are read, searched, created and updated; nothing is ever deleted."""


def scopes_for(version: int = 2) -> tuple[str, ...]:
    """The scopes to ask for, in the words of SMART 2 (`system/Claim.crus`) or 1 (`system/Claim.read`).

    A Provenance is created under an id of ours where the server allows it, which is an update to some.
    """
    if version == 1:
        read = tuple(f"system/{kind}.read" for kind in (*READ, *WRITTEN))
        return read + tuple(f"system/{kind}.write" for kind in (*WRITTEN, "Provenance"))
    read = tuple(f"system/{kind}.rs" for kind in READ)
    return (*read, *(f"system/{kind}.crus" for kind in WRITTEN), "system/Provenance.cu")


def granular(configuration: Mapping[str, Any]) -> int:
    """Which version of scopes a server knows: 1 only where it says so and does not say 2."""
    capabilities = configuration.get("capabilities")
    listed = capabilities if isinstance(capabilities, list) else []
    return 1 if "permission-v1" in listed and "permission-v2" not in listed else 2
