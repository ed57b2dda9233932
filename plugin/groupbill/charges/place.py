"""Modality and place of service of one participant (domain rule TEL01: decided per participant)."""

from __future__ import annotations

from typing import NamedTuple

from ..fhir.codes import POS, ROLE_CODE, codings
from ..fhir.encounter import category, location_elements, virtual
from ..fhir.extensions import value
from ..model import Resource, Session
from .sources import Sources

IN_PERSON, VIDEO, AUDIO = "in-person", "video", "audio"
_MODALITIES = frozenset({IN_PERSON, VIDEO, AUDIO})
_INSTITUTION = frozenset({"IMP", "ACUTE", "NONAC", "SS", "EMER", "OBSENC"})
"""Classes of which 11 would be wrong: without a Location the place is not known."""
_HOME = frozenset({"10", "12"})
_DEFAULT = "11"
_SAYS_MORE = frozenset({"location", "extension", "virtualService"})
"""Elements of an own Encounter without which only its class tells it from those of the other participants."""
_HIGH = 4
"""How many `Location.partOf` are followed: room, floor, building, campus."""


class Place(NamedTuple):
    """Where and how a participant took part; fields as in `Participant`."""

    modality: str
    modality_assumed: bool
    code: str | None
    assumed: bool
    home: bool
    facility: str | None


class Spot(NamedTuple):
    """What a Location says about the place of service."""

    code: str | None
    home: bool

    @property
    def known(self) -> bool:
        """Whether it says anything."""
        return self.home or self.code is not None


_NOWHERE = Spot(None, False)


def place(sources: Sources, session: Session, own: Resource, parent: Resource) -> Place:
    """Place and modality of a participant; `own` and `parent` are their own and the session's Encounter."""
    if not _SAYS_MORE.isdisjoint(own):
        return _place(sources, session, own, parent)
    memory = sources.in_session(session.key)
    key = ("place", category(own))
    found: Place | None = memory.get(key)
    if found is None:
        found = memory[key] = _place(sources, session, own, parent)
    return found


def _place(sources: Sources, session: Session, own: Resource, parent: Resource) -> Place:
    how, assumed = modality(said(own), said(parent))
    locations = locations_of(sources, own)
    if how == IN_PERSON:
        code, home = _in_person(sources, session, own, parent, locations)
        facility = None if home else next(iter(locations), session.location)
        return Place(how, assumed, code, False, home, facility)
    code, home, guessed = _remote(sources, session, own, locations)
    return Place(how, assumed, code, guessed, home, None if home else session.location)


class Said(NamedTuple):
    """What an Encounter says about how its patient took part."""

    stated: str | None
    """By the extension `modality`."""
    remote: bool | None
    """By class or R5 `virtualService`; None where it has no class."""


def said(encounter: Resource) -> Said:
    """Of one Encounter."""
    stated = value(encounter, "modality")
    kind = category(encounter)
    remote = True if kind == "VR" or virtual(encounter) else None if kind is None else False
    return Said(stated if isinstance(stated, str) and stated in _MODALITIES else None, remote)


def modality(own: Said, parent: Said) -> tuple[str, bool]:
    """in-person, video or audio, and whether video was only assumed (class VR says remote, not how)."""
    stated = own.stated or parent.stated
    if stated is not None:
        return stated, False
    remote = parent.remote if own.remote is None else own.remote
    return (VIDEO, True) if remote else (IN_PERSON, False)


def locations_of(sources: Sources, encounter: Resource) -> list[str]:
    """The Locations of an Encounter that were really used, in their order."""
    found = (sources.index.ref(element, encounter) for element in location_elements(encounter))
    return [reference for reference in found if reference is not None]


def spot(sources: Sources, location: str | None) -> Spot:
    """What a Location, or the one it is part of, says about the place of service."""
    if location is None:
        return _NOWHERE
    return sources.once(("spot", location), lambda: _spot(sources, location))


def _spot(sources: Sources, location: str | None) -> Spot:
    for _ in range(_HIGH):
        resource = sources.get(location)
        found = list(codings(resource.get("type")))
        code = next((code for uri, code in found if uri == POS), None)
        home = code in _HOME or any(code == "PTRES" and uri in ("", ROLE_CODE) for uri, code in found)
        if home or code is not None:
            return Spot(code, home)
        location = sources.index.ref(resource.get("partOf"), resource)
        if location is None:
            break
    return _NOWHERE


def _first_known(sources: Sources, locations: list[str]) -> Spot:
    spots = (spot(sources, location) for location in locations)
    return next((found for found in spots if found.known), _NOWHERE)


def _in_person(
    sources: Sources, session: Session, own: Resource, parent: Resource, locations: list[str]
) -> tuple[str | None, bool]:
    found = _first_known(sources, locations)
    if not found.known and category(own) == "HH":
        return "12", True
    if not found.known:
        found = spot(sources, session.location)
    if found.home:
        return "12", True
    if found.code is not None:
        return found.code, False
    kind = category(own) or category(parent)
    if kind == "HH":
        return "12", True
    return (None if kind in _INSTITUTION else _DEFAULT), False


def _remote(sources: Sources, session: Session, own: Resource, locations: list[str]) -> tuple[str, bool, bool]:
    """Code, at home, assumed. The session's Location is where the leader sat, unless it is somebody's home."""
    elsewhere = [each for each in locations if each != session.location or spot(sources, each).home]
    found = _first_known(sources, elsewhere)
    if found.home or (not found.known and category(own) == "HH"):
        return "10", True, False
    if found.known:
        return "02", False, False
    code = sources.settings.remote_place_of_service
    return code, code == "10", True
