"""DOC: what each participant's record must hold about the session."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, Participant, PatientDay, Severity, Verdict
from .doc_note import IndividualNoteMissing, NoteNotSigned, NotesIdentical, SecondNoteMissing
from .rule import ClaimRule, Context, DayRule, ParticipantRule, Rule
from .services import NOT_PSYCHOTHERAPY, SESSION_CODES, no_data, own_place

_CGS = "CGS, TPE psychotherapy notice, 2021-10-28"


class SessionElementsMissing(ParticipantRule):
    """The record of the session has a date and nothing else.

    ## What it does
    Warns when neither a time nor a place of the session is on file. Where only one is missing it may be kept
    elsewhere; TIM02 speaks of times.

    ## Why it matters
    Date, times and place (or modality) are the head of every therapy note; a reviewer looks for them first.

    ## References
    - CGS, TPE psychotherapy notice of 2021-10-28.
    """

    code = "DOC01"
    name = "session-elements-missing"
    severity = Severity.WARNING
    source = _CGS
    confidence = "V"
    denial = ("226", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge what is on file about when and where."""
        period = participant.member.period
        timed = period.start is not None or period.end is not None
        placed = participant.facility is not None or participant.home or participant.modality != "in-person"
        if timed and placed:
            return ()
        if timed or placed:
            return (no_data(self, f"the {'place' if timed else 'time'} is not on file", participant),)
        message = "only the date of the session is recorded: no time, no place"
        return (self.finding(message, at=own_place(participant)),)


