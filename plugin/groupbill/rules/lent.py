"""Facts as a rule of others gets them: the resources among them are read-only, since all rules see the same."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from ..model import Bill, Coverage, Participant, PatientDay
from ..model.readonly import view

_HOLD_RESOURCES = (Bill, Coverage, Participant, PatientDay)


def lent(fact: Any) -> Any:
    """The same fact, read-only all the way down."""
    if isinstance(fact, tuple):
        return tuple(map(lent, fact))
    if not isinstance(fact, _HOLD_RESOURCES):
        return view(fact)
    return replace(fact, **{each.name: lent(getattr(fact, each.name)) for each in fields(fact)})
