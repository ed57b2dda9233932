"""Second pass over one session: every member of the roster ends in one outcome with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from ..charges.contacts import visits
from ..charges.coverages import asked_of
from ..charges.documentation import kept
from ..charges.gather import gather
from ..charges.on_file import lines_on_file
from ..model import (
    Charge,
    Finding,
    Line,
    Member,
    MemberReport,
    Outcome,
    Participant,
    PatientDay,
    Resource,
    Session,
    SessionReport,
    Step,
)
from ..plugins import place
from .attend import unverified
from .busy import elsewhere
from .day import desired_bills, patient_day
from .decide import decide
from .derive import Derived
from .dissolved import left
from .judge import Judgement, judge
from .marking import fixed, repeats
from .shop import Shop
from .summary import member_report


class SessionRun:
    """One session."""

    def __init__(self, shop: Shop, session: Session, derived: Derived, crashes: tuple[Finding, ...]) -> None:
        """With the charges that were derived, and the crashes that hold all its participants."""
        self._shop = shop
        self._session = session
        self._derived = derived
        self._crashes = crashes
        self._elsewhere: dict[Finding, None] = {}
        self._prices: dict[str, list[Finding]] = {}
        self._busy: tuple[Line, ...] = ()

    def report(self) -> SessionReport:
        """Judge, decide and plan every member."""
        shop, session = self._shop, self._session
        kinds = kept(shop.sources, session) if session.attended else frozenset()
        participants = {
            member.member: self._participant(member, kinds) for member in session.members if self._billable(member)
        }
        self._busy = elsewhere(shop, session) if participants else ()
        members = [
            self._charged(participants[member.member]) if member.member in participants else self._not_charged(member)
            for member in session.members
        ]
        members.extend(self._departed())
        about = shop.rulebook.session(session, tuple(participants.values()), shop.rule_context)
        # A rule of several scopes (NCC09) that has spoken at a member does not repeat itself at the session.
        said = {found.code for each in members for found in each.findings if found.code != "ENG02"}
        about = [each for each in about if each.code not in said]
        own = [shop.rulebook.weigh(each, None) for each in (*session.findings, *self._crashes)]
        findings = dict.fromkeys([*about, *self._elsewhere, *(each for each in own if each is not None)])
        return SessionReport(
            session=session,
            members=tuple(sorted(members, key=lambda each: each.member)),
            findings=tuple(sorted(findings, key=lambda each: each.order)),
        )

    def _billable(self, member: Member) -> bool:
        """Came, or may have come (held): the facts are needed."""
        attendance = member.attendance or unverified(member)
        return member.patient is not None and (
            attendance.present is True or attendance.reason in ("attendance-unverified", "attendance-conflict")
        )

    def _participant(self, member: Member, kinds: frozenset[str]) -> Participant:
        """The facts of one member, with the lines that are, or would be, charged."""
        charges = self._derived.charges.get(member.member)
        if charges is None and not member.present:
            charges = (Charge(member=member.member, code=self._session.code),)
        return gather(
            self._shop.sources,
            self._session,
            member,
            charges or (),
            price=partial(self._price, member.member),
            kept=kinds,
        )

    def _price(self, member: str, charge: Charge, coverage: Resource | None) -> Decimal | None:
        where = place(self._session)
        answer, crashes = self._shop.hooks.resolve_price(charge, coverage, self._shop.context, where)
        self._prices.setdefault(member, []).extend(crashes)
        return answer

    def _charged(self, participant: Participant) -> MemberReport:
        """A member who came, or of whom nobody can say."""
        shop, member = self._shop, participant.member
        patient = member.patient or member.member
        filed = lines_on_file(shop.sources, patient)
        participant, judgement = self._judged(participant, filed)
        holding = self._holding(member)
        decided = decide(participant, judgement, (*holding, *self._crashes))
        judgement = judgement.and_also(holding)
        if decided.outcome is Outcome.NOT_CHARGED:
            return self._not_charged(member, decided.reason)
        plan = shop.planner.plan(participant, decided.outcome, decided.reason, codes=decided.codes, on_file=filed)
        if decided.outcome is Outcome.CHARGED and plan.outcome is Outcome.CHARGED:
            said = self._before_written(participant, plan.steps, judgement.findings)
            if said:
                decided = decided.held_by(said)
                if decided.outcome is Outcome.HELD:
                    plan = shop.planner.plan(
                        participant, Outcome.HELD, decided.reason, codes=decided.codes, on_file=filed
                    )
                judgement = judgement.and_also(said)
        if plan.outcome in (Outcome.HELD, Outcome.NOT_CHARGED):
            shop.ledger.take_out(self._session.key, patient, held=plan.outcome is Outcome.HELD)
        else:
            shop.ledger.settle(self._session.key, patient, participant.lines)
        weighed = [shop.rulebook.weigh(each, participant.policy) for each in plan.findings]
        said = [each for each in weighed if each is not None]
        return member_report(participant, plan, judgement.findings, said, shop.rule_context)

    def _judged(self, participant: Participant, filed: Sequence[Line]) -> tuple[Participant, Judgement]:
        """The rules, and the participant with the modifiers that only the whole day asks for."""
        shop, member = self._shop, participant.member
        patient = member.patient or member.member
        recoded = participant.policy["session_code"] or {}
        # Said once per session: where else the leader was does not depend on the participant.
        busy, self._busy = self._busy, ()
        others: Iterable[Line] = shop.ledger.others(self._session.key, patient, recoded)
        if participant.policy["frequency"]:
            filed, others = tuple(asked_of(shop.sources, filed)), asked_of(shop.sources, others)
        day = patient_day(
            participant,
            filed,
            others,
            shop.ledger.held(self._session.key, patient, recoded),
            visits(shop.sources, patient, self._session.date_of_service, member.encounter),
            busy,
            shop.ledger,
        )
        day = repeats(day, shop.rule_context.reference)
        participant = day.participant or participant
        before = shop.rulebook.counts() if day.policy["apply_fixes"] else {}
        judgement = self._by_rules(participant, day)
        sent = [line for line in filed if line.sent and line.ours and line.session == self._session.key]
        # What was sent is not changed, and has the modifiers that were put on it before.
        only = frozenset(each for line in sent for each in line.modifiers) if sent else None
        better = fixed(day, judgement.findings, shop.rule_context.reference, only)
        if better is not day:
            shop.rulebook.recount(before)
            participant = better.participant or participant
            judgement = self._by_rules(participant, better)
        self._elsewhere.update(dict.fromkeys(judgement.elsewhere))
        return participant, judgement

    def _by_rules(self, participant: Participant, day: PatientDay) -> Judgement:
        shop = self._shop
        bills = desired_bills(participant, shop.context.settings.namespace)
        return judge(participant, day, bills, shop.rulebook, shop.rule_context)

    def _holding(self, member: Member) -> tuple[Finding, ...]:
        """ENG02 of plugins that holds this member alone."""
        prices = self._prices.pop(member.member, ())
        return (*self._derived.holding.get(member.member, ()), *dict.fromkeys(prices))

    def _before_written(
        self, participant: Participant, steps: Sequence[Step], findings: Sequence[Finding]
    ) -> list[Finding]:
        """What plugins say about the Claims that would be written."""
        shop = self._shop
        said: list[Finding] = []
        for step in self._claims(steps):
            at = f"Claim/{step['id']}"
            found = shop.hooks.before_claim_written(step, findings, shop.context, at)
            weighed = (shop.rulebook.weigh(each, participant.policy) for each in found)
            said.extend(each for each in weighed if each is not None)
        return said

    def _claims(self, steps: Sequence[Step]) -> Iterator[Resource]:
        for step in steps:
            resource = step.resource
            if resource is not None and resource["resourceType"] == "Claim" and resource["status"] != "cancelled":
                yield resource

    def _not_charged(self, member: Member, reason: str | None = None) -> MemberReport:
        """A member who is not charged; what was charged before is given up, unless it is to be waited for."""
        attendance = member.attendance or unverified(member)
        reason = reason or attendance.reason or "not-attended"
        report = MemberReport(
            member=member.member,
            patient=member.patient,
            encounter=member.encounter,
            outcome=Outcome.NOT_CHARGED,
            reason=reason,
            policy=None,
            attendance=attendance,
        )
        if member.patient is None:
            return report
        planner = self._shop.planner
        key = planner.key(self._session, member)
        if reason == "in-progress":
            plan = planner.waiting(key, member.patient, reason)
        else:
            plan = planner.gone(key, member.patient, reason, member.encounter)
        return replace(
            report,
            charge_item=plan.charge_item,
            claim=plan.claim,
            plan=plan.steps,
            findings=plan.findings,
        )

    def _departed(self) -> Iterator[MemberReport]:
        """Patients who were charged for this session and are not on its roster any more."""
        session = self._session
        present = [member.patient for member in session.members if member.patient is not None]
        visits = [member.encounter for member in session.members if member.encounter is not None]
        for plan in self._shop.planner.departed(session.key, present, visits):
            yield left(plan)
