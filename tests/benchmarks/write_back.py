"""A write-back next to its own requests sent bare: `python tests/benchmarks/write_back.py [SERVER...]`.

For each server a group is written, each time to patients of its own: once through a proxy that writes down the
requests, once directly and timed, and then as bare requests in the same order and timed: one after the other, and
eight reads at a time as groupbill asks them. Of three rounds the best of each counts: a server that has just been
started grows faster. Prints a row of Markdown per server.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
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

MEMBERS, SESSIONS, READERS, ROUNDS = 8, 8, 8, 3
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEADERS = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
_FORM = {**_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
Call = tuple[Request, bytes]


@dataclass(frozen=True)
class Spent:
    """Milliseconds per session. On a busy machine the clock tells little, what the processors did still does."""

    clock: float
    processor: float


@contextmanager
def spending() -> Iterator[list[Spent]]:
    """Measure a block; the processors are those of this process and of the server."""
    found: list[Spent] = []
    clock, processor = time.perf_counter(), _processor()
    yield found
    per = 1000 / SESSIONS
    found.append(Spent((time.perf_counter() - clock) * per, (_processor() - processor) * per))


def _processor() -> float:
    """Seconds that this process and its children have used so far."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    ticks = 0
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def written(base: str, world: World) -> Spent:
    """What groupbill takes for the sessions, from the first read to the last write."""
    host = Host(world.settings)
    with opened(base, world.settings) as server:
        host.reconcile(server, [world["Encounter/g0"]], today=TODAY)  # warm: imports, schemas, connections
        with spending() as spent:
            report = host.reconcile(server, sessions(world), write=True, today=TODAY)
    assert trouble(report) == []
    assert len(report.sessions) == SESSIONS
    return spent[0]


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


def replayed(base: str, calls: list[Call], readers: int) -> Spent:
    """What the bare requests take; runs of reads so many at a time."""
    root = base[: base.index("/", 8)] if "/" in base[8:] else base

    with requests.Session() as session, ThreadPoolExecutor(readers) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=readers))

        def send(call: Call) -> None:
            request, body = call
            headers = _FORM if request.path.endswith("/_search") else _HEADERS
            answer = session.request(request.method, root + request.path, data=body or None, headers=headers)
            assert answer.status_code < 500, answer.text[:300]

        with spending() as spent:
            for writes, run in groupby(calls, key=lambda call: call[0].writes):
                if writes:
                    for call in run:
                        send(call)
                else:
                    list(pool.map(send, run))
        return spent[0]


def measured(kind: str) -> str:
    """One row."""
    with SERVERS[kind]() as base, tempfile.TemporaryDirectory() as folder:
        client, found = Client(base), []
        for number in range(2 + 3 * ROUNDS):
            place = Path(folder) / str(number)
            place.mkdir()
            found.append(load(client, therapy(MEMBERS, SESSIONS), place, own_ids=kind == "poor"))
        warm, model, *others = found
        written(base, warm)
        calls = recorded(base, model)
        rounds = []
        for ours, one, many in zip(others[::3], others[1::3], others[2::3], strict=True):
            row = [written(base, ours)]
            for world, readers in ((one, 1), (many, READERS)):
                names = {model.names[each]: world.names[each] for each in model.names}
                row.append(replayed(base, list(translated(calls, names)), readers))
            rounds.append(row)
        client.close()
    spent, single, several = (min(column, key=lambda each: each.clock) for column in zip(*rounds, strict=True))
    told = [
        f"{spent.clock:.0f} / {single.clock:.0f} = {spent.clock / single.clock:.2f}",
        f"{spent.clock:.0f} / {several.clock:.0f} = {spent.clock / several.clock:.2f}",
        f"{spent.processor:.0f} / {single.processor:.0f} = {spent.processor / single.processor:.2f}",
    ]
    return f"| {kind} | {len(calls)} | {' | '.join(told)} |"


def main(kinds: list[str]) -> None:
    """A table."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"Milliseconds per session (of {SESSIONS}, with {MEMBERS} members each), load {load:.1f} per core\n")
    print("| server | requests | groupbill / bare, one by one | ... / bare, 8 reads at a time | processors of both |")
    print("|---|---|---|---|---|")
    for kind in kinds or sorted(SERVERS):
        try:
            print(measured(kind), flush=True)
        except Missing as reason:
            print(f"| {kind} | not measured: {reason} | | | |")


if __name__ == "__main__":
    main(sys.argv[1:])
