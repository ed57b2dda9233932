"""What charges are gathered from, with what was looked up already in this run."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..fhir.index import Index
from ..fhir.sites import sites
from ..model import Resource
from .chart import Chart

if TYPE_CHECKING:
    from ..policies import Policies
    from ..reference import Reference
    from ..settings import Settings

T = TypeVar("T")
_CHARTS = 4096
_FACTS = 16384
_UNKNOWN = object()
_EMPTY: Mapping[str, Any] = {}


class Sources:
    """Resources, settings, policies and code tables of one run, and a memory of what was read from them.

    Practitioners, Organizations and Locations are few and met again in every session, a patient's chart in
    every session of the patient. The memory is bounded, and nothing of it outlives the run.
    """

    def __init__(self, index: Index, settings: Settings, policies: Policies, reference: Reference) -> None:
        """Over an index that is complete: what is added to it later may not be seen."""
        self.index = index
        self.settings = settings
        self.policies = policies
        self.reference = reference
        self._charts: dict[str, Chart] = {}
        self._facts: dict[Hashable, Any] = {}
        self._session: tuple[str, dict[Hashable, Any]] = ("", {})
        self._home: tzinfo | None = settings.zone_of()

    def has(self, resource_type: str) -> bool:
        """Whether there is any resource of a type; most searches end here."""
        return resource_type in self.index.types

    def get(self, reference: str | None) -> Resource:
        """The resource of a reference, an empty mapping where it is not on file."""
        return (self.index.get(reference) if reference else None) or _EMPTY

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` answered when `key` was first asked for in this run."""
        found = self._facts.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            if len(self._facts) >= _FACTS:
                self._facts.clear()
            found = self._facts[key] = make()
        return cast(T, found)

    def in_session(self, session: str) -> dict[Hashable, Any]:
        """A memory for one session (its key), emptied when the next one is asked about."""
        if self._session[0] != session:
            self._session = (session, {})
        return self._session[1]

    def chart(self, patient: str) -> Chart:
        """The chart of a patient."""
        chart = self._charts.get(patient)
        if chart is None:
            if len(self._charts) >= _CHARTS:
                del self._charts[next(iter(self._charts))]
            chart = self._charts[patient] = Chart(self.index, patient)
        return chart

    def zone(self, location: str | None = None, organization: str | None = None) -> tzinfo | None:
        """The time zone of a site, None where the settings say nothing: dates stand as written."""
        if (location is None and organization is None) or not self.settings.timezones:
            return self._home
        return self.once(("zone", location, organization), lambda: self._zone(location, organization))

    def _zone(self, location: str | None, organization: str | None) -> tzinfo | None:
        return self.settings.zone_of(*sites(self.index, location, organization))
