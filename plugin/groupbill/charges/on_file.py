"""The services of a patient that are on file, each once however many resources tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ..fhir.codes import CPT, HCPCS
from ..model import Line
from . import charge_items, claims
from .answers import answer
from .billing import usual_provider
from .chart import Chart
from .contacts import Contact, contacts
from .merging import kind, merge
from .place import spot
from .sources import Sources


class OnFile(NamedTuple):
    """What is on file of one patient."""

    lines: tuple[Line, ...]
    """Live services by start, place and item."""
    merged: frozenset[str]
    """ChargeItems and Encounters that a Claim or ChargeItem stands for."""


def lines_on_file(sources: Sources, patient: str) -> tuple[Line, ...]:
    """ChargeItem and Claim lines that count, and finished Encounters typed with a code, not charged yet."""
    return on_file(sources, patient).lines


def on_file(sources: Sources, patient: str) -> OnFile:
    """The services of a patient. A Claim line stands for its ChargeItem and both for their Encounter.

    For the Encounter also where it is typed with another code of that kind: 45 minutes planned and an hour billed,
    a group that the payer takes under a code of its own.
    """
    chart = sources.chart(patient)
    return chart.once("on-file", lambda: _on_file(sources, chart))


def _on_file(sources: Sources, chart: Chart) -> OnFile:
    items = [each for each in chart.find("ChargeItem", "subject") if charge_items.is_live(each)]
    charged = [charge_items.charge_item_line(sources, each) for each in items]
    held = {f"ChargeItem/{each.get('id')}" for each in items if charge_items.is_held(each)}
    visits = contacts(sources, chart)
    visited = [line for each in visits for line in _visited(sources, chart, each)]
    services, merged = merge(_at_own(_claimed(sources, chart), visits), _at_own(charged, visits))
    billed = len(services)
    services, also = merge(services, visited)
    services, besides = merge(services[:billed], services[billed:], kind)
    found = [line for line in services if line.code and line.at not in held]
    return OnFile(tuple(sorted(found, key=order)), frozenset(merged | also | besides))


def _at_own(lines: Iterable[Line], visits: tuple[Contact, ...]) -> list[Line]:
    """The lines that name the Encounter of a whole session, at the patient's own Encounter in it."""
    known = {each.reference for each in visits}
    own = {each.part_of: each.reference for each in reversed(visits) if each.part_of and each.part_of not in known}
    return [replace(line, encounter=own[line.encounter]) if line.encounter in own else line for line in lines]


def order(line: Line) -> tuple[str, str, int]:
    """By start, then place and item."""
    start = line.period.start
    day = line.date.isoformat() if line.date else ""
    return (start.isoformat() if start else day, line.at, line.item or 0)


def _claimed(sources: Sources, chart: Chart) -> list[Line]:
    """Lines of live Claims. A void is no service, and neither is what a replacement or void is about, nor what the
    payer refused to take in once it is claimed again.
    """
    found = [claim for claim in chart.find("Claim", "patient") if claims.is_claim(claim) and claims.is_live(claim)]
    corrected = {claims.prior(sources, claim)[0] for claim in found if claims.frequency(claim) in ("7", "8")}
    lines: list[Line] = []
    refused: list[Line] = []
    for claim in found:
        if claims.frequency(claim) != "8" and f"Claim/{claim.get('id')}" not in corrected:
            kept = refused if answer(sources, claim).refused else lines
            kept += claims.claim_lines(sources, claim)
    for line in sorted(refused, key=lambda each: (str(each.created or ""), each.at), reverse=True):
        if not any(_again(other, line) for other in lines):
            lines.append(line)
    return lines


def _again(other: Line, line: Line) -> bool:
    """Whether another Claim is for the service of a refused one."""
    same = other.at != line.at and other.code == line.code and other.date == line.date
    return same and other.period.overlaps(line.period) is not False


def _visited(sources: Sources, chart: Chart, visit: Contact) -> Iterator[Line]:
    if visit.status != "finished":
        return
    for code in visit.codes:
        yield Line(
            at=visit.reference,
            patient=chart.patient,
            code=code,
            system=CPT if code[:1].isdigit() else HCPCS,
            date=visit.period.date,
            period=visit.period,
            place_of_service=spot(sources, visit.location).code,
            rendering=visit.practitioners[0] if visit.practitioners else None,
            billing=visit.provider or usual_provider(sources),
            encounter=visit.reference,
            encounter_status=visit.status,
            encounter_date=visit.period.date,
        )
