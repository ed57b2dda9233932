"""A FHIR server as the engine's other end: client, sign-in, what the server can, ways of writing."""

from __future__ import annotations

from .answers import Answer
from .capability import Capability, Limits, Way, capability_of
from .client import Client
from .learned import Learned
from .sign_in import connect
from .sinks import Sink, choose
from .steps import Written

__all__ = [
    "Answer",
    "Capability",
    "Client",
    "Learned",
    "Limits",
    "Sink",
    "Way",
    "Written",
    "capability_of",
    "choose",
    "connect",
]
