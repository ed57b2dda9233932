"""What a changed Encounter means: its session is to be reconciled again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from groupbill import Change, Effect, Reconcile, Wait, hookimpl

from .elements import element

_COMING = frozenset({"planned", "arrived", "triaged", "in-progress", "onleave", "booked", "proposed", "pending"})
"""Statuses of an Encounter or Appointment that is not over yet."""


@hookimpl
def groupbill_encounter_changed(change: Change) -> Iterable[Effect]:
    """Reconcile the session of the Encounter (or Appointment): the parent's where it is part of one.

    A visit moved to another session concerns both, so the parent before the change counts as well. One that is not
    over yet is looked at again when its time is up, should nobody report its end.
    """
    for resource in (change.before, change.after):
        parent = element(resource, "partOf").get("reference")
        yield Reconcile(parent if isinstance(parent, str) and "Encounter/" in parent else change.reference)
    end = _end(change.after or {})
    if end is not None:
        yield Wait(change.reference, end)


def _end(resource: Any) -> datetime | None:
    """When a visit that is not over yet is to end; None where it does not say."""
    if str(resource.get("status")) not in _COMING:
        return None
    texts = [element(resource, "period").get("end"), resource.get("plannedEndDate"), resource.get("end")]
    for text in texts:
        try:
            end = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
            if end.tzinfo is not None:
                return end.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
