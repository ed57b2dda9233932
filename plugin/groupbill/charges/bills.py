"""Claims and ChargeItems on file as bills: what `check` judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ..fhir.codes import ICD10CM, code_in
from ..fhir.dates import day
from ..fhir.references import is_patient
from ..model import Bill, Billing, Coverage, Diagnosis, Finding, Line, Policy, Resource
from ..model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM
from . import charge_items, claims
from .answers import answer
from .authorizations import is_over
from .billing import billing_provider
from .coverages import DEFAULT, coverage_at, insurance, policy_of, unmapped
from .diagnoses import of_condition
from .on_file import on_file
from .people import identifier, npi_of, person, practitioner, role_for
from .sources import Sources
from .values import amount


def bills_on_file(sources: Sources, patient: str) -> tuple[Bill, ...]:
    """Every Claim of a patient that asks for payment, every ChargeItem that no Claim stands for, by place."""
    chart = sources.chart(patient)
    merged = on_file(sources, patient).merged
    found = [claim_bill(sources, claim) for claim in chart.find("Claim", "patient") if claims.is_claim(claim)]
    for resource in chart.find("ChargeItem", "subject"):
        if f"ChargeItem/{resource.get('id')}" not in merged:
            found.append(charge_item_bill(sources, resource))
    return tuple(sorted(found, key=lambda bill: bill.at))


def bill(sources: Sources, resource: Resource) -> Bill:
    """One Claim or ChargeItem as a bill."""
    read = claim_bill if resource.get("resourceType") == "Claim" else charge_item_bill
    return read(sources, resource)


def claim_bill(sources: Sources, claim: Resource) -> Bill:
    """A Claim of R4 or R5, whatever its status, under the policy of its focal Coverage, else its insurer."""
    index = sources.index
    at = f"Claim/{claim.get('id')}"
    lines = claims.claim_lines(sources, claim)
    created = day(claim.get("created"), sources.zone())
    on = _day_of(lines, created)
    patient = index.ref(claim.get("patient"), claim)
    coverages, focal = _coverages(sources, claim, patient, on)
    policy, findings = _policy(sources, claim, focal, on, at)
    provider = index.ref(claim.get("provider"), claim)
    leader = next((line.rendering for line in lines if line.rendering), None)
    leader = leader or claims.rendering(sources, claim, None, None)
    carer = claims.carer_of(claim, None)
    diagnoses = claim.get("diagnosis") or ()
    return Bill(
        at=at,
        kind="Claim",
        ours=identifier(claim, CLAIM_SYSTEM) is not None,
        live=claims.is_live(claim),
        sent=answer(sources, claim).accepted,
        professional=claims.is_professional(claim),
        patient=patient,
        lines=lines,
        diagnoses=tuple(_diagnosis(sources, claim, entry, patient, on) for entry in diagnoses),
        diagnosis_sequences=tuple(_sequence(entry, place) for place, entry in enumerate(diagnoses, start=1)),
        total=amount(claim.get("total")),
        provider=provider,
        provider_npi=npi_of(sources, _party(sources, provider)),
        rendering=leader,
        rendering_npi=npi_of(sources, leader),
        rendering_taxonomies=_carer(sources, claim, carer) or _taxonomies(sources, leader, provider, on),
        facility=index.ref(claim.get("facility"), claim),
        coverages=coverages,
        focal=focal,
        preauth=tuple(_preauth(sources, claim, patient, on)),
        frequency=claims.frequency(claim),
        control_number=claims.prior(sources, claim)[1],
        created=created,
        policy=policy,
        resource=claim,
        billing=_billing(sources, provider, lines),
        unresolved=_unresolved(sources, provider, leader) | _conditions_missing(sources, claim),
        strange=_strange(sources, patient, lines),
        findings=findings,
    )


def charge_item_bill(sources: Sources, resource: Resource) -> Bill:
    """A ChargeItem that stands alone, under the policy of the patient's focal Coverage on its date."""
    at = f"ChargeItem/{resource.get('id')}"
    line = charge_items.charge_item_line(sources, resource)
    created = day(resource.get("enteredDate"), sources.zone())
    on = _day_of((line,), created)
    insured = insurance(sources, sources.chart(line.patient), on) if line.patient else None
    known = insured is not None and bool(insured.all)
    policy_id = insured.policy_id if insured is not None and known else DEFAULT
    return Bill(
        at=at,
        kind="ChargeItem",
        ours=identifier(resource, CHARGE_ITEM_SYSTEM) is not None,
        live=charge_items.is_live(resource),
        sent=line.sent,
        patient=line.patient or None,
        lines=(line,),
        provider=line.billing,
        provider_npi=npi_of(sources, _party(sources, line.billing)),
        rendering=line.rendering,
        rendering_npi=npi_of(sources, line.rendering),
        rendering_taxonomies=_taxonomies(sources, line.rendering, line.billing, on),
        coverages=insured.all if insured is not None else (),
        focal=insured.focal if insured is not None else None,
        created=created,
        policy=sources.policies.in_force(policy_id, on),
        resource=resource,
        billing=_billing(sources, line.billing, (line,)),
        unresolved=_unresolved(sources, line.billing, line.rendering),
        strange=_strange(sources, line.patient or None, (line,)),
        findings=insured.findings if insured is not None and known else (unmapped(at),),
    )


def _day_of(lines: Iterable[Line], created: date | None) -> date:
    """The earliest date of service, else the day it was made; undated bills are judged by the newest rule."""
    return min((line.date for line in lines if line.date), default=created or date.max)


