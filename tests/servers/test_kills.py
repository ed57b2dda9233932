"""Killed with SIGKILL between any two requests, the next run completes to the state of an undisturbed one.

The proxy counts the requests of a process of ours and kills it: when a request comes in, before the server sees it,
or when the server has answered and nobody hears it. `GROUPBILL_LONG` in the environment takes every point.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_proxy import Fault, FaultProxy, Request, proxied
from running import HERE
from worlds import TODAY, World, load, therapy
from writing import duplicates, filed, meaning, opened, trouble

from groupbill import Host
from groupbill.server import Client

LONG = bool(os.environ.get("GROUPBILL_LONG"))
MEMBERS = 2
SESSION = "Encounter/g0"


@pytest.fixture
def site(server: tuple[str, str], tmp_path: Path) -> Iterator[Site]:
    kind, base = server
    with proxied(base) as proxy:
        client = Client(base)
        yield Site(kind, client, proxy, tmp_path)
        client.close()


class Site:
    """A server behind a proxy, and worlds on it."""

    def __init__(self, kind: str, client: Client, proxy: FaultProxy, folder: Path) -> None:
        self.kind, self.client, self.proxy, self._folder = kind, client, proxy, folder

    def world(self, name: str) -> World:
        folder = self._folder / name
        folder.mkdir()
        return load(self.client, therapy(MEMBERS), folder, own_ids=self.kind == "poor")

    def killed(self, world: World, number: int, fault: Fault) -> int:
        """A process works on the session until this request; answers how many it had sent when it ended."""
        store = f"sqlite:///{world.settings.path.parent / 'outbox.db'}"
        command = [sys.executable, str(HERE / "worker.py"), self.proxy.base, str(world.settings.path), store]
        worker = subprocess.Popen(
            [*command, TODAY.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

        def kill(request: Request) -> None:
            if request.number == number:
                os.kill(worker.pid, signal.SIGKILL)

        self.proxy.clear()
        self.proxy.plan = lambda request: fault if request.number == number else None
        if fault is Fault.RESET:
            self.proxy.before = kill
        else:
            self.proxy.after = kill
        try:
            worker.communicate(world[SESSION] + "\n", timeout=120)
        finally:
            self.proxy.plan, self.proxy.before, self.proxy.after = (
                (lambda _: None),
                (lambda _: None),
                (lambda _: None),
            )
        return worker.returncode

    def finish(self, world: World) -> list[str]:
        """The next run, with the same outbox."""
        store = f"sqlite:///{world.settings.path.parent / 'outbox.db'}"
        with opened(self.proxy.base, world.settings, store=store) as server:
            return trouble(Host(world.settings).reconcile(server, [world[SESSION]], write=True, today=TODAY))


def points(requests: list[Request]) -> list[tuple[int, Fault]]:
    """Where to kill: around every request, or in the sample around three writes and between two reads."""
    writes = [each.number for each in requests if each.writes]
    around = [each.number for each in requests] if LONG else sorted({*writes[:2], writes[-1]})
    between = [] if LONG else [(len(requests) // 2, Fault.RESET)]
    return between + [(number, fault) for number in around for fault in (Fault.RESET, Fault.LOST)]


def test_a_killed_run_is_completed_by_the_next(site: Site, record_property: Callable[[str, object], None]) -> None:
    undisturbed = site.world("undisturbed")
    assert site.killed(undisturbed, 0, Fault.RESET) == 0, "nothing kills it"
    expected = meaning(undisturbed, filed(undisturbed).values())
    requests = list(site.proxy.seen)
    assert len(expected) >= 2 * MEMBERS
    chosen = points(requests)
    record_property("shown", f"killed at {len(chosen)} points, around {len(requests)} requests")
    for number, fault in chosen:
        world = site.world(f"{number}-{fault.name}")
        assert site.killed(world, number, fault) == -signal.SIGKILL, f"{number} {fault}: it ended by itself"
        assert site.finish(world) == []
        found = filed(world)
        assert duplicates(found.values()) == [], f"{number} {fault}"
        assert meaning(world, found.values()) == expected, f"{number} {fault}"
