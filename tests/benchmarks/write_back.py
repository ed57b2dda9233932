"""A write-back next to its own requests sent bare: `python tests/benchmarks/write_back.py [SERVER...]`.

For each server a group is written, each time to patients of its own: once through a proxy that writes down the
requests, once directly and timed, and then as bare requests in the same order and timed: one after the other, and
eight reads at a time as groupbill asks them. Prints a row of Markdown per server.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))
from fault_proxy import Request, proxied
from running import SERVERS, Missing
from worlds import TODAY, World, load, therapy
from writing import opened, trouble

from groupbill import Host
from groupbill.server import Client

MEMBERS, SESSIONS, READERS = 8, 8, 8
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEADERS = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
_FORM = {**_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
Call = tuple[Request, bytes]


def written(base: str, world: World) -> float:
    """Seconds that groupbill takes for the sessions, from the first read to the last write."""
    host = Host(world.settings)
    with opened(base, world.settings) as server:
        host.reconcile(server, [world["Encounter/g0"]], today=TODAY)  # warm: imports, schemas, connections
        begun = time.perf_counter()
        report = host.reconcile(server, sessions(world), write=True, today=TODAY)
        spent = time.perf_counter() - begun
    assert trouble(report) == []
    assert len(report.sessions) == SESSIONS
    return spent


def sessions(world: World) -> list[str]:
    return [world[f"Encounter/g{number}"] for number in range(SESSIONS)]


def recorded(base: str, world: World) -> list[Call]:
    """The requests of a write-back, without those that only warm up."""
    host = Host(world.settings)
    with proxied(base) as proxy, opened(proxy.base, world.settings) as server:
        host.reconcile(server, [world["Encounter/g0"]], today=TODAY)
        proxy.clear()
        assert trouble(host.reconcile(server, sessions(world), write=True, today=TODAY)) == []
        theirs = proxy.base.encode()
        return [(request, body.replace(theirs, base.encode())) for request, body in proxy.bodies]


def translated(calls: list[Call], names: Mapping[str, str]) -> Iterator[Call]:
    """The same requests for other patients: their names, and other ids in the place of ours."""
    fresh: dict[str, str] = {}
    known = {each.partition("/")[2] for each in names.values()}

    def fresh_id(found: re.Match[str]) -> str:
        return found[0] if found[0] in known else fresh.setdefault(found[0], str(uuid.uuid4()))

    def other(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old.partition("/")[2], new.partition("/")[2])
        return _UUID.sub(fresh_id, text)

    for request, body in calls:
        yield Request(request.number, request.method, other(request.path)), other(body.decode()).encode()


def replayed(base: str, calls: list[Call], readers: int) -> float:
    """Seconds that the bare requests take; runs of reads so many at a time."""
    root = base[: base.index("/", 8)] if "/" in base[8:] else base

    with requests.Session() as session, ThreadPoolExecutor(readers) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=readers))

        def send(call: Call) -> None:
            request, body = call
            headers = _FORM if request.path.endswith("/_search") else _HEADERS
            answer = session.request(request.method, root + request.path, data=body or None, headers=headers)
            assert answer.status_code < 500, answer.text[:300]

        begun = time.perf_counter()
        for writes, run in groupby(calls, key=lambda call: call[0].writes):
            if writes:
                for call in run:
                    send(call)
            else:
                list(pool.map(send, run))
        return time.perf_counter() - begun


def measured(kind: str) -> str:
    """One row."""
    with SERVERS[kind]() as base, tempfile.TemporaryDirectory() as folder:
        client, found = Client(base), []
        for number in range(5):
            place = Path(folder) / str(number)
            place.mkdir()
            found.append(load(client, therapy(MEMBERS, SESSIONS), place, own_ids=kind == "poor"))
        warm, model, ours, one, many = found
        written(base, warm)
        calls = recorded(base, model)
        spent = written(base, ours)
        bare = []
        for world, readers in ((one, 1), (many, READERS)):
            names = {model.names[each]: world.names[each] for each in model.names}
            bare.append(replayed(base, list(translated(calls, names)), readers))
        client.close()
    per = 1000 / SESSIONS
    return (
        f"| {kind} | {len(calls)} | {spent * per:.0f} | {bare[0] * per:.0f} | {spent / bare[0]:.2f}"
        f" | {bare[1] * per:.0f} | {spent / bare[1]:.2f} |"
    )


def main(kinds: list[str]) -> None:
    """A table."""
    print(f"{SESSIONS} sessions of {MEMBERS}; milliseconds per session\n")
    print("| server | requests | groupbill | bare, one by one | ratio | bare, 8 reads at a time | ratio |")
    print("|---|---|---|---|---|---|---|")
    for kind in kinds or sorted(SERVERS):
        try:
            print(measured(kind), flush=True)
        except Missing as reason:
            print(f"| {kind} | not measured: {reason} | | | | | |")


if __name__ == "__main__":
    main(sys.argv[1:])
