"""`groupbill serve`, `subscribe` and `inbox` as commands."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from running_service import RunningService, example_server

from groupbill.server import Client
from groupbill.service.inbox import Inbox
from groupbill.service.notification import Event, Notification
from groupbill.service.serve import loopback
from groupbill.service.store import belongs, open_store

ZONE = 'timezone = "America/Chicago"\n'


def groupbill(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "groupbill", *words]
    clean = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "groupbill.toml").write_text(ZONE)
    return tmp_path


SERVER = ("--server", "http://127.0.0.1:9/fhir")
LIST = ("inbox", "list", "--store")
WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "another address without a secret": (
        ("serve", *SERVER, "--host", "0.0.0.0"),
        "set a secret in the environment variable GROUPBILL_SECRET",
    ),
    "a name without a secret": (("serve", *SERVER, "--host", "ehr.example.org"), "GROUPBILL_SECRET"),
    "a store that is none": (
        ("inbox", "list", "--store", "mysql://x"),
        "expected sqlite:///FILE or a PostgreSQL URL",
    ),
    "a store that is no URL": (("inbox", "list", "--store", "inbox.db"), "--store: expected a URL"),
    "a store that can't be opened": (
        ("inbox", "list", "--store", "sqlite:////no/such/folder/x.db"),
        "can't be opened",
    ),
    "an endpoint that is no URL": (("subscribe", *SERVER, "--endpoint", "hook"), "--endpoint: expected a URL"),
    "an endpoint that tells a secret": (
        ("subscribe", *SERVER, "--endpoint", "https://me:secret@groupbill.example.org/hook"),
        "--endpoint: expected a URL",
    ),
    "a server that is no URL": (("serve", "--server", "ehr"), "expected a base URL"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_exit_2_with_one_line(folder: Path, name: str) -> None:
    words, expected = WRONG[name]
    done = groupbill(*words, folder=folder)
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_exit_2(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, example_server() as base:
        port = str(taken.getsockname()[1])
        done = groupbill("serve", "--server", base, "--port", port, folder=folder)
    assert done.returncode == 2, done.stderr
    assert f"--port {port}: the address can't be listened on" in done.stderr


@pytest.mark.parametrize("id", ["9" * 30, "none", "²", "Encounter/none"])
def test_an_id_that_nothing_has_is_no_trouble(folder: Path, id: str) -> None:
    for words, said in (("retry", "0 will be tried again.\n"), ("drop", "0 dropped.\n")):
        done = groupbill("inbox", words, id, folder=folder)
        assert (done.returncode, done.stdout) == (0, said)


def test_serve_needs_a_time_zone(tmp_path: Path) -> None:
    done = groupbill("serve", *SERVER, folder=tmp_path)
    assert (done.returncode, "timezone" in done.stderr) == (2, True)


def test_serve_without_its_server_is_exit_3(folder: Path) -> None:
    done = groupbill("serve", *SERVER, folder=folder)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


def test_serve_without_its_extra_says_what_to_install(folder: Path) -> None:
    code = "import sys; sys.modules['fastapi'] = None; from groupbill.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", *SERVER]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'groupbill[server]'" in done.stderr


def test_a_store_is_that_of_one_server(folder: Path) -> None:
    store = f"sqlite:///{folder / 'store.db'}"
    belongs(open_store(store), "http://127.0.0.1:8/fhir")
    with example_server() as base:
        done = groupbill("serve", "--server", base, "--store", store, folder=folder)
    assert (done.returncode, "that of another FHIR server" in done.stderr) == (2, True)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_loopback_is_local(address: str) -> None:
    assert loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "ehr.example.org", ""])
def test_everything_else_is_not(address: str) -> None:
    assert not loopback(address)


def test_the_inbox_is_listed_retried_and_dropped(folder: Path) -> None:
    store = f"sqlite:///{folder / 'inbox.db'}"
    inbox = Inbox(open_store(store))
    inbox.accept([Notification((Event("Encounter/bad", "1"), Event("Encounter/new", "1")))])
    (bad,) = inbox.claim("me", 1)
    inbox.set_aside(bad.id, "me", "ENG02: plugin acme failed")

    def said(*words: str) -> str:
        done = groupbill("inbox", *words, folder=folder, GROUPBILL_STORE=store)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, second = said("list").splitlines()
    assert first.split() == [
        "1",
        "Encounter/bad",
        "set-aside",
        *first.split()[3:4],
        "ENG02:",
        "plugin",
        "acme",
        "failed",
    ]
    assert second.split()[:3] == ["2", "Encounter/new", "waiting"]
    assert said("retry", "1") == "1 will be tried again.\n"
    assert [each.id for each in inbox.claim("me", 5)] == [1, 2]
    inbox.set_aside(1, "me", "again")
    assert said("drop") == "1 dropped.\n"
    inbox.done([2], "me")
    assert said("list") == "Nothing waits.\n"


def test_a_stop_is_clean_and_loses_nothing(folder: Path) -> None:
    with example_server() as base:
        service = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        service.start()
        assert service.stop() == 0
        lines = service.log.read_text().splitlines()
        assert all(line.startswith("{") for line in lines), "every line is JSON"


def test_subscribe_says_plainly_that_a_server_has_none(folder: Path, poor: str) -> None:
    done = groupbill("subscribe", "--server", poor, "--endpoint", "http://127.0.0.1:9/hook", folder=folder)
    assert done.returncode == 3
    assert "sends no notifications" in done.stderr
    assert "groupbill run --server URL --from DAY --to DAY --write" in done.stderr


def test_subscribe_makes_shows_renews_and_removes(folder: Path, medplum: str) -> None:
    service = RunningService(medplum, folder, f"sqlite:///{folder / 'store.db'}")
    service.start()
    words = ("subscribe", "--server", medplum, "--endpoint", service.endpoint)
    try:
        made = service.groupbill(*words)
        assert made.returncode == 0, made.stderr
        assert made.stdout.count("(made)") == 19
        assert "An event was made and arrived." in made.stdout
        client = Client(medplum)
        by_type = {each["criteria"]: dict(each) for each in client.search("Subscription?")}
        client.put({**by_type["Group"], "status": "off"})
        client.delete(f"Subscription/{by_type['Claim']['id']}")
        again = service.groupbill(*words)
        assert again.returncode == 0, again.stdout + again.stderr
        assert [again.stdout.count(f"({word})") for word in ("stands", "renewed", "made")] == [17, 1, 1]
        service.kill()
        gone = service.groupbill(*words)
        assert "Whether events arrive was not tried." in gone.stdout
    finally:
        removed = service.groupbill(*words, "--remove")
        service.kill()
    assert removed.stdout.count("(removed)") == 19
    assert service.groupbill(*words, "--remove").stdout == "There was none.\n"
