"""What a changed Encounter means: its session is to be reconciled again."""

from __future__ import annotations

from collections.abc import Iterable

from groupbill import Change, Effect, Reconcile, hookimpl


@hookimpl
def groupbill_encounter_changed(change: Change) -> Iterable[Effect]:
    """Reconcile the session of the Encounter (or Appointment): the parent's where it is part of one.

    A visit moved to another session concerns both, so the parent before the change counts as well.
    """
    for resource in (change.before, change.after):
        parent = ((resource or {}).get("partOf") or {}).get("reference")
        yield Reconcile(parent if isinstance(parent, str) else change.reference)
