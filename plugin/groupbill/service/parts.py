"""The parts of one running service, that its threads and routes share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sqlalchemy import Engine

from ..server import Server
from ..settings import Settings
from .agenda import Agenda
from .inbox import Inbox
from .leases import Holders, Leases
from .marks import Marks
from .metrics import Metrics
from .pause import Pause

NOBODY = "Encounter?_id=groupbill"
"""What a server is asked when it is not known whether it answers: the statement of many needs no sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Of one process; the tables behind them may be shared by several."""

    settings: Settings
    server: Server
    """The FHIR server; facts come from there alone."""
    engine: Engine
    inbox: Inbox
    agenda: Agenda
    leases: Leases
    marks: Marks
    metrics: Metrics
    pause: Pause
    holders: Holders = field(default_factory=Holders)
    """Name the work of this process among those that share the store."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when the process is to end."""

    @classmethod
    def of(cls, settings: Settings, server: Server, engine: Engine) -> Parts:
        """The parts on a store."""
        metrics = Metrics()
        return cls(
            settings=settings,
            server=server,
            engine=engine,
            inbox=Inbox(engine),
            agenda=Agenda(engine, settings.settle.total_seconds()),
            leases=Leases(engine),
            marks=Marks(engine),
            metrics=metrics,
            pause=Pause(metrics, lambda: server.read(NOBODY)),
        )
