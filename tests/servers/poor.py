"""A poor server on purpose: fhirstarter (PyPI) over a dict. It knows no versions, conditions or transactions.

It gives every resource an id of its own, ignores If-None-Exist and If-Match without a word, answers 201 without a
body and with a relative Location, and its errors are not always OperationOutcomes: all legal, all seen in the field.
"""

# No postponed annotations here: fhirstarter reads the types of the handlers when they are registered.

import json
import sys
from typing import Any
from uuid import uuid4

import uvicorn
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle, BundleEntry
from fhir.resources.R4B.resource import Resource
from fhirstarter import FHIRProvider, FHIRStarter, InteractionContext
from fhirstarter.exceptions import FHIRResourceNotFoundError

TYPES = (
    "Patient Practitioner PractitionerRole Organization Location Encounter Group ChargeItem Claim ClaimResponse"
    " Coverage Condition Task Provenance Appointment RelatedPerson"
).split()
app, provider = FHIRStarter(title="poor"), FHIRProvider()
rows: dict[str, dict[str, tuple[dict[str, Any], Resource]]] = {name: {} for name in TYPES}
"""By type and id: what searches look at, and what is given; a model that was made once need not be checked again."""


def _kept(resource: Resource) -> tuple[dict[str, Any], Resource]:
    return json.loads(resource.model_dump_json()), resource


def _matches(resource: dict[str, Any], identifier: str | None, patient: str | None) -> bool:
    if identifier:
        system, _, value = identifier.rpartition("|")
        tokens = resource.get("identifier") or []
        if not any(each.get("value") == value and (not system or each.get("system") == system) for each in tokens):
            return False
    if patient:
        subject = resource.get("subject") or resource.get("patient") or resource.get("beneficiary") or {}
        wanted = {part if "/" in part else f"Patient/{part}" for part in patient.split(",")}
        return subject.get("reference") in wanted
    return True


def register(name: str) -> None:
    cls, kept = get_fhir_model_class(name), rows[name]

    async def create(context: InteractionContext, resource: cls) -> str:
        resource.id = str(uuid4())
        kept[resource.id] = _kept(resource)
        return resource.id

    async def read(context: InteractionContext, id_: str) -> cls:
        if id_ not in kept:
            raise FHIRResourceNotFoundError
        return kept[id_][1]

    async def update(context: InteractionContext, id_: str, resource: cls) -> str:
        if id_ not in kept:
            raise FHIRResourceNotFoundError
        kept[id_] = _kept(resource)
        return id_

    def found(identifier: str | None, patient: str | None) -> Bundle:
        hits = [BundleEntry(resource=model) for plain, model in kept.values() if _matches(plain, identifier, patient)]
        return Bundle(type="searchset", total=len(hits), entry=hits or None)

    async def search(context: InteractionContext, identifier: str | None) -> Bundle:
        return found(identifier, None)

    async def search_patient(context: InteractionContext, identifier: str | None, patient: str | None) -> Bundle:
        return found(identifier, patient)

    provider.create(cls)(create)
    provider.read(cls)(read)
    provider.update(cls)(update)
    if name == "Provenance":  # R4 has no identifier to search it by
        return
    of_patient = name in ("Encounter", "ChargeItem", "Claim", "ClaimResponse", "Coverage", "Condition")
    provider.search_type(cls)(search_patient if of_patient else search)


for each in TYPES:
    register(each)
app.add_providers(provider)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
