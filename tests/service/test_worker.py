"""Workers, step by step, on a running FHIR server: what an event leads to, and what becomes of what fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from running_service import example_server
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from groupbill import Change, Host, Settings, hookimpl
from groupbill.report.report import Report
from groupbill.server import Server
from groupbill.service.duties import Keeper
from groupbill.service.looking import Looking
from groupbill.service.notification import Event, Notification
from groupbill.service.parts import Parts
from groupbill.service.store import open_store
from groupbill.service.waiting import listed
from groupbill.service.worker import ATTEMPTS, Worker

JSON = dict[str, Any]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with example_server() as url:
        yield url


class Bench:
    """One worker whose reconciles are written down."""

    def __init__(self, base: str, folder: Path, *plugins: object) -> None:
        self.settings = Settings(timezone="America/Chicago", settle=timedelta(0), path=folder / "groupbill.toml")
        self.engine: Engine = open_store(f"sqlite:///{folder / 'store.db'}")
        self.server = Server.open(base, self.settings, write=True)
        self.parts = Parts.of(self.settings, self.server, self.engine)
        self.host = Host(self.settings, plugins=plugins)
        self.reconciled: list[tuple[str, ...]] = []
        self.failing: dict[str, Exception] = {}
        self.meanwhile: Callable[[], None] = lambda: None
        looking = Looking(self.engine, self.parts.agenda)
        self.worker = Worker(self.parts, self.host, looking, self._reconcile)

    def _reconcile(self, host: Host, references: Sequence[str]) -> Report:
        self.reconciled.append(tuple(references))
        self.meanwhile()
        for reference in references:
            if reference in self.failing:
                raise self.failing[reference]
        return Report(version="", as_of=host.today())

    def put(self, *resources: JSON) -> None:
        for resource in resources:
            self.server.client.put(resource)

    def tell(self, *references: str, deleted: bool = False) -> None:
        events = tuple(Event(each, deleted=deleted) for each in references)
        self.parts.inbox.accept([Notification(events)])

    def work(self) -> list[tuple[str, ...]]:
        """Until there is nothing to do; what was reconciled."""
        self.reconciled.clear()
        for _ in range(1000):
            if not self.worker.step():
                return self.reconciled
        raise AssertionError("it does not come to rest")


@pytest.fixture
def bench(base: str, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(base, tmp_path)
    yield made
    made.server.close()


def session(name: str, leader: str = "dr", **more: Any) -> JSON:
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "period": {"start": "2026-03-10T20:00:00Z", "end": "2026-03-10T21:00:00Z"},
        "participant": [{"individual": {"reference": f"Practitioner/{leader}"}}],
        **more,
    }


def part(name: str, of: str) -> JSON:
    return session(name, partOf={"reference": f"Encounter/{of}"}, subject={"reference": f"Patient/{name}"})


def test_many_events_of_one_session_are_one_reconcile(bench: Bench) -> None:
    parts = [f"one-{number}" for number in range(40)]
    bench.put(session("one"), *(part(each, "one") for each in parts))
    bench.tell("Encounter/one", *(f"Encounter/{each}" for each in parts))
    assert bench.work() == [("Encounter/one",)]
    assert bench.work() == []


def test_a_part_that_moves_concerns_both_sessions(bench: Bench) -> None:
    bench.put(session("from", "a"), session("to", "b"), part("mover", "from"))
    bench.tell("Encounter/mover")
    assert bench.work() == [("Encounter/from",)]
    bench.put(part("mover", "to"))
    bench.tell("Encounter/mover")
    assert sorted(bench.work()) == [("Encounter/from",), ("Encounter/to",)]


def test_a_part_that_is_gone_concerns_the_session_it_was_in(bench: Bench) -> None:
    bench.put(session("whole"), part("leaver", "whole"))
    bench.tell("Encounter/leaver")
    bench.work()
    bench.server.client.delete("Encounter/leaver")
    bench.tell("Encounter/leaver", deleted=True)
    assert ("Encounter/leaver", "Encounter/whole") in [tuple(sorted(sum(bench.work(), ())))]


def test_a_visit_that_is_not_over_is_looked_at_when_its_time_is_up(bench: Bench) -> None:
    coming = {"start": "2099-03-10T20:00:00Z", "end": "2099-03-10T21:00:00Z"}
    bench.put(session("coming", status="in-progress", period=coming))
    bench.tell("Encounter/coming")
    assert bench.work() == [("Encounter/coming",)]
    assert bench.parts.agenda.count()["waiting"] == 1
    assert bench.parts.agenda.due() == 0


class Crashing:
    """A plugin that can't stand one Encounter."""

    @hookimpl
    def groupbill_encounter_changed(self, change: Change) -> None:
        if change.reference == "Encounter/bad":
            raise ValueError("Jane Visible, born 1984")


