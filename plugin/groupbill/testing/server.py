"""An in-memory FHIR server for tests of plugins and embeddings: keeps versions, searches, takes transactions."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from ..fhir import json
from ..fhir.index import Index
from ..model import Resource

JSON = dict[str, Any]

_LINKS = {
    "part-of": ("partOf",),
    "actor": ("actor",),
    "participant": ("actor",),
    "practitioner": ("actor", "practitioner"),
    "patient": ("patient", "subject", "actor", "beneficiary"),
    "subject": ("subject",),
    "beneficiary": ("beneficiary",),
    "member": ("member",),
    "encounter": ("encounter", "context"),
    "context": ("context",),
    "appointment": ("appointment",),
    "identifier": ("identifier",),
    "request": ("request",),
    "claim": ("claim",),
    "focus": ("focus",),
    "organization": ("organization",),
    "link": ("link",),
}
_DATES = ("period", "actualPeriod", "occurrencePeriod")


class StaleVersion(Exception):
    """The version in If-Match is not the newest (HTTP 412)."""


class MemoryServer:
    """Resources by `Type/id`. `read` is what `Host.handle(change, read=server.read)` asks for."""

    def __init__(self, resources: Iterable[Mapping[str, Any]] = ()) -> None:
        """Start with these resources, each at version 1."""
        self._resources: dict[str, JSON] = {}
        self._index: Index | None = None
        self.writes = 0
        """How many resources were written since the start."""
        for resource in resources:
            self.put(resource)

    def put(self, resource: Mapping[str, Any], if_match: str | None = None) -> JSON:
        """Create or update; the version counts up.

        Errors:
            StaleVersion: `if_match` is not the newest version.
        """
        key = f"{resource['resourceType']}/{resource['id']}"
        known = self._resources.get(key)
        version = known["meta"]["versionId"] if known is not None else None
        if if_match is not None and if_match.strip('W/"') != version:
            raise StaleVersion(key)
        stored: JSON = copy.deepcopy(dict(resource))
        stored["meta"] = {**stored.get("meta", {}), "versionId": str(int(version or 0) + 1)}
        self._resources[key] = stored
        self._index = None
        self.writes += 1
        return stored

    def delete(self, reference: str) -> None:
        """Remove a resource."""
        self._resources.pop(reference, None)
        self._index = None

    def get(self, reference: str) -> JSON | None:
        """The newest version of `Type/id`."""
        return self._resources.get(reference)

    def transaction(self, bundle: Mapping[str, Any]) -> None:
        """Carry out a transaction of PUTs: all of it, or nothing.

        Errors:
            StaleVersion: an `ifMatch` is not the newest version.
        """
        self.check(bundle)
        for entry in bundle.get("entry", ()):
            self.put(entry["resource"], entry["request"].get("ifMatch"))

    def check(self, bundle: Mapping[str, Any]) -> None:
        """Whether a transaction could be carried out.

        Errors:
            StaleVersion: an `ifMatch` is not the newest version.
        """
        for entry in bundle.get("entry", ()):
            known = self._resources.get(entry["request"]["url"])
            wanted = entry["request"].get("ifMatch")
            if wanted is not None and (known is None or known["meta"]["versionId"] != wanted.strip('W/"')):
                raise StaleVersion(entry["request"]["url"])

    def all(self, resource_type: str | None = None) -> list[JSON]:
        """All resources, or those of a type, by reference."""
        kinds = (resource_type + "/",) if resource_type else ("",)
        return [self._resources[key] for key in sorted(self._resources) if key.startswith(kinds)]

    def read(self, question: str) -> list[Resource]:
        """By reference (`Patient/p1`) or search (`Encounter?part-of=Encounter/a,Encounter/b&date=ge2026-03-01`)."""
        kind, mark, query = question.partition("?")
        if not mark:
            found = self._resources.get(question)
            return [] if found is None else [found]
        matching: set[str] | None = None
        bounds: list[str] = []
        for parameter in filter(None, query.split("&")):
            name, _, value = parameter.partition("=")
            if name in ("date", "occurrence"):
                bounds.append(value)
                continue
            hits = {key for each in value.split(",") for key in self._hits(kind, name, each)}
            matching = hits if matching is None else matching & hits
        keys = matching if matching is not None else {key for key in self._resources if key.startswith(kind + "/")}
        return [self._resources[key] for key in sorted(keys) if _within(self._resources[key], bounds)]

    def _hits(self, kind: str, name: str, value: str) -> set[str]:
        if name == "_id":
            return {f"{kind}/{value}"} & self._resources.keys()
        if name not in _LINKS:
            raise ValueError(f"the in-memory server has no search parameter {name!r}")
        index = self._searchable()
        return {f"{kind}/{found['id']}" for link in _LINKS[name] for found in index.find(kind, link, value)}

    def _searchable(self) -> Index:
        if self._index is None:
            self._index = Index()
            for key, resource in self._resources.items():
                self._index.add(copy.deepcopy(resource), json.dumps(resource), key)
        return self._index


def _within(resource: Mapping[str, Any], bounds: list[str]) -> bool:
    """Whether the date as written is inside the bounds (`ge`, `lt`, or a whole day)."""
    if not bounds:
        return True
    start = next((resource[name].get("start") for name in _DATES if name in resource), resource.get("start"))
    on = str(start or resource.get("occurrenceDateTime") or "")[:10]
    for bound in bounds:
        sign, day = (bound[:2], bound[2:12]) if bound[:2].isalpha() else ("eq", bound[:10])
        if not {"ge": on >= day, "lt": on < day, "le": on <= day, "gt": on > day, "eq": on == day}[sign]:
            return False
    return True
