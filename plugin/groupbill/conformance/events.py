"""What payers and people do to our claims in a case: an answer, a cancellation by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..errors import InputError
from ..model.identity import CLAIM_SYSTEM, EXTENSION

JSON = Mapping[str, Any]
_ENDS = {"Claim": ("cancelled", "patient"), "ChargeItem": ("aborted", "subject")}


def answer(told: JSON, resources: Iterable[JSON], today: date) -> dict[str, Any]:
    """The ClaimResponse to the newest claim of a member.

    Errors:
        InputError: the member has no claim that a payer could answer.
    """
    claims = [
        each
        for each in resources
        if each["resourceType"] == "Claim"
        and each["status"] == "active"
        and each["patient"].get("reference") == told["member"]
        and any(one.get("system") == CLAIM_SYSTEM for one in each.get("identifier", ()))
    ]
    priors = {one["claim"]["reference"] for each in claims for one in each.get("related", ())}
    newest = [each for each in claims if f"Claim/{each['id']}" not in priors]
    if len(newest) != 1:
        raise InputError(f"{told['member']} has {len(newest)} claims that the payer could answer, not 1")
    (claim,) = newest
    made: dict[str, Any] = {
        "resourceType": "ClaimResponse",
        "id": f"answer-{claim['id']}"[:64],
        "status": "active",
        "type": claim["type"],
        "use": "claim",
        "patient": claim["patient"],
        "created": today.isoformat(),
        "insurer": claim["insurer"],
        "request": {"reference": f"Claim/{claim['id']}"},
        "outcome": told.get("outcome", "complete"),
    }
    if told["number"] is not None:
        made["identifier"] = [{"system": "https://w3id.org/groupbill/conformance/icn", "value": told["number"]}]
    return made


def ended(told: JSON, resources: Iterable[JSON]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a person's cancellation leaves of the member's live claims or charges: the reference, and the resource."""
    kind = told["resource"]
    status, who = _ENDS[kind]
    for resource in resources:
        if resource["resourceType"] != kind or resource[who].get("reference") != told["member"]:
            continue
        if resource["status"] not in (status, "entered-in-error"):
            extensions = [
                one for one in resource.get("extension", ()) if one["url"] != EXTENSION + "cancelled-because"
            ]
            made = {**resource, "status": status, "extension": extensions}
            if not extensions:
                del made["extension"]
            yield f"{kind}/{resource['id']}", made
