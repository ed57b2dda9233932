"""NCC, continued: services that the policy manual names beside group psychotherapy."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Line, PatientDay, Severity
from .pairs import candidates, dropping, pairs, professionally, same_provider, weight
from .rule import Context, DayRule
from .services import SESSION_CODES, is_medicare

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI"
_TABLE = "CMS NCCI procedure-to-procedure edits, practitioner table"
_INTAKE = frozenset({"90791", "90792"})
_CRISIS = frozenset({"90839", "90840"})
_INDIVIDUAL = frozenset({"90832", "90833", "90834", "90836", "90837", "90838"})
_SCREENING = frozenset({"G0396", "G0397", "G0442", "G0443", "G0444"})
_MEANING = {
    "B": "bundled into other services",
    "N": "not covered",
    "I": "not valid, another code is used",
}


class IntakeOrCrisisSameDay(DayRule):
    """A diagnostic evaluation or crisis therapy took place on the day of the psychotherapy.

    ## What it does
    On professional claims, fails for psychotherapy (group, family, individual) on the day of 90791 or 90792 by the
    same practitioner, and for group or family psychotherapy on the day of 90839 or 90840. The finding sits on
    the psychotherapy line. The outpatient hospital table has no such pairs.

    ## Why it matters
    The evaluation and the crisis service include the therapy of the day; it is not paid separately, with no
    modifier. Where it can be planned, the group belongs on another day.

    ## Options
    `ncci`, `ncci_scope`.

    ## References
    - Medicare NCCI Policy Manual 2026, page XI-7.
    - CMS NCCI PTP edits, practitioner table.
    """

    code = "NCC12"
    name = "intake-or-crisis-same-day"
    severity = Severity.ERROR
    remedy = "bill the evaluation or crisis service alone that day"
    source = f"{_MANUAL}, page XI-7; {_TABLE}"
    confidence = "V"
    denial = ("236", "97")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the psychotherapy of a day with an intake or crisis service."""
        if len(day.lines) < 2 or not any(line.code in _INTAKE or line.code in _CRISIS for line in day.lines):
            return None
        if not day.policy["ncci"]:
            return None
        scope = str(day.policy["ncci_scope"])
        findings = []
        for one, other in candidates(day):
            for first, second in ((one, other), (other, one)):
                if _excludes(first, second) and professionally(one, other) and same_provider(one, other, scope):
                    findings.append(self._denied(first, second))
        return tuple(findings)

    def _denied(self, first: Line, second: Line) -> Finding:
        message = f"{second.code} is not paid on the day of {first.code} by the same practitioner"
        severity = weight(first, second)
        return self.finding(message, at=second.place(), severity=severity, evidence=(first.at,))


def _excludes(first: Line, second: Line) -> bool:
    if first.code in _INTAKE:
        return second.code in SESSION_CODES or second.code in _INDIVIDUAL
    return first.code in _CRISIS and second.code in SESSION_CODES


class StatusNotPayable(DayRule):
    """A service of the day has a status under which Medicare never pays it.

    ## What it does
    Warns for lines of 90885, 90887, 90889 (bundled), 90875, 90876, 90882 (not covered) and 90863 (not valid for
    Medicare) of a Medicare patient. No NCCI pair exists with them and none is needed.

    ## Why it matters
    The status of a code comes before any edit: the line is denied although nothing contradicts it.

    ## References
    - CMS, PPRRVU2026_Jul_nonQPP, status codes.
    """

    code = "NCC11"
    name = "status-not-payable"
    severity = Severity.WARNING
    remedy = "leave the line out"
    source = "CMS, PPRRVU2026_Jul_nonQPP.csv, status code"
    confidence = "V"
    denial = ("96", "97", "204")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Report the services of a day that are never paid."""
        if len(day.lines) == 1 and day.lines[0].code in SESSION_CODES:
            return None
        status = context.reference.status
        known = [(line, stated) for line in day.lines if (stated := status(line.code, day.date)) is not None]
        if not known or not is_medicare(day.policy):
            return None
        return tuple(self._unpaid(line, stated) for line, stated in known if stated in _MEANING)

    def _unpaid(self, line: Line, status: str) -> Finding:
        message = f"{line.code} has Medicare status {status}: {_MEANING[status]}"
        return self.finding(message, at=line.place(), fix=dropping(line))


class ScreeningSameDay(DayRule):
    """A screening or brief intervention is billed on the day of the psychotherapy.

    ## What it does
    Warns for G0396, G0397 and G0442 to G0444 beside psychotherapy of the same Medicare patient and practitioner.

    ## Why it matters
    They are paid only for work and time apart from the therapy; a depression screening not at all where symptoms
    prompted it, since it is then part of the treatment.

    ## References
    - Medicare NCCI Policy Manual 2026, page XI-8.
    """

    code = "NCC13"
    name = "screening-same-day"
    severity = Severity.WARNING
    remedy = "make sure that the record shows separate work and time"
    source = f"{_MANUAL}, page XI-8"
    confidence = "V"
    denial = ("236",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the screenings of one day."""
        if len(day.lines) < 2 or not any(line.code in _SCREENING for line in day.lines):
            return None
        if not is_medicare(day.policy):
            return None
        found: dict[str, Finding] = {}
        for one, other in candidates(day):
            for screening, therapy in ((one, other), (other, one)):
                treats = therapy.code in SESSION_CODES or therapy.code in _INDIVIDUAL
                if screening.code in _SCREENING and treats and same_provider(one, other):
                    found.setdefault(screening.place(), self._doubt(screening, therapy))
        return tuple(found.values())

    def _doubt(self, screening: Line, therapy: Line) -> Finding:
        message = f"{screening.code} beside {therapy.code} needs work and time of its own"
        return self.finding(message, at=screening.place(), evidence=(therapy.at,))


class QuestionnaireSameDay(DayRule):
    """A brief questionnaire (96127) is billed on the day of the group.

    ## What it does
    On professional claims, fails for 96127 beside 90853 of the same practitioner; the finding sits on the 96127
    line, which is to be dropped.

    ## Why it matters
    The pair has indicator 0: scoring a questionnaire is part of the therapy of that day. Many systems add 96127 to
    every visit by themselves.

    ## Options
    `ncci`, `ncci_scope`.

    ## References
    - CMS NCCI PTP edits, practitioner table, column 2 of 90853.
    """

    code = "NCC14"
    name = "questionnaire-same-day"
    severity = Severity.ERROR
    remedy = "leave 96127 out"
    source = _TABLE
    confidence = "V"
    denial = ("236",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the questionnaires of one day."""
        if len(day.lines) < 2 or not any(line.code == "96127" for line in day.lines):
            return None
        found = (pair for pair in pairs(day, context) if pair.same and pair.second.code == "96127")
        return tuple(
            self.finding(
                f"96127 is part of {pair.first.code} on the same day",
                at=pair.second.place(),
                severity=weight(pair.first, pair.second),
                evidence=(pair.first.at,),
                fix=dropping(pair.second),
                edition=pair.edit.edition,
            )
            for pair in found
            if not pair.bypassable and pair.first.code in SESSION_CODES
        )
