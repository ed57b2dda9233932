"""Payer policies: loading, inheritance, dates; the bundled files beside."""

from .policies import Policies

__all__ = ["Policies"]
