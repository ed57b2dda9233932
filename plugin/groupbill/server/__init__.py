"""A FHIR server as the engine's other end: client, sign-in, what the server can, ways of writing."""

from __future__ import annotations

from .answers import Answer
from .client import Client

__all__ = ["Answer", "Client"]
