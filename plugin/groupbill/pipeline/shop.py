"""What all sessions of a run are worked on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..charges.sources import Sources
from ..fhir.index import Index
from ..plugins import Context, Hooks
from ..reconcile import Desk, Gate, Origin, Planner
from ..rules.rule import Context as RuleContext
from ..rules.rulebook import Rulebook
from ..settings import Settings
from ..version import VERSION
from .ledger import Ledger
from .pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What all sessions of a run are worked on with."""

    index: Index
    sources: Sources
    ledger: Ledger
    hooks: Hooks
    rulebook: Rulebook
    planner: Planner
    context: Context
    rule_context: RuleContext

    @classmethod
    def open(cls, pipeline: Pipeline, index: Index, sources: Sources, ledger: Ledger, context: Context) -> Shop:
        """For one run."""
        settings = pipeline.settings
        desk = Desk(
            index=index,
            gate=Gate("full" if pipeline.gate == "full" else "schema"),
            today=context.today,
            namespace=settings.namespace,
            claim_status=settings.claim_status,
        )
        origin = Origin(
            recorded=pipeline.recorded or _begun(context.today, settings),
            software=f"groupbill {VERSION}",
            editions=pipeline.reference.editions(),
            plugins=pipeline.hooks.registry.versions,
        )
        return cls(
            index=index,
            sources=sources,
            ledger=ledger,
            hooks=pipeline.hooks,
            rulebook=pipeline.rulebook,
            planner=Planner(desk, origin, ledger.sessions),
            context=context,
            rule_context=RuleContext(reference=pipeline.reference, settings=settings, today=context.today),
        )


def _begun(on: date, settings: Settings) -> str:
    """The start of a day at the site: when a run over files counts as done."""
    return datetime(on.year, on.month, on.day, tzinfo=settings.zone_of() or UTC).isoformat()
