"""`groupbill serve` as a process, killed and started as processes are."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
from running import free_port, process


class RunningService:
    """One process; the store outlives it."""

    def __init__(self, base: str, folder: Path, store: str, *, jobs: int = 2, secret: str | None = None) -> None:
        self.folder, self.store, self.base, self.jobs = folder, store, base, jobs
        self.port = free_port()
        self.secret = secrets.token_hex(16) if secret is None else secret
        self.log = folder / f"service-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        return f"{self.url}/hook"

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "GROUPBILL_SECRET": self.secret, "GROUPBILL_STORE": self.store}

    @property
    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def groupbill(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command beside the service, under its settings and store."""
        command = [sys.executable, "-m", "groupbill", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def start(self) -> None:
        command = [sys.executable, "-m", "groupbill", "serve", "--server", self.base, "--port", str(self.port)]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [*command, "--jobs", str(self.jobs)], cwd=self.folder, env=self.environment, stdout=out, stderr=out
            )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            try:
                if requests.get(f"{self.url}/health/ready", timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"not ready: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL, where it still runs."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(90)

    def metrics(self) -> dict[str, float]:
        """By name and labels."""
        lines = requests.get(f"{self.url}/metrics", timeout=10).text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def rest(self, quiet: float = 3.0, patience: float = 240.0) -> None:
        """Wait until nothing waits and nothing came for a while."""
        end, last, since = time.monotonic() + patience, "", time.monotonic()
        while time.monotonic() < end:
            found = self.metrics()
            busy = sum(found[f'groupbill_{each}{{state="waiting"}}'] for each in ("events", "sessions"))
            busy += found['groupbill_events{state="claimed"}'] + found["groupbill_numbers_missing"]
            now = f"{busy} {found['groupbill_events_received_total']} {found['groupbill_sessions_reconciled_total']}"
            if now != last or busy:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > quiet:
                return
            time.sleep(0.25)
        raise AssertionError(f"no rest: {last}; {self.log.read_text()[-2000:]}")


@contextmanager
def example_server() -> Iterator[str]:
    """The FHIR server of the demonstration: the one that is there in a second."""
    base = f"http://127.0.0.1:{free_port()}"
    script = Path(__file__).parents[2] / "examples" / "service" / "ehr.py"
    with process([sys.executable, str(script), base.rpartition(":")[2]], base) as started:
        yield started
