"""DOC, continued: whether the record supports what is billed."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, PatientDay, Severity, Verdict
from .rule import ClaimRule, Context, DayRule
from .services import NOT_PSYCHOTHERAPY, SESSION_CODES


class DiagnosisNotActive(ClaimRule):
    """A diagnosis on the bill was not active on the date.

    ## What it does
    Looks up the Conditions behind the diagnoses of a bill and fails for one that had been resolved, refuted
    or not yet begun on the date of service. A diagnosis that only the bill states can't be judged.

    ## Why it matters
    A diagnosis that was not treated does not support the service.

    ## References
    - ICD-10-CM Official Guidelines, section IV: code what is present and treated at the encounter.
    """

    code = "DOC08"
    name = "diagnosis-not-active"
    severity = Severity.ERROR
    remedy = "bill a diagnosis that was active"
    source = "ICD-10-CM Official Guidelines for Coding and Reporting, section IV"
    confidence = "R-hi"
    denial = ("50",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the diagnoses of one bill."""
        known = {one.active for one in bill.diagnoses if one is not None}
        if not known - {None}:
            return None
        if False not in known:
            return ()
        findings = []
        for index, one in enumerate(bill.diagnoses):
            if one is not None and one.active is False:
                place = (
                    bill.lines[0].at if bill.desired and bill.lines else f"{bill.at}#{bill.kind}.diagnosis[{index}]"
                )
                evidence = (one.condition,) if one.condition else ()
                message = f"{one.code} was not active on the date of service"
                findings.append(self.finding(message, at=place, evidence=evidence))
        return findings


class ContentNotTherapy(DayRule):
    """The visit behind a psychotherapy charge is something else.

    ## What it does
    Fails when the participant's own visit, or the session that it is part of, is also typed as education, activity
    therapy, skills training or a rehabilitation group.

    ## Why it matters
    Music, recreation, education, meals and self-help are not psychotherapy, whoever leads them.

    ## References
    - AAPC article 139692: what is not billable as group psychotherapy.
    """

    code = "DOC10"
    name = "content-not-therapy"
    severity = Severity.ERROR
    remedy = "bill what took place, or correct the type of the visit"
    source = "AAPC article 139692, read 2026-11"
    confidence = "V"
    denial = ("50",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the visits behind the session lines of a day."""
        if not day.visits:
            return None
        findings = []
        judged = False
        types = {visit.reference: NOT_PSYCHOTHERAPY.intersection(visit.codes) for visit in day.visits}
        for line in day.lines:
            if line.encounter not in types or line.code not in SESSION_CODES:
                continue
            judged = True
            other = types[line.encounter]
            if other:
                message = f"{line.code} for a visit typed {', '.join(sorted(other))}, which is no psychotherapy"
                findings.append(self.finding(message, at=line.place(), evidence=(str(line.encounter),)))
        return findings if judged else None


class ComplexityNotShown(ClaimRule):
    """Interactive complexity is billed for a participant whose record doesn't show it.

    ## What it does
    For a line of 90785 looks for the flag in this participant's own record of the session. Fails when that
    record says no, or says nothing where another member's record does, so that it is kept here; else it may be
    kept elsewhere.

    ## Why it matters
    The add-on is for the people whose own communication made the session harder, never for the whole group.

    ## References
    - BCBSIL psychiatry policy and OAC 317:30-5-241.2: the list of factors.
    - AAPC article 146039: only for the members concerned.
    """

    code = "DOC14"
    name = "complexity-not-shown"
    severity = Severity.ERROR
    remedy = "record the factor, or drop 90785"
    source = "AAPC article 146039; BCBSIL CPCP051 (effective 2025-12-22)"
    confidence = "V"
    denial = ("50",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the add-on lines of one bill against the record."""
        participant = bill.participant
        if len(bill.lines) == 1 and bill.lines[0].code != "90785":
            return None
        lines = [line for line in bill.lines if line.code == "90785"]
        if participant is None or not lines:
            return None
        if participant.documentation.interactive_complexity or participant.member.interactive_complexity:
            return ()
        kept = "complexity" in participant.documentation.kept
        kept = kept or any(member.interactive_complexity for member in participant.session.members)
        verdict = Verdict.FAIL if kept else Verdict.NO_DATA
        message = "90785, but the participant's own record shows no factor of interactive complexity"
        return tuple(self.finding(message, at=line.place(), verdict=verdict) for line in lines)
