"""One Encounter as the shapes look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from ..fhir import encounter as encounters
from ..fhir.codes import POS, codings
from ..fhir.dates import at
from ..fhir.extensions import value, values
from ..fhir.index import Index
from ..fhir.references import is_patient
from ..settings import Settings
from .people import leads, practitioner
from .signals import ONE_FAMILY, Coding, stated

ASSOCIATED = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
_RANK = {"PPRF": 0, "SPRF": 1, "ATND": 2, "": 3}
_REMOTE = frozenset({"video", "audio"})
_HOMES = frozenset({"10", "12"})
Link = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """What decides to which session an Encounter or Appointment belongs."""

    reference: str
    patient: str | None
    code: str | None
    """Session code that it states, None without one."""
    signal: bool
    """Whether it says that it is a group."""
    leaders: tuple[str, ...]
    """Practitioners, the first led; empty where nobody is named."""
    site: str
    """Location, else Organization; empty where neither is named, or the patient was elsewhere."""
    kind: tuple[Coding, ...]
    """Codings of type and service type, sorted: two groups at one hour differ here."""
    start: float | None
    """Seconds since 1970; None where no time of day was recorded."""
    end: float | None
    links: tuple[Link, ...] = ()
    """What it shares with others: 0 names one session, 1 may name several."""
    family: bool = False
    """Whether it is family therapy with relatives present: a session by itself."""

    @property
    def leader(self) -> str:
        """Who led, empty where nobody is named."""
        return self.leaders[0] if self.leaders else ""


def read(index: Index, reference: str, encounter: Mapping[str, Any], settings: Settings) -> Visit:
    """Read an Encounter."""
    found = encounters.codes(encounter)
    period = encounters.period_element(encounter) or {}
    subject = index.ref(encounter.get("subject"), encounter)
    code = stated(found, settings)
    return Visit(
        reference=reference,
        patient=subject if is_patient(subject) else None,
        code=code,
        signal=code is not None,
        leaders=_leaders(index, encounter),
        site=_site_of_visit(index, encounter),
        kind=tuple(sorted(found)),
        start=seconds(period.get("start"), settings),
        end=seconds(period.get("end"), settings),
        links=tuple(_links(index, encounter)),
        family=code in ONE_FAMILY and _with_relatives(index, encounter),
    )


def seconds(text: Any, settings: Settings) -> float | None:
    """The moment of a dateTime, None for a date."""
    found = at(text, settings.zone_of() or UTC)
    return None if found is None else found.timestamp()


def _leaders(index: Index, encounter: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for element, role, _ in encounters.actors(encounter):
        rank = _RANK.get(role)
        reference = None if rank is None else index.ref(element, encounter)
        if leads(reference, index):
            found.append((rank, practitioner(index, reference) or reference))
    if len(found) < 2:
        return tuple(leader for _, leader in found)
    return tuple(dict.fromkeys(leader for _, leader in sorted(found)))


def site(index: Index, encounter: Mapping[str, Any]) -> str:
    """The Location of an Encounter, else its Organization."""
    return location(index, encounter) or index.ref(encounter.get("serviceProvider"), encounter) or ""


def location(index: Index, encounter: Mapping[str, Any]) -> str | None:
    """The first Location of an Encounter."""
    found = (index.ref(element, encounter) for element in encounters.location_elements(encounter))
    return next((each for each in found if each is not None), None)


def _site_of_visit(index: Index, encounter: Mapping[str, Any]) -> str:
    """Where a visit took place; the place where a remote patient sat says nothing about the group's."""
    if elsewhere(index, encounter):
        return index.ref(encounter.get("serviceProvider"), encounter) or ""
    return site(index, encounter)


def elsewhere(index: Index, encounter: Mapping[str, Any]) -> bool:
    """Whether the patient took part from another place than the group's."""
    if encounters.category(encounter) in ("VR", "HH") or encounters.virtual(encounter):
        return True
    if value(encounter, "modality") in _REMOTE:
        return True
    place = index.get(location(index, encounter)) or {}
    return any(code == "PTRES" or (system == POS and code in _HOMES) for system, code in codings(place.get("type")))


def _with_relatives(index: Index, encounter: Mapping[str, Any]) -> bool:
    found = (index.ref(element, encounter) for element, _, _ in encounters.actors(encounter))
    return any(each is not None and each.startswith("RelatedPerson") for each in found)


def parents(index: Index, encounter: Mapping[str, Any]) -> Iterator[str]:
    """The Encounters that one is associated with."""
    for element in values(encounter, ASSOCIATED):
        found = index.ref(element, encounter)
        if found is not None:
            yield found


def _links(index: Index, encounter: Mapping[str, Any]) -> Iterator[Link]:
    for element in encounters.appointment_elements(encounter):
        found = index.ref(element, encounter)
        if found is not None:
            yield 0, found
    for found in parents(index, encounter):
        yield 0, found
    for identifier in encounter.get("identifier") or ():
        if identifier.get("system") and identifier.get("value"):
            yield 0, f"{identifier['system']}|{identifier['value']}"
    for name in ("basedOn", "episodeOfCare"):
        elements: Any = encounter.get(name) or ()
        for element in elements if isinstance(elements, list) else (elements,):
            found = index.ref(element, encounter)
            if found is not None:
                yield 1, found
