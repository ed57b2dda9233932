"""Treatment plans: the CarePlan of a patient that orders the session's kind of service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from ..fhir.codes import CPT, HCPCS, SNOMED, codings
from ..fhir.dates import first_day, last_day
from ..model import Resource
from .chart import Chart
from .sources import Sources

_GROUP_PSYCHOTHERAPY = "76168009"
"""SNOMED CT."""
_ENDED = frozenset({"entered-in-error", "revoked", "draft", "unknown", "on-hold"})


class _Plan(NamedTuple):
    """A CarePlan with the procedure codes of its activities."""

    reference: str
    active: bool
    start: date | None
    end: date | None
    codes: frozenset[str]


def plans(sources: Sources, chart: Chart, code: str, on: date) -> tuple[str | None, bool, date | None]:
    """The plan in force on the date with an activity of the code, whether any is on file, and the review due.

    A plan that is still called active after its period is over waits for a review since its last day. A CarePlan
    without a billable service among its activities (of the diabetes nurse, or in prose alone) says nothing of the
    treatment plans that are kept here.
    """
    if not sources.has("CarePlan"):
        return None, False, None
    filed = chart.once("plans", lambda: _filed(sources, chart))
    plan = next((each.reference for each in filed if code in each.codes and _in_force(each, on)), None)
    due = (each.end for each in filed if each.active and each.end is not None and each.end < on)
    return plan, bool(filed), None if plan else min(due, default=None)


def _in_force(plan: _Plan, on: date) -> bool:
    begun = plan.start is None or plan.start <= on
    if plan.end is None:
        return begun and plan.active
    return begun and on <= plan.end


def _filed(sources: Sources, chart: Chart) -> tuple[_Plan, ...]:
    found = (
        _plan(sources, resource)
        for resource in chart.find("CarePlan", "subject")
        if resource.get("status") != "entered-in-error"
    )
    return tuple(each for each in found if each.codes)


def _plan(sources: Sources, resource: Resource) -> _Plan:
    period = resource.get("period") or {}
    zone = sources.zone()
    status = resource.get("status")
    return _Plan(
        reference=f"CarePlan/{resource.get('id')}",
        active=status == "active",
        start=date.max if status in _ENDED else first_day(period.get("start"), zone),
        end=last_day(period.get("end"), zone),
        codes=frozenset(_codes(sources, resource)),
    )


def _codes(sources: Sources, resource: Resource) -> Iterator[str]:
    named = sources.settings.session_codes
    for activity in resource.get("activity") or ():
        for uri, code in codings(_concepts(sources, resource, activity)):
            if uri in (CPT, HCPCS):
                yield code
            elif uri == SNOMED and code == _GROUP_PSYCHOTHERAPY:
                yield "90853"
            elif f"{uri}|{code}" in named:
                yield named[f"{uri}|{code}"]


def _concepts(sources: Sources, resource: Resource, activity: dict[str, Any]) -> list[Any]:
    """`activity.detail.code`, or the code of the request that the activity refers to (R4, R5)."""
    found = [(activity.get("detail") or {}).get("code")]
    for name in ("reference", "plannedActivityReference"):
        request = sources.get(sources.index.ref(activity.get(name), resource))
        found.append(request.get("code"))
    return found