def _coverages(
    sources: Sources, claim: Resource, patient: str | None, on: date
) -> tuple[tuple[Coverage, ...], Coverage | None]:
    """Those of the Claim by sequence, then the patient's others; and the focal one: marked so, else the first."""
    stated = [entry for entry in claim.get("insurance") or () if isinstance(entry, dict)]
    stated.sort(key=lambda entry: entry.get("sequence") or 0)
    found = []
    for entry in stated:
        reference = sources.index.ref(entry.get("coverage"), claim)
        coverage = coverage_at(sources, reference, on) if reference else None
        if coverage is not None:
            found.append((entry.get("focal") is True, coverage))
    focal = next((coverage for marked, coverage in found if marked), None)
    if focal is None and found and not any(entry.get("focal") is True for entry in stated):
        focal = found[0][1]
    coverages = [coverage for _, coverage in found]
    if is_patient(patient):
        known = {coverage.reference for coverage in coverages}
        others = insurance(sources, sources.chart(patient), on).all
        coverages += [each for each in others if each.reference not in known]
    return tuple(coverages), focal


def _policy(
    sources: Sources, claim: Resource, focal: Coverage | None, on: date, at: str
) -> tuple[Policy, tuple[Finding, ...]]:
    if focal is not None and focal.mapped:
        return sources.policies.in_force(focal.policy_id, on), ()
    insurer = policy_of(sources, claim.get("insurer"), claim)
    if insurer is not None:
        return sources.policies.in_force(insurer, on), ()
    return sources.policies.in_force(DEFAULT, on), (unmapped(focal.reference if focal else at),)


def _diagnosis(sources: Sources, claim: Resource, entry: Any, patient: str | None, on: date) -> Diagnosis | None:
    """The code of an entry, with the Condition where it names one."""
    code = code_in(entry.get("diagnosisCodeableConcept"), ICD10CM)
    if code is not None:
        return Diagnosis(code=code, ranked=True)
    reference = sources.index.ref(entry.get("diagnosisReference"), claim)
    if reference is None:
        return None
    records = sources.chart(patient).records if patient else ()
    return of_condition(sources, reference, on, records)


def _conditions_missing(sources: Sources, claim: Resource) -> frozenset[str]:
    """Entries of `diagnosis` that point at a Condition which is not on file."""
    missing = []
    for place, entry in enumerate(claim.get("diagnosis") or ()):
        reference = sources.index.ref(entry.get("diagnosisReference"), claim)
        if reference is not None and not sources.get(reference):
            missing.append(f"diagnosis[{place}]")
    return frozenset(missing)


def _sequence(entry: dict[str, Any], place: int) -> int:
    stated = entry.get("sequence")
    return stated if isinstance(stated, int) else place


def _preauth(sources: Sources, claim: Resource, patient: str | None, on: date) -> Iterator[str]:
    """The authorization numbers, without those of which the payer's answer on file leaves the date out."""
    for entry in claim.get("insurance") or ():
        for number in entry.get("preAuthRef") or ():
            known = isinstance(number, str) and number
            if known and not (is_patient(patient) and is_over(sources, sources.chart(patient), number, on)):
                yield number


def _party(sources: Sources, provider: str | None) -> str | None:
    """A billing provider who is a person, behind their role."""
    if provider is not None and provider.startswith("PractitionerRole/"):
        return practitioner(sources, provider)
    return provider


def _carer(sources: Sources, claim: Resource, carer: dict[str, Any] | None) -> tuple[str, ...]:
    """The taxonomies that a careTeam entry states, else those of the Practitioner whom the claim contains."""
    named = sources.index.ref((carer or {}).get("provider"), claim)
    contained = person(sources, named).taxonomies if named is not None and "#" in named else ()
    return claims.carer_taxonomies(carer) or contained


def _taxonomies(sources: Sources, leader: str | None, organization: str | None, on: date) -> tuple[str, ...]:
    if leader is None or not leader.startswith("Practitioner/"):
        return ()
    role = role_for(sources, leader, organization, on)
    return tuple(dict.fromkeys((*(role.taxonomies if role else ()), *person(sources, leader).taxonomies)))


def _billing(sources: Sources, provider: str | None, lines: Iterable[Line]) -> Billing | None:
    party = _party(sources, provider)
    if party is None or not sources.get(party):
        return None
    place = next((line.place_of_service for line in lines if line.place_of_service), None)
    return billing_provider(sources, party, place)


def _unresolved(sources: Sources, provider: str | None, leader: str | None) -> frozenset[str]:
    """Who is named by the bill without a resource or NPI to be seen."""
    named = {"provider": _party(sources, provider), "rendering": leader}
    return frozenset(
        name for name, reference in named.items() if reference is not None and not _seen(sources, reference)
    )


def _seen(sources: Sources, reference: str) -> bool:
    return bool(sources.get(reference)) or npi_of(sources, reference) is not None


def _strange(sources: Sources, patient: str | None, lines: Iterable[Line]) -> frozenset[str]:
    """Encounters of the lines that are of another patient; records merged into one are one patient."""
    found = set()
    for reference in {line.encounter for line in lines if line.encounter}:
        encounter = sources.get(reference)
        subject = sources.index.ref(encounter.get("subject"), encounter)
        if patient is None or not is_patient(subject):
            continue
        if subject not in sources.chart(patient).records and patient not in sources.chart(subject).records:
            found.add(reference)
    return frozenset(found)
