"""Where else the leaders of a session were at the same time (TIM07); no patient is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

from ..charges import charge_items, claims
from ..fhir import encounter as encounters
from ..fhir.dates import period
from ..fhir.references import is_patient
from ..model import Line, Session
from ..rules.services import runs_beside
from .shop import Shop


def elsewhere(shop: Shop, session: Session) -> tuple[Line, ...]:
    """Services of the same leaders at overlapping times: other sessions of this run, and visits on file."""
    found: dict[str, Line] = {}
    for leader in session.performers:
        if leader.practitioner is not None:
            for line in (
                *_sessions(shop, session, leader.practitioner),
                *_visits(shop, session, leader.practitioner),
            ):
                found[line.place()] = line
    return tuple(found[place] for place in sorted(found))


def _sessions(shop: Shop, session: Session, leader: str) -> Iterator[Line]:
    for where, when in shop.ledger.elsewhere(session, leader):
        if session.period.overlaps(when):
            yield Line(at=where, patient="", code=session.code, date=when.date, period=when, rendering=leader)


def _visits(shop: Shop, session: Session, leader: str) -> Iterator[Line]:
    """Finished visits of single patients that are billed, or typed with a code to be billed."""
    start = session.period.start
    if start is None:
        return
    own = {session.encounter, *session.sources}
    for offset in (-1, 0, 1):
        on = (start.astimezone(UTC) + timedelta(days=offset)).date().isoformat()
        for reference in shop.index.linked("Encounter", "performer-day", f"{leader}|{on}"):
            if reference in own or reference in shop.ledger.visits:
                continue
            visit = shop.index.get(reference) or {}
            if encounters.status(visit) != "finished":
                continue
            if shop.index.ref(visit.get("partOf"), visit) in own or not _individual(shop, visit):
                continue
            when = period(encounters.period_element(visit), shop.sources.zone())
            if session.period.overlaps(when):
                yield from _billed(shop, visit, reference, leader)


def _individual(shop: Shop, visit: dict[str, object]) -> bool:
    """Of one patient; sessions of a group are in the ledger."""
    subject = shop.index.ref(visit.get("subject"), visit)
    return is_patient(subject)


def _billed(shop: Shop, visit: dict[str, object], reference: str, leader: str) -> Iterator[Line]:
    """The lines on file for a visit, else the visit itself under its code; a test or a drug takes nobody's time."""
    when = period(encounters.period_element(visit), shop.sources.zone())
    lines = _claimed(shop, reference) or _charged(shop, reference)
    if not lines:
        codes = [code for code in encounters.cpt_codes(visit) if not runs_beside(code)]
        lines = [Line(at=reference, patient="", code=code, date=when.date) for code in codes[:1]]
    for line in lines:
        if not runs_beside(line.code):
            yield replace(line, patient="", date=when.date, period=when, rendering=leader)


def _claimed(shop: Shop, reference: str) -> list[Line]:
    found = shop.index.find("Claim", "encounter", reference)
    lines = (
        claims.claim_lines(shop.sources, each) for each in found if claims.is_claim(each) and claims.is_live(each)
    )
    return [line for claim in lines for line in claim if line.encounter == reference]


def _charged(shop: Shop, reference: str) -> list[Line]:
    found = shop.index.find("ChargeItem", "context", reference)
    return [charge_items.charge_item_line(shop.sources, each) for each in found if charge_items.is_live(each)]
