"""AUT: prior authorization."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, Severity
from .rule import ClaimRule, Context, Rule
from .services import bill_place, is_claim, weight_of


class AuthorizationMissing(ClaimRule):
    """The payer asks for an authorization, and there is none for the date.

    ## What it does
    Where the policy has `authorization_required`, looks for an authorization number: of a run, one whose
    period covers the date and whose insurer is the claim's; of a claim on file, its `preAuthRef`, unless the
    payer's answer under that number is on file and its period leaves the date out.

    ## Why it matters
    What was not authorized is denied, and most payers give no authorization afterwards.

    ## Options
    `authorization_required`.

    ## References
    - Stedi, claim edits: REF*G1. CARC 197 and 198; CARC 15 was retired on 2018-05-01.
    """

    code = "AUT01"
    name = "authorization-missing"
    severity = Severity.ERROR
    remedy = "get the authorization, or record its number"
    source = "X12 837P (005010X222A1), REF*G1; X12 claim adjustment reason codes 197 and 198"
    confidence = "V"
    denial = ("197", "198", "N54", "M62")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the authorization of one claim."""
        if not is_claim(bill) or not bill.policy["authorization_required"]:
            return None
        granted = bill.participant is not None and bill.participant.authorization is not None
        if bill.preauth or (bill.desired and granted):
            return ()
        message = f"{bill.policy.id} asks for a prior authorization; none covers the date"
        key, at = "authorization_required", bill_place(bill, "insurance[0].preAuthRef")
        weight, source = weight_of(bill.policy, key), bill.policy.source(key) or None
        return (self.finding(message, at=at, severity=weight, source=source),)


RULES: tuple[type[Rule], ...] = (AuthorizationMissing,)
