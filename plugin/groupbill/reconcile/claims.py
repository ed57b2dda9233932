"""The Claims of one chain: what a decision means for what is on file and what is made."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Action, Step
from ..model.identity import claim_value
from ..resources.claim import Issue
from ..resources.elements import Element
from ..resources.void import void
from .existing import Chain, OurClaim
from .findings import finding
from .steps import Desk, Draft
from .transitions import Facts, Move

Build = Callable[[Issue], Element]
"""Makes the desired Claim under an identity."""
_BECAUSE = {Facts.CHARGED: "changed", Facts.HELD: "held", Facts.GONE: "gone"}
_ACTION = {"1": Action.CREATE, "7": Action.REPLACE, "8": Action.VOID}


def carry_out(
    draft: Draft, chain: Chain, move: Move, facts: Facts, who: tuple[str, str], build: Build | None
) -> str | None:
    """Plan the Claims of one chain.

    Args:
        draft: The plan so far.
        chain: What is on file.
        move: The decision.
        facts: Why.
        who: Session key and patient.
        build: Makes the desired Claim; None where there is nothing to claim any more.

    Returns:
        The Claim that will stand, None where none will.
    """
    newest = chain.newest
    if move.wait:
        _wait(draft, chain)
    if move.cancel and newest is not None:
        draft.close(newest.file, "cancelled", _BECAUSE[facts])
    elif move.update and newest is not None and build is not None:
        draft.update(newest.file, build(_again(draft.desk, chain, newest)), "draft")
        return newest.file.reference
    elif newest is not None and move.issue is None:
        draft.keep(newest.file)
    if move.issue is not None:
        return _issue(draft, chain, move.issue, who, build)
    return _standing(chain, move)


def _standing(chain: Chain, move: Move) -> str | None:
    """The Claim that stands where no new one is made."""
    newest = chain.newest
    live = newest is not None and not newest.file.ended and not move.cancel
    if live and newest is not None and newest.frequency != "8":
        return newest.file.reference
    standing = chain.standing
    if live or standing is None or standing.file.ended:
        return None
    return standing.file.reference


def _wait(draft: Draft, chain: Chain) -> None:
    if chain.target is not None:
        message = (
            "The payer has this claim and has not told its claim control number; "
            "a replacement or void can't be sent before."
        )
        draft.say(finding("CLM02", chain.target.prior, message))
    elif chain.newest is not None:
        message = "The payer has this void and has not answered; a new claim can't be sent before."
        draft.say(finding("CLM02", chain.newest.file.reference, message))


def _again(desk: Desk, chain: Chain, newest: OurClaim) -> Issue:
    """The identity of a draft that is rewritten; a void that is taken back becomes a replacement."""
    target = chain.target
    return Issue(
        value=newest.file.value,
        status="draft",
        created=desk.today,
        frequency="1" if target is None else "7",
        prior=None if target is None else target.prior,
        control=None if target is None else target.control,
    )


def _issue(draft: Draft, chain: Chain, frequency: str, who: tuple[str, str], build: Build | None) -> str | None:
    desk, target = draft.desk, chain.target
    value = claim_value(desk.namespace, *who, chain.leader, chain.order, chain.next_generation)
    original = frequency == "1" or target is None
    issue = Issue(
        value=value,
        status=desk.claim_status,
        created=desk.today,
        frequency=frequency,
        prior=None if original or target is None else target.prior,
        control=None if original or target is None else target.control,
    )
    if frequency == "8":
        _void(draft, chain, issue)
        return None
    if build is None:
        return None
    made = build(issue)
    return f"Claim/{made['id']}" if draft.write(_ACTION[frequency], made) else None


def _void(draft: Draft, chain: Chain, issue: Issue) -> None:
    """Take a Claim back. One that somebody damaged can't be said again: a person has to see to it."""
    made = void(_prior(draft, chain), issue)
    problems = draft.desk.gate.check(made)
    if not problems:
        draft.steps.append(Step(reference=f"Claim/{made['id']}", action=Action.VOID, resource=made))
        return
    draft.refused = True
    message = "It can't be voided as it stands on file; put it right there first: " + "; ".join(problems)
    draft.say(finding("CLM02", issue.prior or f"Claim/{made['id']}", message))


def _prior(draft: Draft, chain: Chain) -> Element:
    """The Claim that a void takes back, as it is on file; else the newest of the same charge."""
    for reference in (chain.target.prior if chain.target else None, chain.newest and chain.newest.file.reference):
        found: Element | None = draft.desk.index.original(reference) if reference else None
        if found is not None:
            return found
    return {}
