"""Every form in which servers notify, as it stands on the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.service.forms import notification
from groupbill.service.notification import Event, Kind, Malformed, Notification, reference_of

ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e1",
    "meta": {"versionId": "3", "lastUpdated": "2026-03-10T20:00:00Z"},
}
VERSION = "3|2026-03-10T20:00:00Z"
HELIOS = json.loads((Path(__file__).parent / "helios_notification.json").read_text())


def r4_status(kind: str, *events: dict[str, Any], total: str = "310") -> dict[str, Any]:
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "subscription", "valueReference": {"reference": "https://ehr/fhir/Subscription/7"}},
            {"name": "topic", "valueCanonical": "https://w3id.org/groupbill/fhir/SubscriptionTopic/changes"},
            {"name": "status", "valueCode": "active"},
            {"name": "type", "valueCode": kind},
            {"name": "events-since-subscription-start", "valueString": total},
            *({"name": "notification-event", "part": parts(**each)} for each in events),
        ],
    }


def parts(number: str, focus: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"name": "event-number", "valueString": number}]
    if focus is not None:
        found.append({"name": "focus", "valueReference": {"reference": focus}})
    return found


def bundle(status: dict[str, Any], *entries: dict[str, Any], kind: str = "history") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": status}, *entries]}


def r5_status(kind: str, *events: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "SubscriptionStatus",
        "type": kind,
        "subscription": {"reference": "Subscription/7"},
        "eventsSinceSubscriptionStart": "12",
        "notificationEvent": list(events),
    }


ID_ONLY = {"fullUrl": "https://ehr/fhir/Encounter/e1", "request": {"method": "PUT", "url": "Encounter/e1"}}
FORMS: dict[str, tuple[Any, Notification]] = {
    "nothing": (None, Notification((Event("*"),))),
    "a resource": (ENCOUNTER, Notification((Event("Encounter/e1", VERSION),))),
    "a resource without a version": (
        {"resourceType": "Encounter", "id": "e1"},
        Notification((Event("Encounter/e1"),)),
    ),
    "HAPI's transaction of a search": (
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": ENCOUNTER}]},
        Notification((Event("Encounter/e1", VERSION),)),
    ),
    "a handshake": (
        bundle(r4_status("handshake", total="0")),
        Notification((), Kind.HANDSHAKE, "Subscription/7", 0),
    ),
    "a heartbeat": (
        bundle(r4_status("heartbeat")),
        Notification((), Kind.HEARTBEAT, "Subscription/7", 310),
    ),
    "an event with its id": (
        bundle(r4_status("event-notification", {"number": "310", "focus": "https://ehr/fhir/Encounter/e1"}), ID_ONLY),
        Notification((Event("Encounter/e1", number=310),), Kind.EVENT, "Subscription/7", 310),
    ),
    "an empty event": (
        bundle(r4_status("event-notification", {"number": "310"})),
        Notification((Event("*", number=310),), Kind.EVENT, "Subscription/7", 310),
    ),
    "an event with its resource": (
        bundle(
            r4_status("event-notification", {"number": "310", "focus": "Encounter/e1"}),
            {"fullUrl": "https://ehr/fhir/Encounter/e1", "resource": ENCOUNTER},
        ),
        Notification((Event("Encounter/e1", VERSION, number=310),), Kind.EVENT, "Subscription/7", 310),
    ),
    "a deletion by topic": (
        bundle(
            r4_status("event-notification", {"number": "310", "focus": "Encounter/e1"}),
            {"fullUrl": "https://ehr/fhir/Encounter/e1", "request": {"method": "DELETE", "url": "Encounter/e1"}},
        ),
        Notification((Event("Encounter/e1", deleted=True, number=310),), Kind.EVENT, "Subscription/7", 310),
    ),
    "R5 with two events": (
        bundle(
            r5_status(
                "event-notification",
                {"eventNumber": "11", "focus": {"reference": "Encounter/e1"}},
                {"eventNumber": "12", "focus": {"reference": "Group/g"}},
            ),
            kind="subscription-notification",
        ),
        Notification(
            (Event("Encounter/e1", number=11), Event("Group/g", number=12)), Kind.EVENT, "Subscription/7", 12
        ),
    ),
    "an answer to $events": (
        bundle(r5_status("query-event", {"eventNumber": "11", "focus": {"reference": "Encounter/e1"}})),
        Notification((Event("Encounter/e1", number=11),), Kind.QUERY_EVENT, "Subscription/7", 12),
    ),
    "an answer to $status": (
        bundle(r5_status("query-status")),
        Notification((), Kind.QUERY_STATUS, "Subscription/7", 12),
    ),
    "Helios, as recorded": (
        HELIOS,
        Notification((Event("Encounter/enc-1", number=1),), Kind.EVENT, "Subscription/sub-1", 1),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read(form: str) -> None:
    body, expected = FORMS[form]
    assert notification(body) == expected


def test_the_path_names_the_resource() -> None:
    assert notification(ENCOUNTER, path="Encounter/e1").events == (Event("Encounter/e1", VERSION),)
    assert notification(None, path="Encounter/e1").events == (Event("Encounter/e1"),)
    assert notification(None, path="Encounter/e1", deleted=True).events == (Event("Encounter/e1", deleted=True),)


def test_medplum_names_a_deleted_resource_in_a_header() -> None:
    assert notification({}, gone="Encounter/e1").events == (Event("Encounter/e1", deleted=True),)
    assert notification({}, gone="nonsense").events == (Event("*"),)


REFUSED: dict[str, tuple[Any, str | None]] = {
    "a list": ([], None),
    "a text": ("Encounter", None),
    "no type": ({"id": "e1"}, None),
    "a type that is none": ({"resourceType": "encounter"}, None),
    "no id": ({"resourceType": "Encounter"}, None),
    "an id that is none": ({"resourceType": "Encounter", "id": "a b"}, None),
    "another resource than the path": ({"resourceType": "Encounter", "id": "e2"}, "Encounter/e1"),
    "another type than the path": ({"resourceType": "Group"}, "Encounter/e1"),
    "an empty Bundle": ({"resourceType": "Bundle", "entry": []}, None),
    "a status without a type": (bundle({"resourceType": "Parameters"}), None),
    "a Bundle without end": ({"resourceType": "Bundle", "entry": [ID_ONLY] * 10_001}, None),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_no_notification_is_refused(form: str) -> None:
    body, path = REFUSED[form]
    with pytest.raises(Malformed):
        notification(body, path=path)


@pytest.mark.parametrize(
    ("kind", "id"), [("encounter", "e1"), ("Encounter", "a b"), ("Encounter", "x" * 129), ("", "")]
)
def test_a_path_that_is_no_reference_is_refused(kind: str, id: str) -> None:
    with pytest.raises(Malformed):
        reference_of(kind, id)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
SHAPED = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Bundle", "Encounter", "Parameters", "SubscriptionStatus"])},
    optional={"id": JSON, "meta": JSON, "type": JSON, "parameter": st.lists(JSON, max_size=3) | JSON},
)
ENTRY = st.fixed_dictionaries(
    {}, optional={"resource": SHAPED | JSON, "request": JSON, "response": JSON, "fullUrl": JSON}
)
BUNDLE = st.fixed_dictionaries({"resourceType": st.just("Bundle")}, optional={"entry": st.lists(ENTRY, max_size=3)})


@given(JSON | SHAPED | BUNDLE)
def test_whatever_comes_is_read_or_refused(body: Any) -> None:
    try:
        found = notification(body)
    except Malformed:
        return
    assert all(event.reference == "*" or event.reference.count("/") == 1 for event in found.events)


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_a_form_with_a_part_exchanged_is_read_or_refused(form: str, data: st.DataObject) -> None:
    body = json.loads(json.dumps(FORMS[form][0]))
    spot: Any = {"": body}
    while isinstance(spot, dict | list) and spot:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spot[key], dict | list) or not spot[key] or data.draw(st.booleans()):
            spot[key] = data.draw(JSON)
            break
        spot = spot[key]
    try:
        notification(body)
    except Malformed:
        pass
