"""A clinic's morning: sessions are booked, held, documented and corrected, and the claims appear by themselves.

    python examples/service/morning.py                     # a FHIR server, the service, the morning: all in one
    python examples/service/morning.py --server URL        # on a FHIR server of yours (a test server!)

Nobody calls groupbill in between: the FHIR server notifies the service.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

from groupbill.server import Client
from groupbill.testing import builders as b

JSON = dict[str, Any]
HERE = Path(__file__).parent
MEMBERS = 3
STORIES = ("plain", "late notes", "correction", "other claim", "moved", "late coverage", "error")
"""What happens to a session, by its number."""


class Morning:
    """So many sessions of one clinic; every session has a leader and a group of its own."""

    def __init__(self, client: Client, sessions: int, mark: str = "m") -> None:
        """Nothing is written yet.

        Args:
            client: Of the FHIR server.
            sessions: How many; the stories repeat.
            mark: Part of every id, so that two mornings on one server do not meet.
        """
        self._client, self._count, self._mark = client, sessions, mark
        self._day = date.today() - timedelta(days=3)

    def open(self) -> None:
        """The clinic, its people and their insurance."""
        found = [b.clinic(f"{self._mark}-clinic"), b.payer(f"{self._mark}-payer", "Blue Star PPO")]
        found.append(b.location(f"{self._mark}-room", managing=f"{self._mark}-clinic"))
        for number in range(self._count):
            found += self._people(number)
        self._put(found)

    def _people(self, number: int) -> Iterator[JSON]:
        yield b.practitioner(self.name(number, "dr"), 100 + number)
        names = [self.name(number, f"p{member}") for member in range(MEMBERS + 1)]
        for name in names:
            yield b.patient(name)
            yield b.condition(name, "F33.1")
        for name in names[1:] if self.story(number) == "late coverage" else names:
            yield self._coverage(name)
        yield b.group(self.name(number, "group"), names[:MEMBERS])

    def _coverage(self, name: str) -> JSON:
        period = {"start": "2020-01-01", "end": "2099-12-31"}
        return b.coverage(name, f"{self._mark}-payer", period=period)

    def name(self, number: int, part: str) -> str:
        """An id."""
        return f"{self._mark}-{number}-{part}"

    @staticmethod
    def story(number: int) -> str:
        """What happens to a session."""
        return STORIES[number % len(STORIES)]

    @property
    def days(self) -> tuple[date, date]:
        """The first and last day of a session."""
        return self._day - timedelta(days=4), self._day

    def steps(self) -> Iterator[list[Callable[[], None]]]:
        """The hours of the morning; what is in one list may happen in any order."""
        numbers = range(self._count)
        yield [self._later(self._session, number, "planned") for number in numbers]
        yield [self._later(self._session, number, "in-progress") for number in numbers]
        yield [self._later(self._other_claim, number) for number in self._with("other claim")]
        yield [self._later(self._session, number, "finished") for number in numbers]
        yield [self._later(self._notes, number, signed=self.story(number) != "late notes") for number in numbers]
        yield [self._later(self._notes, number, signed=True) for number in self._with("late notes")]
        yield [
            *(self._later(self._visit, number, 1, status="cancelled") for number in self._with("correction")),
            *(self._later(self._visit, number, 1, status="entered-in-error") for number in self._with("error")),
            *(self._later(self._move, number) for number in self._with("moved")),
            *(self._later(self._insure, number) for number in self._with("late coverage")),
        ]

    def _with(self, story: str) -> list[int]:
        return [number for number in range(self._count) if self.story(number) == story]

    @staticmethod
    def _later(call: Callable[..., None], *values: Any, **named: Any) -> Callable[[], None]:
        return lambda: call(*values, **named)

    def _times(self, number: int) -> tuple[str, str]:
        day = self._day - timedelta(days=number % 5)
        return f"{day}T15:00:00Z", f"{day}T16:00:00Z"

    def _session(self, number: int, status: str) -> None:
        """The session's Encounter and one of each member."""
        whole = b.encounter(
            self.name(number, "s"),
            f"Group/{self.name(number, 'group')}",
            self._times(number),
            status=status,
            leader=self.name(number, "dr"),
            location=f"{self._mark}-room",
            provider=f"{self._mark}-clinic",
        )
        self._put([whole, *(self._of(number, member, member, status) for member in range(MEMBERS))])

    def _of(self, number: int, member: int, patient: int, status: str) -> JSON:
        name = self.name(number, f"p{patient}")
        return b.encounter(
            self.name(number, f"s-{member}"),
            f"Patient/{name}",
            self._times(number),
            status=status,
            part_of=self.name(number, "s"),
            provider=f"{self._mark}-clinic",
            diagnosis=f"dx-{name}",
        )

    def _visit(self, number: int, member: int, *, patient: int | None = None, status: str = "finished") -> None:
        """Somebody corrects a visit."""
        self._put([self._of(number, member, member if patient is None else patient, status)])

    def _move(self, number: int) -> None:
        """The last member's visit was somebody else's all the time: visit, note and roster are corrected."""
        self._visit(number, MEMBERS - 1, patient=MEMBERS)
        names = [self.name(number, f"p{member}") for member in (*range(MEMBERS - 1), MEMBERS)]
        self._put([self._note(number, MEMBERS - 1, MEMBERS, True), b.group(self.name(number, "group"), names)])

    def _notes(self, number: int, *, signed: bool) -> None:
        self._put([self._note(number, member, member, signed) for member in range(MEMBERS)])

    def _note(self, number: int, member: int, patient: int, signed: bool) -> JSON:
        name = self.name(number, f"p{patient}")
        leader = {"authenticator": b.ref(f"Practitioner/{self.name(number, 'dr')}")}
        return {
            "resourceType": "DocumentReference",
            "id": self.name(number, f"note-{member}"),
            "status": "current",
            "docStatus": "final" if signed else "preliminary",
            "subject": b.ref(f"Patient/{name}"),
            "date": f"{self._day}T20:00:00Z",
            "context": {"encounter": [b.ref(f"Encounter/{self.name(number, f's-{member}')}")]},
            "content": [{"attachment": {"contentType": "text/plain", "title": f"Note {number}-{member}"}}],
            **(leader if signed else {}),
        }

    def _insure(self, number: int) -> None:
        self._put([self._coverage(self.name(number, "p0"))])

    def _other_claim(self, number: int) -> None:
        """Another system has billed the first member's session."""
        name = self.name(number, "p0")
        times = dict(zip(("start", "end"), self._times(number), strict=True))
        self._put(
            [
                {
                    "resourceType": "Claim",
                    "id": self.name(number, "theirs"),
                    "status": "active",
                    "use": "claim",
                    "type": b.coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
                    "patient": b.ref(f"Patient/{name}"),
                    "created": str(self._day),
                    "provider": b.ref(f"Organization/{self._mark}-clinic"),
                    "priority": b.coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
                    "insurance": [{"sequence": 1, "focal": True, "coverage": b.ref(f"Coverage/cov-{name}")}],
                    "item": [
                        {
                            "sequence": 1,
                            "productOrService": b.coded("http://www.ama-assn.org/go/cpt", "90853"),
                            "servicedPeriod": times,
                        }
                    ],
                }
            ]
        )

    def _put(self, resources: list[JSON]) -> None:
        """Write as an EHR does, targets first."""
        for start in range(0, len(resources), 40):
            entries = [
                {
                    "fullUrl": f"{self._client.base}/{each['resourceType']}/{each['id']}",
                    "resource": each,
                    "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"},
                }
                for each in resources[start : start + 40]
            ]
            self._client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def settings(mark: str = "m", settle: str = "2s") -> str:
    """The settings of the clinic."""
    return (
        (HERE / "groupbill.toml")
        .read_text()
        .replace("Organization/m-", f"Organization/{mark}-")
        .replace('settle = "2s"', f'settle = "{settle}"')
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(command: list[str], url: str, stack: ExitStack, **more: Any) -> None:
    """Start a process that ends with us, and wait for its first answer."""
    process = subprocess.Popen(command, **more)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(200):
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise SystemExit(f"no answer from {url}")


def show(client: Client, hour: str) -> None:
    """How many claims stand."""
    claims = [each for each in client.search("Claim?") if each["status"] == "active"]
    held = [each for each in client.search("ChargeItem?") if each["status"] == "planned"]
    ours = sum(
        1 for each in claims if any("groupbill" in one.get("system", "") for one in each.get("identifier", ()))
    )
    print(f"{hour:<42}{ours:>3} claims of ours, {len(claims) - ours} of others, {len(held)} charges held")


def settle(metrics: str) -> None:
    """Wait until the service has nothing more to do."""
    for _ in range(200):
        lines = requests.get(metrics, timeout=10).text.splitlines()
        waiting = [line for line in lines if 'state="waiting"' in line or 'state="claimed"' in line]
        if all(line.endswith(" 0.0") for line in waiting):
            return
        time.sleep(0.5)


HOURS = (
    "booked",
    "begun",
    "another system bills one member",
    "over",
    "notes written, some not signed",
    "the last notes signed",
    "attendance, patients, insurance corrected",
)


def main() -> None:
    """Start what is needed and play."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--server", help="base URL of a FHIR test server; default: one in memory")
    options.add_argument("--sessions", type=int, default=7)
    options.add_argument("--pace", type=float, default=6, help="seconds an hour takes")
    asked = options.parse_args()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp())
        stack.callback(shutil.rmtree, folder)
        (folder / "groupbill.toml").write_text(settings())
        base = asked.server
        if base is None:
            base = f"http://127.0.0.1:{free_port()}"
            started([sys.executable, str(HERE / "ehr.py"), base.rpartition(":")[2]], f"{base}/metadata", stack)
        port = free_port()
        environment = {**os.environ, "GROUPBILL_SECRET": secrets.token_hex(32)}
        groupbill = [sys.executable, "-m", "groupbill"]
        service = {"cwd": folder, "env": environment}
        log = stack.enter_context((folder / "service.log").open("w"))
        command = [*groupbill, "serve", "--server", base, "--port", str(port)]
        started(command, f"http://127.0.0.1:{port}/health/ready", stack, stderr=log, **service)
        endpoint = ["--endpoint", f"http://127.0.0.1:{port}/hook"]
        subprocess.run([*groupbill, "subscribe", "--server", base, *endpoint], check=True, **service)
        print()
        client = Client(base)
        morning = Morning(client, asked.sessions)
        morning.open()
        for hour, step in zip(HOURS, morning.steps(), strict=True):
            for each in step:
                each()
            time.sleep(asked.pace)
            settle(f"http://127.0.0.1:{port}/metrics")
            show(client, hour)


if __name__ == "__main__":
    main()