def test_a_poison_event_is_set_aside_with_its_reason_and_the_rest_goes_on(base: str, tmp_path: Path) -> None:
    bench = Bench(base, tmp_path, ("acme", Crashing()))
    bench.put(session("bad"), session("good"))
    bench.tell("Encounter/bad", "Encounter/good")
    assert bench.work() == [("Encounter/good",)]
    (entry,) = listed(bench.engine)
    assert (entry.reference, entry.state) == ("Encounter/bad", "set-aside")
    assert entry.reason == "ENG02: plugin acme: groupbill_encounter_changed failed with ValueError"
    bench.server.close()


def test_a_session_that_fails_does_not_stop_its_lane_and_is_set_aside_in_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbill.service.worker.RETRY", 0.0)
    bench.put(session("sound"), session("sick"))
    bench.failing["Encounter/sick"] = KeyError("Jane Visible")
    bench.tell("Encounter/sound", "Encounter/sick")
    done = bench.work()
    assert done[:3] == [("Encounter/sick", "Encounter/sound"), ("Encounter/sick",), ("Encounter/sound",)]
    assert done.count(("Encounter/sick",)) == ATTEMPTS
    (entry,) = listed(bench.engine)
    assert (entry.id, entry.state, entry.reason) == ("Encounter/sick", "set-aside", "KeyError")


def test_what_is_in_hand_at_a_stop_is_handed_back(bench: Bench) -> None:
    bench.put(session("later"))
    bench.tell("Encounter/later")
    bench.parts.stop.set()
    bench.worker.step()
    assert bench.reconciled == []
    assert bench.parts.inbox.count()["waiting"] == 1


class Asked:
    """A plugin that tells when it is asked."""

    def __init__(self) -> None:
        self.then: Callable[[], None] = lambda: None

    @hookimpl
    def groupbill_encounter_changed(self, change: Change) -> None:
        self.then()


@pytest.mark.parametrize("table", ["groupbill_inbox", "groupbill_sessions", "groupbill_leases"])
def test_what_could_not_be_given_back_to_a_store_that_was_away_is_worked_on_later(
    base: str, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("inbox", "leases", "duties"):
        monkeypatch.setattr(f"groupbill.service.{module}.LEASE", 0.3)
    asked = Asked()
    bench = Bench(base, tmp_path, ("acme", asked))

    def rename(old: str, new: str) -> None:
        with bench.engine.begin() as connection:
            connection.exec_driver_sql(f"alter table {old} rename to {new}")

    def goes_away() -> None:
        rename(table, "elsewhere")

    stop = threading.Event()
    keeper = Keeper(bench.parts, stop)
    keeper.start()
    bench.put(session("first"), session("second"), session("third", "other"))
    bench.tell("Encounter/first", "Encounter/third")
    if table == "groupbill_inbox":
        asked.then = goes_away
    else:
        bench.meanwhile = goes_away
    with pytest.raises(OperationalError):
        bench.worker.step()
    asked.then = bench.meanwhile = lambda: None
    rename("elsewhere", table)
    time.sleep(1.0)  # longer than a lease
    bench.tell("Encounter/second")  # of the same leader and day: only one worker at a time looks at them
    found = {each for references in bench.work() for each in references}
    left = set() if table == "groupbill_leases" else {"Encounter/first"}
    assert found == {"Encounter/second", "Encounter/third", *left}
    stop.set()
    keeper.join()
    bench.server.close()


def test_an_event_without_a_name_makes_a_look_due(bench: Bench) -> None:
    bench.tell("*")
    bench.work()
    assert bench.parts.marks.wanted("look")
