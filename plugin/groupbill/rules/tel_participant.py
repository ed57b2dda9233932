"""TEL, continued: what the record of a remote participant must show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ..model import Finding, Participant, Severity, Verdict
from .rule import Context, ParticipantRule
from .services import is_medicare, no_data, own_place

_AUDIO_FROM = date(2022, 1, 1)
_HERE = frozenset({"US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"})


class AudioReason(ParticipantRule):
    """The record does not say why the participant was on the phone.

    ## What it does
    For Medicare patients at home by phone, warns where no Observation says that the practitioner could do video and
    the patient could not or did not want to, though another member's record has such a reason. Else there is no data.

    ## Why it matters
    Audio only is paid only then.

    ## References
    - AAFP, Medicare telehealth 2025; beckersbehavioralhealth.com on the telehealth cliff.
    """

    code = "TEL07"
    name = "audio-reason"
    severity = Severity.WARNING
    remedy = "record why"
    source = "AAFP, Medicare telehealth 2025"
    confidence = "V"
    denial = ("N776",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the record of one participant on the phone."""
        if participant.modality != "audio" or not participant.home or not is_medicare(participant.policy):
            return None
        if participant.session.date_of_service < _AUDIO_FROM:
            return None
        if participant.documentation.audio_only_reason:
            return ()
        message = "why the participant was on the phone and not on video is not documented"
        if "audio" not in participant.documentation.kept:
            return (no_data(self, message, participant),)
        return (self.finding(message, at=own_place(participant)),)


class EarlierVisitInPerson(ParticipantRule):
    """A participant at home had no visit in person within the last year.

    ## What it does
    For Medicare patients by telehealth at home, looks for a finished visit in person with the same billing provider
    within twelve months before. An information while the rule is suspended, an error from 2028-01-01 (policy). That
    the first such visit is to be preceded by one within six months is not judged: whether it was the first, or began
    before the cut-off, can't be told from what is on file.

    ## Why it matters
    When the rule returns, telehealth without the visit is not paid, and the visit can't be made up for.

    ## Options
    `severity` of the policy, dated.

    ## References
    - Consolidated Appropriations Act 2026 (signed 2026-02-03), as reported by mcguirewoods.com (secondary source).
    """

    code = "TEL11"
    name = "earlier-visit-in-person"
    severity = Severity.INFORMATION
    remedy = "see the patient in person"
    source = "Consolidated Appropriations Act 2026 (H.R. 7148), as reported by mcguirewoods.com"
    confidence = "V2"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the visits of one participant at home."""
        if participant.modality == "in-person" or not participant.home:
            return None
        if not is_medicare(participant.policy):
            return None
        on, last = participant.session.date_of_service, participant.last_in_person
        if last is not None and last >= _year_before(on):
            return ()
        seen = "none is on file" if last is None else f"the last was on {last}"
        message = f"no visit in person within twelve months before telehealth at home; {seen}"
        return (self.finding(message, at=own_place(participant)),)


def _year_before(on: date) -> date:
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return on.replace(year=on.year - 1, day=28)


class AbroadOrUnlicensed(ParticipantRule):
    """A remote participant was abroad, or in a state where the practitioner has no licence.

    ## What it does
    Warns where the address of a remote patient is outside the United States, and where licences name their states
    and none is the patient's. Without an address there is no data.

    ## Why it matters
    Medicare pays for nothing abroad, and telehealth is practised where the patient is.

    ## References
    - codingintel.com, behavioral health and telemedicine; the licence is professional knowledge.
    """

    code = "TEL13"
    name = "abroad-or-unlicensed"
    severity = Severity.WARNING
    remedy = "check address and licence"
    source = "codingintel.com, behavioral health and telemedicine, read 2026-11; licence: professional knowledge"
    confidence = "V"
    denial = ("170", "B7")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge where one remote participant lives."""
        if participant.modality == "in-person":
            return None
        addresses = list(_addresses(participant))
        if not addresses:
            message = "no address of the remote participant is on file"
            return (self.finding(message, at=own_place(participant), verdict=Verdict.NO_DATA),)
        findings = []
        countries = {country for country, _ in addresses if country}
        if countries and not countries & _HERE:
            message = "the address of the remote participant is outside the United States"
            findings.append(self.finding(message, at=own_place(participant)))
        licensed, states = _licensed(participant), {state for _, state in addresses if state}
        if licensed and states and not licensed & states:
            seen, wanted = ", ".join(sorted(licensed)), ", ".join(sorted(states))
            message = f"licensed in {seen}; the remote participant lives in {wanted}"
            findings.append(self.finding(message, at=own_place(participant)))
        return findings


def _addresses(participant: Participant) -> Iterator[tuple[str, str]]:
    """Country and state of the patient's addresses."""
    for entry in participant.patient.get("address") or ():
        if isinstance(entry, dict) and entry.get("use") not in ("old", "billing"):
            country, state = entry.get("country"), entry.get("state")
            if country or state:
                yield str(country or "").strip().upper(), str(state or "").strip().upper()


def _licensed(participant: Participant) -> set[str]:
    """States of the licences, where the issuer is one."""
    issuers = (each.issuer for leader in participant.rendering for each in leader.qualifications)
    return {issuer.upper() for issuer in issuers if issuer and len(issuer) == 2 and issuer.isalpha()}
