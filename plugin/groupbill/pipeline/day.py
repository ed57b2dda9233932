"""The day of one patient, and the bills that would be written, as the rules look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from ..model import Bill, Line, Participant, PatientDay, Visit
from ..model.identity import CLAIM_SYSTEM, claim_value, resource_id
from ..reconcile.foreign import same_service
from .ledger import Ledger

_NEVER = datetime.min.replace(tzinfo=UTC)


def patient_day(
    participant: Participant,
    on_file: Sequence[Line],
    others: Iterable[Line],
    held: Iterable[Line],
    visits: tuple[Visit, ...],
    busy: tuple[Line, ...],
    ledger: Ledger,
) -> PatientDay:
    """Everything of the participant's patient on the date of service.

    Args:
        on_file: All live lines of the patient, of any date.
        others: Desired lines of the patient's other sessions in this run.
        held: Those of them that are held already.
        visits: Encounters that touch the date.
        busy: Services of the same leader at overlapping times for other patients.
        ledger: Of this run: for what groupbill wrote about its sessions before, the desired lines speak.
    """
    session = participant.session
    own = _own_visits(participant, ledger)
    codes = {session.code, *(line.code for line in participant.lines)}
    filed = [
        # What we billed under another code before is gone; what others charge under it is theirs still.
        line
        for line in on_file
        if not _superseded(line, session.key, own, ledger) or (line.shared and line.code not in codes)
    ]
    if not any(line.ours and line.session == session.key for line in on_file):
        filed = [line for line in filed if not _bills_ours(line, participant)]
    desired = [*participant.lines, *others]
    filed = [line for line in filed if not _billed_under_earlier_key(line, desired, ledger)]
    lines = [line for line in [*desired, *filed] if line.date == session.date_of_service]
    history = [line for line in [*desired, *filed] if line.date != session.date_of_service]
    return PatientDay(
        patient=participant.member.patient or participant.member.member,
        date=session.date_of_service,
        policy=participant.policy,
        lines=tuple(sorted(lines, key=_order)),
        history=tuple(sorted(history, key=_order)),
        visits=visits,
        busy=busy,
        held=tuple(held),
        participant=participant,
    )


def _own_visits(participant: Participant, ledger: Ledger) -> frozenset[str]:
    """The patient's own visit of the session: its lines on file are this very service."""
    session, member = participant.session, participant.member
    return frozenset(filter(None, (ledger.visit(session.key, member), session.encounter, *member.visits)))


def _superseded(line: Line, session: str, own: Collection[str], ledger: Ledger) -> bool:
    """Whether a line on file is what groupbill wrote for a session of this run, or the visit itself."""
    if line.ours and (line.session == session or line.session in ledger.sessions):
        return True
    if not line.ours and not line.at.startswith("Encounter/"):
        return False
    if line.encounter in own or line.encounter in ledger.visits:
        return True
    return not line.ours and (line.at in own or line.at in ledger.visits)


def _billed_under_earlier_key(line: Line, desired: Iterable[Line], ledger: Ledger) -> bool:
    """Whether a line of ours is one of these services, though its session has another key now."""
    if not line.ours or line.session is None or line.session in ledger.sessions:
        return False
    alike = (each for each in desired if each.rendering == line.rendering)
    return any(line.period.coincides(each.period) for each in alike)


def _bills_ours(line: Line, participant: Participant) -> bool:
    """Whether somebody else has billed this very service already: that is no second one, the plan speaks of it."""
    if line.ours or line.desired or line.at.startswith("Encounter/"):
        return False
    own = [each for each in participant.lines if line.code in (each.code, participant.session.code)]
    return any(same_service(line, each, participant) for each in own)


def _order(line: Line) -> tuple[str, datetime, str, int]:
    on = "" if line.date is None else line.date.isoformat()
    return (on, line.period.start or _NEVER, line.at, line.item or 0)


def desired_bills(participant: Participant, namespace: str) -> tuple[Bill, ...]:
    """The bills that would be written: one Claim per paid leader, under the id of its first generation."""
    numbers = sorted({line.leader for line in participant.lines})
    return tuple(_bill(participant, namespace, number) for number in numbers)


def _bill(participant: Participant, namespace: str, number: int) -> Bill:
    session, patient = participant.session.key, participant.member.patient or participant.member.member
    value = claim_value(namespace, session, patient, number)
    lines = tuple(line for line in participant.lines if line.leader == number)
    leader = next((each for each in participant.rendering if each.number == number), None)
    nets = [line.net for line in lines]
    diagnoses = participant.diagnoses[:12]
    coverage = participant.coverage
    return Bill(
        at=f"Claim/{resource_id(CLAIM_SYSTEM, value)}",
        kind="Claim",
        desired=True,
        ours=True,
        patient=participant.member.patient,
        lines=lines,
        diagnoses=diagnoses,
        diagnosis_sequences=tuple(range(1, len(diagnoses) + 1)),
        total=None if None in nets else sum((net for net in nets if net is not None), Decimal(0)),
        provider=participant.billing.reference,
        provider_npi=participant.billing.npi,
        rendering=None if leader is None else leader.practitioner,
        rendering_npi=None if leader is None else leader.npi,
        rendering_taxonomies=() if leader is None else leader.taxonomies,
        facility=participant.facility,
        coverages=participant.coverages,
        focal=coverage,
        preauth=() if participant.authorization is None else (participant.authorization.number,),
        policy=participant.policy,
        participant=participant,
        billing=participant.billing,
    )
