"""The stages in order: resources in, report and plan out."""

from .check import Check
from .pipeline import Pipeline
from .stages import Run

__all__ = ["Check", "Pipeline", "Run"]
