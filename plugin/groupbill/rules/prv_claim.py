"""PRV, continued: who a Claim on file names as rendering, where nothing is known of its session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..model import Bill, Finding, Verdict
from .rule import ClaimRule, Context
from .services import COUNSELLORS, COUNSELLORS_FROM, SESSION_CODES, bill_place, is_medicare, limited


def _judged(bill: Bill) -> date | None:
    """The date of the first session line of a professional Claim on file; None where others judge, or nobody can."""
    if bill.desired or bill.kind != "Claim" or bill.participant is not None or not bill.professional:
        return None
    return next((line.date for line in bill.lines if line.code in SESSION_CODES), None)


def _at(bill: Bill) -> str:
    return bill_place(bill, "careTeam[0]")


def _too_early(bill: Bill, on: date) -> bool:
    codes = bill.rendering_taxonomies
    return bool(codes) and on < COUNSELLORS_FROM and COUNSELLORS.issuperset(codes) and is_medicare(bill.policy)


class EligibleOnClaim(ClaimRule):
    """The taxonomy of the rendering practitioner of a Claim on file (PRV01)."""

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Compare the taxonomy with those the payer pays."""
        on, allowed = _judged(bill), bill.policy["rendering.taxonomies"]
        if on is None or not allowed:
            return None
        codes = bill.rendering_taxonomies
        if not codes:
            message = "the practitioner's taxonomy is not on file"
            return (self.finding(message, at=_at(bill), verdict=Verdict.NO_DATA),)
        if any(code.startswith(tuple(allowed)) for code in codes) or limited(codes) or _too_early(bill, on):
            return ()
        message = f"{bill.policy.id} does not pay taxonomy {', '.join(codes)} for group therapy"
        return (self.finding(message, at=_at(bill), source=bill.policy.source("rendering.taxonomies") or None),)


class CounselorOnClaim(ClaimRule):
    """A counselor on a Claim on file, by the date of service (PRV02)."""

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge counselors by the date of service."""
        on = _judged(bill)
        if on is None or not is_medicare(bill.policy) or COUNSELLORS.isdisjoint(bill.rendering_taxonomies):
            return None
        if not _too_early(bill, on):
            return ()
        codes = ", ".join(sorted(COUNSELLORS.intersection(bill.rendering_taxonomies)))
        return (self.finding(f"Medicare pays {codes} from {COUNSELLORS_FROM} on", at=_at(bill)),)


class LimitedOnClaim(ClaimRule):
    """Somebody under supervision in their own name on a Claim on file (PRV04)."""

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge whether the rendering practitioner may bill in their own name."""
        if _judged(bill) is None or not bill.rendering_taxonomies:
            return None
        if not limited(bill.rendering_taxonomies):
            return ()
        message = f"taxonomy {', '.join(bill.rendering_taxonomies)} may not bill in its own name"
        return (self.finding(message, at=_at(bill)),)
