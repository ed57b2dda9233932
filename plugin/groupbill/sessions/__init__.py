"""From resources to sessions: one module per shape, the resolver, the evidence of attendance."""

from .candidate import Candidate
from .resolve import resolve
from .resolver import find

__all__ = ["Candidate", "find", "resolve"]
