"""The stages in order: resources in, sessions with outcomes and plans out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..fhir.index import Index
from ..plugins import Hooks
from ..policies import Policies
from ..reference import Reference
from ..rules.rulebook import Rulebook
from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Everything a run consults besides the resources."""

    settings: Settings
    policies: Policies
    reference: Reference
    rulebook: Rulebook
    hooks: Hooks
    gate: str
    """`schema` or `full`."""

    def run(
        self,
        index: Index,
        today: date,
        *,
        only: frozenset[str] | None = None,
        accept_corrections: bool = False,
    ) -> Run:
        """A run over what was read."""
        return Run(self, index, today, only, accept_corrections)
