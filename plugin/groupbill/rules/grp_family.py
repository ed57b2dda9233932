"""GRP, continued: families and relatives."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Participant, Severity
from .crowd import crowd
from .rule import Context, ParticipantRule
from .services import own_place, weight_of

_FAMILY = frozenset({"90849", "90847", "90846"})


class FamilyCode(ParticipantRule):
    """The code doesn't fit families, or not this number of them.

    ## What it does
    Fails for 90853 when the participants are families (each came with relatives of their own), for 90849 when
    there is one family only, and for 90847 or 90846 when there are several; also when nothing says who of a
    family is the identified patient.

    ## Why it matters
    Multi-family group therapy is 90849, once per family, on the claim of the identified patient; therapy of
    one family is 90847 (with the patient) or 90846 (without). They exclude one another.

    ## References
    - Medicare NCCI Policy Manual 2026, pages XI-7 and XI-34.
    - AAPC article 141931: 90849 per family.
    """

    code = "GRP05"
    name = "family-code"
    severity = Severity.ERROR
    remedy = "correct the code of the session, or who belongs to whom"
    source = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI, pages XI-7 and XI-34"
    confidence = "V"
    denial = ("4", "16", "M51", "N657")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the code against who came together."""
        wrong = _misfit(participant)
        if wrong is None:
            return None
        return (self.finding(wrong, at=own_place(participant)),) if wrong else ()


def _misfit(participant: Participant) -> str | None:
    """What is wrong with the code for the families that came; empty where nothing is, None for other services."""
    session = participant.session
    present = crowd(session)
    if session.code == "90853":
        if not present.only_families:
            return ""
        return "typed 90853, but the participants are families: 90849 for several, 90847 for one"
    if session.code not in _FAMILY:
        return None
    if participant.member.family is None:
        return "nothing says who of the family is the identified patient"
    billed = participant.lines[0].code if participant.lines else ""
    code = billed if billed in _FAMILY else session.code
    if (present.families > 1) is (code == "90849"):
        return ""
    return f"{code} for {'one family' if present.families < 2 else f'{present.families} families'}"


class RelatedParticipants(ParticipantRule):
    """Participants are relatives of one another.

    ## What it does
    Counts the participants that are not of one family. Fails below the policy's `group_size.unrelated_min`:
    as an error where the payer states it, else (2) as a warning. Warns at those who have a relative in the
    group, as another participant or at their side.

    ## Why it matters
    Group therapy is for people who don't share a household's history. Two relatives in a larger group don't
    make it family therapy, but a reviewer will ask.

    ## Options
    `group_size.unrelated_min`.

    ## References
    - N.H. Admin. Rules He-M 426.08(e): at least two unrelated recipients.
    """

    code = "GRP06"
    name = "related-participants"
    severity = Severity.WARNING
    remedy = "make sure that the record shows group and not family therapy"
    source = "N.H. Admin. Rules He-M 426.08(e), read 2026-11"
    confidence = "V"
    denial = ("N657",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge who is related to whom."""
        session = participant.session
        if session.code != "90853":
            return None
        present = crowd(session)
        stated = participant.policy["group_size.unrelated_min"]
        accompanied = bool(participant.member.relatives) or present.has_kin(participant.member)
        if not present.shared and not stated and not accompanied:
            return ()
        if present.unrelated < (stated or 2):
            message = f"{present.unrelated} unrelated participants of {present.attended}; {stated or 2} are needed"
            policy, key, at = participant.policy, "group_size.unrelated_min", own_place(participant)
            if not stated:
                return (self.finding(message, at=at),)
            weight, source = weight_of(policy, key), policy.source(key) or None
            return (self.finding(message, at=at, severity=weight, source=source),)
        if accompanied:
            message = "a relative took part in the same group"
            return (self.finding(message, at=own_place(participant)),)
        return ()
