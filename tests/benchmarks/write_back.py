"""A write-back next to its own requests sent bare: `python tests/benchmarks/write_back.py [SERVER...]`.

For each server a group is written, each time to patients of its own: once through a proxy that writes down the
requests, once directly and timed, and then as bare requests in the same order and timed: one after the other, and
eight reads at a time as groupbill asks them. A page that groupbill asked for by the `next` link of a search is asked
for by the link that the bare search has just got: pages of an old search are ready, those of a new one are not. Of
three rounds or more the best of each counts: a server that has just been started grows faster, and the machine may be
at other work. Prints a row of Markdown per server.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))
from fault_proxy import Request, proxied
from running import SERVERS, Missing, hapi
from worlds import TODAY, World, load, therapy
from writing import opened, trouble

from groupbill import Host
from groupbill.server import Client

KINDS = {**SERVERS, "hapi-large-pages": partial(hapi, page=500)}
MEMBERS, SESSIONS, READERS = 8, 8, 8
ROUNDS, LONG = 3, 30
"""Rounds at least, and seconds that they go on for: a quick server is disturbed by less."""
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEADERS = {
    "Content-Type": "application/fhir+json",
    "Accept": "application/fhir+json",
    "Cache-Control": "no-cache",
}
_FORM = {**_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Call:
    """A request, and how many pages more of its answer were asked for."""

    request: Request
    body: bytes
    pages: int = 0


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
    host, exchanges = Host(world.settings), list[tuple[Request, bytes, bytes]]()
    with proxied(base) as proxy, opened(proxy.base, world.settings) as server:
        host.reconcile(server, [world["Encounter/g0"]], today=TODAY)
        proxy.clear()
        proxy.answered = lambda *exchange: exchanges.append(exchange)
        assert trouble(host.reconcile(server, sessions(world), write=True, today=TODAY)) == []
        exchanges.sort(key=lambda each: each[0].number)
        return [
            replace(each, body=each.body.replace(proxy.base.encode(), base.encode())) for each in calls(exchanges)
        ]


def calls(exchanges: Iterable[tuple[Request, bytes, bytes]]) -> list[Call]:
    """The requests in their order; further pages are counted with the search that they belong to."""
    found: list[Call] = []
    searches: dict[str, int] = {}
    for request, body, answer in exchanges:
        number = searches.pop(unquote(request.path), None)
        if number is None:
            number = len(found)
            found.append(Call(request, body))
        else:
            found[number] = replace(found[number], pages=found[number].pages + 1)
        link = next_page(answer)
        if link is not None:
            searches[unquote(link[link.index("/", 8) :])] = number
    assert not searches, "groupbill asks for every page"
    return found


def next_page(answer: bytes) -> str | None:
    """The link to it."""
    links = json.loads(answer).get("link", ()) if answer.startswith(b"{") else ()
    return next((link["url"] for link in links if link["relation"] == "next"), None)


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

    for call in calls:
        request = replace(call.request, path=other(call.request.path))
        yield replace(call, request=request, body=other(call.body.decode()).encode())


def replayed(base: str, calls: list[Call], readers: int) -> Spent:
    """What the bare requests take; runs of reads so many at a time."""
    root = base[: base.index("/", 8)] if "/" in base[8:] else base

    with requests.Session() as session, ThreadPoolExecutor(readers) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=readers))

        def send(call: Call) -> None:
            request, body = call.request, call.body
            headers = _FORM if request.path.endswith("/_search") else _HEADERS
            answer = session.request(request.method, root + request.path, data=body or None, headers=headers)
            assert answer.status_code < 500, answer.text[:300]
            for _ in range(call.pages):
                link = next_page(answer.content)
                assert link is not None
                answer = session.get(link, headers=_HEADERS)
                assert answer.ok, answer.text[:300]

        with spending() as spent:
            for writes, run in groupby(calls, key=lambda call: call.request.writes):
                if writes:
                    for call in run:
                        send(call)
                else:
                    list(pool.map(send, run))
        return spent[0]


def measured(kind: str) -> str:
    """One row."""
    with KINDS[kind]() as base, tempfile.TemporaryDirectory() as folder:
        client = Client(base)

        def fresh() -> World:
            place = tempfile.mkdtemp(dir=folder)
            return load(client, therapy(MEMBERS, SESSIONS), Path(place), own_ids=kind == "poor")

        written(base, fresh())
        model = fresh()
        asked = recorded(base, model)
        rounds, end = [], time.monotonic() + LONG
        while len(rounds) < ROUNDS or time.monotonic() < end:
            row = [written(base, fresh())]
            for readers in (1, READERS):
                world = fresh()
                names = {model.names[each]: world.names[each] for each in model.names}
                row.append(replayed(base, list(translated(asked, names)), readers))
            rounds.append(row)
        client.close()
    spent, single, several = (min(column, key=lambda each: each.clock) for column in zip(*rounds, strict=True))
    told = [
        f"{spent.clock:.0f} / {single.clock:.0f} = {spent.clock / single.clock:.2f}",
        f"{spent.clock:.0f} / {several.clock:.0f} = {spent.clock / several.clock:.2f}",
        f"{spent.processor:.0f} / {single.processor:.0f} = {spent.processor / single.processor:.2f}",
    ]
    load_now = os.getloadavg()[0] / (os.cpu_count() or 1)
    return f"| {kind} | {sum(1 + call.pages for call in asked)} | {' | '.join(told)} | {load_now:.1f} |"


def main(kinds: list[str]) -> None:
    """A table."""
    print(f"Milliseconds per session (of {SESSIONS}, with {MEMBERS} members each)\n")
    print(
        "| server | requests | groupbill / bare | ... / bare, 8 reads at once | processors of both | load per core |"
    )
    print("|---|---|---|---|---|---|")
    for kind in kinds or sorted(KINDS):
        try:
            print(measured(kind), flush=True)
        except Missing as reason:
            print(f"| {kind} | not measured: {reason} | | | | |")


if __name__ == "__main__":
    main(sys.argv[1:])
