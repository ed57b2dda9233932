"""The elements that groupbill reads of clinical and other records, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .datatypes import VALUES, codeable, concept, date, date_time, instant, period, quantity, reference, text
from .shapes import Either, Many, Own, Shape, one_or_many, thing

concepts = Many(concept)
references = Many(reference)


def _wrong_answers(value: Any) -> str | None:
    return _items.wrong(value)


_answers = Own(_wrong_answers)
_items = Many(thing(linkId=text, answer=Many(thing(item=_answers, **VALUES)), item=_answers))

RECORDS: Mapping[str, Mapping[str, Shape]] = {
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
        "attester": Many(thing(mode=one_or_many(concept), time=date_time, party=reference)),
        "context": Either((dict, thing(encounter=one_or_many(reference), period=period)), (list, references)),
    },
    "Composition": {
        "status": text,
        "type": concept,
        "category": concepts,
        "subject": one_or_many(reference),
        "encounter": reference,
        "date": date_time,
        "author": references,
        "attester": Many(thing(mode=Either((str, text), (dict, concept)), time=date_time, party=reference)),
    },
    "CarePlan": {
        "status": text,
        "intent": text,
        "category": concepts,
        "subject": reference,
        "encounter": reference,
        "period": period,
        "created": date_time,
        "activity": Many(
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
        "component": Many(thing(code=concept, **VALUES)),
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
        "input": Many(thing(type=concept, **VALUES)),
    },
    "Provenance": {"target": references, "recorded": instant},
    "Account": {"status": text, "subject": references, "servicePeriod": period},
}
