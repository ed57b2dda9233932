"""The plan of a run by patient, as it grows session by session."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ..model import Action, MemberReport, SessionReport, Step
from ..pipeline.spool import HELD, Spool
from ..reconcile.transaction import bundle


def to_write(member: MemberReport) -> tuple[Step, ...]:
    """A member's plan without what is only kept or only shown."""
    return tuple(step for step in member.plan if step.resource is not None)


def corrects(member: MemberReport) -> bool:
    """Whether anything that the payer has taken is replaced or voided."""
    return any(step.action in (Action.REPLACE, Action.VOID) for step in member.plan)


class Plan:
    """What is to be written. With many members it waits in a temporary file."""

    def __init__(self, held: int = HELD) -> None:
        """Empty; the steps of `held` members are kept in memory."""
        self._steps: Spool[tuple[bool, tuple[Step, ...]]] = Spool(held)

    def add(self, session: SessionReport) -> None:
        """Take what is planned for the members of a session."""
        for member in session.members:
            steps = to_write(member)
            if steps:
                self._steps.add((member.patient or member.member, 0.0, ""), (corrects(member), steps))

    def transactions(self, *, corrections_held: bool) -> Iterator[dict[str, Any]]:
        """One FHIR transaction per patient, by patient; without corrections where they are only shown."""
        for _, members in groupby(self._steps, key=lambda each: each[0]):
            steps = [
                step for _, (correcting, made) in members if not (correcting and corrections_held) for step in made
            ]
            if steps:
                yield bundle(steps)
