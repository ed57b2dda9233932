"""TIM: when a session took place and how long it lasted."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from ..charges.lines import timed_units
from ..model import Bill, Finding, Line, Participant, Severity, Verdict
from .rule import Context, LineRule, ParticipantRule, Rule
from .services import GROUP, SESSION_CODES, element, minimum_minutes, minutes_key, own_place, weight_of
from .tim_overlap import DateNotLocal, OverlappingServices, PractitionerInTwoPlaces

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI, page XI-34"
_USUAL = (45, 60)
_ONE_FAMILY = frozenset({"90846", "90847"})
_FAMILY_FROM = 26
"""More than half of the 50 minutes that the codes of one family stand for."""
_PARTS = (15, 30, 45, 60)


class UnitsFromMinutes(LineRule):
    """The units were computed from the length of the session.

    ## What it does
    Fails for a session code with more than one unit when the session was longer than an hour, or when the
    number is what its minutes make in parts of 15, 30, 45 or 60.

    ## Why it matters
    90853 stands for the session, even when it is longer than an hour. Units by time are denied as a whole.

    ## Options
    `unit_minutes`.

    ## References
    - Medicare NCCI Policy Manual 2026, page XI-34.
    """

    code = "TIM01"
    name = "units-from-minutes"
    severity = Severity.ERROR
    remedy = "bill 1 unit"
    source = _MANUAL
    confidence = "V"
    denial = ("151", "N362")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the quantity of one line against its time."""
        if line.code not in SESSION_CODES or not line.professional or bill.policy["unit_minutes"]:
            return None
        if line.units <= 1:
            return ()
        minutes = line.period.minutes
        if minutes is None:
            return None
        if minutes <= 60 and not any(line.units == round(minutes / part) for part in _PARTS):
            return ()
        message = f"{line.units} units for {minutes} minutes; {line.code} is 1 unit whatever its length"
        return (self.finding(message, at=element(line, "quantity")),)


