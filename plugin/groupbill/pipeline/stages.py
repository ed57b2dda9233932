"""The stages in order: resources in, sessions with outcomes and plans out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from ..charges.documentation import interactive_complexity
from ..charges.sources import Sources
from ..fhir.index import Index
from ..model import Action, Charge, Checked, Finding, Member, Session, SessionReport, Severity, Tally
from ..model.identity import CHARGE_ITEM_SYSTEM, charge_item_value
from ..plugins import Context
from ..reconcile import lost_visits, orphans
from ..sessions import find, resolve
from .attend import attend
from .derive import Derived, derive
from .dissolved import dissolved, lost
from .ledger import Ledger
from .pipeline import Pipeline
from .session import SessionRun
from .shop import Shop
from .spool import HELD, Key, Spool

Found = tuple[Session, Derived, tuple[Finding, ...]]
"""A session of the first pass: with its charges, and the crashes that hold its participants."""


class Run:
    """One run: iterate over it for the sessions, by date, start and key; then ask for the rest."""

    def __init__(
        self,
        pipeline: Pipeline,
        index: Index,
        today: date,
        only: frozenset[str] | None,
        accept_corrections: bool,
        *,
        gone: frozenset[str] = frozenset(),
        held: int = HELD,
    ) -> None:
        """Find, read and order the sessions.

        Args:
            pipeline: What the run consults.
            index: What was read.
            today: The day of the run.
            only: Encounters and Appointments whose sessions alone are planned; all when None.
            accept_corrections: Write more replacements and voids than the settings allow.
            gone: Encounters that are known to be deleted: what was charged for them is taken back.
            held: Sessions kept in memory between the passes; more go to a temporary file.
        """
        self.today = today
        self._pipeline = pipeline
        self._index = index
        self._accept = accept_corrections
        self._only = only
        self._gone = gone | {key for key in index.deleted if key.startswith("Encounter/")}
        self._corrections = 0
        self._elsewhere: dict[str, dict[Finding, None]] = {}
        self._unread: list[Finding] = []
        settings = pipeline.settings
        self._sources = Sources(index, settings, pipeline.policies, pipeline.reference)
        self._context = Context(settings=settings, policies=pipeline.policies, today=today)
        self._ledger = Ledger(settings.namespace)
        self._sessions: Spool[Found] = Spool(held)
        for found in self._read(only):
            self._sessions.add(order(found[0]), found)

    def _read(self, only: frozenset[str] | None) -> Iterator[Found]:
        """First pass: sessions with attendance and charges, entered in the ledger."""
        settings = self._pipeline.settings
        for candidate in find(self._index, settings, lone=only is None):
            session = resolve(candidate, self._index, settings)
            if isinstance(session, Finding) and only is None:
                self._unread.append(session)
            if not isinstance(session, Session):
                continue
            session, crashes = attend(session, self._pipeline.hooks, self._context, self._complex)
            derived = derive(session, self._pipeline.hooks, self._context)
            charges = [charge for each in derived.charges.values() for charge in each]
            self._ledger.record(session, charges, session.service_provider or settings.billing_provider)
            if only is None or not only.isdisjoint(_records(session)):
                yield session, derived, (*crashes, *derived.crashes)
            else:
                self._take_as_filed(session, charges)

    def _take_as_filed(self, session: Session, charges: Iterable[Charge]) -> None:
        """What is not judged now stands as it was judged last: what is held, or ended, competes with nobody."""
        patients = {member.member: member.patient for member in session.members}
        for charge in charges:
            patient = patients.get(charge.member)
            if patient is None:
                continue
            value = charge_item_value(self._context.settings.namespace, session.key, patient, charge.code)
            for item in self._index.find("ChargeItem", "identifier", f"{CHARGE_ITEM_SYSTEM}|{value}"):
                if item.get("status") != "billable" and item.get("status") != "billed":
                    self._ledger.take_out(session.key, patient, held=item.get("status") == "planned")

    def _complex(self, session: Session, member: Member) -> bool:
        return interactive_complexity(self._sources, session, member)

    @property
    def expected(self) -> int:
        """How many sessions there are."""
        return len(self._sessions)

    @property
    def tallies(self) -> dict[str, Tally]:
        """Verdicts per rule so far."""
        return self._pipeline.rulebook.tallies

    def __iter__(self) -> Iterator[SessionReport]:
        """Second pass: judge, decide and plan, session by session in the order of time."""
        shop = Shop.open(self._pipeline, self._index, self._sources, self._ledger, self._context)
        for report in self._reports(shop):
            for member in report.members:
                self._note(member.findings, {line.charge_item for line in member.lines})
                self._corrections += sum(step.action in (Action.REPLACE, Action.VOID) for step in member.plan)
            self._note(report.findings)
            yield report

    def _reports(self, shop: Shop) -> Iterator[SessionReport]:
        for _, (session, derived, crashes) in self._sessions:
            yield SessionRun(shop, session, derived, crashes).report()
        yield from self._orphans(shop)

    def _orphans(self, shop: Shop) -> Iterator[SessionReport]:
        """Sessions that were charged and are none any more, though their Encounter is on file."""
        namespace = self._pipeline.settings.namespace
        found = sorted(orphans(self._index, namespace, self._ledger.sessions, self._gone))
        for key, reference in found:
            if self._asked(reference):
                yield dissolved(shop, key, reference)
        known = {*self._ledger.sessions, *(key for key, _ in found)}
        visits: dict[str, list[tuple[str, str]]] = {}
        for key, patient, visit in sorted(set(lost_visits(self._index, known, self._gone))):
            if self._asked(visit) and (key, patient) not in shop.planner.continued:
                visits.setdefault(key, []).append((patient, visit))
        for key, found_of in visits.items():
            yield lost(shop, key, found_of)

    def _asked(self, reference: str) -> bool:
        return self._only is None or reference in self._only or reference in self._gone

    def _note(self, findings: tuple[Finding, ...], own: Collection[str | None] = ()) -> None:
        """Remember findings on Claims and ChargeItems of others; what is said on `own` lines is in the report."""
        for finding in findings:
            place = finding.at.split("#", 1)[0]
            if place.startswith(("Claim/", "ChargeItem/")) and place not in own:
                self._elsewhere.setdefault(place, {})[finding] = None

    @property
    def corrections_held(self) -> bool:
        """More replacements and voids than allowed."""
        return not self._accept and self._corrections > self._pipeline.settings.max_corrections

    def checked(self) -> tuple[Checked, ...]:
        """Claims and ChargeItems of others that got a finding, by reference."""
        found = []
        for place in sorted(self._elsewhere):
            if self._index.get(place) is not None and not _ours(self._index, place):
                ordered = sorted(self._elsewhere[place], key=lambda each: each.order)
                found.append(Checked(resource=place, findings=tuple(ordered)))
        return tuple(found)

    def findings(self) -> tuple[Finding, ...]:
        """What concerns the input as a whole."""
        found = [*self._index.findings, *self._unread]
        if self.corrections_held:
            found.append(too_many_corrections(self._corrections, self._pipeline.settings.max_corrections))
        weighed = (self._pipeline.rulebook.weigh(each, None) for each in found)
        return tuple(sorted((each for each in weighed if each is not None), key=lambda each: each.order))


def too_many_corrections(count: int, allowed: int) -> Finding:
    """Finding ENG07."""
    return Finding(
        code="ENG07",
        name="too-many-corrections",
        severity=Severity.ERROR,
        at="groupbill.toml#write.max_corrections",
        message=f"{count} replacements and voids in one run, {allowed} are allowed: shown, not written",
        source="groupbill",
    )


def order(session: Session) -> Key:
    """Place of a session in a report: date, start, key."""
    start = session.period.start
    return (session.date_of_service.isoformat(), start.timestamp() if start is not None else 0.0, session.key)


def _records(session: Session) -> set[str]:
    """Encounters and Appointments by which a session can be asked for."""
    own = {member.encounter for member in session.members if member.encounter is not None}
    return {*session.sources, *own, *([session.encounter] if session.encounter else [])}


def _ours(index: Index, reference: str) -> bool:
    from ..model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM

    identifiers = (index.get(reference) or {}).get("identifier") or ()
    return any(each.get("system") in (CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM) for each in identifiers)
