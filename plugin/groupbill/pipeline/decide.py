"""From facts and findings to the outcome of one member (design 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..model import Finding, Outcome, Participant, Severity, Verdict
from .judge import Judgement


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome, its reason, and the codes that the Task of a held charge names."""

    outcome: Outcome
    reason: str | None
    codes: tuple[str, ...] = ()

    def held_by(self, findings: Sequence[Finding]) -> Decided:
        """Held when one of these is an error, else as it is."""
        errors = [each for each in findings if each.severity is Severity.ERROR and each.verdict is Verdict.FAIL]
        if not errors:
            return self
        first = min(errors, key=lambda each: each.order)
        return replace(self, outcome=Outcome.HELD, reason=f"rule:{first.code}", codes=_codes(errors))


def decide(participant: Participant, judgement: Judgement, holding: Sequence[Finding]) -> Decided:
    """Held by an open attendance, a crashed plugin or a rule, in that order; else charged or patient-pay."""
    attendance = participant.member.attendance
    if attendance is not None and attendance.present is None:
        reason = attendance.reason or "attendance-unverified"
        return Decided(Outcome.HELD, reason, ("CHG02",))
    if holding:
        return Decided(Outcome.HELD, f"rule:{holding[0].code}", _codes([*holding, *judgement.blocking]))
    if not participant.lines:
        return Decided(Outcome.NOT_CHARGED, "family-member")
    if judgement.blocking:
        first = min(judgement.blocking, key=lambda each: each.order)
        return Decided(Outcome.HELD, f"rule:{first.code}", _codes(judgement.blocking))
    if participant.self_pay:
        return Decided(Outcome.PATIENT_PAY, "self-pay" if participant.coverages else "no-coverage")
    return Decided(Outcome.CHARGED, None)


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(sorted({each.code for each in findings}))
