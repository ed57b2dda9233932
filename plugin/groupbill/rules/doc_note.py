"""DOC, continued: progress notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..model import Finding, Line, Participant, PatientDay, Session, Severity, Verdict
from .likeness import most_alike
from .rule import Context, DayRule, ParticipantRule, SessionRule
from .services import SESSION_CODES, no_data, own_place

SEPARATE = frozenset({"59", "XE", "XP", "XS", "XU"})
"""Modifiers that claim a separate service."""


class IndividualNoteMissing(ParticipantRule):
    """The participant has no finished note of their own for this session.

    ## What it does
    Looks for a note about this patient and this visit. Fails when it is a draft, and when there is none
    although notes are kept here: another member of the session has one, or the policy requires it
    (`documentation.note`). Else it may be kept elsewhere.

    ## Why it matters
    Each participant's progress has to be described for that participant; a note about the group supports
    nobody's claim.

    ## Options
    `documentation`.

    ## References
    - N.H. Admin. Rules He-M 426.08(e)(4): an individual note per recipient and session.
    """

    code = "DOC04"
    name = "individual-note-missing"
    severity = Severity.ERROR
    remedy = "finish the participant's own note"
    source = "N.H. Admin. Rules He-M 426.08(e)(4), read 2026-11"
    confidence = "V"
    denial = ("226", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the notes of one participant."""
        stance = participant.policy["documentation"]["note"]
        if stance == "off":
            return None
        record = participant.documentation
        if any(note.final for note in record.notes):
            return ()
        if record.notes:
            evidence = tuple(note.reference for note in record.notes)
            message = "the note of this session is not finished"
            return (self.finding(message, at=own_place(participant), evidence=evidence),)
        message = "no note of this patient for this session is on file"
        if stance == "required" or "note" in record.kept:
            return (self.finding(message, at=own_place(participant)),)
        return (no_data(self, message, participant),)


class NotesIdentical(SessionRule):
    """Notes of several participants have the same text, or nearly.

    ## What it does
    Compares fingerprints of the notes of all participants, and warns when two are equal, or have about nine
    tenths of their phrases in common (groupbill's own figure). The text itself is never kept.

    ## Why it matters
    Cloned notes are what auditors look for first: they show that nobody's own progress was described.

    ## References
    - ehrsource.com on audits of group notes, a secondary source.
    """

    code = "DOC05"
    name = "notes-identical"
    severity = Severity.WARNING
    remedy = "describe each participant's own progress"
    source = "ehrsource.com, audits of group therapy notes, read 2026-11"
    confidence = "V2"
    denial = ("50", "N706")

    def check(
        self, session: Session, participants: Sequence[Participant], context: Context
    ) -> Iterable[Finding] | None:
        """Compare the notes of one session."""
        texts: list[str] = []
        sketches: list[tuple[int, tuple[int, ...]]] = []
        for owner, participant in enumerate(participants):
            notes = participant.documentation.notes
            if notes:
                texts += {note.digest for note in notes if note.digest}
                sketches += [(owner, note.sketch) for note in notes if note.sketch]
        if not texts:
            return None
        same = max(Counter(texts).values())
        message = f"{same} participants have a note with the same text"
        if same == 1:
            same = most_alike(sketches)
            message = f"{same} participants have notes of which nine tenths are the same"
        if same == 1:
            return ()
        place = session.encounter or next(iter(session.sources), session.key)
        return (self.finding(message, at=place),)


