"""What CDS clients and the OpenAPI page are told about the CDS services."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from .descriptions import json_body, responses

SERVICES: list[dict[str, Any]] = [
    {
        "id": "groupbill-discharge",
        "hook": "encounter-discharge",
        "title": "Group therapy charges",
        "description": "What is wrong with the charges of the group session that this visit belongs to, and the fix.",
        "prefetch": {
            "encounter": "Encounter/{{context.encounterId}}",
            "charges": "ChargeItem?context=Encounter/{{context.encounterId}}",
        },
        "usageRequirements": "fhirAuthorization with system or user read access to what a bill depends on.",
    },
    {
        "id": "groupbill-booking",
        "hook": "appointment-book",
        "title": "Group therapy bookings",
        "description": "Warns of a booking that overlaps another visit of the patient: neither could be billed.",
        "prefetch": {"patient": "Patient/{{context.patientId}}"},
    },
]

_CARDS = {
    "type": "object",
    "required": ["cards"],
    "properties": {"cards": {"type": "array", "items": {"type": "object"}}},
}
_LISTED = {
    "type": "object",
    "required": ["services"],
    "properties": {"services": {"type": "array", "items": {"type": "object"}}},
}
_CALL = {
    "type": "object",
    "required": ["hook", "hookInstance", "context"],
    "properties": {
        "hook": {"type": "string", "enum": [each["hook"] for each in SERVICES]},
        "hookInstance": {"type": "string", "format": "uuid"},
        "fhirServer": {"type": "string"},
        "fhirAuthorization": {"type": "object"},
        "context": {
            "type": "object",
            "required": ["patientId"],
            "properties": {"patientId": {"type": "string"}, "encounterId": {"type": "string"}},
        },
        "prefetch": {"type": "object"},
    },
}
_FEEDBACK = {
    "type": "object",
    "required": ["feedback"],
    "properties": {
        "feedback": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["card", "outcome"],
                "properties": {
                    "card": {"type": "string", "minLength": 1},
                    "outcome": {"enum": ["accepted", "overridden"]},
                },
            },
        }
    },
}
_ROUTES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "discover": (_LISTED, None),
    "call": (_CARDS, _CALL),
    "feedback": ({"type": "object"}, _FEEDBACK),
}


def described(route: str) -> dict[str, Any]:
    """The description of a route."""
    answer, asked = _ROUTES[route]
    good = {200: {"description": "Done.", "content": {"application/json": {"schema": answer}}}}
    refused = (401, 403, 404, 408, 412, 413, 415, 422, 503) if asked else (401, 403, 503)
    more = {} if asked is None else {"openapi_extra": json_body(asked)}
    return {
        "response_class": JSONResponse,
        "response_model": None,
        "responses": {**good, **responses(*refused)},
        **more,
    }
