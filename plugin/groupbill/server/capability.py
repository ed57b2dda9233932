"""What a FHIR server can: by its CapabilityStatement, by what is known of its kind, and by how it behaved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ..model import Resource
from .address import encrypted
from .client import Client
from .statement import objects, resources

NEEDED = ("ChargeItem", "Claim")
"""Types without which nothing can be written."""
WRITTEN = (*NEEDED, "Task", "Provenance")


class Way(StrEnum):
    """How to write, best first (measured: only the first made no duplicate on any server)."""

    IDS = "transaction with our ids"
    CONDITIONAL = "transaction with conditional create"
    BATCH = "batch with our ids"
    SINGLE_IDS = "single writes with our ids"
    SINGLE_CONDITIONAL = "single conditional creates"
    SEARCH = "search, then create"
    EXPORT = "export to a file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes beyond which a server refuses; None where none is known."""

    entries: int | None = None
    """Entries of a transaction or batch."""
    updates: int | None = None
    """PUT entries of a transaction."""
    conditional: int | None = None
    """Entries of a transaction in which one is conditional."""


_KNOWN: tuple[tuple[str, Limits], ...] = (
    ("medplum", Limits(updates=50, conditional=8)),
    ("healthlake", Limits(entries=160)),
    ("azure", Limits(entries=500)),
)
"""By a word of the software's name. Medplum measured; HealthLake and Azure as their pages say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What one server can, as far as it is known."""

    base: str
    fhir_version: str
    software: str
    """Name, empty where the server does not say."""
    version: str
    """Of the software."""
    transaction: bool
    batch: bool
    client_ids: bool | None
    """Whether PUT may create; None: not said, so it is tried."""
    conditional_create: bool
    versions: bool
    """Whether the server keeps versions to compare with If-Match."""
    writable: frozenset[str]
    """Of ChargeItem, Claim, Task and Provenance those that it takes."""
    limits: Limits = Limits()
    profiles: bool | None = None
    """Whether resources may say which of our profiles they follow; a strict server refuses those it does not know."""
    refused: frozenset[Way] = frozenset()
    """Ways that did not work when they were tried."""
    confirmed: Way | None = None
    """The way that did."""

    @property
    def key(self) -> str:
        """What is remembered about it stands under this; another version of the software is another key."""
        return f"{self.base} {self.fhir_version} {self.software} {self.version}".rstrip()

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways of writing that may work, best first; never empty."""
        if not self.fhir_version.startswith("4.") or not self.writable.issuperset(NEEDED):
            return (Way.EXPORT,)
        ids = self.client_ids is not False
        possible = {
            Way.IDS: self.transaction and ids,
            Way.CONDITIONAL: self.transaction and self.conditional_create,
            Way.BATCH: self.batch and ids,
            Way.SINGLE_IDS: ids,
            Way.SINGLE_CONDITIONAL: self.conditional_create,
            Way.SEARCH: True,
        }
        return tuple(way for way, good in possible.items() if good and way not in self.refused) or (Way.EXPORT,)

    def beware(self) -> tuple[str, ...]:
        """What a person who lets groupbill write to it should know."""
        return tuple(text for holds, text in _warnings(self) if holds)

    def learned(self, known: Mapping[str, Any]) -> Capability:
        """With what was remembered of its behaviour; see `facts`."""
        refused = frozenset(way for way in Way if way.value in known.get("refused", ()))
        found = replace(self, refused=self.refused | refused)
        for name in ("transaction", "client_ids", "conditional_create", "versions", "profiles"):
            if isinstance(known.get(name), bool):
                found = replace(found, **{name: known[name]})
        confirmed = next((way for way in Way if way.value == known.get("confirmed")), None)
        return replace(found, confirmed=confirmed) if confirmed is not None else found


def capability_of(client: Client) -> Capability:
    """Read /metadata.

    Errors:
        ServerError: the server could not be reached, or gives no CapabilityStatement.
    """
    return from_statement(client.base, client.metadata())


def from_statement(base: str, statement: Resource) -> Capability:
    """What a CapabilityStatement says."""
    software = statement.get("software")
    software = software if isinstance(software, dict) else {}
    name = str(software.get("name") or "")
    described = {str(each.get("type")): each for each in resources(statement)}
    writes = [described[kind] for kind in WRITTEN if kind in described]
    offered = set(_interactions(statement))
    conditional = [each.get("conditionalCreate") is True for each in writes if each.get("type") != "Provenance"]
    return Capability(
        base=base,
        fhir_version=str(statement.get("fhirVersion") or ""),
        software=name,
        version=str(software.get("version") or ""),
        transaction="transaction" in offered,
        batch="batch" in offered,
        client_ids=_agreed(each.get("updateCreate") for each in writes),
        conditional_create=bool(conditional) and all(conditional),
        versions=any(each.get("versioning") in ("versioned", "versioned-update") for each in writes),
        writable=frozenset(str(each["type"]) for each in writes if _takes(each)),
        limits=next((limits for word, limits in _KNOWN if word in name.lower()), Limits()),
    )


def _interactions(statement: Mapping[str, Any]) -> Iterable[str]:
    for rest in objects(statement.get("rest")):
        for each in objects(rest.get("interaction")):
            yield str(each.get("code"))


def _agreed(said: Iterable[object]) -> bool | None:
    """False as soon as one type says so, None where none says anything."""
    known: Collection[object] = [each for each in said if isinstance(each, bool)]
    return all(known) if known else None


def _takes(described: Mapping[str, Any]) -> bool:
    """Whether a type may be created, and updated but for Provenance; a server that lists no interactions is asked."""
    codes = {each.get("code") for each in objects(described.get("interaction"))}
    wanted = {"create"} if described.get("type") == "Provenance" else {"create", "update"}
    return not codes or codes >= wanted


def _warnings(found: Capability) -> Iterable[tuple[bool, str]]:
    way = found.confirmed or found.ways[0]
    export = way is Way.EXPORT
    missing = [kind for kind in WRITTEN if kind not in found.writable]
    yield not encrypted(found.base), "The connection is not encrypted."
    yield (
        not found.fhir_version.startswith("4."),
        f"FHIR {found.fhir_version or 'of an unknown version'}: it is read, nothing is written to it.",
    )
    yield bool(missing), f"It does not take {', '.join(missing)}."
    yield (
        not export and way not in (Way.IDS, Way.CONDITIONAL),
        "Writes are not all or nothing: a run that breaks off is finished by running again.",
    )
    yield (
        way in (Way.CONDITIONAL, Way.SINGLE_CONDITIONAL),
        "Several writers at once may make duplicates: let them share one outbox.",
    )
    yield way is Way.SEARCH, "It has no safe way to create: one writer at a time, or several that share one outbox."
    yield (
        not export and not found.versions,
        "It keeps no versions: a change by somebody else between reading and writing is overwritten.",
    )
    yield (
        found.client_ids is None and found.confirmed is None and not export,
        "It does not say whether it takes ids of ours: the first write will tell.",
    )
    yield (
        found.profiles is False,
        "It refuses profiles that it does not know; ours are left out.",
    )
    limits = found.limits
    sizes = [
        f"{number} {what}"
        for number, what in (
            (limits.entries, "entries"),
            (limits.updates, "updates"),
            (limits.conditional, "entries with a conditional one"),
        )
        if number is not None
    ]
    yield bool(sizes), f"A transaction holds at most {', '.join(sizes)}."
