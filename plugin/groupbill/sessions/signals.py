"""What says that a record is about group psychotherapy, and which code its session has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..fhir.codes import CPT, HCPCS, SNOMED, codings
from ..settings import Settings

Coding = tuple[str, str]
USUAL = "90853"
FAMILY_CODES = frozenset({"90849", "90847", "90846"})
ONE_FAMILY = frozenset({"90847", "90846"})
SESSION_CODES = FAMILY_CODES | {USUAL, "H0005", "G0410", "G0411"}
"""Codes of sessions with several people: CPT group and family psychotherapy, HCPCS group counselling."""
_ONE_PERSON = frozenset(
    {"90791", "90792", "90832", "90833", "90834", "90836", "90837", "90838", "90839", "90840", "90845"}
)
"""CPT psychotherapy, evaluation and crisis of one patient; E/M codes are told by their first digits."""
_EVALUATION = ("992", "993", "994")
_CONCEPTS: Mapping[Coding, str] = {
    (SNOMED, "76168009"): USUAL,
    (SNOMED, "51484002"): "90847",
}
"""SNOMED CT: group psychotherapy; family psychotherapy."""
_GROUP_WORDS = frozenset({"group", "group-therapy", "group-psychotherapy", "grouptherapy"})
"""Codes by which booking systems without a terminology mark a group slot."""


def stated(said: Iterable[Coding], settings: Settings) -> str | None:
    """The session code that type, service type or Group state: a site's own reading first, then CPT, SNOMED."""
    found = list(said)
    if settings.session_codes:
        for system, code in found:
            own = settings.session_codes.get(f"{system}|{code}")
            if own is not None:
                return own
    for system, code in found:
        if code in SESSION_CODES and system in (CPT, HCPCS):
            return code
    return next((_CONCEPTS[each] for each in found if each in _CONCEPTS), None)


def unchecked(element: Any) -> list[Coding]:
    """System and code of concepts in elements whose form the reader does not check."""
    found: list[Coding] = []
    for item in element if isinstance(element, list) else (element,):
        concept = item.get("concept", item) if isinstance(item, dict) else None
        coding = concept.get("coding") if isinstance(concept, dict) else None
        for each in coding if isinstance(coding, list) else ():
            if isinstance(each, dict) and isinstance(each.get("system") or "", str):
                found.extend(codings({"coding": [each]}))
    return found


def otherwise(said: Iterable[Coding]) -> bool:
    """Whether a procedure code says that this is another service (an individual hour, a visit to a physician)."""
    codes = [code for system, code in said if system in (CPT, HCPCS)]
    return bool(codes) and SESSION_CODES.isdisjoint(codes)


def of_one_person(said: Iterable[Coding]) -> bool:
    """Whether a procedure code says that one patient was treated alone, and none says otherwise."""
    codes = [code for system, code in said if system in (CPT, HCPCS)]
    if not SESSION_CODES.isdisjoint(codes):
        return False
    return any(code in _ONE_PERSON or code.startswith(_EVALUATION) for code in codes)


def booked_as_group(said: Iterable[Coding]) -> bool:
    """Whether a booking system marks the slot as a group, in words of its own."""
    return any(code.lower() in _GROUP_WORDS for _, code in said)


def agree(one: Sequence[Coding], other: Sequence[Coding]) -> bool:
    """Whether two types may mean the same: in every system that both use they share a code."""
    if not one or not other or one == other:
        return True
    systems = {system for system, _ in one}.intersection(system for system, _ in other)
    shared = {system for system, _ in set(one).intersection(other)}
    return systems <= shared
