"""GRP, continued: families and relatives."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Member, Participant, Session, Severity
from .rule import Context, ParticipantRule
from .services import own_place


class FamilyCode(ParticipantRule):
    """The code doesn't fit families, or not this number of them.

    ## What it does
    Fails for 90853 when the participants are families (each came with relatives of their own), for 90849 when
    there is one family only, and for 90847 or 90846 when there are several.

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
    source = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI, pages XI-7 and XI-34"
    confidence = "V"
    denial = ("4", "16", "M51", "N657")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the code against who came together."""
        session = participant.session
        code = participant.lines[0].code if participant.lines else session.code
        if code == "90853" or session.code == "90853":
            wrong = _only_families(session)
            message = "typed 90853, but the participants are families: 90849 for several, 90847 for one"
        elif code in ("90849", "90847", "90846"):
            families = _families(session)
            if not families:
                return None
            wrong = (families == 1) if code == "90849" else (families > 1)
            message = f"{code} for {'one family' if families == 1 else f'{families} families'}"
        else:
            return None
        return (self.finding(message, at=own_place(participant)),) if wrong else ()


def _families(session: Session) -> int:
    """How many family units took part."""
    return len({member.family for member in session.members if member.present and member.family is not None})


def _only_families(session: Session) -> bool:
    """Whether every participant came with relatives, or all belong to families of several."""
    present = session.participants
    if not any(member.relatives or member.family is not None for member in present):
        return False
    return all(member.relatives or _kin(member, present) for member in present)


def _kin(member: Member, present: tuple[Member, ...]) -> bool:
    """Whether another participant belongs to the same family."""
    return member.family is not None and any(
        other is not member and other.family == member.family for other in present
    )


class RelatedParticipants(ParticipantRule):
    """Participants are relatives of one another.

    ## What it does
    Counts the participants that are not of one family. Fails below the policy's `group_size.unrelated_min`:
    as an error where the payer states it, else (2) as a warning. Warns at those who have a relative in the
    group.

    ## Why it matters
    Group therapy is for people who don't share a household's history. Two relatives in a larger group don't
    make it family therapy, but a reviewer will ask.

    ## References
    - N.H. Admin. Rules He-M 426.08(e): at least two unrelated recipients.
    """

    code = "GRP06"
    name = "related-participants"
    severity = Severity.WARNING
    source = "N.H. Admin. Rules He-M 426.08(e), read 2026-11"
    confidence = "V"
    denial = ("N657",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge who is related to whom."""
        session = participant.session
        if session.code != "90853":
            return None
        present = session.participants
        families = [member.family for member in present if member.family is not None]
        if len(families) == len(set(families)):
            return ()
        unrelated = len(present) - len(families) + len(set(families))
        stated = participant.policy["group_size.unrelated_min"]
        if unrelated < (stated or 2):
            message = (
                f"{unrelated} unrelated participants of {len(present)}; at least {stated or 2} are needed"
            )
            weight = Severity.ERROR if stated else Severity.WARNING
            return (self.finding(message, at=own_place(participant), severity=weight),)
        if _kin(participant.member, present):
            message = "a relative took part in the same group"
            return (self.finding(message, at=own_place(participant)),)
        return ()
