"""From outcome to plan for one participant: the rows of design 5.7 on others' bills, then those on ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model import Action, Finding, Line, Outcome, Step
from ..resources.claim import Issue
from ..resources.content import same
from .case import Case
from .claims import carry_out
from .existing import Chain, OnFile
from .findings import finding
from .foreign import NOBODY, Foreign, foreign
from .gone import give_up
from .steps import Draft, close_task, keep_task, open_task, plan_charge_item
from .transitions import Charge, Facts, Move, State, decide

_FACTS = {Outcome.CHARGED: Facts.CHARGED, Outcome.HELD: Facts.HELD, Outcome.PATIENT_PAY: Facts.GONE}
_STOP = Move(Charge.KEEP, stopped=True)


@dataclass(frozen=True, slots=True)
class Reached:
    """How a member ends."""

    outcome: Outcome
    reason: str | None
    charge_items: tuple[str | None, ...] = ()
    """Per desired line."""
    claims: Mapping[int, str | None] = field(default_factory=dict)
    """Per paid leader."""
    others: tuple[str, ...] = ()
    """ChargeItems of no desired line that stand all the same, until the payer has answered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One desired line with what is on file for it."""

    line: Line
    value: str
    """Identifier value of its ChargeItem."""
    known: OnFile | None
    theirs: Foreign

    @property
    def stopped(self) -> bool:
        """A person has ended our ChargeItem."""
        return self.known is not None and self.known.by_person

    @property
    def free(self) -> bool:
        """There is no ChargeItem of ours, or we have ended it."""
        return self.known is None or (self.known.ended and not self.known.by_person)


def reach(draft: Draft, case: Case, outcome: Outcome, reason: str | None, codes: Sequence[str]) -> Reached:
    """Plan one participant.

    Args:
        draft: The plan, empty.
        case: Participant and what is on file.
        outcome: What facts and rules came to: charged, patient-pay or held.
        reason: Of the outcome.
        codes: Of the findings that hold the charge.
    """
    chains = {line.leader: case.chain(line.leader) for line in case.participant.lines}
    entries = _each_once([_entry(case, line, outcome) for line in case.participant.lines])
    if outcome is Outcome.CHARGED:
        claimed = _claimed_by_others(entries, chains)
        if claimed is not None:
            draft.say(claimed.claimed())
            give_up(draft, case.who, [each for each in chains.values() if each.claims], case.items)
            return Reached(Outcome.NOT_CHARGED, "already-claimed", (None,) * len(entries))
    elsewhere = case.other_chains(chains)
    moves: dict[int, Move] = {}
    claims: dict[int, str | None] = {}
    for leader, each in chains.items():
        own = [entry for entry in entries if entry.line.leader == leader]
        waiting = next((other for other in elsewhere if other.leader == leader and other.waits), None)
        moves[leader], claims[leader] = _claim(draft, case, each, outcome, own, waiting)
    items = tuple(_charge(draft, case, entry, moves[entry.line.leader], outcome, codes) for entry in entries)
    others = _leave(draft, case, entries, moves, elsewhere, _FACTS[outcome])
    if moves and all(move.stopped for move in moves.values()):
        return Reached(Outcome.NOT_CHARGED, "cancelled-by-person", items, claims, others)
    return Reached(outcome, reason, items, claims, others)


def _entry(case: Case, line: Line, outcome: Outcome) -> Entry:
    theirs = NOBODY
    if outcome is not Outcome.HELD and case.on_file:
        codes = (line.code, case.base(line))
        theirs = foreign(case.desk.index, case.participant, line, codes, case.on_file, case.ours)
    return Entry(line, case.value(line), case.known(line), theirs)


def _each_once(entries: Sequence[Entry]) -> list[Entry]:
    """A charge of somebody else stands for one line, where two leaders are paid."""
    used: set[str] = set()
    found = []
    for entry in entries:
        theirs = entry.theirs
        if theirs.charge_item in used:
            theirs = replace(theirs, charge_item=None)
        elif theirs.charge_item is not None:
            used.add(theirs.charge_item)
        found.append(entry if theirs is entry.theirs else replace(entry, theirs=theirs))
    return found


def _claimed_by_others(entries: Sequence[Entry], chains: Mapping[int, Chain]) -> Foreign | None:
    """Somebody else's live Claim where none of ours stands and no person has ended one.

    A ChargeItem of ours without a Claim is given up: what was held, or was the patient's to pay until a coverage
    was found, is claimed by hand meanwhile, and a second Claim would be a duplicate.
    """
    theirs = next((entry.theirs for entry in entries if entry.theirs.claim is not None and not entry.stopped), None)
    if theirs is None:
        return None
    for chain in chains.values():
        newest = chain.newest
        if newest is not None and (not newest.file.ended or newest.file.by_person or chain.standing):
            return None
    return theirs


def _claim(
    draft: Draft, case: Case, chain: Chain, outcome: Outcome, entries: Sequence[Entry], waiting: Chain | None
) -> tuple[Move, str | None]:
    """Plan the Claim of one paid leader. The first line is the session itself, the others add to it.

    Beside a Claim for another coverage that the payer has, and can't be voided yet, none is begun.
    """
    newest, facts = chain.newest, _FACTS[outcome]
    for entry in entries:
        if entry.stopped and entry.known is not None:
            draft.say(_ended(entry.known))
    if entries[0].stopped:
        if newest is not None:
            draft.keep(newest.file)
        live = newest is not None and not newest.file.ended
        return _STOP, newest.file.reference if live and newest is not None else None
    build = case.builder([entry.line for entry in entries if not entry.stopped])

    def unchanged() -> bool:
        if newest is None:
            return False
        wanted = build(Issue(value=newest.file.value, status="active", created=case.desk.today))
        return same(wanted, newest.file.resource, case.desk.index.ref)

    move = decide(State(chain, facts, unchanged))
    if move.issue == "1" and waiting is not None and waiting.standing is not None:
        return Move(Charge.KEEP), waiting.standing.file.reference
    if move.stopped and newest is not None:
        draft.say(_ended(newest.file))
    return move, carry_out(draft, chain, move, facts, case.who, build)


def _ended(known: OnFile) -> Finding:
    return finding("CLM13", known.reference, "A person has ended this; groupbill leaves it so.")


def _charge(draft: Draft, case: Case, entry: Entry, move: Move, outcome: Outcome, codes: Sequence[str]) -> str | None:
    """Plan ChargeItem and Task of one line, and say which ChargeItem will stand."""
    charge = move.charge
    if entry.stopped or move.stopped:
        charge = Charge.KEEP
    elif outcome is Outcome.PATIENT_PAY:
        charge = Charge.BILL
    if charge is Charge.BILL and entry.free and entry.theirs.charge_item is not None:
        draft.say(entry.theirs.charged())
        draft.steps.append(Step(reference=entry.theirs.charge_item, action=Action.KEEP))
        return entry.theirs.charge_item
    reference = plan_charge_item(draft, case.own, entry.line, entry.value, entry.known, charge)
    value = entry.value if entry.known is None else entry.known.value
    if charge is Charge.BILL:
        close_task(draft, value, "completed")
    elif reference is not None and (charge is Charge.PLAN or move.task):
        open_task(draft, case.own, reference, value, codes, standing=move.task)
    else:
        keep_task(draft, value)
    return reference


def _leave(
    draft: Draft,
    case: Case,
    entries: Sequence[Entry],
    moves: Mapping[int, Move],
    others: Sequence[Chain],
    facts: Facts,
) -> tuple[str, ...]:
    """Plan what was written for another code, leader or coverage, and say which ChargeItems of it stand."""
    used = {entry.known.reference for entry in entries if entry.known is not None}
    left = [item for item in case.items if item.reference not in used]
    if not left and not others:
        return ()
    given_up = left
    if any(move.charge is Charge.KEEP for move in moves.values()):
        for item in left:
            draft.keep(item)
        given_up = []
    give_up(draft, case.who, others, given_up, Facts.HELD if facts is Facts.HELD else Facts.GONE)
    return tuple(item.reference for item in left if draft.keeps(item))
