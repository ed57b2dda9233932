"""FRQ: how often a payer pays for a service."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Line, PatientDay, Severity
from .rule import Context, DayRule, Rule
from .services import GROUP, weight_of
from .windows import Limit, limits, most_within, targets

_WEEK = Limit(GROUP, 7, 5, by_payer=False)
_LEFT = 2


class TooOftenInWindow(DayRule):
    """The service exceeds what the payer allows within so many days.

    ## What it does
    Counts the patient's services in every rolling window of the policy's `frequency` that holds the date, both ends
    included; what the payer denied (nothing allowed, nothing for the patient to pay) or another payer was asked for
    uses up nothing. Fails for the line beyond the maximum: in a run our own, of two of our own the later one.

    ## Why it matters
    Illinois pays for one group a day and two in any seven days; the third is denied as beyond the benefit.

    ## Options
    `frequency`, up to 31 days.

    ## References
    - Illinois HFS provider notice of 2014-06-26 (prn140626c).
    """

    code = "FRQ01"
    name = "too-often-in-window"
    severity = Severity.ERROR
    remedy = "ask the payer before billing"
    source = "Illinois HFS provider notice prn140626c, 2014-06-26; else the payer's policy"
    confidence = "V"
    denial = ("119", "N640")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge one day against the payer's windows."""
        if not day.policy["frequency"]:
            return None
        wanted = [limit for limit in limits(day.policy) if not limit.bans and not limit.benefit]
        judged = [(limit, line) for limit in wanted for line in targets(day, limit.codes)]
        if not judged:
            return None
        findings: dict[str, Finding] = {}
        for limit, line in judged:
            count = most_within(line, day, limit)
            if count > limit.most:
                findings.setdefault(line.place(), self._over(line, count, limit, day))
        return tuple(findings.values())

    def _over(self, line: Line, count: int, limit: Limit, day: PatientDay) -> Finding:
        window = "on one day" if limit.days == 1 else f"within {limit.days} days"
        message = f"{line.code} is number {count} {window}; the payer pays for {limit.most}"
        weight, source = weight_of(day.policy, "frequency"), day.policy.source("frequency") or None
        return self.finding(message, at=line.place(), severity=weight, source=source)


class BenefitVisitsUsedUp(DayRule):
    """The visits of the benefit period are used up, or nearly.

    ## What it does
    Counts the patient's services in windows of more than 31 days of the policy's `frequency`, as FRQ01 does. Fails
    beyond the maximum, warns when two or fewer visits are left after this one. Limits in hours a day (four in Texas)
    have no policy key.

    ## Why it matters
    A benefit that ends unnoticed is found out by a denial, when the patient has long been told that they are
    covered.

    ## Options
    `frequency`, above 31 days.

    ## References
    - Texas Medicaid Provider Procedures Manual 2016, Behavioral Health, 4.2; limits are the payer's.
    """

    code = "FRQ02"
    name = "benefit-visits-used-up"
    severity = Severity.ERROR
    remedy = "ask the payer for more visits"
    source = "TMPPM 2016, Behavioral Health Handbook, 4.2; else the payer's policy"
    confidence = "V"
    denial = ("119", "198", "N640")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge one day against the payer's benefit period."""
        if not day.policy["frequency"]:
            return None
        wanted = [limit for limit in limits(day.policy) if limit.benefit]
        judged = [(limit, line) for limit in wanted for line in targets(day, limit.codes)]
        if not judged:
            return None
        findings: list[Finding] = []
        for limit, line in judged:
            count = most_within(line, day, limit)
            if count + _LEFT >= limit.most:
                findings.append(self._told(line, count, limit, day))
        return tuple(findings)

    def _told(self, line: Line, count: int, limit: Limit, day: PatientDay) -> Finding:
        over = count > limit.most
        message = f"{line.code} is number {count} of {limit.most} within {limit.days} days"
        return self.finding(
            message,
            at=line.place(),
            severity=weight_of(day.policy, "frequency") if over else Severity.WARNING,
            source=day.policy.source("frequency") or None,
        )


class UnusuallyFrequent(DayRule):
    """The patient has group therapy more than five times within seven days.

    ## What it does
    Counts group services in every rolling week that holds the date, whatever the payer allows.

    ## Why it matters
    Nothing forbids it, and payers review it; the treatment plan had better say why.

    ## References
    - AAPC article 139692 (secondary source); the number is groupbill's own default.
    """

    code = "FRQ03"
    name = "unusually-frequent"
    severity = Severity.INFORMATION
    remedy = "make sure that the treatment plan says why"
    source = "AAPC article 139692, read 2026-11; the number is groupbill's own default"
    confidence = "V2"
    denial = ("50", "151")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the week about one day."""
        if len(day.history) + len(day.lines) <= _WEEK.most:
            return None
        findings: list[Finding] = []
        judged = False
        for line in targets(day, GROUP):
            judged = True
            count = most_within(line, day, _WEEK)
            if count > _WEEK.most:
                message = f"{line.code} is number {count} within 7 days; more than {_WEEK.most} invite review"
                findings.append(self.finding(message, at=line.place()))
        return tuple(findings) if judged else None


RULES: tuple[type[Rule], ...] = (TooOftenInWindow, BenefitVisitsUsedUp, UnusuallyFrequent)
