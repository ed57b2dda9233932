"""What groupbill itself is about to charge in this run, by patient and by leader: sessions compete and collide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ..fhir.references import LOGICAL
from ..model import Charge, Line, Member, Period, Session
from ..model.identity import CHARGE_ITEM_SYSTEM, VISIT_SYSTEM, charge_item_value, resource_id, visit_value

_DAY = timedelta(days=1)
_LINES = 16384
"""Lines kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge of one session, as other sessions of the same patient see it."""

    session: str
    patient: str
    encounter: str | None
    code: str
    units: int
    period: Period
    performer: str | None
    billing: str | None


class Ledger:
    """Charges of all sessions of a run. A session that turns out to be held is taken out for the later ones."""

    def __init__(self, namespace: str) -> None:
        """Empty."""
        self._namespace = namespace
        self._by_patient: dict[str, list[Entry]] = {}
        self._by_leader: dict[tuple[str, str], list[tuple[str, str, Period]]] = {}
        self._out: set[tuple[str, str]] = set()
        self._held: set[tuple[str, str]] = set()
        self._settled: dict[tuple[str, str], tuple[Line, ...]] = {}
        """Lines of sessions that were judged, where they are others than an entry tells."""
        self._lines: dict[tuple[str, str, str, str], Line] = {}
        self.sessions: set[str] = set()
        """Keys of the sessions."""
        self.visits: set[str] = set()
        """Visits of their participants."""

    def record(self, session: Session, charges: Iterable[Charge], billing: str | None) -> None:
        """Enter a session with the charges of its participants."""
        self.sessions.add(session.key)
        performer = session.performers[0].practitioner if session.performers else None
        members = {member.member: member for member in session.members}
        for charge in charges:
            member = members[charge.member]
            if member.patient is None:
                continue
            self.visits.add(self.visit(session.key, member))
            self.visits.update(member.visits)
            entry = Entry(
                session.key,
                member.patient,
                member.encounter,
                charge.code,
                charge.units,
                member.period,
                performer,
                billing,
            )
            self._by_patient.setdefault(member.patient, []).append(entry)
        if session.attended and session.status == "finished":
            for leader in session.performers:
                if leader.practitioner is not None:
                    place = session.encounter or session.sources[0]
                    on = session.date_of_service.isoformat()
                    taught = self._by_leader.setdefault((leader.practitioner, on), [])
                    taught.append((session.key, place, session.period))

    def visit(self, session: str, member: Member) -> str:
        """How our bills name the visit of a member: the own Encounter, else the identifier that stands for it."""
        if member.encounter is not None:
            return member.encounter
        value = visit_value(self._namespace, session, member.patient or member.member)
        return f"{LOGICAL}{VISIT_SYSTEM}|{value}"

    def take_out(self, session: str, patient: str, *, held: bool) -> None:
        """A charge that is held or not made after all no longer competes with later sessions."""
        self._out.add((session, patient))
        if held:
            self._held.add((session, patient))

    def settle(self, session: str, patient: str, lines: tuple[Line, ...]) -> None:
        """The lines of a session that was judged: a second leader is paid, or a supervisor in the leader's place.

        Kept for the patient's other sessions of that day only.
        """
        entries = self._by_patient.get(patient, ())
        known = {entry.performer for entry in entries if entry.session == session}
        days = {entry.period.date for entry in entries if entry.session != session}
        if {line.rendering for line in lines} != known and any(line.date in days for line in lines):
            self._settled[session, patient] = lines

    def others(self, session: str, patient: str, recoded: dict[str, str]) -> Iterator[Line]:
        """Desired lines of the patient's other sessions; `recoded` is the policy's `session_code`."""
        told: set[str] = set()
        for entry in self._by_patient.get(patient, ()):
            if entry.session == session or (entry.session, patient) in self._out:
                continue
            settled = self._settled.get((entry.session, patient))
            if settled is None:
                yield self._line(entry, recoded)
            elif entry.session not in told:
                told.add(entry.session)
                yield from settled

    def held(self, session: str, patient: str, recoded: dict[str, str]) -> Iterator[Line]:
        """Those of the patient's other sessions that are held."""
        for entry in self._by_patient.get(patient, ()):
            if entry.session != session and (entry.session, patient) in self._held:
                yield self._line(entry, recoded)

    def elsewhere(self, session: Session, leader: str) -> Iterator[tuple[str, Period]]:
        """Other sessions of a leader about that day: place and time."""
        for offset in (-_DAY, timedelta(0), _DAY):
            on = (session.date_of_service + offset).isoformat()
            for key, place, period in self._by_leader.get((leader, on), ()):
                if key != session.key:
                    yield place, period

    def _line(self, entry: Entry, recoded: dict[str, str]) -> Line:
        """Kept for the patient's next sessions."""
        code = recoded.get(entry.code, entry.code)
        key = (entry.session, entry.patient, entry.code, code)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= _LINES:
                self._lines.clear()
            line = self._lines[key] = self._made(entry, code)
        return line

    def _made(self, entry: Entry, code: str) -> Line:
        value = charge_item_value(self._namespace, entry.session, entry.patient, entry.code)
        return Line(
            at=f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, value)}",
            desired=True,
            ours=True,
            patient=entry.patient,
            code=code,
            units=Decimal(entry.units),
            date=entry.period.date,
            period=entry.period,
            rendering=entry.performer,
            billing=entry.billing,
            encounter=entry.encounter,
            session=entry.session,
        )
