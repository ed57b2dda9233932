"""The elements that groupbill reads of encounters, their groups, and the people and places, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping

from .datatypes import (
    address,
    backbone,
    codeable,
    concept,
    extension,
    human_name,
    identifier,
    period,
    reference,
)
from .shapes import Check, boolean, date, date_time, either, instant, integer, many, one_or_many, text, thing

concepts = many(concept)
references = many(reference)

ENCOUNTERS: Mapping[str, Mapping[str, Check]] = {
    "Encounter": {
        "status": text,
        "class": one_or_many(concept),
        "type": concepts,
        "serviceType": one_or_many(codeable),
        "subject": reference,
        "participant": many(
            thing(type=concepts, individual=reference, actor=reference, period=period, extension=extension)
        ),
        "period": period,
        "actualPeriod": period,
        "location": many(thing(location=reference, status=text, period=period)),
        "partOf": reference,
        "appointment": one_or_many(reference),
        "basedOn": one_or_many(reference),
        "episodeOfCare": one_or_many(reference),
        "diagnosis": many(thing(condition=one_or_many(reference), rank=integer, use=one_or_many(concept))),
        "serviceProvider": reference,
        "virtualService": many(backbone),
    },
    "Appointment": {
        "status": text,
        "cancelationReason": concept,
        "cancellationReason": concept,
        "serviceType": many(codeable),
        "appointmentType": concept,
        "start": instant,
        "end": instant,
        "minutesDuration": integer,
        "subject": reference,
        "basedOn": references,
        "participant": many(
            thing(
                type=concepts,
                actor=reference,
                status=text,
                required=either((str, text), (bool, boolean)),
                period=period,
            )
        ),
        "virtualService": many(backbone),
    },
    "Group": {
        "type": text,
        "actual": boolean,
        "membership": text,
        "active": boolean,
        "code": concept,
        "quantity": integer,
        "managingEntity": reference,
        "member": many(thing(entity=reference, period=period, inactive=boolean)),
    },
    "EpisodeOfCare": {
        "status": text,
        "patient": reference,
        "period": period,
        "managingOrganization": reference,
    },
}

PEOPLE: Mapping[str, Mapping[str, Check]] = {
    "Patient": {
        "active": boolean,
        "name": many(human_name),
        "gender": text,
        "birthDate": date,
        "deceasedBoolean": boolean,
        "deceasedDateTime": date_time,
        "address": many(address),
        "link": many(thing(other=reference, type=text)),
    },
    "RelatedPerson": {
        "active": boolean,
        "patient": reference,
        "relationship": one_or_many(concept),
        "period": period,
    },
    "Practitioner": {
        "active": boolean,
        "name": many(human_name),
        "address": many(address),
        "qualification": many(
            thing(identifier=many(identifier), code=concept, period=period, issuer=reference)
        ),
    },
    "PractitionerRole": {
        "active": boolean,
        "period": period,
        "practitioner": reference,
        "organization": reference,
        "code": concepts,
        "specialty": concepts,
        "location": references,
    },
    "Organization": {
        "active": boolean,
        "type": concepts,
        "name": text,
        "address": many(address),
        "partOf": reference,
    },
    "Location": {
        "status": text,
        "name": text,
        "type": concepts,
        "address": address,
        "managingOrganization": reference,
        "partOf": reference,
        "physicalType": concept,
        "form": concept,
    },
}
