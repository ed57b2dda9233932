"""What hooks may answer, checked inside the guard: a wrong answer is the crash of the plugin that gave it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ..fhir.references import bare
from ..model import Attendance, Charge, Effect, Reconcile, ReconcileGroup, Session, Wait
from ..model.strangers import WrongAnswer, typed

_ABSENT = ("not-attended", "no-show", "cancelled", "not-a-patient", "family-member", "in-progress")
_OPEN = ("attendance-unverified", "attendance-conflict", "in-progress")
_REASONS: dict[bool | None, tuple[str, ...]] = {True: (), False: _ABSENT, None: _OPEN}
"""Reasons by `Attendance.present`; the first stands where the plugin gives none."""
_EVIDENCE = (
    "child-encounter",
    "participant",
    "appointment",
    "attendance-record",
    "note",
    "reply",
    "roster",
    "deceased",
)
_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_CENT = Decimal("0.01")
_HIGHEST = Decimal(10**9)


def effect(answer: object) -> Effect:
    """An effect that the host can carry out."""
    if not isinstance(answer, Effect):
        raise WrongAnswer(f"answered {type(answer).__name__}, expected an effect (Reconcile, ReconcileGroup, ...)")
    found: Effect = typed(answer, type(answer))
    if isinstance(found, Reconcile | Wait) and not (bare(found.session) or "").startswith(
        ("Encounter/", "Appointment/")
    ):
        raise WrongAnswer(f"{type(found).__name__}.session, expected Encounter/id or Appointment/id")
    if isinstance(found, Wait) and found.until.tzinfo is None:
        raise WrongAnswer("Wait.until has no time zone")
    if isinstance(found, ReconcileGroup) and found.look_back < timedelta(0):
        raise WrongAnswer("ReconcileGroup.look_back is negative")
    return found


def attendances(session: Session) -> Callable[[Iterable[object]], list[Attendance]]:
    """What checks an answer about the members of a session: each once, in words that the report has."""
    roster = {member.member for member in session.members}

    def accept(answer: Iterable[object]) -> list[Attendance]:
        found: dict[str, Attendance] = {}
        for item in answer:
            attendance = _attendance(item)
            if attendance.member not in roster:
                raise WrongAnswer("answered for somebody who is not on the roster")
            if found.setdefault(attendance.member, attendance) != attendance:
                raise WrongAnswer("answered twice for one member, and differently")
        if not found and not isinstance(answer, Sequence):
            # A generator that left early may have meant None; that nobody came is to be said in so many words.
            raise WrongAnswer(f"answered an empty {type(answer).__name__}, expected None, or [] where nobody came")
        return list(found.values())

    return accept


def _attendance(answer: object) -> Attendance:
    found = typed(answer, Attendance)
    reasons = _REASONS[found.present]
    if found.reason is None and reasons:
        found = replace(found, reason=reasons[0])
    if found.reason not in (reasons or (None,)):
        expected = f"one of {', '.join(reasons)}" if reasons else "None"
        raise WrongAnswer(f"Attendance.reason, expected {expected} where present is {found.present}")
    if found.evidence is not None and found.evidence not in _EVIDENCE:
        raise WrongAnswer(f"Attendance.evidence, expected one of {', '.join(_EVIDENCE)}")
    return found


def charge(answer: object) -> Charge:
    """A charge that a claim can carry."""
    found = typed(answer, Charge)
    if not _CODE.fullmatch(found.code):
        raise WrongAnswer("Charge.code, expected CPT or HCPCS like 90853")
    if found.units < 1:
        raise WrongAnswer("Charge.units, expected one or more")
    if not all(_MODIFIER.fullmatch(each) for each in found.modifiers):
        raise WrongAnswer("Charge.modifiers, expected two capitals or digits each")
    return found


def price(answer: object) -> Decimal:
    """An amount in USD of at most two decimals; zero is CHG08."""
    if isinstance(answer, bool) or not isinstance(answer, Decimal | int):
        raise WrongAnswer(f"answered {type(answer).__name__}, expected Decimal")
    amount = Decimal(answer)
    if not amount.is_finite() or not 0 <= amount < _HIGHEST or amount != (cents := amount.quantize(_CENT)):
        raise WrongAnswer("expected an amount in USD, zero or more, of at most two decimals")
    # As written, but for what is no amount on paper: 1E+2, 108.000.
    return amount if amount.as_tuple().exponent in (0, -1, -2) else cents
