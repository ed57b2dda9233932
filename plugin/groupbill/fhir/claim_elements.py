"""The elements that groupbill reads of the resources with money, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping

from .datatypes import (
    VALUES,
    boolean,
    concept,
    date,
    date_time,
    decimal,
    extension,
    identifier,
    integer,
    money,
    period,
    quantity,
    reference,
    text,
)
from .shapes import Either, Many, Shape, one_or_many, thing

concepts = Many(concept)
references = Many(reference)
_integers = Many(integer)
_price = one_or_many(thing(type=Either((str, text), (dict, concept)), code=concept, factor=decimal, amount=money))
_adjudications = Many(thing(category=concept, reason=concept, amount=money, value=decimal, quantity=quantity))
_totals = Many(thing(category=concept, amount=money))

_care_team = Many(
    thing(
        sequence=integer,
        provider=reference,
        responsible=boolean,
        role=concept,
        qualification=concept,
        specialty=concept,
    )
)
_diagnosis = Many(
    thing(sequence=integer, diagnosisCodeableConcept=concept, diagnosisReference=reference, type=concepts)
)
_supporting = Many(
    thing(sequence=integer, category=concept, code=concept, timingDate=date, timingPeriod=period, **VALUES)
)
_insurance = Many(
    thing(sequence=integer, focal=boolean, coverage=reference, preAuthRef=Many(text), claimResponse=reference)
)
_items = Many(
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
_related = Many(thing(claim=reference, relationship=concept, reference=identifier))
_HEAD: Mapping[str, Shape] = {
    "status": text,
    "type": concept,
    "subType": concept,
    "use": text,
    "patient": reference,
    "created": date_time,
    "insurer": reference,
    "provider": reference,
}
_BODY: Mapping[str, Shape] = {
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
_ANSWER: Mapping[str, Shape] = {
    "outcome": text,
    "disposition": text,
    "payment": thing(type=concept, amount=money, date=date),
}

CLAIMS: Mapping[str, Mapping[str, Shape]] = {
    "ChargeItem": {
        "status": text,
        "partOf": references,
        "code": concept,
        "subject": reference,
        "context": reference,
        "encounter": reference,
        "occurrenceDateTime": date_time,
        "occurrencePeriod": period,
        "performer": Many(thing(function=concept, actor=reference)),
        "performingOrganization": reference,
        "requestingOrganization": reference,
        "quantity": quantity,
        "factorOverride": decimal,
        "priceOverride": money,
        "unitPriceComponent": _price,
        "totalPriceComponent": _price,
        "enteredDate": date_time,
        "reason": concepts,
        "service": Many(reference),
        "account": references,
    },
    "ChargeItemDefinition": {
        "status": text,
        "url": text,
        "code": concept,
        "effectivePeriod": period,
        "propertyGroup": Many(thing(priceComponent=_price)),
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
        "preAuthRef": Many(text),
        "preAuthRefPeriod": Many(period),
        "adjudication": _adjudications,
        "total": _totals,
    },
    "Coverage": {
        "status": text,
        "kind": text,
        "type": concept,
        "policyHolder": reference,
        "subscriber": reference,
        "subscriberId": Either((str, text), (list, Many(identifier))),
        "beneficiary": reference,
        "dependent": text,
        "relationship": concept,
        "period": period,
        "payor": references,
        "insurer": reference,
        "order": integer,
        "class": Many(thing(type=concept, value=Either((str, text), (dict, identifier)), name=text)),
    },
}
