"""MOD, continued: modifiers that say something that can't be so."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Finding, Line, PatientDay, Severity, Verdict
from .modifiers import DISTINCT, is_evaluation, modifier_place
from .pairs import own_places, practitioners_differ
from .rule import Context, DayRule, LineRule
from .services import SESSION_CODES, is_medicare

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter I"
_HCPCS = "CMS HCPCS Level II modifiers, 2024"
_NEVER = frozenset({"26", "TC", "50", "LT", "RT", "27", "91"})
_FAMILY = frozenset({"HR", "HS"})
_NOTICE = frozenset({"GA", "GX", "GY", "GZ"})
_THERAPY = SESSION_CODES | {"90832", "90833", "90834", "90836", "90837", "90838", "90845", "90791", "90792"}


class ModifierOfOtherServices(LineRule):
    """A modifier for visits stands on another service, or one for other services on a visit.

    ## What it does
    Fails for 59 or an X modifier on an evaluation and management service, and for 25 on anything else.

    ## Why it matters
    25 belongs on visits only, 59 and the X modifiers on everything else; the other way round the line is denied.

    ## References
    - Medicare NCCI Policy Manual 2026, pages I-15 and I-17.
    """

    code = "MOD08"
    name = "modifier-of-other-services"
    severity = Severity.ERROR
    remedy = "take it off"
    source = f"{_MANUAL}, pages I-15 and I-17"
    confidence = "V"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge 25, 59 and the X modifiers of one line."""
        if not line.modifiers:
            return None
        judged = [m for m in line.modifiers if m == "25" or m in DISTINCT]
        if not judged:
            return None
        visit = is_evaluation(line.code)
        findings = []
        for modifier in dict.fromkeys(judged):
            if (modifier == "25") is visit:
                continue
            message = f"25 is for evaluation and management; {line.code} is another service"
            if visit:
                message = f"{modifier} is never for evaluation and management; {line.code} takes 25"
            findings.append(self.finding(message, at=modifier_place(line, line.modifiers.index(modifier))))
        return findings


class ReasonThatCannotBe(DayRule):
    """An X modifier gives a reason that psychotherapy can't have.

    ## What it does
    Warns for XS (another structure) and XU (unusual, non-overlapping) on psychotherapy, and for XP (another
    practitioner) where no other practitioner has a service of that day.

    ## Why it matters
    A wrong reason is as bad as none when the record is looked at.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-20: definitions.
    """

    code = "MOD09"
    name = "reason-that-cannot-be"
    severity = Severity.WARNING
    remedy = "put the one that fits, or none"
    source = f"{_MANUAL}, page I-20"
    confidence = "V"

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the X modifiers of one day."""
        marked = [line for line in day.lines if line.modifiers]
        if not marked:
            return None
        own = own_places(day)
        found = [
            (line, modifier)
            for line in marked
            for modifier in line.modifiers
            if modifier in ("XS", "XU", "XP") and line.code in _THERAPY and (own is None or line.at in own)
        ]
        if not found:
            return None
        return tuple(self._doubt(line, modifier) for line, modifier in found if _odd(line, modifier, day))

    def _doubt(self, line: Line, modifier: str) -> Finding:
        message = f"{modifier} on {line.code}: {_REASONS[modifier]}"
        return self.finding(message, at=modifier_place(line, line.modifiers.index(modifier)))


_REASONS = {
    "XS": "psychotherapy has no other structure",
    "XU": "XE says that the encounter was separate",
    "XP": "no other practitioner has a service of that day",
}


def _odd(line: Line, modifier: str, day: PatientDay) -> bool:
    return modifier != "XP" or not any(practitioners_differ(line, other) for other in day.lines)


class TelehealthForFamilies(LineRule):
    """GT was put on 90853 to say that the group was of several families.

    ## What it does
    Fails for 90853 with GT where the session is multi-family (90849).

    ## Why it matters
    GT says live video, nothing else. Several families are 90849. A billing guide teaches the mistake.

    ## References
    - CMS HCPCS modifiers: GT.
    """

    code = "MOD10"
    name = "telehealth-for-families"
    severity = Severity.ERROR
    remedy = "bill 90849 once per family"
    source = f"{_HCPCS}: GT"
    confidence = "V"
    denial = ("4", "N657")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge a GT of one line by its session."""
        if "GT" not in line.modifiers or line.code != "90853" or bill.participant is None:
            return None
        session = bill.participant.session
        families = {member.family for member in session.participants if member.family is not None}
        if session.code != "90849" and len(families) < 2:
            return ()
        message = "GT says live video; a group of several families is 90849"
        return (self.finding(message, at=modifier_place(line, line.modifiers.index("GT"))),)


