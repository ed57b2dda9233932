"""Answers as OperationOutcome: a code, and nothing that tells a stranger anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from ..fhir import json

FHIR_JSON = "application/fhir+json"


class FhirResponse(Response):
    """A FHIR resource as answer."""

    media_type = FHIR_JSON

    def render(self, content: Any) -> bytes:
        """The resource as JSON, amounts with the digits they have."""
        return json.dumps(content)


def outcome(status: int, code: str, severity: str = "error", diagnostics: str = "") -> FhirResponse:
    """An OperationOutcome with one issue.

    Args:
        status: HTTP status.
        code: Of ValueSet issue-type.
        severity: Of ValueSet issue-severity.
        diagnostics: Words of our own, with nothing of what was sent.
    """
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "5"
    return FhirResponse(issue(code, severity, diagnostics), status, headers)


def issue(code: str, severity: str = "error", diagnostics: str = "") -> Mapping[str, Any]:
    """The resource."""
    told = {"diagnostics": diagnostics} if diagnostics else {}
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, **told}]}