class NumberAttendingWrong(ParticipantRule):
    """The number attending in the record is not who attended.

    ## What it does
    Compares the number in the participant's own record with the members whose attendance is established. A
    missing number is GRP07's concern.

    ## Why it matters
    Two counts of one session cast doubt on both, and on every claim of the group.

    ## References
    - Summary of NGS LCD L33632, a secondary source.
    """

    code = "DOC02"
    name = "number-attending-wrong"
    severity = Severity.WARNING
    source = "Summary of NGS LCD L33632, nextgen.com article rcm-5898, read 2026-11"
    confidence = "V2"
    denial = ("50", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the recorded number."""
        count = participant.documentation.count
        if participant.policy["documentation"]["count"] == "off":
            return None
        if count is None:
            return (no_data(self, "no number attending on file", participant),)
        attended = participant.session.attended
        if count == attended:
            return ()
        message = f"the record says {count} attended; attendance is established for {attended}"
        return (self.finding(message, at=own_place(participant)),)


class TreatmentPlanMissing(ParticipantRule):
    """No treatment plan in force names group therapy.

    ## What it does
    Looks for a CarePlan of the patient that is active on the date and has an activity of the session's code.
    Fails where plans are kept here: the patient has a plan without group therapy, another member of the
    session has one with it, or the policy requires it (`documentation.plan`). Else it may be kept elsewhere.

    ## Why it matters
    Medicare pays for treatment under an individual plan with type, amount, frequency, duration, diagnosis and
    goals. Auditors of one provider failed 111 of 120 claims over plans.

    ## References
    - CGS, TPE psychotherapy notice of 2021-10-28.
    - HHS OIG, A-02-19-01012.
    """

    code = "DOC06"
    name = "treatment-plan-missing"
    severity = Severity.WARNING
    source = f"{_CGS}; HHS OIG A-02-19-01012"
    confidence = "V"
    denial = ("50", "M135")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the plans on file."""
        stance = participant.policy["documentation"]["plan"]
        if stance == "off":
            return None
        record = participant.documentation
        if record.plan is not None:
            return ()
        code = participant.session.code
        if record.plans_on_file:
            message = f"no treatment plan in force on the date names {code}"
        elif stance == "required" or "plan" in record.kept:
            message = f"no treatment plan with {code} is on file"
        else:
            return (no_data(self, f"no treatment plan with {code} is on file", participant),)
        return (self.finding(message, at=own_place(participant)),)


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
    source = "ICD-10-CM Official Guidelines for Coding and Reporting, section IV"
    confidence = "R-hi"
    denial = ("50",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the diagnoses of one bill."""
        known = [one for one in bill.diagnoses if one is not None and one.active is not None]
        if not known:
            return None
        if all(one.active for one in known):
            return ()
        findings = []
        for index, one in enumerate(bill.diagnoses):
            if one is not None and one.active is False:
                place = (
                    bill.lines[0].at
                    if bill.desired and bill.lines
                    else f"{bill.at}#{bill.kind}.diagnosis[{index}]"
                )
                evidence = (one.condition,) if one.condition else ()
                message = f"{one.code} was not active on the date of service"
                findings.append(self.finding(message, at=place, evidence=evidence))
        return findings


class ContentNotTherapy(DayRule):
    """The visit behind a psychotherapy charge is something else.

    ## What it does
    Fails when the participant's own visit is also typed as education, activity therapy, skills training or a
    rehabilitation group.

    ## Why it matters
    Music, recreation, education, meals and self-help are not psychotherapy, whoever leads them.

    ## References
    - AAPC article 139692: what is not billable as group psychotherapy.
    """

    code = "DOC10"
    name = "content-not-therapy"
    severity = Severity.ERROR
    source = "AAPC article 139692, read 2026-11"
    confidence = "V"
    denial = ("50",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the visits behind the session lines of a day."""
        findings = []
        judged = False
        types = {visit.reference: NOT_PSYCHOTHERAPY.intersection(visit.codes) for visit in day.visits}
        for line in day.lines:
            if line.encounter not in types or line.code not in SESSION_CODES:
                continue
            judged = True
            other = types[line.encounter]
            if other:
                message = (
                    f"{line.code} for a visit typed {', '.join(sorted(other))}, which is no psychotherapy"
                )
                findings.append(self.finding(message, at=line.place(), evidence=(str(line.encounter),)))
        return findings if judged else None


class TelehealthConsentMissing(ParticipantRule):
    """No consent to telehealth is recorded.

    ## What it does
    For a remote participant looks for the consent. Fails where it was refused, or where another member of the
    session has one on file; else it may be kept elsewhere. Why video was not used is TEL07's concern.

    ## Why it matters
    Many states and payers ask for it once a year or at every visit; without it the session is taken back.

    ## References
    - AAFP, FPM blog "Medicare telehealth 2025".
    """

    code = "DOC11"
    name = "telehealth-consent-missing"
    severity = Severity.WARNING
    source = 'AAFP, FPM blog "Medicare telehealth 2025", read 2026-11'
    confidence = "V"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the consent of one remote participant."""
        if participant.modality == "in-person":
            return None
        record = participant.documentation
        if record.telehealth_consent:
            return ()
        if record.telehealth_consent is False:
            return (self.finding("consent to telehealth was not given", at=own_place(participant)),)
        if "consent" in record.kept:
            return (self.finding("no consent to telehealth is on file", at=own_place(participant)),)
        return (no_data(self, "no consent to telehealth is on file", participant),)


class PlanReviewOverdue(ParticipantRule):
    """The review of the treatment plan is overdue.

    ## What it does
    Warns when the plan in force names a review that was due before the date of service.

    ## Why it matters
    Medicaid programs ask for a review every 90 days or six months, and deny what follows a missed one.

    ## References
    - Practice of Medicaid programs; no single rule was read.
    """

    code = "DOC13"
    name = "plan-review-overdue"
    severity = Severity.WARNING
    source = "Practice of Medicaid programs; no single rule was read"
    confidence = "R-lo"
    denial = ("M135",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the review date of the plan."""
        due = participant.documentation.plan_review_due
        if due is None or participant.policy["documentation"]["plan"] == "off":
            return None
        on = participant.session.date_of_service
        if on <= due:
            return ()
        return (self.finding(f"the plan was due for review on {due}", at=own_place(participant)),)


class ComplexityNotShown(ClaimRule):
    """Interactive complexity is billed for a participant whose record doesn't show it.

    ## What it does
    For a line of 90785 looks for the flag in this participant's own record of the session. Fails when another
    member's record has it, so that it is kept here; else it may be kept elsewhere.

    ## Why it matters
    The add-on is for the people whose own communication made the session harder, never for the whole group.

    ## References
    - BCBSIL psychiatry policy and OAC 317:30-5-241.2: the list of factors.
    - AAPC article 146039: only for the members concerned.
    """

    code = "DOC14"
    name = "complexity-not-shown"
    severity = Severity.ERROR
    source = "AAPC article 146039; BCBSIL CPCP051 (effective 2025-12-22)"
    confidence = "V"
    denial = ("50",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the add-on lines of one bill against the record."""
        participant = bill.participant
        lines = [line for line in bill.lines if line.code == "90785"]
        if participant is None or not lines:
            return None
        if participant.documentation.interactive_complexity or participant.member.interactive_complexity:
            return ()
        kept = any(member.interactive_complexity for member in participant.session.members)
        verdict = Verdict.FAIL if kept else Verdict.NO_DATA
        message = "90785, but the participant's own record shows no factor of interactive complexity"
        return tuple(self.finding(message, at=line.place(), verdict=verdict) for line in lines)


RULES: tuple[type[Rule], ...] = (
    SessionElementsMissing,
    NumberAttendingWrong,
    IndividualNoteMissing,
    NotesIdentical,
    TreatmentPlanMissing,
    DiagnosisNotActive,
    NoteNotSigned,
    ContentNotTherapy,
    TelehealthConsentMissing,
    SecondNoteMissing,
    PlanReviewOverdue,
    ComplexityNotShown,
)
