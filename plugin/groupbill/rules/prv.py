"""PRV: who may be paid for the session."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Participant, Rendering, Severity
from .prv_claim import CounselorOnClaim, EligibleOnClaim, LimitedOnClaim
from .prv_identity import BillingProviderIncomplete, FacilityMissing, NpiInvalid
from .prv_payer import ClinicVisitNotPaid, PatientIsInpatient, ReferralMissing
from .prv_team import CoLeaders, SplitSession
from .rule import Context, ParticipantRule, Rule
from .services import COUNSELLORS, COUNSELLORS_FROM, is_medicare, limited, no_data, own_place


class PractitionerNotEligible(ParticipantRule):
    """The payer does not pay this kind of practitioner.

    ## What it does
    Compares the practitioner's taxonomy codes with the policy's `rendering.taxonomies` (a code, or the
    beginning of one). Counselors before their first day with Medicare are PRV02's concern, people under
    supervision PRV04's.

    ## Why it matters
    Payers enrol kinds of practitioners, and deny the rest whatever their skill.

    ## Options
    `rendering.taxonomies`.

    ## References
    - 42 CFR 410.71 to 410.76 and the NUCC taxonomy 25.1: who may bill Medicare for psychotherapy.
    """

    code = "PRV01"
    name = "practitioner-not-eligible"
    severity = Severity.ERROR
    remedy = "bill a practitioner whom the payer takes"
    source = "42 CFR 410.71 to 410.76; NUCC provider taxonomy 25.1"
    confidence = "R-hi"
    denial = ("8", "170", "185", "B7", "N95")
    parts = (EligibleOnClaim,)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the taxonomy of every paid leader."""
        allowed = participant.policy["rendering.taxonomies"]
        if not allowed or not participant.rendering:
            return None
        return tuple(self._judge(participant, tuple(allowed)))

    def _judge(self, participant: Participant, allowed: tuple[str, ...]) -> Iterable[Finding]:
        for rendering in participant.rendering:
            codes = rendering.taxonomies
            if not codes:
                yield no_data(self, "the practitioner's taxonomy is not on file", participant)
            elif not any(code.startswith(allowed) for code in codes) and not (
                limited(codes) or _too_early(codes, participant)
            ):
                message = f"{participant.policy.id} does not pay taxonomy {', '.join(codes)} for group therapy"
                source = participant.policy.source("rendering.taxonomies") or None
                yield self.finding(message, at=own_place(participant), source=source)


def _too_early(codes: tuple[str, ...], participant: Participant) -> bool:
    """Whether Medicare is billed for a counselor before it paid any."""
    return (
        participant.session.date_of_service < COUNSELLORS_FROM
        and bool(codes)
        and COUNSELLORS.issuperset(codes)
        and is_medicare(participant.policy)
    )


class CounselorBeforeMedicarePaid(ParticipantRule):
    """Medicare is billed for a counselor before it paid counselors.

    ## What it does
    Fails for marriage and family therapists and mental health counselors on dates before 2024-01-01.

    ## Why it matters
    The law opened Part B to them on that day; earlier services are denied for good.

    ## References
    - Consolidated Appropriations Act 2023, section 4121; AAPC article 178795.
    """

    code = "PRV02"
    name = "counselor-before-medicare-paid"
    severity = Severity.ERROR
    remedy = "do not bill Medicare for that date"
    source = "Consolidated Appropriations Act 2023, section 4121; AAPC article 178795"
    confidence = "V"
    denial = ("B7", "N95")
    parts = (CounselorOnClaim,)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge counselors by the date of service."""
        codes = {code for rendering in participant.rendering for code in rendering.taxonomies} & COUNSELLORS
        if not codes or not is_medicare(participant.policy):
            return None
        if not any(_too_early(rendering.taxonomies, participant) for rendering in participant.rendering):
            return ()
        message = f"Medicare pays {', '.join(sorted(codes))} from {COUNSELLORS_FROM} on"
        return (self.finding(message, at=own_place(participant)),)


class LicenceNotActive(ParticipantRule):
    """The practitioner's licence or role was not active on the date.

    ## What it does
    Fails when the PractitionerRole is inactive or out of its period, and when every dated qualification on
    file had ended or not yet begun. Without a qualification on file, or with a taxonomy code alone, it can't
    tell.

    ## Why it matters
    Services without a licence are not covered, and enrolment ends with it.

    ## References
    - CARC B7: not certified or eligible on the date of service.
    """

    code = "PRV03"
    name = "licence-not-active"
    severity = Severity.ERROR
    remedy = "correct the licence or role on file, or do not bill"
    source = "X12 claim adjustment reason code B7"
    confidence = "R-hi"
    denial = ("B7", "N570")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge role and licence of every paid leader."""
        if not participant.rendering:
            return None
        findings = []
        for rendering in participant.rendering:
            finding = self._judge(rendering, participant)
            if finding is not None:
                findings.append(finding)
        return findings

    def _judge(self, rendering: Rendering, participant: Participant) -> Finding | None:
        at, on = own_place(participant), participant.session.date_of_service
        if rendering.role_active is False:
            evidence = (rendering.role,) if rendering.role else ()
            return self.finding("the practitioner's role was not active", at=at, evidence=evidence)
        dated = [each for each in rendering.qualifications if each.start or each.end]
        if not dated and all(each.code in rendering.taxonomies for each in rendering.qualifications):
            return no_data(self, "no licence of the practitioner is on file", participant)
        for each in dated:
            if (not each.start or each.start <= on) and (not each.end or on <= each.end):
                return None
        if not dated:
            return None
        evidence = (rendering.practitioner,) if rendering.practitioner else ()
        return self.finding(f"no licence on file covers {on}", at=at, evidence=evidence)


