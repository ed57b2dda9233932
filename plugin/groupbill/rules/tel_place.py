"""TEL: the place of service of telehealth, and what it is paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..model import Bill, Finding, Line, Participant, Severity, Verdict
from .modifiers import REMOTE, REMOTE_PLACES
from .rule import Context, LineRule
from .services import element, is_medicare, weight_of

_HOME_FROM = date(2022, 1, 1)
_RATES_FROM = date(2024, 1, 1)
_LISTED_FROM = date(2021, 1, 1)
_HOSPITAL = frozenset({"19", "21", "22"})
_THERAPISTS = ("970", "971", "975", "9250")
"""Beginnings of codes of physical, occupational and speech therapy: their telehealth has rules of its own."""
_LISTED = frozenset({"90853", "90847", "90846"})


def is_remote(line: Line, bill: Bill) -> bool:
    """Whether a line claims or is known to be live telehealth."""
    if line.modifiers and not REMOTE.isdisjoint(line.modifiers):
        return True
    if bill.participant is not None:
        return bill.participant.modality != "in-person"
    return line.place_of_service in REMOTE_PLACES


def _at_place(line: Line) -> str:
    return element(line, "locationCodeableConcept")


class PlaceOfParticipant(LineRule):
    """The place of service is not where this participant was.

    ## What it does
    Judges each participant by themselves: in the room the place of the session, at home by video or phone 10,
    elsewhere 02. Fails where the place can't be told (hospital classes without a Location), or a bill on file says
    another; warns where it was taken from the settings. Fails for a code that is no place of service. A line of a
    professional claim without one is no data.

    ## Why it matters
    In a group some are in the room and some are not. One place for all makes part of the claims wrong.

    ## Options
    `remote_place_of_service` of the settings, `telehealth_place_required` of the policy.

    ## References
    - CMS transmittal 11045 (CR 12427), 2021-10-13.
    """

    code = "TEL01"
    name = "place-of-participant"
    severity = Severity.ERROR
    remedy = "record where the participant was"
    source = "CMS transmittal 11045 (CR 12427), 2021-10-13"
    confidence = "V"
    denial = ("5", "58", "M77")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the place of one line."""
        place, participant = line.place_of_service, bill.participant
        if place is not None and context.reference.place_of_service(place) is None:
            return (self.finding(f"{place[:10]!r} is no place of service code", at=_at_place(line)),)
        if place is None and not line.desired and bill.kind == "Claim" and bill.professional:
            message = "no place of service is on the line"
            return (self.finding(message, at=_at_place(line), verdict=Verdict.NO_DATA),)
        if participant is None:
            return None
        if line.desired:
            return self._derived(line, participant)
        if place is None:
            return None
        wrong = _contradiction(place, participant, required=bool(bill.policy["telehealth_place_required"]))
        return () if wrong is None else (self.finding(wrong, at=_at_place(line), evidence=_seen(participant)),)

    def _derived(self, line: Line, participant: Participant) -> tuple[Finding, ...]:
        if line.place_of_service is None:
            message = "the place of service can't be told: the visit names no Location"
            return (self.finding(message, at=line.at, evidence=_seen(participant)),)
        if participant.place_assumed:
            message = f"where the participant was is not recorded; {line.place_of_service} is taken from the settings"
            return (self.finding(message, at=line.at, severity=Severity.WARNING, evidence=_seen(participant)),)
        return ()


def _contradiction(place: str, participant: Participant, *, required: bool) -> str | None:
    """What is wrong with the place of a bill on file."""
    remote, telehealth = participant.modality != "in-person", place in REMOTE_PLACES
    if not remote:
        return f"place of service {place} is for telehealth; the participant was in the room" if telehealth else None
    if not telehealth:
        hospital = place in _HOSPITAL and participant.home
        return None if hospital or not required else f"place of service {place}; the participant was remote"
    known = participant.place_of_service
    if participant.place_assumed or known is None or known == place:
        return None
    return f"place of service {place}; by the record it is {known}"


def _seen(participant: Participant) -> tuple[str, ...]:
    own = participant.member.encounter or participant.session.encounter
    return (own,) if own else ()


