"""What else happened to a patient: the last visit in person, a hospital stay, a day program."""

from __future__ import annotations

from datetime import date

from ..fhir.codes import codings
from ..model import Period, Resource
from .billing import usual_provider
from .chart import Chart
from .contacts import Contact, contacts
from .sources import Sources
from .times import within

_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
_PROGRAMS = frozenset({"PHP", "IOP", "H0035", "H0015", "S9480", "S0201"})
"""Partial hospitalization and intensive outpatient: HCPCS per-diem codes, and the names as local codes."""
_NOT_YET = frozenset({"planned", "waitlist", "cancelled", "entered-in-error"})


def last_in_person(sources: Sources, chart: Chart, billing: str | None, on: date, own: str | None) -> date | None:
    """Day of the last finished visit in person with the same billing provider before the date (TEL11)."""
    usual = usual_provider(sources)
    days = [
        each.period.date
        for each in contacts(sources, chart)
        if each.status == "finished" and each.in_person and each.reference != own
        if each.period.date is not None and each.period.date < on
        if (each.provider or usual) == billing
    ]
    return max(days, default=None)


def inpatient_stay(sources: Sources, chart: Chart, own: str | None, when: Period, on: date) -> str | None:
    """The hospital stay that covers the service: by the hour where recorded, else by the day."""
    for each in contacts(sources, chart):
        stay = each.category in _INPATIENT and each.status not in _NOT_YET and each.reference != own
        if stay and _covers(each, when, on):
            return each.reference
    return None


def _covers(stay: Contact, when: Period, on: date) -> bool:
    start = stay.period.date
    if start is None or start > on or (stay.last is not None and stay.last < on):
        return False
    if when.start is None:
        return True
    before = stay.period.end is not None and stay.period.end <= when.start
    after = stay.period.start is not None and when.end is not None and stay.period.start >= when.end
    return not before and not after


def day_program(sources: Sources, chart: Chart, own: str | None, on: date) -> str | None:
    """EpisodeOfCare, else Encounter, of a PHP or IOP program that covers the date (CLM11)."""
    for episode in chart.find("EpisodeOfCare", "patient"):
        if (
            episode.get("status") not in _NOT_YET
            and _is_program(episode, "type")
            and within(sources, episode.get("period"), on)
        ):
            return f"EpisodeOfCare/{episode.get('id')}"
    for each in contacts(sources, chart):
        typed = each.category in _PROGRAMS or not _PROGRAMS.isdisjoint(each.codes)
        if typed and each.reference != own and each.status not in _NOT_YET and each.touches(on):
            return each.reference
    return None


def _is_program(resource: Resource, name: str) -> bool:
    return any(code.upper() in _PROGRAMS for _, code in codings(resource.get(name) or []))
