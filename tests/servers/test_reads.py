"""How often a session is read does not depend on how many take part; following pages are the server's own wish."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from fault_proxy import FaultProxy, proxied
from required import started
from running import hapi
from worlds import TODAY, World, load, therapy
from writing import opened, trouble

from groupbill import Host
from groupbill.server import Client

SIZES = (2, 20, 100)
PAGE = "_getpages="
"""HAPI gives at most 50 matches at once, unless it is told otherwise."""


@contextmanager
def loaded(kind: str, base: str, folder: Callable[[str], Path]) -> Iterator[dict[int, World]]:
    """Groups of different sizes."""
    with closing(Client(base)) as client:
        yield {size: load(client, therapy(size), folder("site"), own_ids=kind == "poor") for size in SIZES}


def reads(world: World, proxy: FaultProxy) -> list[str]:
    """Paths that are read for a session, now that it is known what the server can't do."""
    host = Host(world.settings)
    with opened(proxy.base, world.settings) as server:
        host.reconcile(server, [world["Encounter/g0"]], today=TODAY)
        proxy.clear()
        report = host.reconcile(server, [world["Encounter/g0"]], today=TODAY)
    assert trouble(report) == []
    [session] = report.sessions
    assert len(session.members) == sum(name.startswith("Patient/") for name in world.names)
    assert not [each for each in proxy.seen if each.writes]
    return [each.path.removeprefix(proxy.upstream.path) for each in proxy.seen]


def by_type(paths: Iterable[str]) -> Counter[str]:
    return Counter(re.split("[/?]", path)[1] for path in paths)


@pytest.fixture(scope="module")
def worlds(server: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, World]]:
    with loaded(*server, tmp_path_factory.mktemp) as made:
        yield made


def test_reads_do_not_grow_with_the_group(server: tuple[str, str], worlds: dict[int, World]) -> None:
    with proxied(server[1]) as proxy:
        found = {
            size: by_type(path for path in reads(world, proxy) if PAGE not in path) for size, world in worlds.items()
        }
    assert found[20] == found[2]
    assert found[100] == found[2]
    assert found[2].total() <= 40


def test_a_hapi_whose_pages_may_be_large_is_read_without_a_second_page(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with ExitStack() as stack:
        base = started(stack, "hapi", hapi(page=500))
        proxy = stack.enter_context(proxied(base))
        worlds = stack.enter_context(loaded("hapi", base, tmp_path_factory.mktemp))
        found = {size: by_type(reads(world, proxy)) for size, world in worlds.items()}
    assert found[20] == found[2]
    assert found[100] == found[2]


def test_what_was_written_a_moment_ago_is_found_by_a_search_that_was_asked_before(worlds: dict[int, World]) -> None:
    world = worlds[2]
    search = f"Coverage?beneficiary={world['Patient/p0']}"
    [before] = world.client.search(search)
    second = {**before, "id": f"{before['id']}-2"}
    made = world.client.create(second).reference
    assert made is not None
    assert {f"Coverage/{each['id']}" for each in world.client.search(search)} == {f"Coverage/{before['id']}", made}
