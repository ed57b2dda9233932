"""How fast groupbill is, as ratios to the codec floor: `python tests/benchmarks/run.py [PARTICIPANTS]`.

Side by side on the same input in the same process: the floor (orjson reads all input and writes all output),
groupbill with compiled schemas and with the full gate, and a straightforward version that reads and writes everything
with the models of fhir.resources.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from groupbill import Host, Settings
from groupbill.fhir.index import Index
from groupbill.fhir.json import dumps
from groupbill.fhir.read import read_sources
from groupbill.pipeline.collector import unhurried
from groupbill.rules.rulebook import Rulebook
from groupbill.testing.clinic import SETTINGS, Clinic

TODAY = date(2026, 4, 6)
Timed = tuple[float, Any]


def timed(work: Callable[[], Any]) -> Timed:
    """Processor seconds of one call, and its answer."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def site() -> Settings:
    """The settings of the generated clinic."""
    import tomllib

    return Settings.parse(tomllib.loads(SETTINGS))


def write(folder: Path, clinic: Clinic) -> Path:
    """The clinic's month as NDJSON."""
    path = folder / "month.ndjson"
    path.write_bytes(b"\n".join(map(dumps, clinic.resources())))
    return path


def bill(host: Host, path: Path) -> tuple[int, list[bytes]]:
    """The main job from file to transactions: participants, and the serialised plan."""
    with unhurried():
        index = Index()
        read_sources(index, [path])
        report = host.run_index(index, TODAY)
        out = [dumps(bundle) for bundle in report.transactions()]
    return sum(len(each.members) for each in report.sessions), out


def floor(lines: list[bytes], out: list[Any]) -> None:
    """Nothing but reading all input and writing all output."""
    for line in lines:
        orjson.loads(line)
    for bundle in out:
        orjson.dumps(bundle)


def by_models(lines: list[bytes], out: list[Any]) -> None:
    """Reading all input and writing all output with the models of fhir.resources (R4B)."""
    from fhir.resources.R4B import get_fhir_model_class

    for line in lines:
        resource = orjson.loads(line)
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    for bundle in out:
        for entry in bundle["entry"]:
            resource = entry["resource"]
            get_fhir_model_class(resource["resourceType"]).model_validate(resource).model_dump_json()


def share_of_rules(host: Host, path: Path) -> float:
    """Part of a run that is spent in rules."""
    spent = 0.0
    plain = Rulebook._run

    def watched(self: Rulebook, *arguments: Any) -> Any:
        nonlocal spent
        start = time.process_time()
        try:
            return plain(self, *arguments)
        finally:
            spent += time.process_time() - start

    Rulebook._run = watched  # type: ignore[method-assign]
    try:
        whole, _ = timed(lambda: bill(host, path))
    finally:
        Rulebook._run = plain  # type: ignore[method-assign]
    return spent / whole


def compare(folder: Path, participants: int) -> None:
    """The table: floor, both gates, models."""
    path = write(folder, Clinic(sessions=max(participants // 8, 4)))
    lines = path.read_bytes().splitlines()
    schema, full = Host(site(), gate="schema"), Host(site(), gate="full")
    bill(schema, path)
    took, (people, out) = timed(lambda: bill(schema, path))
    took_full, _ = timed(lambda: bill(full, path))
    parsed = [orjson.loads(each) for each in out]
    least = min(timed(lambda: floor(lines, parsed))[0] for _ in range(3))
    models, _ = timed(lambda: by_models(lines, parsed))
    print(f"{people} participants, {len(lines)} resources, {sum(map(len, lines)):,} bytes in\n")
    print(f"{'':34}{'us each':>9}{'x floor':>9}{'per second':>12}")
    rows = [("codec floor (orjson)", least), ("groupbill, compiled schemas", took)]
    rows += [("groupbill, full gate", took_full), ("fhir.resources models alone", models)]
    for name, seconds in rows:
        print(f"{name:34}{seconds / people * 1e6:9.1f}{seconds / least:9.1f}{people / seconds:12,.0f}")
    print(f"\nfull gate above schemas: {(took_full - took) / people * 1e3:.2f} ms per participant")
    print(f"share of the rules: {share_of_rules(schema, path):.0%}")


def flatness(folder: Path) -> None:
    """Cost per participant by the size of the group and the number of sessions."""
    host = Host(site(), gate="schema")
    print("\nmembers of a group   us per participant")
    for members in (2, 10, 100, 500):
        path = write(folder, Clinic(sessions=max(2000 // members, 2), members=members, loose=False, individual=0))
        took, (people, _) = timed(lambda path=path: bill(host, path))
        print(f"{members:18} {took / people * 1e6:20.0f}")
    print("\nsessions             us per participant")
    for sessions in (10, 100, 1000):
        path = write(folder, Clinic(sessions=sessions))
        took, (people, _) = timed(lambda path=path: bill(host, path))
        print(f"{sessions:18} {took / people * 1e6:20.0f}")


def starts() -> None:
    """Wall time of a fresh process: the best of five."""
    programs = {
        "import groupbill": ["-c", "import groupbill"],
        "groupbill --version": ["-m", "groupbill", "--version"],
    }
    print()
    for name, arguments in programs.items():
        best = min(_wall([sys.executable, *arguments]) for _ in range(5))
        bare = min(_wall([sys.executable, "-c", "pass"]) for _ in range(5))
        print(f"{name}: {best * 1e3:.0f} ms, of which Python itself {bare * 1e3:.0f} ms")


def _wall(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print all figures."""
    participants = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), participants)
        flatness(Path(name))
    starts()


if __name__ == "__main__":
    main()
