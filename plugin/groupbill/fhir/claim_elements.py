"""The elements that groupbill reads of the resources with money, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping

from .datatypes import (
    VALUES,
    concept,
    extension,
    identifier,
    money,
    period,
    quantity,
    reference,
)
from .shapes import Check, boolean, date, date_time, decimal, either, integer, many, one_or_many, text, thing

concepts = many(concept)
references = many(reference)
_integers = many(integer)
_price = one_or_many(
    thing(type=either((str, text), (dict, concept)), code=concept, factor=decimal, amount=money)
)
_adjudications = many(thing(category=concept, reason=concept, amount=money, value=decimal, quantity=quantity))
_totals = many(thing(category=concept, amount=money))

_care_team = many(
    thing(
        sequence=integer,
        provider=reference,
        responsible=boolean,
        role=concept,
        qualification=concept,
        specialty=concept,
    )
)
_diagnosis = many(
    thing(sequence=integer, diagnosisCodeableConcept=concept, diagnosisReference=reference, type=concepts)
)
_supporting = many(
    thing(sequence=integer, category=concept, code=concept, timingDate=date, timingPeriod=period, **VALUES)
)
_insurance = many(
    thing(sequence=integer, focal=boolean, coverage=reference, preAuthRef=many(text), claimResponse=reference)
)
_items = many(
    thing(
        sequence=integer,
        itemSequence=integer,
        careTeamSequence=_integers,
        diagnosisSequence=_integers,
        informationSequence=_integers,
        revenue=concept,
        category=concept,
        productOrService=concept,
        modifier=concepts,
        servicedDate=date,
        servicedPeriod=period,
        locationCodeableConcept=concept,
        locationReference=reference,
        quantity=quantity,
        unitPrice=money,
        factor=decimal,
        net=money,
        encounter=references,
        adjudication=_adjudications,
        extension=extension,
    )
)
_related = many(thing(claim=reference, relationship=concept, reference=identifier))
_HEAD: Mapping[str, Check] = {
    "status": text,
    "type": concept,
    "subType": concept,
    "use": text,
    "patient": reference,
    "created": date_time,
    "insurer": reference,
    "provider": reference,
}
_BODY: Mapping[str, Check] = {
    **_HEAD,
    "billablePeriod": period,
    "priority": concept,
    "related": _related,
    "payee": thing(type=concept, party=reference),
    "referral": reference,
    "facility": reference,
    "careTeam": _care_team,
    "supportingInfo": _supporting,
    "diagnosis": _diagnosis,
    "insurance": _insurance,
    "item": _items,
    "encounter": references,
}
_ANSWER: Mapping[str, Check] = {
    "outcome": text,
    "disposition": text,
    "payment": thing(type=concept, amount=money, date=date),
}

CLAIMS: Mapping[str, Mapping[str, Check]] = {
    "ChargeItem": {
        "status": text,
        "partOf": references,
        "code": concept,
        "subject": reference,
        "context": reference,
        "encounter": reference,
        "occurrenceDateTime": date_time,
        "occurrencePeriod": period,
        "performer": many(thing(function=concept, actor=reference)),
        "performingOrganization": reference,
        "requestingOrganization": reference,
        "quantity": quantity,
        "factorOverride": decimal,
        "priceOverride": money,
        "unitPriceComponent": _price,
        "totalPriceComponent": _price,
        "enteredDate": date_time,
        "reason": concepts,
        "service": many(reference),
        "account": references,
    },
    "ChargeItemDefinition": {
        "status": text,
        "url": text,
        "code": concept,
        "effectivePeriod": period,
        "propertyGroup": many(thing(priceComponent=_price)),
    },
    "Claim": {**_BODY, "total": money},
    "ClaimResponse": {
        **_HEAD,
        **_ANSWER,
        "requestor": reference,
        "request": reference,
        "preAuthRef": text,
        "preAuthPeriod": period,
        "item": _items,
        "adjudication": _adjudications,
        "total": _totals,
    },
    "ExplanationOfBenefit": {
        **_BODY,
        **_ANSWER,
        "claim": reference,
        "claimResponse": reference,
        "preAuthRef": many(text),
        "preAuthRefPeriod": many(period),
        "adjudication": _adjudications,
        "total": _totals,
    },
    "Coverage": {
        "status": text,
        "kind": text,
        "type": concept,
        "policyHolder": reference,
        "subscriber": reference,
        "subscriberId": either((str, text), (list, many(identifier))),
        "beneficiary": reference,
        "dependent": text,
        "relationship": concept,
        "period": period,
        "payor": references,
        "insurer": reference,
        "order": integer,
        "class": many(thing(type=concept, value=either((str, text), (dict, identifier)), name=text)),
    },
}
