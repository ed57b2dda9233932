"""How many notifications the service takes per second, next to a bare FastAPI endpoint that inserts one row.

    python tests/benchmarks/receive.py [COUNT]     # default 5,000; 100,000 with GROUPBILL_LONG=1

Both are one uvicorn process on a SQLite file in WAL mode, every commit on the disk (synchronous=FULL), and get the
same requests over the same number of connections, in turns. Prints rates, 50th and 99th percentile, their ratio, the
memory of the service before and after, and the time from a session's last event to its claims, after the settle time.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / "tests" / "servers"), str(ROOT / "tests" / "service"), str(ROOT / "examples" / "service")]
from running_service import RunningService, example_server  # noqa: E402

CONNECTIONS = 32
ROUNDS = 4
SETTLE = 2.0
BARE = """
import sys
from fastapi import FastAPI, Request
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, create_engine, event
import uvicorn

engine = create_engine(sys.argv[2])
rows = Table("rows", MetaData(), Column("id", Integer, primary_key=True), Column("key", String), Column("at", Float))

@event.listens_for(engine, "connect")
def durable(connection, record):
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")

rows.metadata.create_all(engine)
app = FastAPI()

@app.get("/health/ready")
def ready():
    return {}

@app.post("/hook")
def hook(body: dict):
    with engine.begin() as connection:
        connection.execute(rows.insert().values(key=body["id"] + body["meta"]["versionId"], at=0.0))
    return {"resourceType": "OperationOutcome"}

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
"""


def notification(number: int) -> bytes:
    """An Encounter as HAPI or Medplum would send it, about one kilobyte."""
    return json.dumps(
        {
            "resourceType": "Slot",
            "id": f"s{number}",
            "meta": {"versionId": "1", "lastUpdated": "2026-03-10T20:00:00.000Z"},
            "comment": "x" * 800,
        }
    ).encode()


async def send(port: int, secret: str, first: int, count: int) -> tuple[float, list[float]]:
    """Seconds for all, and for each."""
    spent: list[float] = []
    numbers = iter(range(first, first + count))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            body = notification(number)
            started = time.perf_counter()
            writer.write(
                b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + f"Authorization: Bearer {secret}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            spent.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return time.perf_counter() - started, spent


@contextmanager
def bare(folder: Path) -> Iterator[int]:
    """The endpoint to compare with; its port."""
    from running import free_port

    port = free_port()
    script = folder / "bare.py"
    script.write_text(BARE)
    process = subprocess.Popen([sys.executable, str(script), str(port), f"sqlite:///{folder / 'bare.db'}"])
    try:
        for _ in range(100):
            try:
                requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


def memory(service: RunningService) -> float:
    """Resident megabytes."""
    lines = Path(f"/proc/{service.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def percentile(spent: list[float], share: float) -> float:
    """Milliseconds."""
    return sorted(spent)[int(len(spent) * share)] * 1000


def events(count: int) -> None:
    """Part one: taking notifications."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "groupbill.toml").write_text('timezone = "America/Chicago"\n[events]\nsettle = "1h"\n')
        base = stack.enter_context(example_server())
        service = RunningService(base, folder, f"sqlite:///{folder / 'inbox.db'}", secret=secrets.token_hex(16))
        service.start()
        stack.callback(service.kill)
        other = stack.enter_context(bare(folder))
        asyncio.run(send(service.port, service.secret, 0, 500))
        asyncio.run(send(other, "-", 0, 500))
        before, first = memory(service), 1000
        seconds: dict[str, float] = {"service": 0.0, "bare": 0.0}
        spent: dict[str, list[float]] = {"service": [], "bare": []}
        for _ in range(ROUNDS):
            for name, port in (("bare", other), ("service", service.port)):
                took, each = asyncio.run(send(port, service.secret, first, count // ROUNDS))
                seconds[name] += took
                spent[name] += each
            first += count // ROUNDS
        for name in ("bare", "service"):
            low, high = percentile(spent[name], 0.5), percentile(spent[name], 0.99)
            print(f"{name:<8} {count / seconds[name]:8.0f} /s   p50 {low:6.1f} ms   p99 {high:6.1f} ms")
        print(f"ratio    {seconds['bare'] / seconds['service']:8.2f}")
        print(f"memory   {before:.0f} MB before, {memory(service):.0f} MB after {count} notifications")


def claims() -> None:
    """Part two: from the last event of a session to its claims."""
    from morning import Morning, settings

    from groupbill.server import Client

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "groupbill.toml").write_text(settings("m", f"{SETTLE:.0f}s"))
        base = stack.enter_context(example_server())
        service = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        service.start()
        stack.callback(service.kill)
        service.groupbill("subscribe", "--server", base, "--endpoint", service.endpoint, "--no-check")
        client = Client(base)
        morning = Morning(client, 7)
        morning.open()
        hours = list(morning.steps())
        for step in [*hours[0], *hours[1], *hours[2], *hours[3]]:
            step()
        started = time.perf_counter()
        while len([each for each in client.search("Claim?") if each["status"] == "active"]) < 20:
            time.sleep(0.1)
        print(f"claims   of 7 sessions {time.perf_counter() - started - SETTLE:.1f} s after the settle time")


if __name__ == "__main__":
    long = os.environ.get("GROUPBILL_LONG") == "1"
    events(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000 if long else 5_000)
    claims()
