"""What a hook may consult besides its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ..model import Read

if TYPE_CHECKING:
    from ..policies import Policies
    from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Settings, payer policies and the day of the run. Hooks have no other clock and no other configuration."""

    settings: Settings
    policies: Policies
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContext(Context):
    """The context of the `*_changed` hooks, which may read the FHIR server."""

    read: Read
    """Fetches by reference or search; an empty sequence when there is nothing."""
