"""What is asked of servers that were not at hand: Subscriptions of R5, and how each form says its secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from groupbill.errors import Refused
from groupbill.facts import WATCHED
from groupbill.server import Client
from groupbill.service.subscribing import Subscribing
from groupbill.service.subscription import TOPIC, Form, ours, renewed, subscription, topic

BASE, ENDPOINT = "https://ehr.example.org/fhir", "https://groupbill.example.org/hook"


def test_the_topic_that_is_shipped_covers_every_watched_type() -> None:
    made = topic(Form.R5)
    assert made["url"] == TOPIC
    kinds = [each["resource"].rpartition("/")[2] for each in made["resourceTrigger"]]
    assert sorted(kinds) == sorted(WATCHED)
    basic = topic(Form.TOPIC)
    assert basic["resourceType"] == "Basic"
    text = json.dumps(basic)
    assert all(f"StructureDefinition/{kind}" in text for kind in WATCHED)


@pytest.mark.parametrize("form", Form)
def test_a_subscription_says_its_secret_where_its_server_looks(form: Form) -> None:
    made = subscription(form, "Encounter", ENDPOINT, "s3cret")
    assert ours(made, ENDPOINT)
    assert not ours(made, "https://elsewhere.example/hook")
    said = {
        Form.CRITERIA: made.get("channel", {}).get("header"),
        Form.TOPIC: made.get("channel", {}).get("header"),
        Form.SIGNED: [each["valueString"] for each in made.get("extension", ())],
        Form.R5: [f"{each['name']}: {each['value']}" for each in made.get("parameter", ())],
    }[form]
    assert said == (["s3cret"] if form is Form.SIGNED else ["Authorization: Bearer s3cret"])
    assert "s3cret" not in json.dumps(subscription(form, "Encounter", ENDPOINT, None))


def test_a_topic_subscription_wants_ids_alone() -> None:
    made = subscription(Form.TOPIC, "Encounter", ENDPOINT, None)
    assert made["criteria"] == TOPIC
    assert [each["valueCode"] for each in made["channel"]["_payload"]["extension"]] == ["id-only"]
    assert subscription(Form.R5, "Encounter", ENDPOINT, None)["content"] == "id-only"


@pytest.mark.parametrize(("form", "status"), [(Form.CRITERIA, "requested"), (Form.SIGNED, "active")])
def test_a_renewed_subscription_is_what_the_server_switches_on(form: Form, status: str) -> None:
    off = {**subscription(form, "Encounter", ENDPOINT, "s"), "id": "1", "status": "error", "error": "503"}
    again = renewed(off)
    assert (again["status"], "error" in again, again["id"]) == (status, False, "1")


def statement(version: str, *types: str) -> dict[str, Any]:
    rest = [{"mode": "server", "resource": [{"type": each} for each in types]}]
    return {"resourceType": "CapabilityStatement", "fhirVersion": version, "rest": rest}


def nothing() -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset"}


def test_a_server_of_release_5_gets_a_topic_and_one_subscription() -> None:
    with responses.RequestsMock() as wire:
        wire.get(f"{BASE}/metadata", json=statement("5.0.0", "Subscription", "SubscriptionTopic", *WATCHED))
        wire.get(f"{BASE}/Subscription", json=nothing())
        put = wire.put(f"{BASE}/SubscriptionTopic/group-session-changed", json={}, status=200)
        post = wire.post(f"{BASE}/Subscription", status=201, headers={"Location": f"{BASE}/Subscription/9"})
        asked = subscription(Form.R5, "Encounter", ENDPOINT, "s")
        wire.get(f"{BASE}/Subscription/9", json={**asked, "id": "9", "status": "requested"})
        wire.get(f"{BASE}/Subscription/9", json={**asked, "id": "9", "status": "active"})
        (found,) = Subscribing(Client(BASE, retries=0), ENDPOINT, "s", pause=lambda seconds: None).make()
        assert (put.call_count, post.call_count) == (1, 1)
        assert json.loads(post.calls[0].request.body or "") == asked
    assert (found.reference, found.criteria, found.status, found.done) == ("Subscription/9", TOPIC, "active", "made")


def test_a_subscription_that_is_never_switched_on_is_taken_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupbill.service.subscribing.ACTIVE_IN", 0.0)
    with responses.RequestsMock() as wire:
        wire.get(f"{BASE}/metadata", json=statement("5.0.0", "Subscription", "SubscriptionTopic", *WATCHED))
        wire.get(f"{BASE}/Subscription", json=nothing())
        wire.put(f"{BASE}/SubscriptionTopic/group-session-changed", json={}, status=200)
        wire.post(f"{BASE}/Subscription", status=201, headers={"Location": f"{BASE}/Subscription/9"})
        asked = subscription(Form.R5, "Encounter", ENDPOINT, None)
        wire.get(f"{BASE}/Subscription/9", json={**asked, "id": "9", "status": "requested"})
        gone = wire.delete(f"{BASE}/Subscription/9", status=204)
        with pytest.raises(Refused, match="let a sweep run by the clock"):
            Subscribing(Client(BASE, retries=0), ENDPOINT, None, pause=lambda seconds: None).make()
        assert gone.call_count == 1


def test_a_server_that_will_not_delete_has_them_switched_off() -> None:
    standing = {**subscription(Form.CRITERIA, "Encounter", ENDPOINT, None), "id": "9", "status": "active"}
    entry = {"resource": standing}
    with responses.RequestsMock() as wire:
        wire.get(f"{BASE}/metadata", json=statement("4.0.1", "Subscription"))
        wire.get(f"{BASE}/Subscription", json={**nothing(), "entry": [entry]})
        wire.delete(f"{BASE}/Subscription/9", status=405)
        put = wire.put(f"{BASE}/Subscription/9", json={}, status=200)
        (found,) = Subscribing(Client(BASE, retries=0), ENDPOINT, None).remove()
        assert json.loads(put.calls[0].request.body or "")["status"] == "off"
    assert found.done == "switched off"
