"""A change of a resource, and the effects that hooks answer with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .session import Resource

Read = Callable[[str], Sequence[Resource]]
"""Fetches by reference (`Patient/p1`) or by search (`Encounter?part-of=Encounter/g1`); an empty sequence: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A resource before (None when new or unknown) and after (None when deleted). A repr does not show them."""

    reference: str
    """`Type/id`."""
    before: Resource | None = field(default=None, repr=False)
    after: Resource | None = field(default=None, repr=False)

    @property
    def resource_type(self) -> str:
        """`Encounter`, `Group`, `Claim`, ..."""
        return self.reference.split("/", 1)[0]

    def entered(self, status: str) -> bool:
        """Whether the resource has this status now and had not before."""
        now = self.after is not None and self.after.get("status") == status
        return now and (self.before is None or self.before.get("status") != status)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Reconcile the session of this Encounter or Appointment again."""

    session: str


@dataclass(frozen=True, slots=True)
class ReconcileGroup:
    """Reconcile the sessions of a Group in a look-back window."""

    group: str
    look_back: timedelta


@dataclass(frozen=True, slots=True)
class Recheck:
    """Check everything of this patient on this date again."""

    patient: str
    date: date


@dataclass(frozen=True, slots=True)
class Wait:
    """Look at the session again when the time comes."""

    session: str
    until: datetime


Effect = Reconcile | ReconcileGroup | Recheck | Wait
