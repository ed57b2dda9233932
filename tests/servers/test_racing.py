"""The same session handed in again and again by several workers at once leaves one of everything.

`GROUPBILL_LONG` in the environment makes it 50 rounds instead of 3, with both outboxes and both kinds of ids.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from postgres import postgres
from required import started
from running import HERE
from worlds import TODAY, World, load, therapy
from writing import duplicates, filed, opened, trouble, without_client_ids

from groupbill import Host
from groupbill.server import Client

LONG = bool(os.environ.get("GROUPBILL_LONG"))
ROUNDS = 50 if LONG else 3
WORKERS, TIMES = 8, 10
MEMBERS = 3
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL of its own."""
    with ExitStack() as stack:
        yield started(stack, "PostgreSQL", postgres())


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Database URL of the outbox that the workers share."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{tmp_path / 'outbox.db'}"


@pytest.fixture
def world(request: pytest.FixtureRequest, server: tuple[str, str], tmp_path: Path) -> Iterator[World]:
    """A group on a server, which takes ids of ours or does not; the poor one never does."""
    kind, base = server
    client = Client(base)
    made = load(client, therapy(MEMBERS, sessions=ROUNDS), tmp_path, own_ids=kind == "poor")
    if request.param == "ids of the server":
        without_client_ids(base, made.settings)
    yield made
    client.close()


def each_case(*sample: tuple[str, str]) -> pytest.MarkDecorator:
    """Both outboxes, and both kinds of ids, where there is time; else a sample of them."""
    every = [("sqlite", "ids of ours"), ("postgresql", "ids of the server")]
    return pytest.mark.parametrize(("store", "world"), every if LONG else sample, indirect=True)


def assert_one_of_everything(world: World, rounds: int) -> None:
    found = filed(world)
    assert duplicates(found.values()) == []
    for kind in ("ChargeItem", "Claim"):
        assert len([each for each in found if each.startswith(kind + "/")]) == MEMBERS * rounds
    versions = {(each.get("meta") or {}).get("versionId") for each in found.values()}
    assert len(versions) == 1 or world.client.metadata()["software"]["name"].startswith("Medplum")


@each_case(("sqlite", "ids of ours"))
def test_threads_leave_one_of_everything(world: World, store: str, record_property: Record) -> None:
    host = Host(world.settings)
    with ExitStack() as stack, ThreadPoolExecutor(WORKERS) as pool:
        servers = [
            stack.enter_context(opened(world.client.base, world.settings, store=store)) for _ in range(WORKERS)
        ]

        def work(number: int, session: str) -> list[str]:
            found = []
            for _ in range(TIMES):
                found += trouble(host.reconcile(servers[number], [session], write=True, today=TODAY))
            return found

        for number in range(ROUNDS):
            session = world[f"Encounter/g{number}"]
            found = list(pool.map(work, range(WORKERS), [session] * WORKERS))
            assert found == [[]] * WORKERS
    assert_one_of_everything(world, ROUNDS)
    record_property("shown", f"{ROUNDS} rounds, each {WORKERS} workers x {TIMES}")


@contextmanager
def workers(world: World, store: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that share the outbox."""
    command = [sys.executable, str(HERE / "worker.py"), world.client.base, str(world.settings.path), store]
    found = [
        subprocess.Popen([*command, TODAY.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    try:
        for each in found:
            assert answer(each) == "ready"
        yield found
    finally:
        for each in found:
            each.stdin.close()
        for each in found:
            each.wait(60)
            each.stdout.close()


def answer(worker: subprocess.Popen[str]) -> Any:
    return json.loads(worker.stdout.readline())


@each_case(("postgresql", "ids of the server"))
def test_processes_leave_one_of_everything(world: World, store: str, record_property: Record) -> None:
    with workers(world, store) as found:
        for number in range(ROUNDS):
            session = world[f"Encounter/g{number}"]
            for each in found:
                each.stdin.write(f"{session}\n" * TIMES)
                each.stdin.flush()
            answers = [answer(each) for each in found for _ in range(TIMES)]
            assert [each["trouble"] for each in answers] == [[]] * (WORKERS * TIMES)
            assert len({json.dumps(each["named"]) for each in answers}) == 1
    assert_one_of_everything(world, ROUNDS)
    record_property("shown", f"{ROUNDS} rounds, each {WORKERS} workers x {TIMES}")