class HomeBeforeItsTime(LineRule):
    """Place of service 10 is used before it existed.

    ## What it does
    Fails for 10 on a date before 2022-01-01.

    ## Why it matters
    Until then telehealth was 02 wherever the patient was, or the place of an ordinary visit with 95.

    ## References
    - CMS transmittal 11045 (CR 12427): effective 2022-01-01, implemented by Medicare on 2022-04-04.
    """

    code = "TEL02"
    name = "home-before-its-time"
    severity = Severity.ERROR
    remedy = "bill 02"
    source = "CMS transmittal 11045 (CR 12427), 2021-10-13"
    confidence = "V"
    denial = ("M77",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge a 10 of one line by its date."""
        if line.place_of_service != "10" or line.date is None:
            return None
        if line.date >= _HOME_FROM:
            return ()
        message = f"place of service 10 is valid from {_HOME_FROM}, the service was on {line.date}"
        return (self.finding(message, at=_at_place(line)),)


class FacilityRate(LineRule):
    """Telehealth with place of service 02 is paid at the facility rate.

    ## What it does
    Says so for Medicare from 2024-01-01. With 10 (home) the higher rate is paid.

    ## Why it matters
    The rates of 90853 differ by a fifth in 2026. Where the patient was at home, 10 is right and pays more.

    ## References
    - CMS transmittal 12671, as reported by compliancecosmos.org, 2024-06-10 (secondary source).
    """

    code = "TEL03"
    name = "facility-rate"
    severity = Severity.INFORMATION
    remedy = "bill 10 where the patient was at home"
    source = "CMS transmittal 12671, as reported by compliancecosmos.org, 2024-06-10"
    confidence = "V2"

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Tell what the place of one line is paid."""
        place = line.place_of_service
        if place not in REMOTE_PLACES or line.date is None or line.date < _RATES_FROM:
            return None
        if not is_medicare(bill.policy):
            return None
        if place == "10":
            return ()
        return (self.finding("Medicare pays place of service 02 at the facility rate", at=_at_place(line)),)


class TelehealthElsewhere(LineRule):
    """A telehealth line has a place of service that is not for telehealth.

    ## What it does
    Where the policy says `telehealth_place_required`, fails for a line with 95, GT, 93 or FQ, or of a participant
    known to be remote, whose place is neither 02 nor 10 (for Medicare from 2024-01-01). A clinician in the hospital
    with the patient at home is left out, and so are physical, occupational and speech therapy.

    ## Why it matters
    11 with 95 was the way of the emergency years. Since 2024 it contradicts itself and is denied.

    ## Options
    `telehealth_place_required`.

    ## References
    - NGS, Telehealth Changes for 2024: Modifier 95 and Place of Service Codes.
    """

    code = "TEL04"
    name = "telehealth-elsewhere"
    severity = Severity.ERROR
    remedy = "bill 10 where the patient was at home, else 02"
    source = "NGS, Telehealth Changes for 2024: Modifier 95 and Place of Service Codes"
    confidence = "V"
    denial = ("5", "M77")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the place of one telehealth line."""
        place = line.place_of_service
        if place is None or not is_remote(line, bill) or not bill.policy["telehealth_place_required"]:
            return None
        if line.code.startswith(_THERAPISTS):
            return None
        home = bill.participant is not None and bill.participant.home
        if place in REMOTE_PLACES or (place in _HOSPITAL and home):
            return ()
        seen = [modifier for modifier in line.modifiers if modifier in REMOTE]
        what = f"telehealth ({' '.join(seen)})" if seen else "telehealth"
        message = f"{what} with place of service {place}; 02 or 10 is expected"
        key = "telehealth_place_required"
        weight, source = weight_of(bill.policy, key), bill.policy.source(key) or None
        return (self.finding(message, at=_at_place(line), severity=weight, source=source),)


class BeforeListed(LineRule):
    """The service was by telehealth before Medicare listed it for good.

    ## What it does
    Warns for telehealth of 90853, 90847 and 90846 to Medicare before 2021-01-01.

    ## Why it matters
    The list of that year's rule made them permanent; before it only the emergency rules paid for them.

    ## References
    - CY2021 physician fee schedule rule; its proposed list as shown by connectwithcare.org (secondary source).
    """

    code = "TEL10"
    name = "before-listed"
    severity = Severity.WARNING
    remedy = "look up the emergency rules of that date"
    source = "CY2021 physician fee schedule, telehealth list, as shown by connectwithcare.org"
    confidence = "V2"
    denial = ("N776",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge one telehealth line by the date of the list."""
        if line.code not in _LISTED or not is_remote(line, bill) or line.date is None:
            return None
        if not is_medicare(bill.policy):
            return None
        if line.date >= _LISTED_FROM:
            return ()
        message = f"{line.code} is on the telehealth list for good from {_LISTED_FROM}"
        return (self.finding(message, at=line.place()),)
