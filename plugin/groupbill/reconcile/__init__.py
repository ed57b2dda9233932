"""Desired against existing: which resource is created, kept, updated, cancelled, replaced or voided."""

from __future__ import annotations

from ..resources.gate import Gate
from ..resources.provenance import Origin
from .gone import lost_visits, orphans
from .plan import MemberPlan, Planner
from .steps import Desk
from .transaction import bundle, corrections, transactions

__all__ = [
    "Desk",
    "Gate",
    "MemberPlan",
    "Origin",
    "Planner",
    "bundle",
    "corrections",
    "lost_visits",
    "orphans",
    "transactions",
]
