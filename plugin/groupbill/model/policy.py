"""One payer's rules as they stand on one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """A policy value in force, with where it comes from."""

    value: Any
    source: str = ""
    confidence: str = ""
    """V, V2, R-hi or R-lo as in the reference; empty where the file says nothing."""
    policy: str = ""
    """Id of the policy file in the `extends` chain that set it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A payer policy after inheritance, on one date. Every key of design 5.4 is present."""

    id: str
    title: str
    on: date
    values: Mapping[str, Value]
    """By dotted key, e.g. `group_size.max`."""
    version: str = ""
    """Changes when any value in force does: a policy file carries no number of its own."""

    def __getitem__(self, key: str) -> Any:
        """The value in force."""
        return self.values[key].value

    def source(self, key: str) -> str:
        """Where the value in force comes from."""
        return self.values[key].source
