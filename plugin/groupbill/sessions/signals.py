"""What says that a record is about group psychotherapy, and which code its session has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..fhir.codes import CPT, HCPCS, SNOMED
from ..settings import Settings

USUAL = "90853"
SESSION_CODES = frozenset({"90853", "90849", "90847", "90846", "H0005", "G0410", "G0411"})
"""Codes of sessions with several people: CPT group and family psychotherapy, HCPCS group counselling."""
_CONCEPTS: Mapping[tuple[str, str], str] = {
    (SNOMED, "76168009"): USUAL,
    (SNOMED, "51484002"): "90847",
}
"""SNOMED CT: group psychotherapy; family psychotherapy."""
_GROUP_WORDS = frozenset({"group", "group-therapy", "group-psychotherapy", "grouptherapy"})
"""Codes by which booking systems without a terminology mark a group slot."""
Coding = tuple[str, str]


def stated(codings: Iterable[Coding], settings: Settings) -> str | None:
    """The session code that type, service type or Group state: a site's own reading first, then CPT, SNOMED."""
    found = list(codings)
    for system, code in found:
        own = settings.session_codes.get(f"{system}|{code}")
        if own is not None:
            return own
    for system, code in found:
        if system in (CPT, HCPCS) and code in SESSION_CODES:
            return code
    return next((_CONCEPTS[each] for each in found if each in _CONCEPTS), None)


def otherwise(codings: Iterable[Coding]) -> bool:
    """Whether a procedure code says that this is another service (an individual hour, a visit to a physician)."""
    codes = [code for system, code in codings if system in (CPT, HCPCS)]
    return bool(codes) and not SESSION_CODES.intersection(codes)


def booked_as_group(codings: Iterable[Coding]) -> bool:
    """Whether a booking system marks the slot as a group, in words of its own."""
    return any(code.lower() in _GROUP_WORDS for _, code in codings)