class LimitedLicence(ParticipantRule):
    """The claim goes out under somebody who may only work under supervision.

    ## What it does
    Fails for students, interns, nurses, technicians and peers in their own name. Where the payer takes
    supervised services (`rendering.supervised` = `supervisor`) and the record says `incident-to`, the
    supervisor is billed instead and this rule is content.

    ## Why it matters
    Payers pay the licence, not the hours.

    ## Options
    `rendering.supervised`.

    ## References
    - Noridian, mental health page: who may bill.
    - TMPPM 2016, Behavioral Health Handbook 4.2: who may bill for people they supervise.
    """

    code = "PRV04"
    name = "limited-licence"
    severity = Severity.ERROR
    remedy = "bill the supervisor where the payer takes that, and record incident-to"
    source = "Noridian, mental health services; TMPPM 2016, Behavioral Health Handbook 4.2, read 2026-11"
    confidence = "V"
    denial = ("170", "185", "N95")
    parts = (LimitedOnClaim,)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge whether every paid leader may bill in their own name."""
        if not participant.rendering:
            return None
        wrong = [one for one in participant.rendering if limited(one.taxonomies)]
        if not wrong:
            return ()
        may = participant.policy["rendering.supervised"] == "supervisor"
        if not may:
            hint = "; the payer takes no supervised services"
        elif wrong[0].supervisor is None:
            hint = "; no supervisor is on file"
        else:
            hint = "; the record does not say incident-to"
        message = f"taxonomy {', '.join(wrong[0].taxonomies)} may not bill in its own name{hint}"
        return (self.finding(message, at=own_place(participant)),)


class IncidentToWithoutSupervisor(ParticipantRule):
    """An incident-to service does not go out under the supervisor.

    ## What it does
    For services recorded as incident-to: fails when the payer does not take them, when no supervisor is on
    file, or when the line names somebody else. From 2023-01-01 general supervision is enough for behavioral
    health.

    ## Why it matters
    Only the supervising practitioner may be paid, under their own NPI.

    ## References
    - 42 CFR 410.26, as amended by the CY 2023 physician fee schedule; bassberry.com on it, a secondary
      source.
    """

    code = "PRV05"
    name = "incident-to-without-supervisor"
    severity = Severity.WARNING
    remedy = "bill the supervising practitioner"
    source = "42 CFR 410.26 as amended by the CY 2023 PFS final rule (via bassberry.com, read 2026-11)"
    confidence = "V2"
    denial = ("185",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the practitioner of an incident-to service."""
        if not participant.documentation.incident_to:
            return None
        return tuple(
            self.finding(message, at=own_place(participant))
            for rendering in participant.rendering
            if (message := _not_supervised(rendering, participant)) is not None
        )


def _not_supervised(rendering: Rendering, participant: Participant) -> str | None:
    if participant.policy["rendering.supervised"] != "supervisor":
        return f"recorded as incident-to, which {participant.policy.id} does not take"
    if rendering.supervisor is None:
        return "recorded as incident-to, but no supervisor is on file"
    if rendering.performed_by is None and rendering.practitioner != rendering.supervisor:
        return "recorded as incident-to, but not billed under the supervisor"
    return None


RULES: tuple[type[Rule], ...] = (
    PractitionerNotEligible,
    CounselorBeforeMedicarePaid,
    LicenceNotActive,
    LimitedLicence,
    IncidentToWithoutSupervisor,
    CoLeaders,
    SplitSession,
    NpiInvalid,
    BillingProviderIncomplete,
    FacilityMissing,
    ReferralMissing,
    ClinicVisitNotPaid,
    PatientIsInpatient,
)