class NoteNotSigned(ParticipantRule):
    """The note is not signed by the practitioner who is billed.

    ## What it does
    Judges the finished notes on file: fails when none is signed, and warns when somebody signed who neither
    led the session nor supervises. Whether a signature is a pasted image can't be seen in the data.

    ## Why it matters
    Federal auditors failed 54 of 216 sampled days over guidance such as missing signatures.

    ## Options
    `documentation`.

    ## References
    - HHS OIG, nationwide psychotherapy audit of 2020-21.
    """

    code = "DOC09"
    name = "note-not-signed"
    severity = Severity.ERROR
    remedy = "have the note signed by the practitioner who is billed"
    source = "HHS OIG, psychotherapy audit 2020-21"
    confidence = "V"
    denial = ("226", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the signatures of one participant's notes."""
        notes = participant.documentation.notes
        if not notes or participant.policy["documentation"]["note"] == "off":
            return None
        billed = participant.rendering[0].practitioner if participant.rendering else None
        for note in notes:
            if note.final and note.signed and billed in note.author:
                return ()
        final = [note for note in notes if note.final]
        if not final:
            return None
        evidence = tuple(note.reference for note in final)
        if not any(note.signed for note in final):
            return (self.finding("the note is not signed", at=own_place(participant), evidence=evidence),)
        authors = {author for note in final if note.signed for author in note.author}
        if not authors or authors & _leaders(participant):
            return ()
        message = "the note is signed by somebody who did not lead the session"
        weight = Severity.WARNING
        return (self.finding(message, at=own_place(participant), severity=weight, evidence=evidence),)


def _leaders(participant: Participant) -> set[str | None]:
    """Everybody whose signature stands for the session, as Practitioner or PractitionerRole."""
    leaders: set[str | None] = set()
    for performer in participant.session.performers:
        leaders |= {performer.reference, performer.practitioner, performer.supervisor}
    for rendering in participant.rendering:
        leaders |= {rendering.practitioner, rendering.role, rendering.supervisor}
    return leaders - {None}


class SecondNoteMissing(DayRule):
    """A modifier claims a separate service that has no note of its own.

    ## What it does
    When a group session and another service of the day carry 59 or an X modifier, looks for a signed note of
    each. Fails when one of the two visits has a note and the other has none; where neither has one, notes may
    be kept elsewhere.

    ## Why it matters
    The modifier says that there were two encounters. Two notes, with times and purpose of their own, are the
    proof.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-17.
    """

    code = "DOC12"
    name = "second-note-missing"
    severity = Severity.ERROR
    remedy = "finish and sign a note for each"
    source = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter I, page I-17"
    confidence = "V"
    denial = ("236",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the notes behind services said to be separate."""
        if len(day.lines) < 2:
            return None
        notes = {visit.reference: visit.notes for visit in day.visits}
        if day.participant is not None and day.participant.member.encounter is not None:
            own = tuple(note.reference for note in day.participant.documentation.notes if note.signed)
            notes[day.participant.member.encounter] = own
        lines = [line for line in day.lines if line.encounter in notes]
        sessions = [line for line in lines if line.code in SESSION_CODES]
        findings: list[Finding] = []
        judged = False
        for number, group in enumerate(sessions):
            for other in lines:
                if other in sessions[:number]:
                    continue
                if other.encounter == group.encounter or not SEPARATE & {*group.modifiers, *other.modifiers}:
                    continue
                judged = True
                findings.extend(self._pair(group, other, notes))
        return findings if judged else None

    def _pair(self, group: Line, other: Line, notes: dict[str, tuple[str, ...]]) -> Iterable[Finding]:
        mine, theirs = notes[str(group.encounter)], notes[str(other.encounter)]
        if mine and theirs and set(mine) != set(theirs):
            return ()
        claims = other if SEPARATE & set(other.modifiers) else group
        message = f"{group.code} and {other.code} are billed as separate services"
        if not mine and not theirs:
            finding = self.finding(f"{message}; no notes on file", at=claims.place(), verdict=Verdict.NO_DATA)
        elif mine and theirs:
            finding = self.finding(f"{message} with one and the same note", at=claims.place(), evidence=mine)
        else:
            bare = group if not mine else other
            finding = self.finding(f"{message}; {bare.code} has no signed note", at=bare.place())
        return (finding,)
