"""MUE: how many units of a code a day may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from ..model import Finding, Line, PatientDay, Policy, Severity
from .modifiers import REPEATED
from .mue_sessions import AnotherPractitioner, RepeatNotMarked
from .pairs import dropping, is_visit, own_places, same_provider, services, standing
from .rule import Context, DayRule, Rule
from .services import SESSION_CODES, element

_TABLE = "CMS MUE tables, practitioner and outpatient hospital, 2024-07-01"
_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01)"


class _Limit(NamedTuple):
    """The most units of a code on one day, and who says so."""

    most: int
    by_day: bool = True
    """Whether all lines of the day are summed (MAI 2 and 3)."""
    edition: str | None = None
    """Of the MUE table; None where the payer's own number counts."""
    source: str | None = None
    """Of the payer's own number."""


class _Excess(NamedTuple):
    """A line that brings the units of its code and provider above the limit of the day."""

    line: Line
    units: Decimal
    """All that stand, and this line's."""
    limit: _Limit
    evidence: tuple[str, ...]


def _excesses(day: PatientDay, context: Context, *, professional: bool) -> Iterator[_Excess]:
    checking = day.participant is None
    by_code: dict[str, list[Line]] = {}
    for line in services(day):
        if line.professional is professional:
            by_code.setdefault(line.code, []).append(line)
    own, scope = own_places(day), str(day.policy["ncci_scope"])
    for code, lines in by_code.items():
        if own is not None and not any(line.at in own for line in lines):
            continue
        limit = _limit(code, day, context, professional=professional)
        if limit is None:
            continue
        lines.sort(key=lambda line: standing(line, checking=checking))
        for position, line in enumerate(lines):
            before = [each for each in lines[:position] if same_provider(each, line, scope)] if limit.by_day else []
            units = line.units + sum((other.units for other in before), Decimal(0))
            if units > limit.most:
                yield _Excess(line, units, limit, tuple(other.at for other in before))


def _limit(code: str, day: PatientDay, context: Context, *, professional: bool) -> _Limit | None:
    """The limit of a code: for a session on a professional claim the payer's own number, else the table's."""
    policy = day.policy
    if professional and code in _sessions(policy):
        if policy["unit_minutes"]:
            return None
        units, sessions = policy["units_per_day"], int(policy["sessions_per_day"] or 1)
        if units is not None:
            key = "sessions_per_day" if sessions > units else "units_per_day"
            return _Limit(max(int(units), sessions), source=policy.source(key) or None)
    entry = context.reference.mue(code, day.date, professional) if policy["ncci"] else None
    return None if entry is None else _Limit(entry.units, entry.mai != "1", entry.edition)


def _sessions(policy: Policy) -> frozenset[str]:
    recoded = policy["session_code"]
    return SESSION_CODES | frozenset(recoded.values()) if recoded else SESSION_CODES


class UnitsAboveLimit(DayRule):
    """A professional claim bills more units of a code than a day may hold.

    ## What it does
    Sums the units of a code over all lines of the patient's day with one practitioner, on whichever claims they
    stand. For sessions the limit is the policy's `units_per_day` (or `sessions_per_day`, where more sessions are
    allowed), for other codes the MUE table. Fails for the line that goes above it: what others billed stands, of
    our own the session with the earliest start.

    ## Why it matters
    Above the limit the payer denies all units of the day, not just the second.

    ## Options
    `units_per_day`, `sessions_per_day`, `unit_minutes`, `ncci`, `ncci_scope`.

    ## References
    - CMS MUE table, practitioner: 90853 is 1, MAI 3.
    - Medicare NCCI Policy Manual 2026, page XI-34: one unit per date of service.
    """

    code = "MUE01"
    name = "units-above-limit"
    severity = Severity.ERROR
    remedy = "bill no more than that"
    source = f"{_TABLE}; {_MANUAL}, page XI-34"
    confidence = "V"
    denial = ("151", "N362")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the professional lines of one day."""
        return _judge(self, day, context, professional=True)


class FacilityUnitsAboveLimit(DayRule):
    """An institutional claim bills more units of a code than a day may hold.

    ## What it does
    Sums the units of a code over the institutional lines of the patient's day and compares them with the MUE table
    for outpatient hospitals, which allows four distinct group sessions. It wins over `units_per_day`.

    ## Why it matters
    A day program may hold several groups a day; each is one unit, and the fifth makes the payer deny all.

    ## Options
    `ncci`.

    ## References
    - CMS MUE table, outpatient hospital: 90853 is 4, MAI 3.
    - Medicare NCCI Policy Manual 2026, page XI-34: one unit for each separate, distinct session.
    """

    code = "MUE02"
    name = "facility-units-above-limit"
    severity = Severity.ERROR
    remedy = "bill no more than that"
    source = f"{_TABLE}; {_MANUAL}, page XI-34"
    confidence = "V"
    denial = ("151", "N362")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the institutional lines of one day."""
        for line in day.lines:
            if not line.professional:
                return _judge(self, day, context, professional=False)
        return None


class SplitLines(DayRule):
    """The units above the limit were split over lines, which changes nothing.

    ## What it does
    Says so for the later lines of a code whose limit is one of the day (MAI 2 or 3), whatever modifiers they carry.

    ## Why it matters
    The lines of a day are summed. 59, 76 or 77 on the second does not help; an appeal with records may.

    ## References
    - Medicare NCCI Policy Manual 2026, pages I-28 and I-29.
    """

    code = "MUE03"
    name = "split-lines"
    severity = Severity.INFORMATION
    remedy = "leave it out, or appeal with the records of each session"
    source = f"{_MANUAL}, pages I-28 and I-29"
    confidence = "V"

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Report the lines of one day that are summed."""
        if len(day.lines) < 2:
            return None
        found = [
            excess
            for professional in (True, False)
            for excess in _excesses(day, context, professional=professional)
            if excess.limit.by_day and excess.evidence
        ]
        return tuple(self._summed(excess) for excess in found)

    def _summed(self, excess: _Excess) -> Finding:
        carried = [modifier for modifier in excess.line.modifiers if modifier in REPEATED]
        helped = f"{' '.join(carried)} does not help" if carried else "no modifier helps"
        message = f"the lines of {excess.line.code} of one day are summed: {helped}"
        return self.finding(message, at=excess.line.place(), evidence=excess.evidence, edition=excess.limit.edition)


def _judge(rule: DayRule, day: PatientDay, context: Context, *, professional: bool) -> Iterable[Finding] | None:
    if len(day.lines) == 1:
        line = day.lines[0]
        if line.professional is professional and line.units == 1:
            return ()
    return tuple(_above(rule, excess) for excess in _excesses(day, context, professional=professional))


def _above(rule: DayRule, excess: _Excess) -> Finding:
    line, limit = excess.line, excess.limit
    alone = line.units > limit.most
    message = f"{excess.units} units of {line.code} on one day; the most is {limit.most}"
    return rule.finding(
        message,
        at=element(line, "quantity") if alone else line.place(),
        severity=Severity.WARNING if is_visit(line) else None,
        evidence=excess.evidence,
        fix=None if alone else dropping(line),
        source=limit.source,
        edition=limit.edition,
    )


RULES: tuple[type[Rule], ...] = (
    UnitsAboveLimit,
    FacilityUnitsAboveLimit,
    SplitLines,
    RepeatNotMarked,
    AnotherPractitioner,
)
