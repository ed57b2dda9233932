"""`groupbill run --server --from --to`: which sessions a range means, runs that break off, what the command says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from required import started
from running import medplum
from worlds import JSON, World, load
from writing import filed, opened

import groupbill.report
from groupbill import Host
from groupbill.on_server import sweep
from groupbill.server import Client, Server
from groupbill.server.days import Days
from groupbill.testing import builders as b

SCHEMA = json.loads((Path(groupbill.report.__path__[0]) / "report.schema.json").read_text())
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A server of its own: a range means everything that is on it."""
    with ExitStack() as stack:
        yield started(stack, "medplum", medplum())


def clinic(base: str, folder: Path, *starts: str, leader: int = 101) -> World:
    """Two members who were at a session at each of these hours, in the words of the record."""
    facts: list[JSON] = [b.clinic(), b.payer("bluestar", "Blue Star PPO"), b.location("room")]
    facts.append(b.practitioner("leader", leader))
    for name in ("ana", "ben"):
        facts += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
    facts.append(b.group("group", ["ana", "ben"]))
    for number, start in enumerate(starts):
        end = start[:11] + f"{int(start[11:13]) + 1:02}" + start[13:]
        facts.append(b.encounter(f"s{number}", "Group/group", (start, end), leader="leader", location="room"))
        facts += [
            b.encounter(
                f"s{number}-{name}", f"Patient/{name}", (start, end), part_of=f"s{number}", diagnosis=f"dx-{name}"
            )
            for name in ("ana", "ben")
        ]
    return load(Client(base), facts, folder, own_ids=False)


def command(world: World, *words: str) -> subprocess.CompletedProcess[str]:
    """`groupbill run --server` in the folder of the world's settings."""
    assert world.settings.path is not None
    script = "from groupbill.cli.main import main; main()"
    asked = [sys.executable, "-c", script, "run", "--server", world.client.base, "--today", str(TODAY), *words]
    environment = {name: value for name, value in os.environ.items() if name != "GROUPBILL_STORE"}
    return subprocess.run(
        asked, cwd=world.settings.path.parent, env=environment, capture_output=True, text=True, check=False
    )


def sessions(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [each["encounter"] for each in json.loads(done.stdout)["sessions"]]


def test_a_range_means_the_local_dates_of_service_both_ends_included(base: str, tmp_path: Path) -> None:
    # Half past nine in the evening in Chicago is the next day in UTC, by which several servers search.
    world = clinic(
        base,
        tmp_path,
        "2026-02-02T21:30:00-06:00",
        "2026-02-03T00:15:00-06:00",
        "2026-02-04T21:30:00-06:00",
        "2026-02-06T03:30:00Z",
        "2026-02-06T00:15:00-06:00",
    )
    done = command(world, "--from", "2026-02-03", "--to", "2026-02-05", "--json")
    assert done.returncode == 0, done.stderr
    assert sessions(done) == [world["Encounter/s1"], world["Encounter/s2"], world["Encounter/s3"]]
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(done.stdout))) == []


