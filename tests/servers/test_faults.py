"""With a fault at every fifth request, sessions end in the state of a run without any.

`GROUPBILL_LONG` in the environment makes it 200 sessions instead of 20.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fault_proxy import SILENCE, Fault, FaultProxy, at_random, proxied
from worlds import TODAY, World, load, therapy
from writing import duplicates, filed, meaning, opened, reconciled, trouble

from groupbill import Host
from groupbill.errors import ServerError
from groupbill.server import Client
from groupbill.server.server import Server

CLINICS = 4
SESSIONS = 50 if os.environ.get("GROUPBILL_LONG") else 5
RATE, SEED = 0.2, 853
PASSES = 8
"""Runs until everything is written: what one leaves, the next one finishes."""


@pytest.fixture
def worlds(server: tuple[str, str], tmp_path: Path) -> Iterator[list[World]]:
    """Clinics that are equal but for their names."""
    kind, base = server
    client, found = Client(base), []
    for number in range(CLINICS + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append(load(client, therapy(2, SESSIONS), folder, own_ids=kind == "poor"))
    yield found
    client.close()


def shortly(seconds: float) -> None:
    time.sleep(min(seconds, 0.05))


def run(proxy: FaultProxy, world: World) -> None:
    """Every session of a clinic, again and again while something is missing."""
    left = [world[f"Encounter/g{number}"] for number in range(SESSIONS)]
    host = Host(world.settings)
    for _ in range(PASSES):
        try:
            with opened(proxy.base, world.settings, patience=SILENCE - 2, pause=shortly) as server:
                left = [session for session in left if not written(host, server, session)]
        except ServerError:
            continue
        if not left:
            return
    raise AssertionError(f"{len(left)} sessions were not written in {PASSES} runs")


def written(host: Host, server: Server, session: str) -> bool:
    """Whether the report says that nothing is missing."""
    try:
        return not trouble(host.reconcile(server, [session], write=True, today=TODAY))
    except ServerError:
        return False


def test_sessions_under_faults_end_as_without_them(
    server: tuple[str, str], worlds: list[World], record_property: Callable[[str, object], None]
) -> None:
    calm, *shaken = worlds
    for number in range(SESSIONS):
        assert trouble(reconciled(calm, f"Encounter/g{number}", today=TODAY)) == []
    expected = meaning(calm, filed(calm).values())
    with proxied(server[1], at_random(RATE, SEED)) as proxy, ThreadPoolExecutor(CLINICS) as pool:
        list(pool.map(run, [proxy] * CLINICS, shaken))
        assert {fault for _, fault in proxy.done} == set(Fault)
        sessions = f"{CLINICS * SESSIONS} sessions"
        record_property("shown", f"{sessions}, {len(proxy.done)} faults at {len(proxy.seen)} requests")
    for world in shaken:
        found = filed(world)
        assert duplicates(found.values()) == []
        assert meaning(world, found.values()) == expected
