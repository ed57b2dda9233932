"""A Claim on file as lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..fhir.codes import CLAIM_FREQUENCY, ICD10CM, NUCC, POS, code_in, codings
from ..fhir.dates import day
from ..fhir.extensions import value
from ..fhir.references import LOGICAL
from ..model import Line, Resource
from ..model.identity import CLAIM_SYSTEM
from .answers import Answer, allowed, answer
from .codes import modifiers, procedure
from .contacts import Contact
from .coverages import payer_name, payer_of
from .occurrences import encounter_of, when
from .people import identifier, practitioner
from .place import spot
from .sources import Sources
from .values import amount, rows, string

_ENDED = frozenset({"cancelled", "entered-in-error"})
_RENDERING = ("rendering", "performing", "primary", "82")
_OTHERS = frozenset({"supervisor", "supervising", "referring", "assist", "other", "purchased", "DQ", "DN"})
_ONE = Decimal(1)


def is_claim(resource: Resource) -> bool:
    """Whether it asks for payment, and is no preauthorization or predetermination."""
    return bool(resource.get("use", "claim") == "claim")


def is_live(resource: Resource) -> bool:
    """Whether a Claim counts."""
    return resource.get("status") not in _ENDED


def claim_lines(sources: Sources, claim: Resource) -> tuple[Line, ...]:
    """The services of a Claim of R4 or R5 in the order of its items, whatever its status."""
    index = sources.index
    found = answer(sources, claim)
    shared = {
        "at": f"Claim/{claim.get('id')}",
        "ours": identifier(claim, CLAIM_SYSTEM) is not None,
        "sent": found.accepted,
        "patient": index.ref(claim.get("patient"), claim) or "",
        "billing": index.ref(claim.get("provider"), claim),
        "payer": _payer(sources, claim),
        "professional": is_professional(claim),
        "frequency": frequency(claim),
        "created": day(claim.get("created"), sources.zone()),
    }
    codes = diagnosis_codes(sources, claim)
    return tuple(
        _line(sources, claim, item, shared, index=place, codes=codes, found=found)
        for place, item in enumerate(claim.get("item") or ())
    )


def diagnosis_codes(sources: Sources, claim: Resource) -> dict[int, str]:
    """ICD-10-CM codes of a Claim by their sequence, where readable."""
    found: dict[int, str] = {}
    for place, entry in enumerate(claim.get("diagnosis") or (), start=1):
        code = code_in(entry.get("diagnosisCodeableConcept"), ICD10CM)
        if code is None:
            reference = sources.index.ref(entry.get("diagnosisReference"), claim)
            code = code_in(sources.get(reference).get("code"), ICD10CM)
        if code is not None:
            found[entry.get("sequence") or place] = code
    return found


def is_professional(claim: Resource) -> bool:
    """By `Claim.type` alone: it chooses the NCCI and MUE tables."""
    return all(code != "institutional" for _, code in codings(claim.get("type")))


def _line(
    sources: Sources,
    claim: Resource,
    item: dict[str, Any],
    shared: dict[str, Any],
    *,
    index: int,
    codes: dict[int, str],
    found: Answer,
) -> Line:
    encounter = _encounter(sources, claim, item)
    visit = encounter_of(sources, encounter)
    stated = item.get("servicedPeriod") or item.get("servicedDate") or claim.get("billablePeriod")
    period = when(sources, stated, visit, shared["billing"])
    system, code = procedure(item.get("productOrService"))
    units = amount(item.get("quantity"))
    pointers = tuple(item.get("diagnosisSequence") or ())
    return Line(
        **shared,
        item=item.get("sequence"),
        index=index,
        code=code,
        system=system,
        modifiers=modifiers(item.get("modifier")),
        units=_ONE if units is None else units,
        unit_price=amount(item.get("unitPrice")),
        net=amount(item.get("net")),
        date=period.date,
        period=period,
        place_of_service=_place_of_service(sources, claim, item),
        rendering=rendering(sources, claim, item, visit),
        encounter=encounter,
        encounter_status=visit.status if visit else None,
        encounter_date=visit.period.date if visit else None,
        pointers=pointers,
        diagnoses=tuple(codes[pointer] for pointer in pointers if pointer in codes),
        allowed=allowed(found, item.get("sequence")),
        control_number=string(value(item, "line-item-control-number")),
    )


def _payer(sources: Sources, claim: Resource) -> str | None:
    """By the focal Coverage, else the insurer of the Claim."""
    stated = list(rows(claim, "insurance"))
    focal = next((entry for entry in stated if entry.get("focal") is True), stated[0] if stated else {})
    named = payer_of(sources, sources.index.ref(focal.get("coverage"), claim))
    return named or payer_name(sources.index.ref(claim.get("insurer"), claim))


def _encounter(sources: Sources, claim: Resource, item: dict[str, Any]) -> str | None:
    """`item.encounter`, in R5 also the Claim's."""
    for element in (*(item.get("encounter") or ()), *(claim.get("encounter") or ())):
        reference = sources.index.ref(element, claim)
        if reference is not None:
            return reference
    return None


