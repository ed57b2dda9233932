"""The stages in order: resources in, report and plan out."""

from .check import Check
from .stages import Pipeline, Run

__all__ = ["Check", "Pipeline", "Run"]
