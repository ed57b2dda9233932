"""What was read: bytes by `Type/id`, links between them, and what could not be used.

It holds bytes, not parsed resources: the cyclic collector scans live dictionaries again and again, which
makes reading several times slower. A session's worth of parsed resources is kept at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..model.finding import Finding, Severity
from . import json
from .elements import fault, surely_fine
from .links import links
from .references import LOGICAL, LOGICAL_ID, bare, plain
from .store import Disk, Memory, Store
from .versions import EARLIEST, Rank, deletion, rank, same

Resource = dict[str, Any]
PARSED = 256
"""Parsed resources kept: a session's worth. Eight times as many double the time of a look-up, by collections."""
IN_MEMORY = 64 * 2**20
"""Bytes of input above which the index moves to a temporary file."""
WRITTEN = frozenset({"ChargeItem", "Claim", "Task"})
"""Types of which new versions are written, under the fullUrl that they have."""


class Index:
    """Resources by reference and by link. The answers do not depend on the order of what was added."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Empty; `in_memory` bytes are held before a temporary file is used."""
        self._store: Store = Memory()
        self._limit = in_memory
        self._held = 0
        self._parsed: dict[str, Resource] = {}
        self._aliases: dict[str, str] = {}
        self._also: dict[str, list[str]] = {}
        self._full_urls: dict[str, str] = {}
        self._loose: set[str] = set()
        self._unreadable: list[Finding] = []
        self._ties: set[str] = set()
        self._nulls: set[str] = set()
        """Resources in which nulls stand for what is absent."""
        self._deleted: dict[str, Rank] = {}
        self._sealed = False
        self._there: set[tuple[str, str]] = set()
        self.types: set[str] = set()
        """Types of which there is any: most questions are about what nobody has."""
        self.count = 0
        """Resources and Bundles that were readable, however often each was given."""

    @property
    def findings(self) -> list[Finding]:
        """ENG01 of what could not be read and ENG06 of undecided versions, in the order of a report."""
        ties = [_tie(key) for key in self._ties]
        return sorted([*self._unreadable, *ties], key=lambda finding: finding.order)

    def unreadable(self, place: str, message: str) -> None:
        """Record a part of the input that can't be used (ENG01)."""
        self._unreadable.append(
            Finding(code="ENG01", name="unreadable-input", severity=Severity.ERROR, at=place, message=message)
        )

    def add(self, resource: Resource, data: bytes, place: str, full_url: str | None = None) -> None:
        """Take one resource; `data` are its bytes, `place` is where it stood, `full_url` its entry's."""
        nulls = False
        if not surely_fine(resource):
            pruned = json.prune(resource)
            wrong = fault(pruned)
            if wrong is not None:
                self.unreadable(place, wrong)
                return
            nulls, resource = pruned != resource, pruned
        kind, name = resource["resourceType"], resource.get("id")
        if name is None:
            content = json.exact(data)
            content.pop("id", None)
            name = _derived(kind, content, full_url)
            resource, data = {"id": name, **resource}, json.dumps({"id": name, **content})
        key = f"{kind}/{name}"
        if nulls:
            self._nulls.add(key)
        self._sealed = False
        self.count += 1
        if full_url is not None:
            if not full_url.endswith("/" + key):
                self._alias(bare(full_url) or full_url, key)
            if kind in WRITTEN and ":" in full_url:
                self._full_urls[key] = min(full_url, self._full_urls.get(key, full_url))
        known = self._store.data(key)
        if known is None:
            self._put(key, data, resource)
        elif known != data:
            self._choose(key, known, data, resource)

    def delete(self, key: str, when: object) -> None:
        """Take note that `Type/id` was deleted, at an instant where one is told: no version before counts."""
        at = self._deleted[key] = max(deletion(when), self._deleted.get(key, EARLIEST))
        known = self._store.data(key)
        if known is not None and rank(old := self._loads(key, known)) <= at:
            self._ties.discard(key)
            self._drop(key, known, old)

    @property
    def deleted(self) -> frozenset[str]:
        """What was deleted, and not made again."""
        return frozenset(key for key in self._deleted if self._store.data(key) is None)

    def get(self, reference: str | None) -> Resource | None:
        """The resource of a bare `Type/id` or `Type/id#contained`. It is shared: not to be changed."""
        if not reference:
            return None
        found = self._parsed.get(reference)
        if found is not None:
            return found
        found = self._parse(reference)
        if found is None and "#" in reference:
            return self._contained(reference)
        if found is None and reference in self._aliases:
            return self._parse(self._aliases[reference])
        return found

    def find(self, resource_type: str, link: str, value: str | None) -> list[Resource]:
        """The resources of a type with this link, sorted by id."""
        parse = self._parse
        return [resource for key in self.linked(resource_type, link, value) if (resource := parse(key)) is not None]

    def linked(self, resource_type: str, link: str, value: str | None) -> Sequence[str]:
        """The `Type/id` of the resources that `find` would give, sorted: where not all of them are needed."""
        if not value or (resource_type, link) not in self._there:
            return ()
        if not self._sealed:
            self._seal()
        linked = self._store.linked
        found = linked(resource_type, link, value)
        others = self._spellings(link, value) if self._also else ()
        if others:
            return sorted({*found, *(key for other in others for key in linked(resource_type, link, other))})
        return found if len(found) < 2 else sorted(found)

    def has_link(self, resource_type: str, link: str) -> bool:
        """Whether any resource of a type has this link."""
        return (resource_type, link) in self._there

    def keys(self, resource_type: str) -> list[str]:
        """All `Type/id` of a type, sorted."""
        return self._store.keys(resource_type)

    def ref(self, element: object, container: Mapping[str, Any] | None = None) -> str | None:
        """The bare string of a Reference: `Type/id`, `Type/id#contained`, else what it says."""
        value = plain(element, container)
        if value is None:
            return None
        if value in self._aliases and self._store.data(value) is None:
            return self._aliases[value]
        if LOGICAL in value:
            return self._logical(value)
        return self._outside(value) if "#" in value else value

    def original(self, reference: str) -> Any:
        """A parse of its own of a resource, every number with its digits, to be changed and written again."""
        data = self._store.data(self._aliases.get(reference, reference))
        return None if data is None else json.exact(data)

    def version(self, reference: str) -> str | None:
        """`meta.versionId` of a resource."""
        meta = (self.get(reference) or {}).get("meta")
        return None if meta is None else meta.get("versionId")

    def full_url(self, reference: str) -> str | None:
        """Where a ChargeItem, Claim or Task was given, as its Bundle said; None where none did."""
        return self._full_urls.get(reference)

    def _put(self, key: str, data: bytes, resource: Resource) -> None:
        if key in self._deleted and rank(resource) <= self._deleted[key]:
            return
        found, kind = links(resource), key[: key.index("/")]
        self.types.add(kind)
        for name, value in found:
            self._there.add((kind, name))
            if LOGICAL in value:
                self._loose.add(value)
        self._store.put(key, data, found)
        self._held += len(data)
        if self._held > self._limit and isinstance(self._store, Memory):
            self._spill()

    def _choose(self, key: str, known: bytes, data: bytes, resource: Resource) -> None:
        """Of two versions keep the one that counts."""
        old = self._loads(key, known)
        mine, theirs = rank(resource), rank(old)
        if mine == theirs:
            if same(known, data):
                return
            self._ties.add(key)
        if (mine, json.dumps(json.exact(data))) < (theirs, json.dumps(json.exact(known))):
            return
        if mine != theirs:
            self._ties.discard(key)
        self._drop(key, known, old)
        self._put(key, data, resource)

    def _drop(self, key: str, known: bytes, old: Resource) -> None:
        self._store.remove(key, links(old))
        self._held -= len(known)
        self._parsed.pop(key, None)

    def _spill(self) -> None:
        disk = Disk()
        for key, data in self._store.items():
            disk.put(key, data, links(self._loads(key, data)))
        self._store = disk

    def _parse(self, key: str) -> Resource | None:
        parsed = self._parsed
        if key in parsed:
            return parsed[key]
        data = self._store.data(key)
        if data is None:
            return None
        if len(parsed) >= PARSED:
            del parsed[next(iter(parsed))]
        resource = parsed[key] = self._loads(key, data)
        return resource

    def _loads(self, key: str, data: bytes) -> Resource:
        value: Resource = json.loads(data, key[: key.index("/")])
        return json.prune(value) if key in self._nulls else value

    def _contained(self, reference: str) -> Resource | None:
        owner, _, name = reference.partition("#")
        contained = (self.get(owner) or {}).get("contained") or ()
        return next((resource for resource in contained if resource.get("id") == name), None)

    def _outside(self, value: str) -> str:
        """The Patient on file whom a contained one stands for, by an identifier that both have."""
        resource = self._contained(value) or {}
        if resource.get("resourceType") == "Patient":
            for identifier in resource.get("identifier") or ():
                found = plain({"type": "Patient", "identifier": identifier})
                known = None if found is None else self._logical(found)
                if known is not None and LOGICAL not in known:
                    return known
        return value

    def _alias(self, alias: str, key: str) -> None:
        known = self._aliases.get(alias)
        if known is None or key < known:
            self._aliases[alias] = key
        self._also.setdefault(key, []).append(alias)

    def _logical(self, value: str) -> str:
        kind, _, name = value.partition(LOGICAL)
        found = [key for each in ([kind] if kind else _NAMED) for key in self._store.linked(each, "identifier", name)]
        return found[0] if len(found) == 1 else value

    def _spellings(self, link: str, value: str) -> Sequence[str]:
        """Other values under which links to the same resource were recorded."""
        if link != "performer-day":
            return self._also.get(value, ())
        performer, _, on = value.rpartition("|")
        return [f"{other}|{on}" for other in self._also.get(performer, ())]

    def _seal(self) -> None:
        for value in sorted(self._loose):
            key = self._logical(value)
            if key != value:
                known = self._also.setdefault(key, [])
                if value not in known:
                    known.append(value)
        self._sealed = True


_NAMED = tuple(
    "Patient Practitioner Organization Encounter Group Location Appointment Claim"
    " ChargeItem Coverage PractitionerRole RelatedPerson".split()
)


def _derived(kind: str, content: Resource, full_url: str | None) -> str:
    """The id of a resource without one: the uuid of its fullUrl, else a hash of its content."""
    url = bare(full_url or "") or ""
    for start in ("urn:uuid:", f"{kind}/"):
        if url.startswith(start) and LOGICAL_ID.fullmatch(url, len(start)):
            return url[len(start) :]
    return hashlib.sha256(json.dumps(content)).hexdigest()[:32]


def _tie(key: str) -> Finding:
    return Finding(
        code="ENG06",
        name="two-versions",
        severity=Severity.WARNING,
        at=key,
        message=f"{key} was given twice with different content, and neither meta.lastUpdated "
        "nor meta.versionId says which is newer",
    )
