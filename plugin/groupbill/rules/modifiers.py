"""Modifiers by what they do, and where a finding about one of them sits (domain tables of NCCI and HCPCS)."""

from __future__ import annotations

from ..model import Line
from ..reference.families import evaluations
from ..reference.modifiers import ncci_associated

DISTINCT_X = frozenset({"XE", "XP", "XS", "XU"})
"""The four that say more exactly what 59 says (separate encounter, practitioner, structure, non-overlapping)."""

DISTINCT = DISTINCT_X | {"59"}
"""Distinct service: for codes that are no evaluation and management."""

NOT_BYPASSING = frozenset({"22", "76", "77"})
"""Often put to bypass an edit, and no NCCI-associated modifiers (policy manual, page I-14)."""

REPEATED = frozenset({"76", "77"}) | DISTINCT
"""A line that says of itself that it is a second service of the day."""

VIDEO = frozenset({"95", "GT"})
AUDIO = frozenset({"93", "FQ"})
REMOTE = VIDEO | AUDIO
"""Live telehealth; GQ (asynchronous) is none."""

REMOTE_PLACES = frozenset({"02", "10"})
"""Place of service: telehealth elsewhere than at home, at home."""


def is_evaluation(code: str) -> bool:
    """Whether a code is an evaluation and management service."""
    return code in evaluations()


def bypasses(modifiers: tuple[str, ...]) -> bool:
    """Whether one of them is an NCCI-associated modifier, which can bypass an edit with indicator 1."""
    return bool(modifiers) and not ncci_associated().isdisjoint(modifiers)


def modifier_place(line: Line, position: int) -> str:
    """Where the modifier at this position stands; the ChargeItem as a whole, where it is an extension."""
    return line.at if line.index is None else line.place(f"modifier[{position}]")
