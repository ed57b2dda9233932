"""TEL, continued: the modifiers of telehealth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..fhir.codes import codings
from ..model import Bill, Finding, Line, Severity
from .modifiers import AUDIO, REMOTE_PLACES, VIDEO, modifier_place
from .pairs import adding
from .prv_identity import billing_of
from .rule import Context, LineRule, Rule
from .services import is_medicare, weight_of

_HCPCS = "CMS HCPCS Level II modifiers, 2024"
_SUPERVISING = frozenset({"supervisor", "supervising", "DQ"})


def _modality(line: Line, bill: Bill) -> str | None:
    """in-person, video or audio where the record or a modifier tells; remote by the place alone; else None."""
    if bill.participant is not None:
        return bill.participant.modality
    if line.modifiers and not VIDEO.isdisjoint(line.modifiers):
        return "video"
    if line.modifiers and not AUDIO.isdisjoint(line.modifiers):
        return "audio"
    return "remote" if line.place_of_service in REMOTE_PLACES else None


def _first(line: Line, wanted: frozenset[str]) -> str:
    """Where the first modifier of a set stands."""
    position = next(place for place, modifier in enumerate(line.modifiers) if modifier in wanted)
    return modifier_place(line, position)


def _contradicted(rule: Rule, line: Line, wanted: frozenset[str], truth: str) -> tuple[Finding, ...]:
    """A modifier of a set on a line whose visit was something else."""
    stated = " ".join(modifier for modifier in line.modifiers if modifier in wanted)
    return (rule.finding(f"{stated} on a visit that was {truth}", at=_first(line, wanted)),)


class VideoModifier(LineRule):
    """The payer's modifier for video is missing, or stands on a visit without video.

    ## What it does
    Where the policy has `video_modifier`, fails for a video line without it and offers it; a line on file with
    place of service 02 or 10 and no telehealth modifier at all is taken for video. A synonym (GT for 95) warns.
    Fails for 95 or GT on a visit that is known to be in person or by phone. Where the policy has none (Medicare,
    whose sources disagree) 95 is only noted.

    ## Why it matters
    Most commercial and Medicaid payers deny telehealth without 95.

    ## Options
    `video_modifier`, `audio_modifier`.

    ## References
    - NGS (2024) and AAFP (2025): Medicare does not ask for 95; CMS transmittal 12671 pairs it with 02 and 10.
    """

    code = "TEL05"
    name = "video-modifier"
    severity = Severity.ERROR
    remedy = "put the payer's modifier for what the visit was"
    source = "NGS, Telehealth Changes for 2024; AAFP, Medicare telehealth 2025; CMS transmittal 12671"
    confidence = "V"
    denial = ("4", "N822", "N776")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the video modifier of one line."""
        modality = _modality(line, bill)
        if modality is None or (modality in ("in-person", "audio") and VIDEO.isdisjoint(line.modifiers)):
            return None
        if modality in ("in-person", "audio"):
            return _contradicted(self, line, VIDEO, _TRUTH[modality])
        wanted = bill.policy["video_modifier"]
        if not wanted:
            return self._unasked(line, bill)
        if wanted in line.modifiers:
            return ()
        return (self._missing(line, str(wanted), bill, guessed=modality == "remote"),)

    def _unasked(self, line: Line, bill: Bill) -> tuple[Finding, ...]:
        if VIDEO.isdisjoint(line.modifiers) or not is_medicare(bill.policy):
            return ()
        message = "Medicare's sources disagree whether video takes a modifier; the place of service decides"
        return (self.finding(message, at=_first(line, VIDEO), severity=Severity.INFORMATION),)

    def _missing(self, line: Line, wanted: str, bill: Bill, *, guessed: bool) -> Finding:
        source = bill.policy.source("video_modifier") or None
        if not VIDEO.isdisjoint(line.modifiers):
            message = f"this payer asks for {wanted} for video"
            return self.finding(message, at=_first(line, VIDEO), severity=Severity.WARNING, source=source)
        audio = bill.policy["audio_modifier"]
        phone = f" (by phone {audio})" if guessed and audio else ""
        message = f"telehealth without {wanted}, which this payer asks for{phone}"
        weight = weight_of(bill.policy, "video_modifier")
        return self.finding(message, at=line.place(), severity=weight, fix=adding(line, wanted), source=source)


_TRUTH = {"in-person": "in person", "audio": "by phone", "video": "by video"}


