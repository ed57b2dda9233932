"""NCC, continued: what single payers say about services of one day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Finding, Line, PatientDay, Severity
from .pairs import candidates, dropping, is_visit, separate
from .rule import Context, DayRule
from .services import GROUP, weight_of
from .windows import Limit, limits, most_within, targets

_PROGRAM = frozenset({"H0004", "H0005", "H2019"})
_GROUP_ONLY = frozenset({"H0005"})


class PayerForbidsSameDay(DayRule):
    """The payer does not pay for these services on one day.

    ## What it does
    Fails for the service beyond the maximum of an entry of `frequency` that names several codes and one day (a ban
    of individual and group therapy on the same day is a maximum of 1). Warns for 90853 beside H0005, H0004-HQ or
    H2019-HQ unless the times differ: state programs call that one service billed twice.

    ## Why it matters
    Such rules stand in no NCCI table, and no modifier helps.

    ## Options
    `frequency` with `days` 1 and several codes.

    ## References
    - Conn. Agencies Regs. 17b-262-822: one visit of each type per day, provider and client.
    - Texas Medicaid Provider Procedures Manual 2016, Behavioral Health.
    """

    code = "NCC15"
    name = "payer-forbids-same-day"
    severity = Severity.ERROR
    remedy = "bill one of them"
    source = "Conn. Agencies Regs. 17b-262-822; TMPPM 2016, Behavioral Health; else the payer's policy"
    confidence = "V"
    denial = ("119", "97")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the services of one day by the payer's own rules."""
        if len(day.lines) < 2:
            return None
        bans = [limit for limit in limits(day.policy) if limit.bans] if day.policy["frequency"] else []
        program = any(line.code in _PROGRAM for line in day.lines)
        if not bans and not program:
            return None
        found = [finding for limit in bans for finding in self._banned(day, limit)]
        return (*found, *self._doubled(day)) if program else tuple(found)

    def _banned(self, day: PatientDay, limit: Limit) -> Iterator[Finding]:
        for line in targets(day, limit.codes):
            count = most_within(line, day, limit)
            if count > limit.most:
                codes = ", ".join(sorted(limit.codes))
                message = f"{line.code} is number {count} of {codes} on one day; the payer pays for {limit.most}"
                weight, source = weight_of(day.policy, "frequency"), day.policy.source("frequency") or None
                yield self.finding(message, at=line.place(), severity=weight, fix=dropping(line), source=source)

    def _doubled(self, day: PatientDay) -> Iterator[Finding]:
        told: set[str] = set()
        for one, other in candidates(day):
            for group, program in ((one, other), (other, one)):
                doubled = group.code in GROUP and _is_group_program(program)
                if doubled and separate(group, program, day) is not True and program.place() not in told:
                    told.add(program.place())
                    message = f"{program.code} and {group.code} look like one service billed twice"
                    yield self.finding(message, at=program.place(), severity=Severity.WARNING, evidence=(group.at,))


def _is_group_program(line: Line) -> bool:
    if is_visit(line) or line.code not in _PROGRAM:
        return False
    return line.code in _GROUP_ONLY or "HQ" in line.modifiers
