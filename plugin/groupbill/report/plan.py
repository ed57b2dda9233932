"""The plan of a run by patient, as it grows session by session."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..fhir.json import dumps, verbatim
from ..model import Action, MemberReport, SessionReport, Step
from ..pipeline.spool import HELD, Spool
from ..reconcile.transaction import entry, targets_first


def to_write(member: MemberReport) -> tuple[Step, ...]:
    """A member's plan without what is only kept or only shown."""
    return tuple(step for step in member.plan if step.resource is not None)


def corrects(member: MemberReport) -> bool:
    """Whether anything that the payer has taken is replaced or voided."""
    return any(step.action in (Action.REPLACE, Action.VOID) for step in member.plan)


class Plan:
    """What is to be written, as bytes already. With many members it waits in a temporary file."""

    def __init__(self, held: int = HELD) -> None:
        """Empty; the entries of `held` members are kept in memory."""
        self._entries: Spool[tuple[bool, list[tuple[int, bytes]]]] = Spool(held)

    def add(self, session: SessionReport) -> None:
        """Take what is planned for the members of a session."""
        for member in session.members:
            steps = to_write(member)
            if steps:
                made = [(targets_first(step), dumps(entry(step))) for step in steps]
                self._entries.add((member.patient or member.member, 0.0, ""), (corrects(member), made))

    def transactions(self, *, corrections_held: bool) -> Iterator[dict[str, Any]]:
        """One FHIR transaction per patient, by patient; without corrections where they are only shown.

        Its entries are there to be written as JSON, not to be read.
        """
        for _, members in groupby(self._entries, key=itemgetter(0)):
            made = [
                each
                for _, (correcting, entries) in members
                if not (correcting and corrections_held)
                for each in entries
            ]
            if made:
                made.sort(key=itemgetter(0))
                whole = [verbatim(data) for _, data in made]
                yield {"resourceType": "Bundle", "type": "transaction", "entry": whole}
