"""PAY: what the payer is expected to allow, and whether it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..model import Bill, Finding, Line, Participant, Policy, Severity
from .rule import Context, LineRule, Rule

_CENT = Decimal("0.01")
_WHOLE = Decimal(100)
_TOLERANCE = _CENT
"""How payers round 75 and 85 percent is not known to the cent."""


def expected_allowed(line: Line, participant: Participant, context: Context) -> Decimal | None:
    """What the payer is expected to allow for a line of a participant, in dollars and cents; None where unknown.

    By the policy's `allowed`: an amount per code, or Medicare's fee for the locality of the settings, by facility or
    other place of service, times the share of the practitioner. Never more than what is charged.
    """
    leader = next((each for each in participant.rendering if each.number == line.leader), None)
    return _allowed(line, participant.policy, leader.taxonomies if leader else (), context)


def _allowed(line: Line, policy: Policy, taxonomies: tuple[str, ...], context: Context) -> Decimal | None:
    stated = policy["allowed"]
    if not stated:
        return None
    if isinstance(stated, Mapping):
        fee = _stated(line, policy, stated)
    else:
        fee = _scheduled(line, percent(policy, taxonomies), context)
    if fee is None:
        return None
    expected = (fee * line.units).quantize(_CENT, ROUND_HALF_UP)
    return expected if line.net is None else min(expected, line.net)


def _stated(line: Line, policy: Policy, stated: Mapping[str, Any]) -> Decimal | None:
    """The contracted amount of a code, or of the code that it stands for."""
    recoded: Mapping[str, str] = policy["session_code"] or {}
    usual = next((code for code, other in recoded.items() if other == line.code), line.code)
    amount = stated.get(line.code, stated.get(usual))
    return None if amount is None else Decimal(str(amount))


def _scheduled(line: Line, share: Decimal, context: Context) -> Decimal | None:
    """Medicare's fee for one unit."""
    if line.date is None or line.place_of_service is None:
        return None
    place = context.reference.place_of_service(line.place_of_service)
    if place is None:
        return None
    return context.reference.fee(line.code, line.date, place.facility, context.settings.locality, share)


def percent(policy: Policy, taxonomies: tuple[str, ...]) -> Decimal:
    """The practitioner's share of the fee in percent: `rendering.percent` by the longest beginning of a NUCC code."""
    shares: Mapping[str, Any] = policy["rendering.percent"] or {}
    for code in taxonomies:
        known = [start for start in shares if code.startswith(start)]
        if known:
            return Decimal(str(shares[max(known, key=len)]))
    return _WHOLE


class Underpaid(LineRule):
    """The payer allowed less than expected.

    ## What it does
    Where an ExplanationOfBenefit or ClaimResponse is on file, compares what payer and patient are to pay with the
    expected amount: the policy's `allowed`, for Medicare the fee of the locality and place of service times the
    share of the practitioner. Reports what is more than a cent below it.

    ## Why it matters
    Underpayments go unnoticed line by line; a year of them is money.

    ## Options
    `allowed`, `rendering.percent`; `[medicare] locality` of the settings.

    ## References
    - CMS physician fee schedule relative value files: work, practice expense, malpractice, each by its locality.
    """

    code = "PAY01"
    name = "underpaid"
    severity = Severity.INFORMATION
    remedy = "ask the payer why"
    source = "CMS physician fee schedule, PPRRVU and GPCI files"
    confidence = "V"
    denial = ("45",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge what the payer allowed for one line."""
        if line.allowed is None or line.desired:
            return None
        expected = _allowed(line, bill.policy, _taxonomies(line, bill), context)
        if expected is None:
            return None
        if line.allowed >= expected - _TOLERANCE:
            return ()
        message = f"{line.allowed} was allowed for {line.code}; {expected} is expected"
        return (self.finding(message, at=line.place()),)


def _taxonomies(line: Line, bill: Bill) -> tuple[str, ...]:
    if bill.participant is not None:
        for leader in bill.participant.rendering:
            if leader.number == line.leader:
                return leader.taxonomies
    return bill.rendering_taxonomies


RULES: tuple[type[Rule], ...] = (Underpaid,)
