"""CHG: whether a charge is due at all, for whom, and at which price."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, Line, Participant, Severity
from .chg_bill import (
    ClaimForSelfPay,
    NotAPatient,
    OtherPersonNamed,
    PriceMissing,
    RepeatedCharge,
    ServiceNotFinished,
)
from .rule import Context, LineRule, ParticipantRule, Rule
from .services import SESSION_CODES, element, minimum_minutes, minutes_key, own_place, weight_of

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI, page XI-34"


class UnitsPerParticipant(LineRule):
    """The line does not bill exactly one unit for one participant.

    ## What it does
    Looks at lines of 90853, 90849, 90847 and 90846 on professional bills and fails when the quantity is not
    1, whether it counts heads, hours or quarters of an hour. Payers with timed units are left to TIM05.

    ## Why it matters
    Group therapy is billed once per person and session. A quantity of the size of the group on one patient's
    claim bills the others' therapy to that patient; payers deny all units of the line.

    ## Options
    `unit_minutes`.

    ## References
    - Medicare NCCI Policy Manual 2026, page XI-34: one unit per session, whatever its length.
    - AAPC articles 139692 and 146039: each participant is billed separately.
    """

    code = "CHG01"
    name = "units-per-participant"
    severity = Severity.ERROR
    remedy = "bill 1 unit"
    source = _MANUAL
    confidence = "V"
    denial = ("151", "N362", "16")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the quantity of one line."""
        if line.code not in SESSION_CODES or not line.professional or bill.policy["unit_minutes"]:
            return None
        if line.units == 1:
            return ()
        message = f"{line.code} is billed with {line.units} units; it is 1 per participant and session"
        return (self.finding(message, at=element(line, "quantity")),)


class AttendanceNotEstablished(ParticipantRule):
    """Nobody can tell whether the participant was there.

    ## What it does
    Warns where attendance is unverified or contradictory (the charge is held), and where a weaker record
    speaks against the one that counted. Fails with an error where a bill exists for somebody who was not
    there.

    ## Why it matters
    Only documented attendance may be billed; a roster or an appointment is an intention. Charges for people
    who stayed away are the first thing an audit takes back.

    ## References
    - AAPC forum 87401: attendance must be documented (secondary source).
    - CARC B7 and 16, as payers answer.
    """

    code = "CHG02"
    while_open = True
    name = "attendance-not-established"
    severity = Severity.WARNING
    remedy = "settle in the record who was there"
    source = "AAPC forum thread 87401, read 2026-11"
    confidence = "V2"
    denial = ("16", "B7")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the attendance behind one charge."""
        attendance = participant.member.attendance
        if attendance is not None and attendance.present and not attendance.conflict:
            return ()
        against = tuple(record.source for record in attendance.against) if attendance else ()
        kinds = ", ".join(dict.fromkeys(record.kind for record in attendance.against)) if attendance else ""
        if attendance is None or attendance.present is None:
            reason = (attendance and attendance.reason) or "attendance-unverified"
            if kinds and reason == "attendance-conflict":
                of_another_day = attendance is not None and attendance.source in against
                reason = f"{reason}: {'the visit is of another day than the session' if of_another_day else kinds}"
            billed = any(not line.desired for line in participant.lines)
            message = f"attendance is not established ({reason})" + ("" if billed else "; the charge is held")
            return (self.finding(message, at=own_place(participant), evidence=against),)
        if not attendance.present:
            message = f"billed, but the record says {attendance.reason or 'not-attended'}"
            return (self.finding(message, at=own_place(participant), severity=Severity.ERROR, evidence=against),)
        message = f"a weaker record ({kinds}) speaks against attendance by {attendance.evidence}"
        return (self.finding(message, at=own_place(participant), evidence=against),)


class PartialAttendance(ParticipantRule):
    """The participant was there for too small a part of the session.

    ## What it does
    Compares the participant's own time with the session's. Fails where it is below the minutes that the payer
    asks for although the session was long enough; warns below the share of the session set by
    `minutes.attended_share` (half, by default).

    ## Why it matters
    A payer with a minimum pays for the minutes that this patient was treated. Below half of a session it is
    doubtful that the therapy took place at all.

    ## Options
    `minutes.min`, `minutes.min_intermediate_care`, `minutes.attended_share`.

    ## References
    - 22 CCR 51505.3, 14 NYCRR 588.6, Conn. Agencies Regs. 17b-262-822: minimum minutes.
    - The share of one half is groupbill's own default.
    """

    code = "CHG06"
    name = "partial-attendance"
    severity = Severity.WARNING
    remedy = "check the recorded times"
    source = "14 NYCRR 588.6 and 22 CCR 51505.3, read 2026-11; the share is groupbill's own default"
    confidence = "R-lo"
    denial = ("152",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the time of one participant."""
        mine, all_of_it = participant.member.period, participant.session.period
        if mine.end is not None and mine.end == all_of_it.end and mine.start == all_of_it.start:
            return ()
        own, whole = mine.minutes, all_of_it.minutes
        if own is None or whole is None:
            return None
        if own >= whole:
            return ()
        minimum = minimum_minutes(participant)
        if minimum and own < minimum <= whole:
            message = f"present for {own} of {whole} minutes; the payer pays from {minimum} minutes"
            policy, key = participant.policy, minutes_key(participant)
            weight, source = weight_of(policy, key), policy.source(key) or None
            return (self.finding(message, at=own_place(participant), severity=weight, source=source),)
        share = participant.policy["minutes.attended_share"]
        if share and own < float(share) * whole:
            message = f"present for {own} of {whole} minutes, less than {float(share):.0%}"
            return (self.finding(message, at=own_place(participant)),)
        return ()


RULES: tuple[type[Rule], ...] = (
    UnitsPerParticipant,
    AttendanceNotEstablished,
    NotAPatient,
    ServiceNotFinished,
    ClaimForSelfPay,
    PartialAttendance,
    RepeatedCharge,
    PriceMissing,
    OtherPersonNamed,
)
