"""PRV, continued: what some payers ask for, and settings they don't pay."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, Participant, Severity
from .prv_identity import billing_of
from .rule import ClaimRule, Context, ParticipantRule
from .services import GROUP, bill_place, is_claim, is_medicare, own_place, weight_of

_INPATIENT_PLACES = frozenset({"21", "51", "61"})
"""CMS place of service: inpatient hospital, inpatient psychiatric facility, inpatient rehabilitation."""


class ReferralMissing(ClaimRule):
    """The payer asks for a referral, and there is none.

    ## What it does
    Where the policy has `referral_required`, looks for the referral of the patient.

    ## Why it matters
    TRICARE pays supervised counselors only with a physician's referral, and active members only with their
    own doctor's. Nobody can add it after the fact.

    ## Options
    `referral_required`.

    ## References
    - TRICARE Policy Manual 6010.60-M, chapter 7, sections 3.8 and 3.11.
    """

    code = "PRV11"
    name = "referral-missing"
    severity = Severity.ERROR
    remedy = "get the referral"
    source = "TRICARE Policy Manual 6010.60-M, chapter 7, sections 3.8 and 3.11"
    confidence = "V"
    denial = ("288", "N286")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the referral of one claim."""
        if not is_claim(bill) or not bill.policy["referral_required"]:
            return None
        stated = bill.participant.referral if bill.participant is not None else None
        if stated is not None or (bill.resource is not None and bill.resource.get("referral")):
            return ()
        message = f"{bill.policy.id} asks for a referral; none is on file"
        weight, source = weight_of(bill.policy, "referral_required"), bill.policy.source("referral_required")
        return (self.finding(message, at=bill_place(bill, "referral"), severity=weight, source=source or None),)


class ClinicVisitNotPaid(ClaimRule):
    """Medicare doesn't pay a group session of an FQHC or RHC.

    ## What it does
    Fails for Medicare claims of group therapy whose billing provider is a Federally Qualified or Rural Health
    Clinic, by its taxonomy or by place of service 50 or 72.

    ## Why it matters
    These clinics are paid per visit, and a visit is one-on-one. A group alone is none.

    ## References
    - Medicare Benefit Policy Manual, chapter 13, section 40 (via NGS).
    """

    code = "PRV12"
    name = "clinic-visit-not-paid"
    severity = Severity.ERROR
    remedy = "do not bill it as a visit"
    source = "Medicare Benefit Policy Manual, chapter 13, section 40 (via ngsmedicare.com, read 2026-11)"
    confidence = "V"
    denial = ("96", "170")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the group lines of one claim by its billing provider."""
        lines = [line for line in bill.lines if line.code in GROUP]
        if not is_claim(bill) or not lines or not is_medicare(bill.policy):
            return None
        billing = billing_of(bill)
        if not (billing is not None and billing.fqhc) and not any(
            line.place_of_service in ("50", "72") for line in lines
        ):
            return ()
        message = "a group session is no visit that Medicare pays an FQHC or RHC"
        return tuple(self.finding(message, at=line.place()) for line in lines)


class PatientIsInpatient(ParticipantRule):
    """The patient was in hospital, and the place of service says otherwise.

    ## What it does
    Looks for an inpatient stay that covers the session, and reports a session at another place of service
    than an inpatient one. A warning; the TRICARE policy makes it an error.

    ## Why it matters
    While somebody is an inpatient, their care is in the hospital's bill or at its place of service. An
    outpatient claim is denied.

    ## References
    - TRICARE Policy Manual 6010.60-M, chapter 7, section 3.8.
    """

    code = "PRV13"
    name = "patient-is-inpatient"
    severity = Severity.WARNING
    remedy = "bill the place where the patient was, or leave it to the hospital"
    source = "TRICARE Policy Manual 6010.60-M, chapter 7, section 3.8"
    confidence = "V"
    denial = ("97", "58")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the place of service of an inpatient."""
        if participant.inpatient is None:
            return None
        if participant.place_of_service in _INPATIENT_PLACES:
            return ()
        message = f"an inpatient stay covers the session; place of service is {participant.place_of_service}"
        return (self.finding(message, at=own_place(participant), evidence=(participant.inpatient,)),)
