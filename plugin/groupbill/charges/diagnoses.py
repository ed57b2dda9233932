"""The ICD-10-CM codes of a participant: those of their own visit, else their active Conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from ..fhir.codes import ICD10CM, code_in, codings
from ..fhir.dates import day
from ..fhir.encounter import diagnosis_elements
from ..model import Diagnosis, Resource
from .chart import Chart
from .sources import Sources

MOST = 12
"""Diagnoses on a professional claim (837P, HI segment)."""
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_IN_REMISSION = re.compile(r"F1\d\.(11|21|2\d1)$|F30\.[34]|F31\.7|F32\.[45]|F33\.4")
"""ICD-10-CM codes of a disorder in remission, which groups against relapse treat."""
_WITHDRAWN = frozenset({"refuted", "entered-in-error"})


class _Problem(NamedTuple):
    """A Condition with an ICD-10-CM code."""

    reference: str
    code: str
    clinical: str | None
    begin: str | None
    end: str | None


def diagnoses(sources: Sources, chart: Chart, own: Resource, on: date) -> tuple[Diagnosis, ...]:
    """At most twelve codes, each once: the clinician's ranking is kept; without one chapter F comes first."""
    ranked = _first(_ranked(sources, chart, own, on)) if "diagnosis" in own else None
    if ranked:
        return tuple(ranked)
    found = (
        Diagnosis(code=problem.code, condition=problem.reference, active=True)
        for problem in _problems(sources, chart)
        if _active(sources, problem, on)
    )
    return tuple(_first(sorted(found, key=lambda each: (each.code[0] != "F", each.code, each.condition))))


def _first(found: Iterable[Diagnosis]) -> list[Diagnosis]:
    each = list(found)
    if len(each) < 2:
        return each
    codes: dict[str, Diagnosis] = {}
    for diagnosis in each:
        codes.setdefault(diagnosis.code, diagnosis)
    return list(codes.values())[:MOST]


def _ranked(sources: Sources, chart: Chart, own: Resource, on: date) -> Iterator[Diagnosis]:
    for element in diagnosis_elements(own):
        reference = sources.index.ref(element, own)
        found = of_condition(sources, reference, on, chart.records) if reference else None
        if found is not None:
            yield found
        elif code := code_in(element, ICD10CM):
            yield Diagnosis(code=code, ranked=True)


def of_condition(sources: Sources, reference: str, on: date | None, records: tuple[str, ...]) -> Diagnosis | None:
    """The diagnosis of a Condition of this patient; None for another's, a withdrawn one or other codes."""
    resource = sources.get(reference)
    owner = sources.get(reference.partition("#")[0])
    subject = sources.index.ref(resource.get("subject"), owner)
    if subject is not None and subject not in records:
        return None
    problem = _problem(resource, reference)
    if problem is None:
        return None
    active = None if on is None else _active(sources, problem, on)
    return Diagnosis(code=problem.code, condition=reference, active=active, ranked=True)


def _problems(sources: Sources, chart: Chart) -> tuple[_Problem, ...]:
    def read() -> tuple[_Problem, ...]:
        found = chart.find("Condition", "subject")
        problems = (_problem(resource, f"Condition/{resource.get('id')}") for resource in found)
        return tuple(problem for problem in problems if problem is not None)

    return chart.once("problems", read)


def _problem(resource: Resource, reference: str) -> _Problem | None:
    code = next((code for uri, code in codings(resource.get("code")) if uri == ICD10CM), None)
    if code is None or _status(resource.get("verificationStatus")) in _WITHDRAWN:
        return None
    return _Problem(
        reference=reference,
        code=code,
        clinical=_status(resource.get("clinicalStatus")),
        begin=_text(resource, "onset", "start"),
        end=_text(resource, "abatement", "end"),
    )


def _status(concept: Any) -> str | None:
    """The code of a status; some servers still send the bare code of DSTU2."""
    if isinstance(concept, str):
        return concept
    for coding in (concept or {}).get("coding") or ():
        if coding.get("code"):
            return str(coding["code"])
    return None


def _text(resource: Resource, name: str, edge: str) -> str | None:
    """`onsetDateTime` or `onsetPeriod.start`; likewise of abatement."""
    stated = resource.get(name + "DateTime") or (resource.get(name + "Period") or {}).get(edge)
    return stated if isinstance(stated, str) else None


def _active(sources: Sources, problem: _Problem, on: date) -> bool:
    """Active on the date: begun, not ended; one resolved since then was active while it lasted.

    One in remission is still there where its code says so.
    """
    if problem.begin is not None and _later(sources, problem.begin, on):
        return False
    if problem.clinical == "remission" and _IN_REMISSION.match(problem.code):
        return True
    if problem.end is not None:
        return not _earlier(sources, problem.end, on)
    return problem.clinical is None or problem.clinical in _ACTIVE


def _later(sources: Sources, text: str, on: date) -> bool:
    known = day(text, sources.zone())
    return known > on if known is not None else text > on.isoformat()[: len(text)]


def _earlier(sources: Sources, text: str, on: date) -> bool:
    known = day(text, sources.zone())
    return known < on if known is not None else text < on.isoformat()[: len(text)]
