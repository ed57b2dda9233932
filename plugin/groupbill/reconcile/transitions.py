"""The table of design 5.7: what becomes of our newest Claim, and with it of the ChargeItem and its Task.

The rows are tried in order. Those on somebody else's Claim or ChargeItem come before (`foreign`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from .existing import Chain


class Facts(StrEnum):
    """What the facts say now, as far as the Claim is concerned; patient-pay is `gone` for it."""

    CHARGED = "charged"
    HELD = "held"
    GONE = "gone"


class Charge(StrEnum):
    """What becomes of the ChargeItem."""

    BILL = "bill"
    """billable; billed where its Claim was sent."""
    PLAN = "plan"
    """planned, with a Task."""
    ABORT = "abort"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Move:
    """What is done; several may go together."""

    charge: Charge
    cancel: bool = False
    """The newest Claim is cancelled; why, the facts say."""
    update: bool = False
    """The newest Claim is rewritten in place."""
    issue: str | None = None
    """A new generation of this frequency: 1, 7 or 8."""
    wait: bool = False
    """The payer's answer must come first (CLM02)."""
    stopped: bool = False
    """A person has ended it (CLM13)."""
    task: bool = False
    """A Task asks a person to decide, while the charge stands."""


@dataclass(frozen=True, slots=True)
class State:
    """One chain of Claims against the facts."""

    chain: Chain
    facts: Facts
    same: Callable[[], bool]
    """Whether the newest Claim says what is desired; asked only where it matters."""

    @property
    def by_person(self) -> bool:
        """The newest was ended by somebody else."""
        return self.chain.newest is not None and self.chain.newest.file.by_person

    @property
    def none_live(self) -> bool:
        """There is none of ours, or we have ended it."""
        return self.chain.newest is None or self.chain.newest.file.ended

    @property
    def void(self) -> bool:
        """The newest is a void."""
        return self.chain.newest is not None and self.chain.newest.frequency == "8"

    @property
    def accepted(self) -> bool:
        """The payer has the newest."""
        return self.chain.newest is not None and self.chain.newest.answer.accepted

    @property
    def numbered(self) -> bool:
        """The payer has told the control number of the Claim that stands with it."""
        return self.chain.target is not None and self.chain.target.control is not None

    @property
    def draft(self) -> bool:
        """The newest waits for a person to release it."""
        return self.chain.newest is not None and self.chain.newest.file.status == "draft"

    @property
    def kept(self) -> bool:
        """The newest has the desired content, and is no original beside one that the payer holds."""
        newest, standing = self.chain.newest, self.chain.standing
        beside = standing is not None and standing is not newest
        return not (beside and newest is not None and newest.frequency == "1") and self.same()

    def issue(self, frequency: str) -> Move:
        """The next generation: what stands at the payer decides between an original and a 7 or 8."""
        charge = Charge.ABORT if frequency == "8" else Charge.BILL
        if self.chain.target is None:
            return Move(charge) if frequency == "8" else Move(charge, issue="1")
        return Move(charge, issue=frequency) if self.numbered else _WAIT


_WAIT = Move(Charge.KEEP, wait=True)
_KEEP = {
    Facts.CHARGED: Move(Charge.BILL),
    Facts.HELD: Move(Charge.PLAN),
    Facts.GONE: Move(Charge.ABORT),
}


_FIRST = {**_KEEP, Facts.CHARGED: Move(Charge.BILL, issue="1")}
"""Where there has never been a Claim of ours, as nearly always."""


def _ended_by_a_person(state: State) -> Move:
    """Keep; what the payer holds is voided all the same when the charge is gone, unless a void was what was ended."""
    if state.facts is not Facts.GONE:
        return Move(Charge.KEEP, stopped=True)
    return Move(Charge.ABORT) if state.void or state.chain.standing is None else state.issue("8")


def _voided(state: State) -> Move:
    """The payer has taken the void: a new charge is an original, once the payer has answered; else still void."""
    if state.facts is not Facts.CHARGED:
        return _KEEP[state.facts]
    settled = state.chain.newest is not None and state.chain.newest.answer.settled
    return Move(Charge.BILL, issue="1") if settled else _WAIT


def _void_pending(state: State) -> Move:
    """The payer has not taken the void yet: a charge takes it back by a replacement."""
    if state.facts is Facts.GONE:
        return _KEEP[state.facts]
    if state.facts is Facts.HELD:
        return Move(Charge.PLAN, cancel=True)
    return _changed(state)


def _none(state: State) -> Move:
    """None of ours, or ended by us."""
    if state.facts is Facts.CHARGED:
        return state.issue("7")
    if state.facts is Facts.GONE:
        return state.issue("8")
    return Move(Charge.KEEP, task=True) if state.chain.standing is not None else _KEEP[Facts.HELD]


def _changed(state: State) -> Move:
    """Never accepted: a draft is rewritten, an active one cancelled and made again."""
    if state.draft and (state.chain.target is None or state.numbered):
        return Move(Charge.BILL, update=True)
    issued = state.issue("7")
    return issued if issued.wait else replace(issued, cancel=True)


def _withdrawn(state: State) -> Move:
    """Never accepted: cancelled. What stands at the payer beneath it is voided when the charge is gone."""
    if state.facts is Facts.HELD:
        return Move(Charge.PLAN, cancel=True)
    return replace(state.issue("8"), cancel=True)


def _accepted(state: State) -> Move:
    """Accepted, with a control number: replaced, left to a person, or voided."""
    if state.facts is Facts.CHARGED:
        return state.issue("7")
    return Move(Charge.KEEP, task=True) if state.facts is Facts.HELD else state.issue("8")


_ROWS: tuple[tuple[Callable[[State], bool], Callable[[State], Move]], ...] = (
    (lambda state: state.by_person, _ended_by_a_person),
    (lambda state: state.void and not state.none_live and state.accepted, _voided),
    (lambda state: state.void and not state.none_live, _void_pending),
    (lambda state: state.none_live, _none),
    (lambda state: state.facts is Facts.CHARGED and state.kept, lambda state: _KEEP[Facts.CHARGED]),
    (lambda state: not state.accepted and state.facts is Facts.CHARGED, _changed),
    (lambda state: not state.accepted, _withdrawn),
    (lambda state: not state.numbered, lambda state: _WAIT),
    (lambda state: True, _accepted),
)


def decide(state: State) -> Move:
    """The first row that fits."""
    if state.chain.newest is None:
        return _FIRST[state.facts]
    return next(move(state) for fits, move in _ROWS if fits(state))
