"""What was not told is found: by event numbers, by a search, by asking how a Subscription is, by the sweep."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import responses
from running_service import example_server
from sqlalchemy import update

from groupbill import Settings
from groupbill.server import Client, Server
from groupbill.service.catching_up import GRACE, SILENCE, CatchingUp, _changed
from groupbill.service.duties import LOOKS, REST, Duties
from groupbill.service.marks import LOOK, SWEEP
from groupbill.service.notification import Event, Kind, Notification
from groupbill.service.parts import Parts
from groupbill.service.store import marks, open_store, subscriptions
from groupbill.service.subscription import REASON

JSON = dict[str, Any]
SETTINGS = Settings(timezone="America/Chicago", sweep_at=clock_time(2, 0))


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with example_server() as url:
        yield url


@pytest.fixture
def parts(base: str, tmp_path: Path) -> Iterator[Parts]:
    server = Server.open(base, SETTINGS)
    yield Parts.of(SETTINGS, server, open_store(f"sqlite:///{tmp_path / 'store.db'}"))
    server.close()


def later(seconds: float) -> Any:
    return lambda: time.time() + seconds


def told(number: int, *, subscription: str = "Subscription/7") -> Notification:
    return Notification((Event("Slot/s", str(number), number=number),), Kind.EVENT, subscription, number)


def waiting(parts: Parts) -> list[str]:
    return sorted(each.event.reference for each in parts.inbox.claim("test", 1000))


def group(name: str) -> JSON:
    return {"resourceType": "Group", "id": name, "type": "person", "actual": True}


def test_a_look_finds_what_changed_since_the_last_one_once(parts: Parts) -> None:
    parts.marks.at(LOOK)
    parts.server.client.put(group("unreported"))
    looking = CatchingUp(parts)
    assert looking.look() >= 1
    assert "Group/unreported" in waiting(parts)
    assert looking.look() == 0, "the same versions are known"
    parts.server.client.put(group("unreported"))
    assert looking.look() == 1


def test_a_look_does_not_go_back_further_than_the_last_one(parts: Parts) -> None:
    parts.server.client.put(group("of-long-ago"))
    parts.marks.at(LOOK)
    parts.marks.done(LOOK, time.time() + 86_400)
    assert CatchingUp(parts, later(86_400)).look() == 0


def test_a_gap_without_an_answer_leads_to_a_look_and_a_sweep(parts: Parts) -> None:
    parts.marks.at(LOOK)
    parts.inbox.accept([told(1), told(4)])
    parts.server.client.put(group("lost"))
    CatchingUp(parts, later(GRACE - 5)).missing()
    assert "Group/lost" not in waiting(parts), "a notification that was overtaken has some time"
    assert parts.inbox.missing() == 2
    CatchingUp(parts, later(GRACE + 5)).missing()
    assert "Group/lost" in waiting(parts)
    assert parts.marks.wanted(SWEEP)
    assert parts.inbox.missing() == 0


def answer(*numbers: int) -> JSON:
    events = [{"eventNumber": str(each), "focus": {"reference": f"Encounter/e{each}"}} for each in numbers]
    status = {
        "resourceType": "SubscriptionStatus",
        "type": "query-event",
        "subscription": {"reference": "Subscription/7"},
        "notificationEvent": events,
    }
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": status}]}


@pytest.mark.parametrize(("found", "look"), [((2, 3), False), ((2,), True), ((), True)])
def test_missing_events_are_asked_for_where_the_server_knows_them(
    tmp_path: Path, found: tuple[int, ...], look: bool
) -> None:
    base = "https://ehr.example.org/fhir"
    parts = Parts.of(SETTINGS, _server(base), open_store(f"sqlite:///{tmp_path / 'store.db'}"))
    parts.inbox.accept([told(1), told(4)])
    waiting(parts)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get(f"{base}/metadata", json={"resourceType": "CapabilityStatement"})
        wire.get(f"{base}/Subscription/7/$events", json=answer(*found))
        wire.get(re.compile(r".*_lastUpdated=ge.*"), json={"resourceType": "Bundle"})
        CatchingUp(parts, later(GRACE + 5)).missing()
        assert wire.calls[0].request.params == {"eventsSinceNumber": "2", "eventsUntilNumber": "3"}
        assert any("_lastUpdated" in str(call.request.url) for call in wire.calls) is look
    assert waiting(parts) == [f"Encounter/e{number}" for number in found]
    assert parts.inbox.missing() == 0


def _server(base: str) -> Any:
    """A connection without the questions of its opening, for a table of the protocol."""
    from groupbill.server.capability import from_statement

    client = Client(base, retries=0)
    return Server(client, from_statement(base, {"fhirVersion": "4.0.1"}), None, None, SETTINGS)


def test_a_silent_subscription_that_went_off_is_switched_on_again(parts: Parts) -> None:
    channel = {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/hook"}
    off = {"resourceType": "Subscription", "id": "7", "criteria": "Slot?", "reason": REASON, "channel": channel}
    parts.server.client.put({**off, "status": "error", "error": "422"})
    parts.inbox.accept([told(1)])
    CatchingUp(parts, later(SILENCE - 5)).pulse()
    assert (parts.server.client.get("Subscription/7") or {})["status"] == "error", "it spoke a moment ago"
    CatchingUp(parts, later(SILENCE + 5)).pulse()
    now = parts.server.client.get("Subscription/7") or {}
    assert (now["status"], now.get("error")) == ("active", None)
    assert parts.marks.wanted(LOOK)


@pytest.mark.parametrize(("status", "now"), [("error", "active"), ("off", "off")])
def test_a_look_switches_on_what_met_an_error_and_not_what_a_person_switched_off(
    parts: Parts, status: str, now: str
) -> None:
    channel = {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/hook"}
    made = {"resourceType": "Subscription", "id": "8", "criteria": "Slot?", "reason": REASON, "channel": channel}
    parts.server.client.put({**made, "status": status})
    CatchingUp(parts).look()
    assert (parts.server.client.get("Subscription/8") or {})["status"] == now


CHANGES = [
    ("2026-03-10T23:00:00-05:00", "2026-03-11T04:00:00+00:00"),
    ("2026-03-11T04:00:00.123456789Z", "2026-03-11T04:00:00.123456+00:00"),
    ("2026-03-11T04:00:00+00:00", "2026-03-11T04:00:00+00:00"),
]


@pytest.mark.parametrize(("written", "meant"), CHANGES)
def test_a_change_is_dated_by_its_instant(written: str, meant: str) -> None:
    assert _changed({"meta": {"lastUpdated": written}}) == datetime.fromisoformat(meant).timestamp()


@pytest.mark.parametrize("resource", [{}, {"meta": {}}, {"meta": {"lastUpdated": "yesterday"}}])
def test_a_change_without_a_date_counts_as_new(resource: JSON) -> None:
    assert _changed(resource) == inf


def test_a_subscription_that_is_gone_is_no_trouble(parts: Parts) -> None:
    parts.inbox.accept([told(1, subscription="Subscription/gone")])
    with parts.engine.begin() as connection:
        connection.execute(update(subscriptions).values(seen=0.0, looked=0.0))
    CatchingUp(parts).pulse()
    with parts.engine.begin() as connection:
        assert connection.execute(subscriptions.select()).one().looked > 0


class Swept:
    def __init__(self) -> None:
        self.count = 0
        self.error: Exception | None = None

    def __call__(self) -> None:
        self.count += 1
        if self.error is not None:
            raise self.error


def test_the_sweep_is_due_once_a_night(parts: Parts) -> None:
    swept = Swept()
    duties = Duties(parts, CatchingUp(parts), swept)
    duties.round()
    assert swept.count == 0, "a first start sweeps nothing: the night will"
    _set(parts, SWEEP, time.time() - 86_400)
    duties.round()
    duties.round()
    assert swept.count == 1
    assert parts.marks.at(SWEEP) > time.time() - 60


def test_a_sweep_that_failed_is_tried_again_after_a_while(parts: Parts) -> None:
    swept = Swept()
    swept.error = RuntimeError()
    duties = Duties(parts, CatchingUp(parts), swept)
    _set(parts, SWEEP, time.time() - 86_400)
    duties.round()
    duties.round()
    assert swept.count == 1
    assert parts.marks.wanted(SWEEP)
    _set(parts, SWEEP, time.time() - LOOKS - 1)
    duties._after.clear()
    swept.error = None
    duties.round()
    assert (swept.count, parts.marks.wanted(SWEEP)) == (2, False)
    assert REST < LOOKS


def test_duties_of_a_time_to_come_are_done_again_when_the_clock_was_set_back(parts: Parts) -> None:
    swept, catching_up = Swept(), CatchingUp(parts)
    duties = Duties(parts, catching_up, swept)
    parts.server.client.put(group("after-the-clock"))
    for name in (SWEEP, LOOK):
        _set(parts, name, time.time() + 365 * 86_400)
    duties.round()
    assert swept.count == 1
    assert "Group/after-the-clock" in waiting(parts)
    assert all(parts.marks.at(name) <= time.time() for name in (SWEEP, LOOK))


def _set(parts: Parts, name: str, at: float) -> None:
    parts.marks.at(name)
    with parts.engine.begin() as connection:
        connection.execute(update(marks).where(marks.c.name == name).values(at=at))


def test_duties_outlive_a_store_that_is_away(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupbill.service.duties.ROUND", 0.02)
    swept = Swept()
    _set(parts, SWEEP, time.time() - 86_400)
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("alter table groupbill_marks rename to elsewhere")
    duties = Duties(parts, CatchingUp(parts), swept)
    duties.start()
    time.sleep(0.3)
    assert (swept.count, duties.is_alive()) == (0, True)
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("alter table elsewhere rename to groupbill_marks")
    end = time.monotonic() + 30
    while not swept.count and time.monotonic() < end:
        time.sleep(0.05)
    parts.stop.set()
    duties.join(30)
    assert swept.count == 1


def test_a_server_that_is_back_is_noticed_without_any_work(parts: Parts) -> None:
    now = [time.monotonic()]
    parts.pause._clock = lambda: now[0]
    parts.pause.begin()
    duties = Duties(parts, CatchingUp(parts), Swept())
    duties.round()
    assert parts.pause.away, "it is left alone while the pause lasts"
    now[0] += 60
    duties.round()
    assert not parts.pause.away


NIGHTS = [
    ("2026-03-10T01:59", "2026-03-09T02:00"),
    ("2026-03-10T02:00", "2026-03-10T02:00"),
    ("2026-03-10T23:59", "2026-03-10T02:00"),
    # The clocks go forward at two: there is no such time, and the sweep is due an hour later by the wall.
    ("2026-03-08T12:00", "2026-03-08T03:00"),
]


@pytest.mark.parametrize(("now", "due"), NIGHTS)
def test_the_night_is_that_of_the_site(parts: Parts, now: str, due: str) -> None:
    zone = ZoneInfo("America/Chicago")
    duties = Duties(parts, CatchingUp(parts), Swept())
    at = datetime.fromisoformat(now).replace(tzinfo=zone).timestamp()
    found = datetime.fromtimestamp(duties._last_night(at), UTC).astimezone(zone)
    assert found.replace(tzinfo=None) == datetime.fromisoformat(due)
    assert timedelta(0) <= datetime.fromtimestamp(at, UTC) - found < timedelta(days=1, hours=1)
