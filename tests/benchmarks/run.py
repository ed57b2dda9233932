"""How fast groupbill is, as ratios to the codec floor: `python tests/benchmarks/run.py [PARTICIPANTS] [SESSIONS]`.

Side by side on the same input in the same process: the floor (orjson reads all input and writes all output),
groupbill with compiled schemas and with the full gate, and a straightforward version that reads and writes everything
with the models of fhir.resources. Then cost by the size of groups and by the number of sessions (up to SESSIONS,
1000 unless told otherwise; 100000 takes long and gigabytes of disk), the memory of a run from NDJSON to NDJSON, and
starts.
"""

from __future__ import annotations

import resource
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
from groupbill.report.plan import Plan
from groupbill.report.write import write_plan
from groupbill.rules.rulebook import Rulebook
from groupbill.testing.clinic import SETTINGS, Clinic

TODAY = date(2026, 4, 6)
Timed = tuple[float, Any]


def timed(work: Callable[[], Any]) -> Timed:
    """Processor seconds of one call, and its answer."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def best(work: Callable[[], Any]) -> Timed:
    """The quickest of three: what others do on the machine only ever costs time."""
    return min((timed(work) for _ in range(3)), key=lambda each: each[0])


def site() -> Settings:
    """The settings of the generated clinic."""
    import tomllib

    return Settings.parse(tomllib.loads(SETTINGS))


def write(folder: Path, clinic: Clinic) -> Path:
    """The clinic's month as NDJSON."""
    path = folder / "month.ndjson"
    with path.open("wb") as file:
        file.writelines(dumps(each) + b"\n" for each in clinic.resources())
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
        read = orjson.loads(line)
        get_fhir_model_class(read["resourceType"]).model_validate(read)
    for bundle in out:
        for entry in bundle["entry"]:
            made = entry["resource"]
            get_fhir_model_class(made["resourceType"]).model_validate(made).model_dump_json()


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
    took, (people, out) = best(lambda: bill(schema, path))
    took_full, _ = best(lambda: bill(full, path))
    parsed = [orjson.loads(each) for each in out]
    least, _ = best(lambda: floor(lines, parsed))
    models, _ = timed(lambda: by_models(lines, parsed))
    print(f"{people} participants, {len(lines)} resources, {sum(map(len, lines)):,} bytes in\n")
    print(f"{'':34}{'us each':>9}{'x floor':>9}{'per second':>12}")
    rows = [("codec floor (orjson)", least), ("groupbill, compiled schemas", took)]
    rows += [("groupbill, full gate", took_full), ("fhir.resources models alone", models)]
    for name, seconds in rows:
        print(f"{name:34}{seconds / people * 1e6:9.1f}{seconds / least:9.1f}{people / seconds:12,.0f}")
    print(f"\nfull gate above schemas: {(took_full - took) / people * 1e3:.2f} ms per participant")
    print(f"share of the rules: {share_of_rules(schema, path):.0%}")


def flatness(folder: Path, most: int) -> None:
    """Cost per participant by the size of the group and the number of sessions."""
    host = Host(site(), gate="schema")
    print("\nmembers of a group   us per participant")
    for members in (2, 10, 100, 500):
        path = write(folder, Clinic(sessions=max(2000 // members, 2), members=members, loose=False, individual=0))
        took, (people, _) = timed(lambda path=path: bill(host, path))
        print(f"{members:18} {took / people * 1e6:20.0f}")
    print("\nsessions             us per participant")
    for sessions in sizes(most):
        path = write(folder, Clinic(sessions=sessions))
        took, people = timed(lambda path=path: stream(host, path, folder / "plan.ndjson"))
        print(f"{sessions:18} {took / people * 1e6:20.0f}")


def sizes(most: int) -> list[int]:
    """1, 10, 100, ... up to the most."""
    return [10**power for power in range(len(str(most)))]


def stream(host: Host, path: Path, out: Path) -> int:
    """As `groupbill run PATH --out OUT` works, session by session: participants."""
    people, plan = 0, Plan()
    with unhurried():
        index = Index()
        read_sources(index, [path])
        for session in host.start(index, TODAY):
            plan.add(session)
            people += len(session.members)
        write_plan(plan.transactions(corrections_held=False), out)
    return people


def peak() -> int:
    """Peak memory of this process in kilobytes; on Linux `ru_maxrss` would begin with the parent's."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return found[0] if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def memory(folder: Path, most: int) -> None:
    """Peak memory of a process that goes from NDJSON to NDJSON."""
    print("\nsessions                 peak megabytes")
    for sessions in sizes(most)[-3:]:
        path = write(folder, Clinic(sessions=sessions))
        command = [sys.executable, __file__, "--stream", str(path), str(folder / "plan.ndjson")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"{sessions:18} {int(done.stdout) // 1024:20}")


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
    if sys.argv[1:2] == ["--stream"]:
        stream(Host(site(), gate="schema"), Path(sys.argv[2]), Path(sys.argv[3]))
        print(peak())
        return
    participants, most = (*map(int, sys.argv[1:]), *(2000, 1000)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), participants)
        flatness(Path(name), most)
        memory(Path(name), most)
    starts()


if __name__ == "__main__":
    main()