def _place_of_service(sources: Sources, claim: Resource, item: dict[str, Any]) -> str | None:
    stated = code_in(item.get("locationCodeableConcept"), POS)
    if stated is not None:
        return stated
    for _, code in codings(item.get("locationCodeableConcept")):
        if len(code) == 2 and code.isdigit():
            return code
    return spot(sources, sources.index.ref(item.get("locationReference"), claim)).code


def rendering(sources: Sources, claim: Resource, item: dict[str, Any] | None, visit: Contact | None) -> str | None:
    """Who rendered a line (the whole Claim without one): careTeam, else a provider who is a person, else the
    Encounter's performer."""
    carer = carer_of(claim, item)
    elements = [carer.get("provider")] if carer else []
    if not elements and _is_person(sources.index.ref(claim.get("provider"), claim)):
        elements = [claim.get("provider")]
    for element in elements:
        found = practitioner(sources, sources.index.ref(element, claim))
        if found is not None:
            return found
    return visit.practitioners[0] if visit and visit.practitioners else None


def carer_of(claim: Resource, item: dict[str, Any] | None) -> dict[str, Any] | None:
    """The careTeam entry of the rendering provider: of those the line points at, else of all."""
    team = [entry for entry in claim.get("careTeam") or () if isinstance(entry, dict)]
    wanted = (item.get("careTeamSequence") or ()) if item else ()
    pointed = [entry for entry in team if entry.get("sequence") in wanted] or team
    ranked = [(rank, place) for place, entry in enumerate(pointed) if (rank := _rank(entry)) is not None]
    return pointed[min(ranked)[1]] if ranked else None


def _rank(entry: dict[str, Any]) -> int | None:
    """Rendering before primary before one without a role; None for those who do not render."""
    roles = {code for _, code in codings(entry.get("role"))}
    for rank, role in enumerate(_RENDERING):
        if role in roles:
            return rank
    return None if roles & _OTHERS else len(_RENDERING)


def carer_taxonomies(carer: dict[str, Any] | None) -> tuple[str, ...]:
    """NUCC codes of `careTeam.qualification`, in R5 `specialty`."""
    if carer is None:
        return ()
    stated = [*codings(carer.get("qualification")), *codings(carer.get("specialty"))]
    return tuple(dict.fromkeys(code for uri, code in stated if uri == NUCC))


def _is_person(reference: str | None) -> bool:
    return reference is not None and reference.startswith("Practitioner") and LOGICAL not in reference[:1]


def frequency(claim: Resource) -> str:
    """1 original, 7 replacement, 8 void (NUBC type of bill, third digit)."""
    for info in claim.get("supportingInfo") or ():
        kinds = list(codings(info.get("category")))
        if any(code == "claimFrequency" and uri in ("", CLAIM_FREQUENCY) for uri, code in kinds):
            return next((code[-1:] for _, code in codings(info.get("code"))), "1")
    return "1"


def prior(sources: Sources, claim: Resource) -> tuple[str | None, str | None]:
    """The Claim that a 7 or 8 is about, and the payer's number for it."""
    for related in claim.get("related") or ():
        kinds = {code for _, code in codings(related.get("relationship"))}
        if kinds and "prior" not in kinds:
            continue
        number = (related.get("reference") or {}).get("value")
        return sources.index.ref(related.get("claim"), claim), str(number) if number else None
    return None, None
