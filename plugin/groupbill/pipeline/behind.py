"""The sessions behind bills on file, where their Encounters are given: what `check` knows about who came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from ..charges.documentation import interactive_complexity, kept
from ..charges.gather import gather
from ..charges.sources import Sources
from ..fhir.index import Index
from ..model import Bill, Finding, Line, Member, Participant, Session
from ..plugins import Context, Hooks
from ..rules.rule import Context as RuleContext
from ..rules.rulebook import Rulebook
from ..rules.services import GROUP, SESSION_CODES, runs_beside
from ..sessions import find, resolve
from .attend import attend

Place = tuple[Session, Member]


class Behind:
    """Sessions by the visits of their members, and the bills that were found to be for them."""

    def __init__(self, index: Index, sources: Sources, hooks: Hooks, context: Context) -> None:
        """Read all sessions; without Encounters and Appointments there is nothing to read."""
        self._sources = sources
        self._by_visit: dict[tuple[str, str], Place] = {}
        self._by_key: dict[tuple[str, str], Place] = {}
        self._by_day: dict[tuple[str, date], list[Place]] = {}
        self._billed: dict[str, tuple[Session, list[Participant]]] = {}
        self._codes = set(SESSION_CODES)
        self._of_groups = set(GROUP)
        self.findings: list[Finding] = []
        for candidate in find(index, context.settings):
            session = resolve(candidate, index, context.settings, as_written=True)
            if isinstance(session, Session):
                session, crashes = attend(session, hooks, context, self._complex)
                self.findings.extend(crashes)
                self._enter(session)

    def _complex(self, session: Session, member: Member) -> bool:
        return interactive_complexity(self._sources, session, member)

    def _enter(self, session: Session) -> None:
        for member in session.members:
            if member.patient is None:
                continue
            place = (session, member)
            for visit in (member.encounter, *member.visits, session.encounter):
                if visit is not None:
                    self._by_visit[member.patient, visit] = place
            self._by_key[member.patient, session.key] = place
            self._by_day.setdefault((member.patient, session.date_of_service), []).append(place)

    def participant(self, bill: Bill) -> Participant | None:
        """The facts behind the first session line of a live bill; None where no session of it is on file."""
        if bill.patient is None or not bill.live:
            return None
        recoded = bill.policy["session_code"] or {}
        self._codes.update(recoded.values())
        self._of_groups.update(recoded[code] for code in GROUP if code in recoded)
        for line in bill.lines:
            place = self._place(line, bill.patient) if line.code in self._codes else None
            if place is not None:
                return self._facts(bill, *place)
        return None

    def _place(self, line: Line, patient: str) -> Place | None:
        """By the visit or the session that the line names, else the one session of that day and time."""
        if line.session is not None and (patient, line.session) in self._by_key:
            return self._by_key[patient, line.session]
        if line.encounter is not None and line.encounter.startswith("Encounter/"):
            return self._by_visit.get((patient, line.encounter))
        if line.date is None or line.code not in self._codes:
            return None
        known = self._by_day.get((patient, line.date), ())
        same = [each for each in known if line.period.overlaps(each[1].period) is not False]
        return same[0] if len(same) == 1 else None

    def together(self, one: Line, other: Line) -> bool:
        """Whether two patients' lines are of one session, as group lines are whose visits nobody knows."""
        first, second = self._place(one, one.patient), self._place(other, other.patient)
        if first is not None and second is not None:
            return first[0].key == second[0].key
        return one.code in self._of_groups and other.code in self._of_groups

    def _facts(self, bill: Bill, session: Session, member: Member) -> Participant:
        kinds = kept(self._sources, session) if session.attended else frozenset()
        facts = gather(self._sources, session, member, (), kept=kinds)
        lines = tuple(line for line in bill.lines if self._belongs(line, session, member))
        made = replace(facts, policy=bill.policy, lines=lines, findings=())
        _, participants = self._billed.setdefault(session.key, (session, []))
        if member.present:
            participants.append(made)
        return made

    def _belongs(self, line: Line, session: Session, member: Member) -> bool:
        place = self._place(line, str(member.patient))
        return place is not None and place[0].key == session.key

    def sessions(self, rulebook: Rulebook, context: RuleContext) -> Iterator[Finding]:
        """Findings on the sessions that bills were found for; who is billed twice took part once."""
        for key in sorted(self._billed):
            session, participants = self._billed[key]
            once = {each.member.member: each for each in reversed(participants)}
            ordered = tuple(once[name] for name in sorted(once))
            yield from rulebook.session(session, ordered, context)


class Busy:
    """All lines on file by practitioner and day, for a practitioner who is in two places (TIM07)."""

    def __init__(self, behind: Behind, lines: Iterable[Line]) -> None:
        """Those with a practitioner and known times that take the practitioner's time."""
        self._behind = behind
        self._known: dict[tuple[str, date], list[Line]] = {}
        for line in lines:
            if runs_beside(line.code):
                continue
            if line.rendering is not None and line.date is not None and line.period.end is not None:
                self._known.setdefault((line.rendering, line.date), []).append(line)

    def later(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Services for other patients by the same practitioners that begin during these; the patient is blanked."""
        found: dict[tuple[str, int], Line] = {}
        for line in lines:
            if line.rendering is None or line.date is None or runs_beside(line.code):
                continue
            for other in self._known.get((line.rendering, line.date), ()):
                if other.patient != line.patient and _order(line) < _order(other) and self._collide(line, other):
                    found[other.at, other.item or 0] = replace(other, patient="")
        for key in sorted(found):
            yield found[key]

    def _collide(self, one: Line, other: Line) -> bool:
        return bool(one.period.overlaps(other.period)) and not self._behind.together(one, other)


def _order(line: Line) -> tuple[float, str, int]:
    start = line.period.start
    return (0.0 if start is None else start.timestamp(), line.at, line.item or 0)
