"""How often a session is read does not depend on how many take part; following pages are the server's own wish."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from fault_proxy import FaultProxy, proxied
from worlds import TODAY, World, load, therapy
from writing import opened, trouble

from groupbill import Host
from groupbill.server import Client

SIZES = (2, 20, 100)
PAGE = "_getpages="
"""HAPI gives at most 50 matches at once."""


@pytest.fixture(scope="module")
def proxy(server: tuple[str, str]) -> Iterator[FaultProxy]:
    with proxied(server[1]) as made:
        yield made


@pytest.fixture(scope="module")
def worlds(server: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, World]]:
    """Groups of different sizes."""
    kind, base = server
    client = Client(base)
    yield {
        size: load(client, therapy(size), tmp_path_factory.mktemp("site"), own_ids=kind == "poor") for size in SIZES
    }
    client.close()


def test_reads_do_not_grow_with_the_group(proxy: FaultProxy, worlds: dict[int, World]) -> None:
    found = {}
    for size, world in worlds.items():
        host = Host(world.settings)
        with opened(proxy.base, world.settings) as server:
            host.reconcile(server, [world["Encounter/g0"]], today=TODAY)  # finds out what the server can't do
            proxy.clear()
            report = host.reconcile(server, [world["Encounter/g0"]], today=TODAY)
        assert trouble(report) == []
        [session] = report.sessions
        assert len(session.members) == size
        assert not [each for each in proxy.seen if each.writes]
        paths = [each.path.removeprefix(proxy.upstream.path) for each in proxy.seen if PAGE not in each.path]
        found[size] = Counter(re.split("[/?]", path)[1] for path in paths)
    assert found[20] == found[2]
    assert found[100] == found[2]
    assert found[2].total() <= 40
