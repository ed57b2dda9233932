"""A FHIR server that is away as a whole, and one that can't or won't show a single thing, which stops nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import Fault, FaultProxy, Refusal
from running_service import example_server
from sqlalchemy import update
from test_worker import Bench, session

from groupbill.server import Client
from groupbill.service.catching_up import GRACE, SILENCE, CatchingUp
from groupbill.service.marks import LOOK
from groupbill.service.notification import Event, Kind, Notification
from groupbill.service.store import subscriptions
from groupbill.service.subscription import REASON
from groupbill.service.waiting import listed
from groupbill.service.worker import ATTEMPTS


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with example_server() as url:
        yield url


@pytest.fixture
def proxy(base: str) -> Iterator[FaultProxy]:
    made = FaultProxy(base)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def bench(proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr("groupbill.service.worker.RETRY", 0.0)
    made = Bench(proxy.base, tmp_path)
    made.server.client._http._pause = lambda _: None
    yield made
    made.server.close()


WAYS = pytest.mark.parametrize("way", [Fault.BROKEN, Fault.RESET, Refusal.FORBIDDEN, Refusal.SIGNED_OUT])


@WAYS
def test_while_the_server_is_away_everything_waits(bench: Bench, proxy: FaultProxy, way: Fault | Refusal) -> None:
    bench.put(session("patient"))
    bench.tell("Encounter/patient")
    proxy.plan = lambda request: None if "metadata" in request.path else way  # many tell it to everybody
    bench.worker.step()
    assert bench.parts.pause.away
    assert not bench.parts.pause.over()
    assert [entry.state for entry in listed(bench.engine)] == ["waiting"]
    assert [entry.attempts for entry in listed(bench.engine)] == [0]
    proxy.plan = lambda request: None
    assert bench.work() == [("Encounter/patient",)]
    assert not bench.parts.pause.away


@WAYS
def test_a_resource_that_the_server_does_not_show_is_set_aside_and_the_rest_goes_on(
    bench: Bench, proxy: FaultProxy, way: Fault | Refusal
) -> None:
    bench.put(session("vip", "a"), session("plain", "b"))
    proxy.plan = lambda request: way if request.path.endswith("/Encounter/vip") else None
    bench.tell("Encounter/vip")
    bench.tell("Encounter/plain")
    assert bench.work() == [("Encounter/plain",)]
    assert not bench.parts.pause.away
    (entry,) = listed(bench.engine)
    assert (entry.reference, entry.state, entry.attempts) == ("Encounter/vip", "set-aside", ATTEMPTS - 1)
    assert entry.reason.startswith("GET Encounter: ")


@WAYS
def test_a_look_finds_the_other_types_where_one_is_not_shown(
    bench: Bench, proxy: FaultProxy, way: Fault | Refusal
) -> None:
    bench.parts.marks.at(LOOK)
    Client(proxy.base).put({"resourceType": "Group", "id": f"seen-{way.name}", "type": "person", "actual": True})
    proxy.plan = lambda request: way if request.path.startswith("/Encounter?_lastUpdated") else None
    look = CatchingUp(bench.parts).look
    if isinstance(way, Refusal):
        look()
    else:
        with pytest.raises(Exception, match="GET Encounter"):
            look()
    assert f"Group/seen-{way.name}" in [each.event.reference for each in bench.parts.inbox.claim("test", 1000)]
    assert bench.parts.marks.wanted(LOOK) is isinstance(way, Fault), "what may come back is looked for again"


@WAYS
def test_subscriptions_that_are_not_shown_keep_no_look_and_no_pulse_from_its_end(
    bench: Bench, proxy: FaultProxy, way: Fault | Refusal
) -> None:
    heard = Notification((), Kind.HEARTBEAT, "Subscription/7", 0)
    bench.parts.inbox.accept([heard])
    with bench.engine.begin() as connection:
        connection.execute(update(subscriptions).values(seen=1.0, looked=1.0))
    proxy.plan = lambda request: way if request.path.startswith("/Subscription") else None
    catching_up = CatchingUp(bench.parts)
    catching_up.look()
    catching_up.pulse()
    with bench.engine.begin() as connection:
        (row,) = connection.execute(subscriptions.select())
    assert row.looked > SILENCE, "it is asked again after a while, and not in every round"


def test_a_subscription_that_may_not_be_switched_on_keeps_no_look_from_its_end(
    bench: Bench, proxy: FaultProxy
) -> None:
    channel = {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/hook"}
    off = {"resourceType": "Subscription", "id": "off", "criteria": "Slot?", "reason": REASON, "channel": channel}
    bench.put({**off, "status": "error"})
    proxy.plan = lambda request: Refusal.FORBIDDEN if request.method == "PUT" else None
    CatchingUp(bench.parts).look()
    assert not bench.parts.marks.wanted(LOOK)


@WAYS
def test_events_that_the_server_does_not_tell_again_are_looked_for(
    bench: Bench, proxy: FaultProxy, way: Fault | Refusal
) -> None:
    bench.parts.marks.at(LOOK)
    bench.parts.inbox.accept(
        [Notification((Event("Slot/s", str(n), number=n),), Kind.EVENT, "Subscription/7", n) for n in (1, 4)]
    )
    bench.put({"resourceType": "Group", "id": f"lost-{way.name}", "type": "person", "actual": True})
    proxy.plan = lambda request: way if "$events" in request.path else None
    now = bench.parts.marks._clock()
    CatchingUp(bench.parts, lambda: now + GRACE + 5).missing()
    assert f"Group/lost-{way.name}" in [each.event.reference for each in bench.parts.inbox.claim("test", 1000)]
    assert bench.parts.inbox.missing() == 0
