"""Whatever the reader lets through, gathering and reading what is on file never raise."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from groupbill.charges import Sources, bills_on_file, gather, kept, lines_on_file, visits
from groupbill.fhir.index import Index
from groupbill.model import Charge
from groupbill.policies import Policies
from groupbill.reference import Reference
from groupbill.settings import Settings

JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 10**14, 1.5, "", "x", "2026-02", "2026-03-10", "#x", "Patient/p2", "Encounter/g1-p1",
    [], {}, [[]], [{}], [None], {"value": "x"}, {"coding": [{"code": "90853"}]}, {"reference": "Claim/c1#x"},
    [{"extension": "x"}], {"start": "2026-03-10T09:00:00"}, [{"url": "code"}],
)  # fmt: skip


def rich(world) -> list[dict[str, Any]]:
    """A patient with something of everything."""

    def at(kind, identity, **elements):
        world.put({"resourceType": kind, "id": identity, "status": "active", **elements})

    patient, own = {"reference": "Patient/p1"}, {"reference": "Encounter/g1-p1"}
    group = world.coded(world.CPT, "90853")
    documented = world.OWN + "fhir/CodeSystem/documentation"
    world.change(
        "Encounter/g1-p1",
        basedOn=[{"reference": "ServiceRequest/s"}],
        type=[group],
        location=[{"location": {"reference": "Location/room"}, "status": "active"}],
        extension=[{"url": world.EXTENSION + "modality", "valueCode": "video"}],
        meta={"security": [{"system": "s", "code": "R"}]},
    )
    at("ServiceRequest", "s", subject=patient, authoredOn="2026-01-01", category=[world.coded("c", "x")])
    at("EpisodeOfCare", "e", patient=patient, type=[world.coded("p", "PHP")], period={"start": "2026-01-01"})
    at("Consent", "c", patient=patient, category=[world.coded(documented, "telehealth-consent")])
    at("CarePlan", "p", subject=patient, period={"end": "2026-12-31"}, activity=[{"detail": {"code": group}}])
    at(
        "Observation",
        "o",
        status="final",
        subject=patient,
        encounter=own,
        valueInteger=8,
        code=world.coded(documented, "number-attending"),
    )
    at(
        "DocumentReference",
        "d",
        status="current",
        docStatus="final",
        subject=patient,
        authenticator={"reference": "Practitioner/rivera"},
        context={"encounter": [own]},
        content=[{"attachment": {"data": "QUJD", "url": "Binary/b"}}],
    )
    at(
        "Composition",
        "co",
        status="final",
        subject=patient,
        encounter=own,
        attester=[{"party": {"reference": "Practitioner/rivera"}}],
        section=[{"text": {"div": "<div/>"}}],
    )
    at(
        "ChargeItem",
        "ci",
        status="billable",
        subject=patient,
        context=own,
        code=group,
        occurrenceDateTime="2026-03-10",
        performer=[{"actor": {"reference": "Practitioner/rivera"}}],
        quantity={"value": 1},
        priceOverride={"value": 120},
        occurrenceTiming={"event": ["2026-03-10"]},
        extension=[
            {
                "url": "https://fhir-ehr.cerner.com/r4/StructureDefinition/modifier-code",
                "extension": [{"url": "code", "valueCodeableConcept": group}],
            }
        ],
    )
    at(
        "Claim",
        "c1",
        use="claim",
        patient=patient,
        provider={"reference": "Organization/clinic"},
        created="2026-03-11",
        careTeam=[{"sequence": 1, "provider": {"reference": "Practitioner/rivera"}}],
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": world.coded(world.ICD, "F33.1")}],
        insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/p1"}}],
        supportingInfo=[{"sequence": 1, "category": group, "code": group}],
        related=[{"claim": {"reference": "Claim/c0"}, "reference": {"value": "I"}}],
        item=[
            {
                "sequence": 1,
                "productOrService": group,
                "servicedDate": "2026-03-10",
                "modifier": [group],
                "quantity": {"value": 1},
                "net": {"value": 1},
                "encounter": [own],
                "diagnosisSequence": [1],
            }
        ],
    )
    at(
        "ClaimResponse",
        "r",
        use="claim",
        outcome="complete",
        patient=patient,
        request={"reference": "Claim/c1"},
        identifier=[{"value": "ICN"}],
        item=[{"itemSequence": 1, "adjudication": [{"amount": {"value": 1}}]}],
    )
    at("ClaimResponse", "a", use="preauthorization", patient=patient, preAuthRef="P", preAuthPeriod={})
    at(
        "ChargeItemDefinition",
        "cd",
        code=group,
        propertyGroup=[{"priceComponent": [{"type": "base", "amount": {"value": 5}}]}],
    )
    return list(world.resources.values())


def spoil(value: Any, rng: random.Random) -> Any:
    """The value with one place in it replaced by something else."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(sorted(value))
        return {**value, key: spoil(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.85:
        place = rng.randrange(len(value))
        return [*value[:place], spoil(value[place], rng), *value[place + 1 :]]
    return rng.choice(JUNK)


@pytest.mark.parametrize("seed", range(60))
def test_spoiled_resources_never_raise(world, seed):
    rng = random.Random(seed)
    clean = rich(world)
    settings = Settings.parse({**world.settings, "prices": {}}, None)
    policies, reference = Policies.load([]), Reference.load(None)
    for _ in range(10):
        index = Index()
        for resource in clean:
            key = rng.choice(sorted(set(resource) - {"resourceType", "id"}) or ["status"])
            changed = {**resource, key: spoil(resource.get(key), rng)}
            spoiled = changed if rng.random() < 0.3 else resource
            data = orjson.dumps(spoiled)
            index.add(orjson.loads(data), data, "fuzz.json")
        sources = Sources(index, settings, policies, reference)
        member = world.session.members[0]
        charges = [Charge(member=member.member, code="90853")]
        gather(sources, world.session, member, charges, kept=kept(sources, world.session))
        lines_on_file(sources, "Patient/p1")
        bills_on_file(sources, "Patient/p1")
        visits(sources, "Patient/p1", world.ON, "Encounter/g1-p1")