class NotOnPsychotherapy(LineRule):
    """A modifier stands on a session that can't have it.

    ## What it does
    Fails for 26, TC, 50, LT, RT, 27 and 91 on group and family psychotherapy, and for HR and HS (family with and
    without the client) on 90853.

    ## Why it matters
    They speak of images, sides of the body, laboratories, hospital visits or a family; the line is denied.

    ## References
    - CMS HCPCS modifiers, and CPT modifiers by their meaning.
    """

    code = "MOD13"
    name = "not-on-psychotherapy"
    severity = Severity.ERROR
    remedy = "take it off"
    source = _HCPCS
    confidence = "V"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the modifiers of one session line."""
        if not line.modifiers or line.code not in SESSION_CODES:
            return None
        return tuple(
            self.finding(f"{modifier} can't be on {line.code}", at=modifier_place(line, position))
            for position, modifier in enumerate(line.modifiers)
            if modifier in _NEVER or (modifier in _FAMILY and line.code == "90853")
        )


class ReducedSession(LineRule):
    """The session is billed as reduced (52).

    ## What it does
    Warns for 52 on group and family psychotherapy.

    ## Why it matters
    90853 has no time that could be reduced. A payer with a minimum does not pay for less, with 52 or without.

    ## References
    - Practice; no payer rule was found.
    """

    code = "MOD14"
    name = "reduced-session"
    severity = Severity.WARNING
    remedy = "take it off"
    source = "Practice of professional coding; no payer rule was found"
    confidence = "R-lo"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge a 52 of one session line."""
        if not line.modifiers or line.code not in SESSION_CODES:
            return None
        if "52" not in line.modifiers:
            return ()
        message = f"{line.code} stands for the session and can't be reduced"
        return (self.finding(message, at=modifier_place(line, line.modifiers.index("52"))),)


class NoticeOfNoncoverage(LineRule):
    """A modifier speaks of an advance notice of non-coverage.

    ## What it does
    Warns for GA, GX, GY and GZ where the payer is not Medicare. For Medicare the notice itself is not among what
    groupbill reads, so there is no data.

    ## Why it matters
    These modifiers mean something to Medicare only, and only with the notice on file. No notice shifts the cost of
    units denied under MUE.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-30.
    """

    code = "MOD15"
    name = "notice-of-noncoverage"
    severity = Severity.WARNING
    remedy = "take it off"
    source = f"{_MANUAL}, page I-30"
    confidence = "V"
    denial = ("50", "96")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the notice modifiers of one line."""
        if not line.modifiers:
            return None
        stated = [(place, each) for place, each in enumerate(line.modifiers) if each in _NOTICE]
        if not stated:
            return ()
        if is_medicare(bill.policy):
            message = "whether the patient signed an advance notice is not on file"
            place = modifier_place(line, stated[0][0])
            return (self.finding(message, at=place, verdict=Verdict.NO_DATA),)
        return tuple(
            self.finding(f"{each} means something to Medicare only", at=modifier_place(line, place))
            for place, each in stated
        )


class SubstanceUseProgram(LineRule):
    """HF says a substance use program, and no diagnosis does.

    ## What it does
    Warns for HF on a line without a diagnosis of F10 to F19.

    ## Why it matters
    State programs pay HF lines from funds for substance use treatment and check the diagnosis.

    ## References
    - CMS HCPCS modifiers: HF. That payers check the diagnosis is professional knowledge.
    """

    code = "MOD16"
    name = "substance-use-program"
    severity = Severity.WARNING
    remedy = "check the program and the diagnosis"
    source = f"{_HCPCS}: HF"
    confidence = "R-lo"
    denial = ("11",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge an HF of one line by the diagnoses."""
        if "HF" not in line.modifiers:
            return None
        codes = [diagnosis.code for diagnosis in bill.diagnoses if diagnosis is not None]
        if not codes:
            codes = list(line.diagnoses)
        place = modifier_place(line, line.modifiers.index("HF"))
        if not codes:
            message = "no diagnosis on file for a substance use program"
            return (self.finding(message, at=place, verdict=Verdict.NO_DATA),)
        if any("F10" <= code[:3] <= "F19" for code in codes):
            return ()
        return (self.finding("HF without a diagnosis of F10 to F19", at=place),)
