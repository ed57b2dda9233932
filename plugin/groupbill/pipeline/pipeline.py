"""Everything a run consults besides the resources."""

from __future__ import annotations

from dataclasses import dataclass

from ..plugins import Hooks
from ..policies import Policies
from ..reference import Reference
from ..rules.rulebook import Rulebook
from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Settings, policies, code tables, rules and plugins of one run."""

    settings: Settings
    policies: Policies
    reference: Reference
    rulebook: Rulebook
    hooks: Hooks
    gate: str
    """`schema` or `full`."""
    recorded: str | None = None
    """When it is written (FHIR instant); None: the start of the day of the run."""
