"""Dates and times of what is on file, at the site."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..fhir.dates import first_day, last_day
from .sources import Sources


def within(sources: Sources, period: Any, on: date) -> bool:
    """Whether a date lies in a FHIR Period, both ends included; what is not stated does not limit."""
    if not isinstance(period, dict):
        return True
    zone = sources.zone()
    start, end = first_day(period.get("start"), zone), last_day(period.get("end"), zone)
    return (start is None or start <= on) and (end is None or on <= end)