def test_without_write_nothing_is_written_with_it_everything_and_again_nothing(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-03-03T10:00:00-06:00", "2026-03-13T10:00:00-05:00")
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    planned = command(world, *days)
    assert planned.returncode == 0, planned.stderr
    assert "nothing was written: pass --write to carry the plan out" in planned.stdout
    assert filed(world) == {}
    done = command(world, *days, "--write", "--jobs", "3", "--json")
    assert done.returncode == 0, done.stderr
    plans = [
        step for each in json.loads(done.stdout)["sessions"] for member in each["members"] for step in member["plan"]
    ]
    on_file = filed(world)
    assert {step["written"]["status"] for step in plans} == {"created"}
    assert {step["written"]["reference"] for step in plans} <= on_file.keys()
    assert sorted(each["resourceType"] for each in on_file.values()) == sorted(
        ["ChargeItem", "Claim", "Provenance"] * 4
    )
    again = command(world, *days, "--write")
    assert "on the server: nothing to do" in again.stdout
    assert filed(world) == on_file


def test_one_session_is_asked_for_by_its_encounter(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-04-07T10:00:00-05:00", "2026-04-07T14:00:00-05:00")
    name = world["Encounter/s1"].partition("/")[2]
    assert sessions(command(world, "--encounter", name, "--json")) == [world["Encounter/s1"]]
    assert sessions(command(world, "--encounter", world["Encounter/s1-ana"], "--json")) == [world["Encounter/s1"]]


def test_the_plan_can_be_written_to_a_file(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-05-05T10:00:00-05:00")
    done = command(world, "--date", "2026-05-05", "--out", "plan.ndjson")
    assert done.returncode == 0, done.stderr
    bundles = [json.loads(line) for line in (tmp_path / "plan.ndjson").read_text().splitlines()]
    kinds = [[entry["resource"]["resourceType"] for entry in each["entry"]] for each in bundles]
    assert kinds == [["ChargeItem", "Claim", "Provenance"]] * 2


def test_an_interrupted_run_goes_on_where_it_stopped(base: str, tmp_path: Path) -> None:
    hours = [f"{date(2026, 1, 5) + timedelta(days=7 * week)}T10:00:00-06:00" for week in range(4)]
    world = clinic(base, tmp_path, *hours)
    host, first, last = Host(world.settings), date(2026, 1, 5), date(2026, 2, 1)

    class Interrupted(Exception):
        pass

    def stop(days: int) -> None:
        windows.append(days)
        if len(windows) == 2:
            raise Interrupted

    windows: list[int] = []
    with opened(base, world.settings) as server:
        days = Days(server, first, last, write=True, today=TODAY)
        assert (days.first, days.resumed, days.count) == (first, False, 28)
        with pytest.raises(Interrupted):
            list(days.over(sweep(host, server, write=True, today=TODAY), stop))
    assert len(claims(world)) == 4
    with opened(base, world.settings) as server:
        days = Days(server, first, last, write=True, today=TODAY)
        assert (days.first, days.resumed, days.count) == (date(2026, 1, 19), True, 14)
        rest = list(days.over(sweep(host, server, write=True, today=TODAY), lambda days: None))
    assert [each.session.encounter for each in rest] == [world["Encounter/s2"], world["Encounter/s3"]]
    assert len(claims(world)) == 8
    with opened(base, world.settings) as server:
        assert not Days(server, first, last, write=True, today=TODAY).resumed


def test_a_walk_does_not_pass_what_could_not_be_written(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-04-13T10:00:00-05:00", "2026-04-20T10:00:00-05:00")
    host, first, last = Host(world.settings), date(2026, 4, 13), date(2026, 4, 26)
    with opened(base, world.settings) as server, Server.open(base, world.settings) as reader:
        held = server.outbox.lease([world["Patient/ana"], world["Patient/ben"]])
        server.outbox.lease = _impatient(server.outbox.lease)  # type: ignore[method-assign]
        work = sweep(host, server, write=True, today=TODAY)
        list(Days(server, first, last, write=True, today=TODAY).over(work, lambda days: None))
        assert work.trouble
        held.release()
        again = Days(server, first, last, write=True, today=TODAY)
        assert (again.first, again.resumed) == (first, False)
        assert not Days(reader, first, last, write=False, today=TODAY).resumed
    assert claims(world) == []


def _impatient(lease):  # type: ignore[no-untyped-def]
    return lambda patients: lease(patients, patience=0.1)


def claims(world: World) -> list[JSON]:
    return [each for each in filed(world).values() if each["resourceType"] == "Claim"]


def ended(world: World) -> set[str]:
    return {each["status"] for each in filed(world).values() if "status" in each}


def test_a_session_that_moved_to_another_day_is_found_from_both_days(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-05-11T10:00:00-05:00")
    assert command(world, "--date", "2026-05-11", "--write").returncode == 0
    moved = {"start": "2026-05-25T10:00:00-05:00", "end": "2026-05-25T11:00:00-05:00"}
    for visit in ("s0", "s0-ana", "s0-ben"):
        world.change(f"Encounter/{visit}", lambda each: each.update(period=moved))
    done = command(world, "--date", "2026-05-11", "--write", "--json")
    assert sessions(done) == [world["Encounter/s0"]]
    live = [each["item"][0]["servicedDate"] for each in claims(world) if each["status"] == "active"]
    assert live == ["2026-05-25"] * 2


def test_a_session_that_was_deleted_is_given_up_by_the_sweep(base: str, tmp_path: Path) -> None:
    world = clinic(base, tmp_path, "2026-05-18T10:00:00-05:00")
    assert command(world, "--date", "2026-05-18", "--write").returncode == 0
    for visit in ("s0-ana", "s0-ben", "s0"):
        world.client.delete(world[f"Encounter/{visit}"])
    done = command(world, "--date", "2026-05-18", "--write")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ended(world) == {"aborted", "cancelled"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--from", "2025-01-01"), "--from and --to go together"),
        (("--from", "2025-01-02", "--to", "2025-01-01"), "--to 2025-01-01 is before --from 2025-01-02"),
        (("--date", "yesterday"), "--date 'yesterday': expected a date like 2026-03-10"),
        (("--date", "2025-01-01", "--to", "2025-01-02"), "--date goes without --from and --to"),
        (("--encounter", "g1", "--date", "2025-01-01"), "--encounter goes without --date"),
        (("--encounter", "Patient/p1"), "expected the id of an Encounter"),
        (("plan.json",), "either sources or --server URL, not both"),
        (("--write", "--store", "mysql://host/name"), "mysql is not known"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    base: str, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    done = command(clinic(base, tmp_path), *words)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_exit_3(tmp_path: Path, base: str) -> None:
    world = clinic(base, tmp_path)
    script = "from groupbill.cli.main import main; main()"
    asked = [sys.executable, "-c", script, "run", "--server", "http://127.0.0.1:9/fhir", "--date", "2025-01-01"]
    assert world.settings.path is not None
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
