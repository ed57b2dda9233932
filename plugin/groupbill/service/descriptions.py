"""What the OpenAPI page says about the routes."""

from __future__ import annotations

from typing import Any

from .outcome import FHIR_JSON, FhirResponse

_RESOURCE = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
_WORDS = {
    200: "Written down; the work is done later.",
    400: "Not JSON.",
    401: "No secret and no signature.",
    403: "Not the secret, not the signature, or not a token of ours.",
    404: "There is no such service.",
    406: "Only something else than JSON is accepted.",
    408: "The body did not come in time.",
    412: "Facts that are needed could not be had.",
    413: "Too large.",
    415: "Not JSON or FHIR JSON.",
    422: "Nothing that can be read.",
    503: "Not now; come again.",
}


def responses(*statuses: int, media: str = FHIR_JSON) -> dict[int | str, dict[str, Any]]:
    """The answers of a route, each with an OperationOutcome or what the route gives."""
    return {status: {"description": _WORDS[status], "content": {media: {"schema": _RESOURCE}}} for status in statuses}


def body(description: str, *, required: bool, schema: dict[str, Any] = _RESOURCE) -> dict[str, Any]:
    """The request body of a route that reads it by itself."""
    media = {each: {"schema": schema} for each in (FHIR_JSON, "application/json")}
    return {"requestBody": {"description": description, "required": required, "content": media}}


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    """The request body of a route that takes plain JSON."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def hook(method: str, path: str) -> dict[str, Any]:
    """The description of one form of notification."""
    words = {
        "POST": "A change: an empty request, a resource, or a notification Bundle.",
        "PUT": "A resource in its new version.",
        "DELETE": "A deletion.",
        "GET": "Whether a notification of this resource has arrived.",
    }
    where = "_of" if "{" in path else ""
    more: dict[str, Any] = {}
    if method in ("POST", "PUT"):
        more["openapi_extra"] = body("The resource or Bundle; may be empty.", required=False)
    return {
        "summary": words[method],
        "operation_id": f"hook{where}_{method.lower()}",
        "response_class": FhirResponse,
        "response_model": None,
        "responses": responses(200, 401, 403, *((404,) if method == "GET" else ()), 408, 413, 415, 422, 503),
        **more,
    }
