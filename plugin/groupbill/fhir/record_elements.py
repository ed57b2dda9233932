"""The elements that groupbill reads of clinical and other records, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .datatypes import VALUES, codeable, concept, period, quantity, reference
from .shapes import Check, date, date_time, either, instant, many, one_or_many, text, thing

concepts = many(concept)
references = many(reference)


def _answers(value: Any) -> str | None:
    return _answer_items(value)


_answer_items = many(thing(linkId=text, answer=many(thing(item=_answers, **VALUES)), item=_answers))

RECORDS: Mapping[str, Mapping[str, Check]] = {
    "Condition": {
        "clinicalStatus": concept,
        "verificationStatus": concept,
        "category": concepts,
        "code": concept,
        "subject": reference,
        "encounter": reference,
        "onsetDateTime": date_time,
        "onsetPeriod": period,
        "abatementDateTime": date_time,
        "abatementPeriod": period,
        "recordedDate": date_time,
    },
    "DocumentReference": {
        "status": text,
        "docStatus": text,
        "type": concept,
        "category": concepts,
        "subject": reference,
        "date": date_time,
        "author": references,
        "authenticator": reference,
        "attester": many(thing(mode=one_or_many(concept), time=date_time, party=reference)),
        "context": either((dict, thing(encounter=one_or_many(reference), period=period)), (list, references)),
    },
    "Composition": {
        "status": text,
        "type": concept,
        "category": concepts,
        "subject": one_or_many(reference),
        "encounter": reference,
        "date": date_time,
        "author": references,
        "attester": many(thing(mode=either((str, text), (dict, concept)), time=date_time, party=reference)),
    },
    "CarePlan": {
        "status": text,
        "intent": text,
        "category": concepts,
        "subject": reference,
        "encounter": reference,
        "period": period,
        "created": date_time,
        "activity": many(
            thing(
                reference=reference,
                plannedActivityReference=reference,
                detail=thing(kind=text, code=concept, status=text, scheduledPeriod=period),
            )
        ),
    },
    "Observation": {
        "status": text,
        "category": concepts,
        "code": concept,
        "subject": reference,
        "encounter": reference,
        "effectiveDateTime": date_time,
        "effectiveInstant": instant,
        "effectivePeriod": period,
        "issued": instant,
        **VALUES,
        "component": many(thing(code=concept, **VALUES)),
    },
    "QuestionnaireResponse": {
        "status": text,
        "subject": reference,
        "encounter": reference,
        "authored": date_time,
        "author": reference,
        "source": reference,
        "item": _answers,
    },
    "ServiceRequest": {
        "status": text,
        "intent": text,
        "category": concepts,
        "code": codeable,
        "subject": reference,
        "encounter": reference,
        "occurrenceDateTime": date_time,
        "occurrencePeriod": period,
        "authoredOn": date_time,
        "requester": reference,
        "performer": references,
        "quantityQuantity": quantity,
    },
    "Consent": {
        "status": text,
        "scope": concept,
        "category": concepts,
        "patient": reference,
        "subject": reference,
        "dateTime": date_time,
        "date": date,
        "period": period,
        "provision": one_or_many(thing(type=text, period=period)),
    },
    "Task": {
        "status": text,
        "intent": text,
        "code": concept,
        "focus": reference,
        "for": reference,
        "owner": reference,
        "authoredOn": date_time,
        "input": many(thing(type=concept, **VALUES)),
    },
    "Provenance": {"target": references, "recorded": instant},
    "Account": {"status": text, "subject": references, "servicePeriod": period},
}
