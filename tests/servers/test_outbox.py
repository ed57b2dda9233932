"""The outbox on SQLite and on a real PostgreSQL: one writer per patient, whatever dies, and what is left open."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from postgres import postgres
from required import started
from sqlalchemy import Connection, MetaData, create_engine, make_url, select, text, update

from groupbill import Settings
from groupbill.errors import Unreachable, UsageError
from groupbill.model import Action, Step
from groupbill.model.identity import CLAIM_SYSTEM
from groupbill.server import lease as leases
from groupbill.server import outbox as outboxes
from groupbill.server.outbox import Outbox
from groupbill.server.tables import INTENT, LEASE, WALK

SERVER = "http://ehr.example.org/fhir"
ANA, BEN, CRUZ = "Patient/ana", "Patient/ben", "Patient/cruz"
CLAIM = Step(
    reference="Claim/7f0a",
    action=Action.CREATE,
    resource={
        "resourceType": "Claim",
        "id": "7f0a",
        "identifier": [{"system": CLAIM_SYSTEM, "value": "K7Q2M4X9T1B5C8D0"}],
        "patient": {"reference": ANA},
        "total": {"value": 120},
    },
)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with ExitStack() as stack:
        yield started(stack, "PostgreSQL", postgres())


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'outbox.db'}"
        return
    url = make_url(request.getfixturevalue("database"))
    name = f"t{abs(hash(tmp_path))}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    yield url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def outbox(store: str) -> Iterator[Outbox]:
    made = Outbox(store, SERVER)
    yield made
    made.close()


def changed(outbox: Outbox, statement: object) -> None:
    with outbox.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def ended(workers: list[subprocess.Popen[str]]) -> list[int]:
    """How the processes ended."""
    for each in workers:
        each.communicate(timeout=120)
    return [each.returncode for each in workers]


def elsewhere(store: str, script: str, *words: str) -> subprocess.Popen[str]:
    """A process of its own that has an `outbox`."""
    head = f"import os, sys\nfrom groupbill.server.outbox import Outbox\noutbox = Outbox({store!r}, {SERVER!r})\n"
    command = [sys.executable, "-c", head + textwrap.dedent(script), *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_patient_has_one_writer_at_a_time(outbox: Outbox) -> None:
    held = outbox.lease([ANA])
    with pytest.raises(Unreachable, match="another writer is at work"):
        outbox.lease([ANA], patience=0.1)
    held.release()
    outbox.lease([ANA], patience=0.1).release()


def test_a_lease_of_several_patients_is_taken_whole_or_not_at_all(outbox: Outbox) -> None:
    held = outbox.lease([BEN])
    with pytest.raises(Unreachable):
        outbox.lease([ANA, BEN, CRUZ], patience=0.1)
    outbox.lease([ANA, CRUZ], patience=0.1).release()
    held.release()


def test_patients_of_two_servers_are_not_mixed_up(store: str, outbox: Outbox) -> None:
    other = Outbox(store, "http://another.example.org/fhir")
    held = outbox.lease([ANA])
    other.lease([ANA], patience=0.1).release()
    held.release()
    other.close()


def test_two_writers_of_overlapping_patients_never_wait_for_each_other(outbox: Outbox) -> None:
    inside: set[str] = set()
    seen: list[bool] = []

    def work(patients: list[str]) -> None:
        for _ in range(15):
            lease = outbox.lease(patients)
            seen.append(inside.isdisjoint(patients))
            inside.update(patients)
            inside.difference_update(patients)
            lease.release()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, ([ANA, BEN], [BEN, CRUZ], [CRUZ, ANA], [ANA, BEN, CRUZ])))
    assert seen == [True] * 60


def test_a_lease_is_given_back_in_the_order_in_which_others_take_it(outbox: Outbox) -> None:
    """Else they wait for each other in a circle, and PostgreSQL ends one of the two."""
    low, high = sorted((outbox.key("patient", each), each) for each in (ANA, BEN))
    outbox.lease([high[1]]).release()  # its row stands first in the table
    lease = outbox.lease([ANA, BEN])
    with ThreadPoolExecutor(1) as pool:
        with outbox.begin() as connection:  # another writer asks for both, one after the other
            locked(connection, low[0])
            given_back = pool.submit(lease.release)
            time.sleep(0.5)
            locked(connection, high[0])
        given_back.result()
    with outbox.begin() as connection:
        assert connection.execute(select(LEASE.c.holder)).scalars().all() == [None, None]


def locked(connection: Connection, key: str) -> None:
    assert connection.execute(select(LEASE.c.key).where(LEASE.c.key == key).with_for_update()).scalar_one() == key


def test_processes_that_share_it_exclude_each_other(store: str, tmp_path: Path) -> None:
    counter = tmp_path / "count"
    counter.write_text("0")
    script = """
        from pathlib import Path
        count = Path(sys.argv[1])
        for _ in range(10):
            lease = outbox.lease(["Patient/ana"])
            count.write_text(str(int(count.read_text()) + 1))
            lease.release()
    """
    workers = [elsewhere(store, script, str(counter)) for _ in range(3)]
    assert ended(workers) == [0] * 3
    assert counter.read_text() == "30"


def test_what_a_killed_process_held_is_free_at_once_and_its_writes_are_open(store: str, outbox: Outbox) -> None:
    script = """
        from groupbill.model import Action, Step
        lease = outbox.lease(["Patient/ana", "Patient/ben"])
        lease.intend({"Patient/ana": [Step(reference="Claim/7f0a", action=Action.CREATE, resource={})]}, {})
        print("held", flush=True)
        sys.stdin.read()
    """
    holder = elsewhere(store, script)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Unreachable):
        outbox.lease([ANA], patience=0.1)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    taken = outbox.lease([ANA, BEN], patience=1)
    assert [(each.patient, each.questions) for each in taken.open] == [(ANA, ["Claim/7f0a"])]
    assert taken.overtaken(outbox.now())
    taken.looked_up()
    taken.release()
    assert outbox.lease([ANA], patience=0.1).open == []


def test_a_holder_on_another_machine_is_waited_for_until_its_time_is_over(outbox: Outbox) -> None:
    outbox.lease([ANA])
    changed(outbox, update(LEASE).values(process="another-machine|1|1"))
    with pytest.raises(Unreachable):
        outbox.lease([ANA], patience=0.1)
    changed(outbox, update(LEASE).values(until=outbox.now() - 1))
    outbox.lease([ANA], patience=0.1).release()


def test_a_lease_is_kept_up_while_its_holder_works(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "SECONDS", 2.0)
    held = outbox.lease([ANA])
    with pytest.raises(Unreachable):
        outbox.lease([ANA], patience=4)
    held.release()


def test_the_facts_are_stale_when_somebody_wrote_after_they_were_read(outbox: Outbox) -> None:
    before = outbox.now()
    lease = outbox.lease([ANA])
    assert not lease.overtaken(before)
    lease.intend({ANA: [CLAIM]}, {})
    lease.settle(ANA, "written")
    lease.release()
    late = outbox.lease([ANA, BEN])
    assert late.overtaken(before)
    late.release()
    other = outbox.lease([BEN])
    assert not other.overtaken(before)
    other.release()


def test_who_held_a_lease_and_wrote_nothing_makes_no_facts_stale(outbox: Outbox) -> None:
    before = outbox.now()
    outbox.lease([ANA]).release()
    assert not outbox.lease([ANA]).overtaken(before)


def test_an_intent_is_open_until_it_is_settled(outbox: Outbox) -> None:
    lease = outbox.lease([ANA])
    lease.intend({ANA: [CLAIM]}, {})
    assert outbox.open_intents() == 1
    lease.settle(ANA, "written")
    lease.release()
    assert outbox.open_intents() == 0


def test_an_open_write_is_looked_for_by_its_identifier_whatever_id_the_server_gave(outbox: Outbox) -> None:
    lease = outbox.lease([ANA])
    lease.intend({ANA: [CLAIM]}, {})
    lease.release()
    [found] = outbox.lease([ANA]).open
    assert found.questions == [f"Claim?identifier={CLAIM_SYSTEM}|K7Q2M4X9T1B5C8D0"]
    there = {**(CLAIM.resource or {}), "id": "1042"}
    assert found.left([there]) == {"Claim/7f0a": there}


def test_the_session_of_a_write_is_remembered(outbox: Outbox) -> None:
    for _ in range(2):
        lease = outbox.lease([ANA])
        lease.intend({ANA: [CLAIM]}, {"KEY1": "Encounter/g812"})
        lease.settle(ANA, "written")
        lease.release()
    assert outbox.session("KEY1") == "Encounter/g812"
    assert outbox.session("KEY2") is None


def test_it_holds_no_patient_and_no_money(store: str, outbox: Outbox) -> None:
    lease = outbox.lease([ANA])
    lease.intend({ANA: [CLAIM]}, {"KEY1": "Encounter/g812"})
    lease.settle(ANA, "written")
    lease.release()
    engine = create_engine(make_url(store).set(drivername="sqlite" if "sqlite" in store else "postgresql+psycopg"))
    schema = MetaData()
    schema.reflect(engine)
    with engine.connect() as connection:
        rows = [str(row) for table in schema.sorted_tables for row in connection.execute(select(table))]
    engine.dispose()
    assert len(rows) == 3
    assert not [row for row in rows if "Patient" in row or "ana" in row or "total" in row]
    assert not [row for row in rows if SERVER in row]


def test_an_interrupted_walk_is_gone_on_with_for_half_a_day(outbox: Outbox) -> None:
    assert outbox.done_through("walk") is None
    outbox.note_walk("walk", date(2026, 3, 3))
    outbox.note_walk("walk", date(2026, 3, 10))
    assert outbox.done_through("walk") == date(2026, 3, 10)
    changed(outbox, update(WALK).values(at=outbox.now() - outboxes.RESUMED - 1))
    assert outbox.done_through("walk") is None


def test_a_walk_that_came_to_its_end_begins_anew(outbox: Outbox) -> None:
    outbox.note_walk("walk", date(2026, 3, 3))
    outbox.note_walk("walk", None)
    assert outbox.done_through("walk") is None


def test_settled_intents_are_forgotten_after_a_month_and_open_ones_never(store: str, outbox: Outbox) -> None:
    lease = outbox.lease([ANA, BEN])
    lease.intend({ANA: [CLAIM], BEN: [CLAIM]}, {})
    lease.settle(ANA, "written")
    lease.release()
    changed(outbox, update(INTENT).values(intended=outbox.now() - outboxes.KEPT - 1))
    Outbox(store, SERVER).close()
    with outbox.begin() as connection:
        assert connection.execute(select(INTENT.c.state)).scalars().all() == ["open"]


def test_several_processes_may_be_the_first(store: str) -> None:
    workers = [elsewhere(store, "outbox.lease([sys.argv[1]]).release()", f"Patient/{n}") for n in range(4)]
    assert ended(workers) == [0] * 4


def test_the_file_beside_the_settings_is_readable_by_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(outboxes.STORE, raising=False)
    (tmp_path / "groupbill.toml").write_text('timezone = "America/Chicago"\n')
    Outbox.of(Settings.load(tmp_path / "groupbill.toml"), SERVER).close()
    assert stat.S_IMODE((tmp_path / outboxes.FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("outbox.db", "expected a database URL like sqlite:///outbox.db or postgresql://host/name"),
        ("mysql://host/name", "mysql is not known"),
        ("sqlite:////nowhere/at/all/outbox.db", "can't be opened"),
        ("postgresql://user:s3cret@127.0.0.1:1/name", r"user:\*\*\*@127.0.0.1:1/name can't be opened"),
    ],
)
def test_a_database_that_can_not_be_used_is_said_without_its_password(url: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected) as raised:
        Outbox(url, SERVER)
    assert "s3cret" not in str(raised.value)
