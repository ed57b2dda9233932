"""From a request to a notification: nothing, a resource, or a Bundle (FHIR R4 Subscription; HAPI and Medplum)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .notification import ANYTHING, Event, Malformed, Notification, is_type, named, reference_of, version_of
from .topic_bundle import notification_bundle


def notification(
    body: Any, *, path: str | None = None, deleted: bool = False, gone: str | None = None
) -> Notification:
    """Read a request.

    Args:
        body: The parsed body; None where there was none.
        path: `Type/id` of the path.
        deleted: Whether the method was DELETE.
        gone: `Type/id` of Medplum's header for a deleted resource.

    Errors:
        Malformed: the body is no resource, not the one of the path, or no notification Bundle that can be read.
    """
    if gone is not None or deleted or body is None:
        told = named(gone)[0] if gone is not None else path
        return Notification((Event(told or ANYTHING, deleted=(deleted or gone is not None) and told is not None),))
    if not isinstance(body, dict) or not is_type(body.get("resourceType")):
        raise Malformed("the body is no FHIR resource")
    if body["resourceType"] == "Bundle" and path is None:
        return notification_bundle(body)
    event = _resource(body, path)
    return Notification((event,))


def _resource(resource: Mapping[str, Any], path: str | None) -> Event:
    id = resource.get("id")
    reference = path if id is None and path is not None else reference_of(resource["resourceType"], id)
    if path is not None and (reference != path or path.split("/")[0] != resource["resourceType"]):
        raise Malformed("the body is not the resource of the path")
    return Event(reference, version_of(resource))
