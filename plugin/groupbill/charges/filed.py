"""What is filed about one patient at one Encounter."""

from __future__ import annotations

from typing import Any

from ..model import Resource
from .chart import Chart
from .sources import Sources


def at_encounter(sources: Sources, chart: Chart, resource_type: str, encounter: str, *, own: bool) -> list[Resource]:
    """The patient's resources of a type on an Encounter, sorted by id.

    A session's Encounter may have a resource of every participant, so the patient's are gone through there.
    """
    ref = sources.index.ref
    if own:
        found = sources.index.find(resource_type, "encounter", encounter)
        return [each for each in found if _about(sources, each, chart)]
    return [
        each
        for each in chart.find(resource_type, "subject")
        if encounter in (ref(element, each) for element in encounter_elements(each))
    ]


def encounter_elements(resource: Resource) -> list[Any]:
    """References to Encounters of an Observation, Composition or DocumentReference, R4 and R5 alike."""
    context = resource.get("context")
    if isinstance(context, dict):
        return list(context.get("encounter") or ())
    if isinstance(context, list):
        return context
    return [resource.get("encounter")]


def _about(sources: Sources, resource: Resource, chart: Chart) -> bool:
    """Whether the patient is the subject; one that names no subject is the Encounter's."""
    subject = resource.get("subject")
    stated = subject if isinstance(subject, list) else [subject] if subject else []
    return not stated or any(sources.index.ref(each, resource) in chart.records for each in stated)
