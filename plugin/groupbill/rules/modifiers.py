"""Modifiers by what they do, and where a finding about one of them sits (domain tables of NCCI and HCPCS)."""

from __future__ import annotations

from functools import lru_cache

from ..model import Line

DISTINCT_X = frozenset({"XE", "XP", "XS", "XU"})
"""The four that say more exactly what 59 says (separate encounter, practitioner, structure, non-overlapping)."""

DISTINCT = DISTINCT_X | {"59"}
"""Distinct service: for codes that are no evaluation and management."""

EVALUATION = frozenset({"24", "25", "57"})
"""Separate evaluation and management service."""

ANATOMIC = frozenset(
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI".split()
)
"""Anatomic modifiers of the NCCI policy manual, page I-14."""

BYPASSING = DISTINCT | EVALUATION | ANATOMIC | {"27", "58", "78", "79", "91"}
"""NCCI-associated modifiers (policy manual, page I-14): they can bypass an edit with indicator 1."""

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

_VISITS = frozenset("G0380 G0381 G0382 G0383 G0384 G0406 G0407 G0408 G0425 G0426 G0427 G0463 G0508 G0509".split())


@lru_cache(maxsize=2048)
def is_evaluation(code: str) -> bool:
    """Whether a code is an evaluation and management service (CPT 99202 to 99499 and visits of HCPCS)."""
    if len(code) == 5 and code.isdigit():
        return "99202" <= code <= "99499"
    return code in _VISITS


def modifier_place(line: Line, position: int) -> str:
    """Where the modifier at this position stands; the ChargeItem as a whole, where it is an extension."""
    return line.at if line.index is None else line.place(f"modifier[{position}]")
