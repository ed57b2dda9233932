"""A FHIR server as the engine's other end: client, sign-in, what the server can, ways of writing."""

from __future__ import annotations

from ..model import Written
from .answers import Answer
from .capability import Capability, Limits, Way, capability_of
from .client import Client
from .learned import Learned
from .outbox import Outbox
from .server import Server
from .sign_in import connect
from .sinks import Sink, choose

__all__ = [
    "Answer",
    "Capability",
    "Client",
    "Learned",
    "Limits",
    "Outbox",
    "Server",
    "Sink",
    "Way",
    "Written",
    "capability_of",
    "choose",
    "connect",
]