class AudioModifier(LineRule):
    """The payer's modifier for audio only is missing, or stands on a visit that was not by phone.

    ## What it does
    Where the policy has `audio_modifier`, fails for a line of a participant on the phone with neither 93 nor FQ, and
    offers the payer's; warns where the other one stands (FQ of an FQHC or RHC may). Fails for 93 or FQ on a visit
    known to be by video or in person. Warns where a virtual visit does not say whether it was by video or phone and
    the payer wants to know.

    ## Why it matters
    Without it the claim says that there was a picture.

    ## Options
    `audio_modifier`, `video_modifier`.

    ## References
    - codingintel.com on 93 and FQ; AAFP, Medicare telehealth 2025.
    """

    code = "TEL06"
    name = "audio-modifier"
    severity = Severity.ERROR
    remedy = "put the payer's modifier for what the visit was"
    source = "AAFP, Medicare telehealth 2025; codingintel.com, behavioral health and telemedicine"
    confidence = "V"
    denial = ("4", "N776")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the audio modifier of one line."""
        modality = _modality(line, bill)
        if modality is None or modality == "remote":
            return None
        stated = not AUDIO.isdisjoint(line.modifiers)
        if modality != "audio":
            if stated:
                return _contradicted(self, line, AUDIO, _TRUTH[modality])
            return self._assumed(line, bill)
        policy = bill.policy
        wanted = policy["audio_modifier"]
        if not wanted or wanted in line.modifiers or ("FQ" in line.modifiers and _of_health_center(bill)):
            return ()
        source = policy.source("audio_modifier") or None
        if stated:
            message = f"this payer asks for {wanted} for audio only"
            place = _first(line, AUDIO)
            return (self.finding(message, at=place, severity=Severity.WARNING, source=source),)
        message = f"audio only without {wanted}, which this payer asks for"
        weight, fix = weight_of(policy, "audio_modifier"), adding(line, str(wanted))
        return (self.finding(message, at=line.place(), severity=weight, fix=fix, source=source),)

    def _assumed(self, line: Line, bill: Bill) -> tuple[Finding, ...] | None:
        """A virtual visit that says neither video nor phone."""
        participant, policy = bill.participant, bill.policy
        if participant is None or participant.modality == "in-person":
            return None
        if not participant.modality_assumed or policy["audio_modifier"] == policy["video_modifier"]:
            return ()
        message = "whether the visit was by video or phone is not recorded; it is billed as video"
        remedy = "record which it was"
        return (self.finding(message, at=line.place(), severity=Severity.WARNING, remedy=remedy),)


def _of_health_center(bill: Bill) -> bool:
    """Whether an FQHC or RHC bills."""
    billing = billing_of(bill)
    return billing is not None and billing.fqhc


class Asynchronous(LineRule):
    """GQ says that the service was not live.

    ## What it does
    Fails for GQ on any line.

    ## Why it matters
    GQ means stored and forwarded. A therapy group is live, by definition.

    ## References
    - CMS HCPCS modifiers: GQ.
    """

    code = "TEL08"
    name = "asynchronous"
    severity = Severity.ERROR
    remedy = "take GQ off"
    source = f"{_HCPCS}: GQ"
    confidence = "V"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Look for GQ on one line."""
        if not line.modifiers:
            return None
        if "GQ" not in line.modifiers:
            return ()
        message = f"GQ says asynchronous; {line.code} is live"
        return (self.finding(message, at=modifier_place(line, line.modifiers.index("GQ"))),)


class LegacyVideoModifier(LineRule):
    """GT is used for video with a payer that does not ask for it.

    ## What it does
    Warns for GT unless it is the policy's `video_modifier`.

    ## Why it matters
    Medicare ended GT on professional claims; most others moved to 95. Some Medicaid programs still want it.

    ## Options
    `video_modifier`.

    ## References
    - codingintel.com, telemedicine modifier 95 (secondary source).
    """

    code = "TEL09"
    name = "legacy-video-modifier"
    severity = Severity.WARNING
    remedy = "put the payer's modifier instead"
    source = "codingintel.com, telemedicine modifier 95, read 2026-11"
    confidence = "V2"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge a GT of one line."""
        if "GT" not in line.modifiers:
            return None
        if bill.policy["video_modifier"] == "GT":
            return ()
        message = "GT is the old modifier for video; this payer's policy does not ask for it"
        return (self.finding(message, at=modifier_place(line, line.modifiers.index("GT"))),)


class SupervisorByVideo(LineRule):
    """FR says that a supervisor was present by video, and no supervisor is on file.

    ## What it does
    Warns for FR on a line whose practitioner has no supervisor in the record, nor the Claim one in its care team.

    ## Why it matters
    FR belongs to supervised services only.

    ## References
    - CMS HCPCS modifiers: FR.
    """

    code = "TEL12"
    name = "supervisor-by-video"
    severity = Severity.WARNING
    remedy = "record the supervisor, or take FR off"
    source = f"{_HCPCS}: FR"
    confidence = "V"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge an FR of one line."""
        if "FR" not in line.modifiers:
            return None
        place = modifier_place(line, line.modifiers.index("FR"))
        if bill.participant is not None and any(leader.supervisor for leader in bill.participant.rendering):
            return ()
        team: Sequence[object] = () if bill.resource is None else bill.resource.get("careTeam") or ()
        if any(_supervises(entry) for entry in team):
            return ()
        return (self.finding("FR without a supervisor on file", at=place),)


def _supervises(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    return any(code in _SUPERVISING for _, code in codings(entry.get("role")))
