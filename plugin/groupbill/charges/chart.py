"""The chart of one patient: all records of one person, and what was read from them already."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from ..fhir.index import Index
from ..model import Resource

T = TypeVar("T")
_UNKNOWN = object()


class Chart:
    """The resources of one patient, under whatever Patient record they were filed."""

    __slots__ = ("_index", "_known", "patient", "records", "resource")

    def __init__(self, index: Index, patient: str) -> None:
        """Of the surviving Patient after `Patient.link`."""
        self._index = index
        self._known: dict[Hashable, Any] = {}
        self.patient = patient
        self.records = _records(index, patient)
        """The surviving Patient, then the records it replaces, sorted."""
        self.resource: Resource = index.get(patient) or {}

    def find(self, resource_type: str, link: str) -> list[Resource]:
        """The patient's resources of a type by the link that names the patient, sorted by record and id."""
        find = self._index.find
        if len(self.records) == 1:
            return list[Resource](find(resource_type, link, self.patient))
        return [resource for record in self.records for resource in find(resource_type, link, record)]

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` answered when `name` was first asked for on this chart."""
        found = self._known.get(name, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._known[name] = make()
        return cast(T, found)


def _records(index: Index, patient: str) -> tuple[str, ...]:
    """The patient and every record that was merged into it, however long the chain."""
    found = [patient]
    for record in found:
        older = _replaced(index, record)
        found.extend(other for other in older if other not in found)
    return (patient, *sorted(found[1:]))


def _replaced(index: Index, record: str) -> list[str]:
    if not index.has_link("Patient", "link"):
        return []
    resource = index.get(record) or {}
    older = [
        index.ref(link.get("other"), resource)
        for link in resource.get("link") or ()
        if link.get("type") == "replaces"
    ]
    for other in index.find("Patient", "link", record):
        for link in other.get("link") or ():
            if link.get("type") == "replaced-by" and index.ref(link.get("other"), other) == record:
                older.append(f"Patient/{other['id']}")
    return [reference for reference in older if reference and reference.startswith("Patient/")]
