"""A clinic's morning on real servers: nobody gives a command, and the books end as one run over the facts says.

A sample in every test run; 50 sessions and 50 kills with GROUPBILL_LONG=1.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from books import Books
from relay import Relay, relaying
from required import started
from running import SERVERS
from running_service import RunningService

from groupbill import Settings
from groupbill.server import Client

sys.path.append(str(Path(__file__).parents[2] / "examples" / "service"))
from morning import Morning, settings

LONG = os.environ.get("GROUPBILL_LONG") == "1"
SESSIONS = 50 if LONG else 7
KILLS = 50 if LONG else 4
OVER = 3
"""The hour in which the sessions are over: claims stand before anything is corrected."""


ALL = ["medplum", "hapi", "helios"]
NOISY = ALL if LONG else ["medplum"]


@pytest.fixture(scope="module")
def fhir(request: pytest.FixtureRequest) -> Iterator[str]:
    """The base of a real server with Subscriptions."""
    options = {"HFS_SUBSCRIPTIONS_ENABLED": "true"} if request.param == "helios" else {}
    with ExitStack() as stack:
        base = started(stack, request.param, SERVERS[request.param](**options))
        yield base + ("/morning" if request.param == "helios" else "")


@contextmanager
def serving(base: str, folder: Path, mark: str, stores: list[str], jobs: int = 2) -> Iterator[list[RunningService]]:
    """Services for one morning, one for each store."""
    (folder / "groupbill.toml").write_text(settings(mark, "1s"))
    services: list[RunningService] = []
    try:
        for store in stores:
            secret = services[0].secret if services else None
            services.append(RunningService(base, folder, store, jobs=jobs, secret=secret))
            services[-1].start()
        yield services
    finally:
        for service in services:
            service.kill()


@contextmanager
def subscribed(service: RunningService, endpoint: str) -> Iterator[str]:
    """The server's Subscriptions to an endpoint; what the command said."""
    words = ("subscribe", "--server", service.base, "--endpoint", endpoint)
    made = service.groupbill(*words)
    try:
        assert made.returncode == 0, made.stdout + made.stderr
        yield made.stdout
    finally:
        service.groupbill(*words, "--remove")


Show = Callable[[str, object], None]


def agree(base: str, folder: Path, mark: str, show: Show, *more: str) -> None:
    """The books are those of one run over the final facts, and nothing stands twice."""
    books = Books(Client(base), mark)
    found = books.found()
    assert found == books.expected(Settings.load(folder / "groupbill.toml"))
    assert books.repeated() == []
    claims = sum(count for _, count in found.values())
    show("shown", ", ".join([f"{SESSIONS} sessions, {claims} claims stand, none missing, none twice", *more]))


@pytest.mark.parametrize("fhir", ALL, indirect=True)
def test_a_morning_without_a_command(fhir: str, tmp_path: Path, record_property: Show) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(fhir, tmp_path, "quiet", [store]) as (service,), subscribed(service, service.endpoint) as said:
        assert "An event was made and arrived." in said
        morning = Morning(Client(fhir), SESSIONS, "quiet")
        morning.open()
        for number, hour in enumerate(morning.steps()):
            for step in hour:
                step()
            if LONG or number == OVER:
                service.rest()
        service.rest()
        agree(fhir, tmp_path, "quiet", record_property)
        assert service.groupbill("inbox", "list").stdout == "Nothing waits.\n"
        assert service.stop() == 0
        service.start()


@pytest.mark.parametrize("fhir", NOISY, indirect=True)
def test_notifications_tripled_shuffled_and_dropped_are_mended_by_one_sweep(
    fhir: str, tmp_path: Path, record_property: Show
) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(fhir, tmp_path, "noisy", [store]) as (service,):
        quick = Relay([service.endpoint])
        with relaying(quick), subscribed(service, quick.endpoint):
            noisy = quick.worsen(copies=3, drop=0.2, delay=1.5)
            morning = Morning(Client(fhir), SESSIONS, "noisy")
            morning.open()
            for hour in morning.steps():
                random.Random(1).shuffle(hour)
                for step in hour:
                    step()
            noisy.drain()
            service.rest()
            assert noisy.dropped > 0
        first, last = morning.days
        swept = service.groupbill("run", "--server", fhir, "--from", str(first), "--to", str(last), "--write")
        assert swept.returncode in (0, 1), swept.stderr
        agree(fhir, tmp_path, "noisy", record_property, f"{noisy.dropped} of {noisy.taken} dropped")


def test_killed_at_random_moments_nothing_is_missing_or_twice(
    medplum: str, tmp_path: Path, record_property: Show
) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(medplum, tmp_path, "killed", [store]) as (service,), subscribed(service, service.endpoint):
        morning = Morning(Client(medplum), SESSIONS, "killed")
        morning.open()
        playing = threading.Thread(target=lambda: [step() for hour in morning.steps() for step in hour])
        playing.start()
        chance, kills = random.Random(3), 0
        while kills < KILLS or playing.is_alive():
            playing.join(chance.uniform(0.3, 6.0))
            service.kill()
            service.start()
            kills += 1
        service.rest()
        agree(medplum, tmp_path, "killed", record_property, f"{kills} kills")


def test_eight_workers_in_two_processes_share_a_postgresql(
    medplum: str, database: str, tmp_path: Path, record_property: Show
) -> None:
    with serving(medplum, tmp_path, "shared", [database, database], jobs=4) as services:
        balanced = Relay([service.endpoint for service in services])
        with relaying(balanced), subscribed(services[0], balanced.endpoint):
            morning = Morning(Client(medplum), SESSIONS, "shared")
            morning.open()
            for hour in morning.steps():
                for step in hour:
                    step()
            for service in services:
                service.rest()
        agree(medplum, tmp_path, "shared", record_property, "8 workers in 2 processes")
        reconciled = [service.metrics()["groupbill_sessions_reconciled_total"] for service in services]
        assert min(reconciled) > 0, "both processes took part"
