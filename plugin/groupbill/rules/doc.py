"""DOC: what each participant's record must hold about the session."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Participant, Severity
from .crowd import crowd
from .doc_content import ComplexityNotShown, ContentNotTherapy, DiagnosisNotActive
from .doc_note import IndividualNoteMissing, NoteNotSigned, NotesIdentical, SecondNoteMissing
from .rule import Context, ParticipantRule, Rule
from .services import no_data, own_place

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
    remedy = "record time and place"
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

    ## Options
    `documentation`.

    ## References
    - Summary of NGS LCD L33632, a secondary source.
    """

    code = "DOC02"
    name = "number-attending-wrong"
    severity = Severity.WARNING
    remedy = "correct the number or the attendance"
    source = "Summary of NGS LCD L33632, nextgen.com article rcm-5898, read 2026-11"
    confidence = "V2"
    denial = ("50", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the recorded number."""
        count = participant.documentation.count
        if count is None or participant.policy["documentation"]["count"] == "off":
            return None
        attended = crowd(participant.session).attended
        if count == attended:
            return ()
        message = f"the record says {count} attended; attendance is established for {attended}"
        return (self.finding(message, at=own_place(participant)),)


class TreatmentPlanMissing(ParticipantRule):
    """No treatment plan in force names group therapy.

    ## What it does
    Looks for a CarePlan of the patient that is active on the date and has an activity of the session's code.
    Fails where plans are kept here: the patient has a plan without group therapy, another member of the
    session has a plan, or the policy requires it (`documentation.plan`). Else it may be kept elsewhere. A
    CarePlan counts where an activity is coded as a service that is billed; those of other care don't.

    ## Why it matters
    Medicare pays for treatment under an individual plan with type, amount, frequency, duration, diagnosis and
    goals. Auditors of one provider failed 111 of 120 claims over plans.

    ## Options
    `documentation`.

    ## References
    - CGS, TPE psychotherapy notice of 2021-10-28.
    - HHS OIG, A-02-19-01012.
    """

    code = "DOC06"
    name = "treatment-plan-missing"
    severity = Severity.WARNING
    remedy = "put group therapy into the plan"
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
    remedy = "record the consent"
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

    ## Options
    `documentation`.

    ## References
    - Practice of Medicaid programs; no single rule was read.
    """

    code = "DOC13"
    name = "plan-review-overdue"
    severity = Severity.WARNING
    remedy = "review the plan"
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