class TimesNotRecorded(ParticipantRule):
    """Start or end of the session is not recorded.

    ## What it does
    Looks for both ends of the participant's own time, else the session's. Fails with an error where the payer
    has a minimum of minutes, else with a warning; also when the end comes before the start.

    ## Why it matters
    Missing times are what federal auditors found most often in psychotherapy records.

    ## Options
    `minutes.min`, `minutes.min_intermediate_care`.

    ## References
    - CGS, TPE psychotherapy notice of 2021-10-28: documentation of time.
    - HHS OIG, nationwide psychotherapy audit of 2020-21.
    """

    code = "TIM02"
    name = "times-not-recorded"
    severity = Severity.WARNING
    remedy = "record start and end"
    source = "CGS, TPE psychotherapy notice, 2021-10-28; HHS OIG, psychotherapy audit 2020-21"
    confidence = "V"
    denial = ("152", "226", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge whether both times are on file."""
        period = participant.member.period
        if period.start is not None and period.end is not None and period.start <= period.end:
            return ()
        missing = [word for word, end in (("start", period.start), ("end", period.end)) if end is None]
        message = f"no {' and '.join(missing)} time recorded" if missing else "the end is before the start"
        weight = weight_of(participant.policy, minutes_key(participant)) if minimum_minutes(participant) else None
        evidence = (participant.member.encounter,) if participant.member.encounter else ()
        return (self.finding(message, at=own_place(participant), severity=weight, evidence=evidence),)


class SessionTooShort(ParticipantRule):
    """The session was shorter than the payer asks for.

    ## What it does
    Compares the elapsed minutes of the participant with the policy's `minutes.min`, or
    `minutes.min_intermediate_care` for intermediate care. A limit that is only known from elsewhere warns. Where
    units are timed (`unit_minutes`), fails for minutes that make no unit.

    ## Why it matters
    Below the minimum the session is not reimbursable at all, not even in part.

    ## Options
    `minutes.min`, `minutes.min_intermediate_care`, `unit_minutes`.

    ## References
    - Conn. Agencies Regs. 17b-262-822 (45; 30 in intermediate care), 14 NYCRR 588.6 (60), 22 CCR 51505.3
      (90).
    """

    code = "TIM03"
    name = "session-too-short"
    severity = Severity.ERROR
    remedy = "check the recorded times"
    source = "Conn. Agencies Regs. 17b-262-822; 14 NYCRR 588.6; 22 CCR 51505.3, read 2026-11"
    confidence = "V"
    denial = ("152", "150")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the length for one participant's payer."""
        minimum, minutes = minimum_minutes(participant), participant.member.period.minutes
        unit = participant.policy["unit_minutes"]
        if unit and minutes is not None and not timed_units(minutes, unit):
            policy, message = participant.policy, f"{minutes} minutes make no unit of {unit}"
            source, weight = policy.source("unit_minutes") or None, weight_of(policy, "unit_minutes")
            return (self.finding(message, at=own_place(participant), severity=weight, source=source),)
        if not minimum or participant.session.code not in GROUP:
            return None
        if minutes is None:
            message = f"the length is not on file; the payer asks for {minimum} minutes"
            return (self.finding(message, at=own_place(participant), verdict=Verdict.NO_DATA),)
        if minutes >= minimum:
            return ()
        policy, key = participant.policy, minutes_key(participant)
        message = f"{minutes} minutes; the payer asks for {minimum}"
        at, weight = own_place(participant), weight_of(policy, key)
        return (self.finding(message, at=at, severity=weight, source=policy.source(key) or None),)


class UnusualLength(ParticipantRule):
    """The session was unusually short or long.

    ## What it does
    Where the payer has no minimum: warns below `minutes.warn_below` (30) and above `minutes.warn_above` (180)
    minutes, and says so outside the customary 45 to 60. For one family (90846, 90847) warns below 26 minutes.

    ## Why it matters
    The code is not timed, but a very short or very long session is often a slip of the clock, or no therapy.

    ## Options
    `minutes.min`, `minutes.warn_below`, `minutes.warn_above`.

    ## References
    - Summary of NGS LCD L33632 ("typically 45-60 minutes"), a secondary source; the outer limits are our own.
    - CPT time rule: a code of 50 minutes from 26 on, a secondary source.
    """

    code = "TIM04"
    name = "unusual-length"
    severity = Severity.WARNING
    remedy = "check the recorded times"
    source = "Summary of NGS LCD L33632, nextgen.com article rcm-5898, read 2026-11; outer limits our own"
    confidence = "V2"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the length of the session."""
        minutes, code = participant.member.period.minutes, participant.session.code
        if minutes is None or minimum_minutes(participant):
            return None
        if code in _ONE_FAMILY and minutes < _FAMILY_FROM:
            message = f"{minutes} minutes; {code} is a code of 50 minutes, from {_FAMILY_FROM} on"
            source = "CPT time rule (more than half of the time stated), by secondary sources"
            return (self.finding(message, at=own_place(participant), source=source),)
        if code not in GROUP:
            return None
        policy = participant.policy
        below, above = policy["minutes.warn_below"], policy["minutes.warn_above"]
        at = own_place(participant)
        if (below is not None and minutes < below) or (above is not None and minutes > above):
            return (self.finding(f"{minutes} minutes; usual is {_range(below, above)}", at=at),)
        if _USUAL[0] <= minutes <= _USUAL[1]:
            return ()
        message = f"{minutes} minutes; customary is {_USUAL[0]} to {_USUAL[1]}"
        return (self.finding(message, at=at, severity=Severity.INFORMATION),)


def _range(below: int | None, above: int | None) -> str:
    if below is None:
        return f"at most {above}"
    return f"at least {below}" if above is None else f"{below} to {above}"


class MoreUnitsThanMinutes(LineRule):
    """A timed service has more units than its minutes can hold.

    ## What it does
    Where the policy bills in timed units (`unit_minutes`, usually under another code, `session_code`),
    compares the quantity of a line on file with its recorded time.

    ## Why it matters
    Units beyond the time on record are taken back, and look like fraud when they repeat.

    ## Options
    `session_code`, `unit_minutes`.

    ## References
    - Wisconsin ForwardHealth code table 5807: a quantity of 1 stands for a stretch of time.
    """

    code = "TIM05"
    name = "more-units-than-minutes"
    severity = Severity.WARNING
    remedy = "bill the units that the time makes"
    source = "Wisconsin ForwardHealth, code table 5807, read 2026-11"
    confidence = "V2"
    denial = ("M53",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the quantity of one timed line."""
        length = bill.policy["unit_minutes"]
        if not length or line.code not in (bill.policy["session_code"] or {}).values():
            return None
        minutes = line.period.minutes
        if minutes is None:
            return (self.finding("no time on file", at=line.place(), verdict=Verdict.NO_DATA),)
        most = max(1, ceil(minutes / length))
        if line.units <= most:
            return ()
        message = f"{line.units} units of {length} minutes for {minutes} minutes; at most {most}"
        return (self.finding(message, at=element(line, "quantity")),)


RULES: tuple[type[Rule], ...] = (
    UnitsFromMinutes,
    TimesNotRecorded,
    SessionTooShort,
    UnusualLength,
    MoreUnitsThanMinutes,
    OverlappingServices,
    PractitionerInTwoPlaces,
    DateNotLocal,
)
