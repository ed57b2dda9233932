"""The plan of one member: what the facts ask for, against what of ours and of others is on file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import Finding, Line, Member, Outcome, Participant, Session, Step
from ..resources.own import own
from ..resources.provenance import Origin
from .case import Case
from .earlier import billed_under
from .existing import OnFile, aliases, charge_items, contexts
from .gone import chains_on_file, claimed_at, give_up
from .member import Reached, reach
from .signing import sign, source, source_on_file
from .steps import Desk, Draft
from .transaction import targets_first
from .twins import end_twins


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlan:
    """What is done about one member, and how the member ends."""

    patient: str
    outcome: Outcome
    reason: str | None
    steps: tuple[Step, ...]
    """ChargeItems, Claims, Tasks, and a Provenance when something is written."""
    findings: tuple[Finding, ...]
    charge_items: tuple[str | None, ...] = ()
    """Per desired line the ChargeItem that will stand."""
    claims: Mapping[int, str | None]
    """Per paid leader the Claim that will stand."""
    others: tuple[str, ...] = ()
    """ChargeItems of no desired line that will stand all the same."""

    @property
    def charge_item(self) -> str | None:
        """The first ChargeItem that will stand."""
        return next((each for each in (*self.charge_items, *self.others) if each is not None), None)

    @property
    def claim(self) -> str | None:
        """The first Claim that will stand."""
        return next((each for _, each in sorted(self.claims.items()) if each is not None), None)


class Planner:
    """Plans the members of a run, session by session."""

    def __init__(self, desk: Desk, origin: Origin, sessions: Collection[str] = ()) -> None:
        """Plan with these resources, gate, day and settings; sign with this origin.

        `sessions` are the keys of all sessions of the run.
        """
        self._desk = desk
        self._sessions = sessions
        self.continued: set[tuple[str, str]] = set()
        """Earlier keys, each with the patient, under which something of a session of this run is billed."""
        self._origin = origin
        self._counted: tuple[Session | None, int] = (None, 0)
        self._filed: tuple[str, dict[str, list[OnFile]]] = ("", {})

    def plan(
        self,
        participant: Participant,
        outcome: Outcome,
        reason: str | None = None,
        *,
        codes: Sequence[str] = (),
        on_file: Iterable[Line] = (),
    ) -> MemberPlan:
        """Plan a participant who is charged, patient-pay or held.

        Args:
            participant: The facts, with the desired lines.
            outcome: What facts and rules came to.
            reason: Of the outcome.
            codes: Of the findings that hold the charge; they become the input of its Task.
            on_file: Live lines of the patient, to see what others have billed.
        """
        desk = self._desk
        patient = participant.member.patient or participant.member.member
        patients = (patient, *aliases(desk.index, patient))
        key = self.key(participant.session, participant.member)
        facts = own(participant, desk.namespace, self._size(participant.session), key)
        filed = self._items(facts.session)
        items = tuple(item for patient in patients for item in filed.get(patient, ()))
        case = Case(self._desk, participant, facts, patients, items, tuple(on_file))
        draft = Draft(self._desk)
        reached = reach(draft, case, outcome, reason, codes)
        if draft.refused and outcome is not Outcome.HELD:
            refused = draft.findings
            draft = Draft(self._desk)
            reached = reach(draft, case, Outcome.HELD, "rule:ENG03", ("ENG03",))
            draft.findings = {**refused, **draft.findings}
        end_twins(draft)
        sign(draft, source(facts, self._desk.index), self._origin)
        return _finished(facts.patient, draft, reached)

    def gone(self, session: str, patient: str, reason: str | None = None, visit: str | None = None) -> MemberPlan:
        """Plan a patient who is not charged for a session: what was written for it before is taken back.

        Args:
            session: Session key.
            patient: `Patient/id`, whether on the roster or not.
            reason: Of `not-charged`.
            visit: The patient's own Encounter, where there is one.
        """
        desk = self._desk
        patients = (patient, *aliases(desk.index, patient))
        filed = self._items(session)
        items = [item for each in patients for item in filed.get(each, ())]
        visits = contexts(desk.index, items)
        if visit is not None:
            visits.add(visit)
        chains = chains_on_file(desk.index, desk.namespace, session, patients, visits)
        draft = Draft(desk)
        claim = give_up(draft, (session, patient), chains, items)
        if draft.refused:
            return replace(self.waiting(session, patient, reason), findings=tuple(draft.findings))
        end_twins(draft)
        where_from = source_on_file(desk.index, items, chains)
        if where_from is not None:
            sign(draft, where_from, self._origin)
        stays = tuple(item.reference for item in items if draft.keeps(item))
        return _finished(patient, draft, Reached(Outcome.NOT_CHARGED, reason, stays, {1: claim}))

    def waiting(self, session: str, patient: str, reason: str | None = None) -> MemberPlan:
        """List what is on file for a member about whom nothing can be said yet (`in-progress`)."""
        desk = self._desk
        draft = Draft(desk)
        items = self._items(session).get(patient, [])
        chains = chains_on_file(desk.index, desk.namespace, session, (patient,), contexts(desk.index, items))
        for known in (*items, *(each.newest.file for each in chains if each.newest is not None)):
            draft.keep(known)
        stays = tuple(item.reference for item in items if not item.ended)
        live = [each.newest for each in chains if each.newest is not None and not each.newest.file.ended]
        claim = next((each.file.reference for each in live if each.frequency != "8"), None)
        return _finished(patient, draft, Reached(Outcome.NOT_CHARGED, reason, stays, {1: claim}))

    def departed(
        self, session: str, present: Collection[str], visits: Collection[str] = ()
    ) -> tuple[MemberPlan, ...]:
        """Plan everybody who was billed for a session and is no participant of it any more.

        Args:
            session: Session key.
            present: Patients of the session that are planned by themselves.
            visits: Encounters of its members: a Claim may name one that is somebody else's now.
        """
        index = self._desk.index
        known = {alias for patient in present for alias in (patient, *aliases(index, patient))}
        billed = {*self._items(session), *(claimed_at(index, visits) if "Claim" in self._desk.index.types else ())}
        plans = (self.gone(session, patient, "not-attended") for patient in sorted(billed - known))
        return tuple(plan for plan in plans if plan.steps)

    def key(self, session: Session, member: Member) -> str:
        """The session key under which a member of a session is billed: an earlier one, where the visit was."""
        desk, patient = self._desk, member.patient
        if "ChargeItem" not in desk.index.types or patient is None:
            return session.key
        patients = (patient, *aliases(desk.index, patient))
        key = billed_under(desk.index, desk.namespace, session, member, patients, self._sessions)
        if key != session.key:
            self.continued.add((key, patient))
        return key

    def _size(self, session: Session) -> int:
        """How many attended: counted once per session, so that a participant costs the same in a large one."""
        if self._counted[0] is not session:
            self._counted = (session, session.attended)
        return self._counted[1]

    def _items(self, session: str) -> dict[str, list[OnFile]]:
        if self._filed[0] != session:
            found = charge_items(self._desk.index, session) if "ChargeItem" in self._desk.index.types else {}
            self._filed = (session, found)
        return self._filed[1]


def _finished(patient: str, draft: Draft, reached: Reached) -> MemberPlan:
    draft.steps.sort(key=targets_first)
    return MemberPlan(
        patient=patient,
        outcome=reached.outcome,
        reason=reached.reason,
        steps=tuple(draft.steps),
        findings=tuple(sorted(draft.findings, key=lambda found: found.order)),
        charge_items=reached.charge_items,
        claims=reached.claims,
        others=reached.others,
    )
