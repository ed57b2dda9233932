"""The forms of a Subscription: R4 criteria, R4 with a topic (Subscriptions R5 Backport), R5."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Any

import groupbill_profiles

from ..fhir import json
from ..model import Resource

OFF = frozenset({"off", "error"})
"""Statuses in which a server sends nothing any more."""
REASON = "groupbill: charges and claims of group sessions"
"""Stands in every Subscription of ours."""
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
_MEDPLUM_SECRET = "https://www.medplum.com/fhir/StructureDefinition/subscription-secret"
TOPIC = "https://w3id.org/groupbill/fhir/SubscriptionTopic/group-session-changed"
"""Our topic: every change that may change a bill."""


class Form(StrEnum):
    """How a server is asked."""

    CRITERIA = "criteria"
    """R4: a search, one Subscription per type."""
    SIGNED = "signed"
    """The same on Medplum: with a key for the signature."""
    TOPIC = "topic"
    """R4 with the backport: the URL of a topic."""
    R5 = "r5"


def subscription(form: Form, kind: str, endpoint: str, secret: str | None) -> Resource:
    """A new Subscription to all changes of a type; by topic, to those of all types."""
    if form is Form.R5:
        return _r5(endpoint, secret)
    made: dict[str, Any] = {
        "resourceType": "Subscription",
        "status": "active" if form is Form.SIGNED else "requested",
        "reason": REASON,
        "criteria": TOPIC if form is Form.TOPIC else f"{kind}?",
        "channel": {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json"},
    }
    if form is Form.SIGNED:
        made["criteria"] = kind
        if secret is not None:
            made["extension"] = [{"url": _MEDPLUM_SECRET, "valueString": secret}]
    elif secret is not None:
        made["channel"]["header"] = [f"Authorization: Bearer {secret}"]
    if form is Form.TOPIC:
        content = {"url": BACKPORT + "backport-payload-content", "valueCode": "id-only"}
        made["channel"]["_payload"] = {"extension": [content]}
        made["meta"] = {"profile": [BACKPORT + "backport-subscription"]}
    return made


def _r5(endpoint: str, secret: str | None) -> Resource:
    made: dict[str, Any] = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": REASON,
        "topic": TOPIC,
        "channelType": {
            "system": "http://terminology.hl7.org/CodeSystem/subscription-channel-type",
            "code": "rest-hook",
        },
        "endpoint": endpoint,
        "contentType": "application/fhir+json",
        "content": "id-only",
    }
    if secret is not None:
        made["parameter"] = [{"name": "Authorization", "value": f"Bearer {secret}"}]
    return made


def topic(form: Form) -> Resource:
    """Our topic, for servers that let clients define one: R4 as Basic, R5 as SubscriptionTopic."""
    shipped = files(groupbill_profiles) / "resources"
    name = "r5/SubscriptionTopic" if form is Form.R5 else "Basic"
    made: Resource = json.loads((shipped / f"{name}-group-session-changed.json").read_bytes())
    return made


def ours(found: Mapping[str, Any], endpoint: str | None = None) -> bool:
    """Whether we made a Subscription, for this endpoint."""
    channel = found.get("channel")
    at = found.get("endpoint") or (channel.get("endpoint") if isinstance(channel, dict) else None)
    return found.get("reason") == REASON and endpoint in (None, at)


def renewed(found: Resource) -> Resource:
    """The Subscription asking to be switched on again; Medplum does what the status says."""
    kept = {name: value for name, value in found.items() if name not in ("error", "meta")}
    signed = str(found.get("criteria", "?")).isalpha()
    return {**kept, "status": "active" if signed else "requested"}
