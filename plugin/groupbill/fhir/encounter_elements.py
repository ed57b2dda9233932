"""The elements that groupbill reads of encounters, their groups, and the people and places, R4 and R5."""

from __future__ import annotations

from collections.abc import Mapping

from .datatypes import (
    address,
    backbone,
    boolean,
    codeable,
    concept,
    date,
    date_time,
    extension,
    human_name,
    identifier,
    instant,
    integer,
    period,
    reference,
    text,
)
from .shapes import Either, Many, Shape, one_or_many, thing

concepts = Many(concept)
references = Many(reference)

ENCOUNTERS: Mapping[str, Mapping[str, Shape]] = {
    "Encounter": {
        "status": text,
        "class": one_or_many(concept),
        "type": concepts,
        "serviceType": one_or_many(codeable),
        "subject": reference,
        "participant": Many(
            thing(type=concepts, individual=reference, actor=reference, period=period, extension=extension)
        ),
        "period": period,
        "actualPeriod": period,
        "location": Many(thing(location=reference, status=text, period=period)),
        "partOf": reference,
        "appointment": one_or_many(reference),
        "basedOn": one_or_many(reference),
        "episodeOfCare": one_or_many(reference),
        "diagnosis": Many(thing(condition=one_or_many(reference), rank=integer, use=one_or_many(concept))),
        "serviceProvider": reference,
        "virtualService": Many(backbone),
    },
    "Appointment": {
        "status": text,
        "cancelationReason": concept,
        "cancellationReason": concept,
        "serviceType": Many(codeable),
        "appointmentType": concept,
        "start": instant,
        "end": instant,
        "minutesDuration": integer,
        "subject": reference,
        "basedOn": references,
        "participant": Many(
            thing(
                type=concepts,
                actor=reference,
                status=text,
                required=Either((str, text), (bool, boolean)),
                period=period,
            )
        ),
        "virtualService": Many(backbone),
    },
    "Group": {
        "type": text,
        "actual": boolean,
        "membership": text,
        "active": boolean,
        "code": concept,
        "quantity": integer,
        "managingEntity": reference,
        "member": Many(thing(entity=reference, period=period, inactive=boolean)),
    },
    "EpisodeOfCare": {
        "status": text,
        "type": concepts,
        "patient": reference,
        "period": period,
        "managingOrganization": reference,
    },
}

PEOPLE: Mapping[str, Mapping[str, Shape]] = {
    "Patient": {
        "active": boolean,
        "name": Many(human_name),
        "gender": text,
        "birthDate": date,
        "deceasedBoolean": boolean,
        "deceasedDateTime": date_time,
        "address": Many(address),
        "link": Many(thing(other=reference, type=text)),
    },
    "RelatedPerson": {
        "active": boolean,
        "patient": reference,
        "relationship": one_or_many(concept),
        "period": period,
    },
    "Practitioner": {
        "active": boolean,
        "name": Many(human_name),
        "address": Many(address),
        "qualification": Many(thing(identifier=Many(identifier), code=concept, period=period, issuer=reference)),
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
        "address": Many(address),
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
