"""What `host.reconcile` does on real servers: conflicts, silence, refusals, ids of the server, what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from fault_proxy import Fault, FaultProxy, Request, proxied
from jsonschema import Draft202012Validator
from required import started
from running import poor
from worlds import JSON, TODAY, World, load, therapy
from writing import actions, duplicates, filed, opened, reconciled, trouble

import groupbill.report
from groupbill import Host, MemberReport, hookimpl
from groupbill.errors import Refused, UsageError
from groupbill.report.report import Report
from groupbill.server import Client, Outbox, Server, capability_of, choose, connect
from groupbill.testing import builders as b

SCHEMA = json.loads((Path(groupbill.report.__path__[0]) / "report.schema.json").read_text())


@pytest.fixture
def clinic(medplum: str, tmp_path: Path) -> Iterator[World]:
    """Three members, one session."""
    client = Client(medplum)
    yield load(client, therapy(3), tmp_path, own_ids=False)
    client.close()


def members(report: Report) -> dict[str, MemberReport]:
    return {str(each.patient): each for session in report.sessions for each in session.members}


def written(report: Report) -> set[tuple[str, str]]:
    """Action and what became of it, of everything in the plans."""
    steps = (step for session in report.sessions for each in session.members for step in each.plan)
    return {(str(step.action), "-" if step.written is None else step.written.status) for step in steps}


def through(world: World, proxy: FaultProxy, host: Host | None = None, **more: Any) -> Report:
    """Reconcile the session by way of a proxy."""
    with opened(proxy.base, world.settings, patience=2, pause=lambda seconds: None) as server:
        return (host or Host(world.settings)).reconcile(
            server, [world["Encounter/g0"]], write=True, today=TODAY, **more
        )


def test_the_report_says_under_which_id_and_version_everything_stands(clinic: World) -> None:
    report = reconciled(clinic, "Encounter/g0", today=TODAY)
    assert written(report) == {("create", "created")}
    on_file = filed(clinic)
    for member in members(report).values():
        for step in member.plan:
            assert step.written is not None
            assert on_file[step.written.reference]["meta"]["versionId"] == step.written.version
    assert list(Draft202012Validator(SCHEMA).iter_errors(report.to_json())) == []


def test_any_visit_of_the_session_leads_to_it(clinic: World) -> None:
    report = reconciled(clinic, "Encounter/g0-p1", today=TODAY)
    assert sorted(members(report)) == sorted(clinic[f"Patient/p{n}"] for n in range(3))


def test_a_change_in_between_is_decided_again(clinic: World) -> None:
    reconciled(clinic, "Encounter/g0", today=TODAY)
    prolong(clinic)
    [item] = [each for each in filed(clinic).values() if _is_item(each, clinic["Patient/p0"])]
    with proxied(clinic.client.base) as proxy:

        def note(request: Request) -> None:
            """Somebody writes a note on the ChargeItem just before our update arrives."""
            if request.writes and not noted:
                noted.append(request.number)
                clinic.client.put({**item, "note": [{"text": "seen"}]})

        noted: list[int] = []
        proxy.before = note
        report = through(clinic, proxy)
    assert trouble(report) == []
    assert ("update", "updated") in written(report)
    [now] = [each for each in filed(clinic).values() if _is_item(each, clinic["Patient/p0"])]
    assert now["note"] == [{"text": "seen"}]
    assert now["occurrencePeriod"]["end"] == "2026-01-05T11:30:00-06:00"


def test_what_is_always_in_conflict_is_given_up_and_said(clinic: World) -> None:
    with proxied(clinic.client.base) as proxy:
        proxy.plan = lambda request: Fault.CONFLICT if request.writes else None
        report = through(clinic, proxy)
        sent = [each for each in proxy.seen if each.writes]
    assert len(trouble(report)) == 3
    assert len(sent) == 3 * 4
    assert report.exit_status == 3
    assert filed(clinic) == {}
    assert {(each.charge_item, each.claim) for each in members(report).values()} == {(None, None)}


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.TIMEOUT, Fault.BROKEN_AFTER])
def test_silence_after_the_server_has_written_is_looked_up_and_nothing_is_sent_again(
    clinic: World, fault: Fault
) -> None:
    with proxied(clinic.client.base) as proxy:
        proxy.plan = lambda request: fault if request.writes else None
        report = through(clinic, proxy)
    assert trouble(report) == []
    assert written(report) == {("create", "created")}
    on_file = filed(clinic)
    assert duplicates(on_file.values()) == []
    again = reconciled(clinic, "Encounter/g0", today=TODAY)
    assert written(again) == {("keep", "-")}
    assert filed(clinic) == on_file


def test_a_server_that_goes_down_leaves_what_was_written_told_and_the_next_run_finishes(clinic: World) -> None:
    with proxied(clinic.client.base) as proxy:
        proxy.plan = lambda request: Fault.RESET if sum(each.writes for each in proxy.seen) > 1 else None
        report = through(clinic, proxy)
    assert report.exit_status == 3
    assert written(report) == {("create", "created"), ("create", "-")}
    assert len(trouble(report)) == 2
    assert trouble(reconciled(clinic, "Encounter/g0", today=TODAY)) == []
    assert len(filed(clinic)) == 9


class Refusal(Enum):
    """What a server says to content that it does not like."""

    INVALID = 422
    FORBIDDEN = 403


class Observer:
    """A plugin that hears of every Claim."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.failed: list[str] = []

    @hookimpl
    def groupbill_after_claim_written(self, claim: Any) -> None:
        self.written.append(f"{claim['patient']['reference']} {claim['id']} {claim['meta']['versionId']}")

    @hookimpl
    def groupbill_claim_write_failed(self, claim: Any, error: Exception) -> None:
        self.failed.append(f"{claim['patient']['reference']}: {error}")


def test_what_the_server_refuses_is_named_and_the_others_are_written(clinic: World) -> None:
    observer, names = Observer(), sorted(clinic[f"Patient/p{n}"] for n in range(3))
    with proxied(clinic.client.base) as proxy:
        # From the first run on it is known that the server takes our ids: a refusal is about the content.
        assert trouble(through(clinic, proxy)) == []
        for name in range(3):
            clinic.change(f"Condition/dx-p{name}", lambda each: each["code"]["coding"][0].update(code="F32.1"))
        proxy.clear()
        proxy.plan = lambda request: Refusal.INVALID if request.writes and _nth_write(proxy, request) == 0 else None
        report = through(clinic, proxy, Host(clinic.settings, plugins=[observer]))
    assert trouble(report) == ["Not written: POST transaction: 422 Unprocessable Entity"]
    assert report.exit_status == 3
    refused = members(report)[names[0]]
    assert {step.written for step in refused.plan} == {None}
    assert [each.at for each in refused.findings if each.code == "ENG08"] == [_claims(refused)[0]]
    on_file = filed(clinic)
    assert {refused.charge_item, refused.claim} <= on_file.keys()
    assert on_file[str(refused.claim)]["status"] == "active"
    assert {each.split()[0] for each in observer.written} == set(names[1:])
    assert {each.partition(":")[0] for each in observer.failed} == {names[0]}


def _claims(member: MemberReport) -> list[str]:
    return [step.reference for step in member.plan if step.reference.startswith("Claim/")]


def prolong(world: World) -> None:
    """Everybody stayed half an hour longer."""
    later = {"start": "2026-01-05T10:00:00-06:00", "end": "2026-01-05T11:30:00-06:00"}
    for visit in ("g0", "g0-p0", "g0-p1", "g0-p2"):
        world.change(f"Encounter/{visit}", lambda each: each.update(period=later))


def test_who_left_the_roster_is_given_up(clinic: World) -> None:
    reconciled(clinic, "Encounter/g0", today=TODAY)
    clinic.change("Encounter/g0-p2", lambda each: each.update(subject={"reference": clinic["Patient/p1"]}))
    clinic.change("Group/group", lambda each: each.update(member=each["member"][:2]))
    report = reconciled(clinic, "Encounter/g0", today=TODAY)
    gone = members(report)[clinic["Patient/p2"]]
    assert (str(gone.outcome), gone.reason) == ("not-charged", "not-attended")
    assert actions(report)[clinic["Patient/p2"]] == ["cancel ChargeItem", "cancel Claim", "create Provenance"]
    statuses = {each["status"] for each in filed(clinic).values() if _of(each, clinic["Patient/p2"])}
    assert statuses == {"aborted", "cancelled"}


def test_a_session_that_was_entered_in_error_is_given_up(clinic: World) -> None:
    reconciled(clinic, "Encounter/g0", today=TODAY)
    for visit in ("g0-p0", "g0-p1", "g0-p2", "g0"):
        clinic.change(f"Encounter/{visit}", lambda each: each.update(status="entered-in-error"))
    reconciled(clinic, "Encounter/g0", today=TODAY)
    assert {each["status"] for each in filed(clinic).values() if "status" in each} == {"aborted", "cancelled"}


def test_a_session_that_was_deleted_is_given_up(clinic: World) -> None:
    reconciled(clinic, "Encounter/g0", today=TODAY)
    for visit in ("g0-p0", "g0-p1", "g0-p2", "g0"):
        clinic.client.delete(clinic[f"Encounter/{visit}"])
    report = reconciled(clinic, "Encounter/g0", today=TODAY)
    assert trouble(report) == []
    assert {each["status"] for each in filed(clinic).values() if "status" in each} == {"aborted", "cancelled"}


def test_two_sessions_of_one_day_see_each_other_whichever_is_asked_for(medplum: str, tmp_path: Path) -> None:
    client = Client(medplum)
    facts = therapy(2)
    for visit in ("g0", "g0-p0", "g0-p1"):
        [found] = [each for each in facts if each["id"] == visit]
        later = {"start": "2026-01-05T14:00:00-06:00", "end": "2026-01-05T15:00:00-06:00"}
        other = {**found, "id": visit.replace("g0", "g9"), "period": later}
        facts.append({**other, "partOf": {"reference": "Encounter/g9"}} if "partOf" in found else other)
    world = load(client, facts, tmp_path, own_ids=False)
    report = reconciled(world, "Encounter/g9", today=TODAY)
    assert {each.reason for each in members(report).values()} == {"rule:MUE01"}
    first = reconciled(world, "Encounter/g0", today=TODAY)
    assert {str(each.outcome) for each in members(first).values()} == {"charged"}
    client.close()


def test_more_corrections_than_allowed_are_shown_and_not_written_over_all_sessions_of_a_run(
    medplum: str, tmp_path: Path
) -> None:
    client = Client(medplum)
    world = load(client, therapy(2, sessions=10), tmp_path, own_ids=False)
    asked = [world[f"Encounter/g{week}"] for week in range(10)]
    host = Host(replace(world.settings, max_corrections=3))
    with opened(medplum, world.settings) as server:
        assert trouble(host.reconcile(server, asked, write=True, today=TODAY)) == []
        claims = [each for each in filed(world).values() if each["resourceType"] == "Claim"]
        for number, claim in enumerate(claims):
            client.create(b.answer(claim, f"ICN{number}", world["Organization/bluestar"].partition("/")[2]))
        for week in (0, 9):
            world.change(f"Encounter/g{week}-p0", lambda each: each.update(status="entered-in-error"))
            world.change(f"Encounter/g{week}-p1", lambda each: each.update(status="entered-in-error"))
        before = filed(world)
        held = host.reconcile(server, asked, write=True, today=TODAY, jobs=2)
        assert [each.code for each in held.findings] == ["ENG07"]
        assert len(held.sessions) == 10
        assert filed(world) == before
        accepted = host.reconcile(server, asked, write=True, today=TODAY, accept_corrections=True)
    assert ("void", "created") in written(accepted)
    voids = [
        each for each in filed(world).values() if each["resourceType"] == "Claim" and each["id"] not in str(before)
    ]
    assert len(voids) == 4
    client.close()


def test_corrections_that_are_few_enough_are_written_at_the_end_of_the_run(medplum: str, tmp_path: Path) -> None:
    client = Client(medplum)
    world = load(client, therapy(2, sessions=10), tmp_path, own_ids=False)
    asked = [world[f"Encounter/g{week}"] for week in range(10)]
    host = Host(world.settings)
    with opened(medplum, world.settings) as server:
        host.reconcile(server, asked, write=True, today=TODAY)
        [claim] = [
            each
            for each in client.search(f"Claim?patient={world['Patient/p0']}")
            if each["item"][0]["servicedDate"] == "2026-01-05"
        ]
        client.create(b.answer(claim, "ICN1", world["Organization/bluestar"].partition("/")[2]))
        world.change("Encounter/g0-p0", lambda each: each.update(status="entered-in-error"))
        report = host.reconcile(server, asked, write=True, today=TODAY, jobs=2)
    assert [each.code for each in report.findings] == []
    assert len(report.sessions) == 10
    assert ("void", "created") in written(report)
    client.close()


@pytest.fixture(scope="module")
def poor_server() -> Iterator[str]:
    with ExitStack() as stack:
        yield started(stack, "poor", poor())


def test_where_a_server_gives_its_own_ids_the_report_and_the_resources_name_those(
    poor_server: str, tmp_path: Path
) -> None:
    client = Client(poor_server)
    facts = [each for each in therapy(2) if each["resourceType"] != "Condition" or each["id"] != "dx-p1"]
    for each in facts:
        each.pop("diagnosis", None) if each["id"] == "g0-p1" else None
    world = load(client, facts, tmp_path, own_ids=True)
    report = reconciled(world, "Encounter/g0", today=TODAY)
    assert trouble(report) == []
    held, charged = members(report)[world["Patient/p1"]], members(report)[world["Patient/p0"]]
    assert (str(held.outcome), str(charged.outcome)) == ("held", "charged")
    on_file = filed(world)
    assert {held.charge_item, charged.charge_item, charged.claim} <= on_file.keys()
    assert [line.charge_item for line in charged.lines] == [charged.charge_item]
    [task] = [each for each in on_file.values() if each["resourceType"] == "Task"]
    assert task["focus"]["reference"] == held.charge_item
    assert written(reconciled(world, "Encounter/g0", today=TODAY)) == {("keep", "-")}
    client.close()


def test_a_write_that_broke_off_between_two_resources_is_finished_with_one_provenance_about_all(
    poor_server: str, tmp_path: Path
) -> None:
    client = Client(poor_server)
    with proxied(poor_server) as proxy:
        # It is known from the first run on how to write here.
        through(load(client, therapy(2), tmp_path, own_ids=True), proxy)
        world = load(client, therapy(2), tmp_path, own_ids=True)
        sent: list[str] = []
        proxy.clear()
        proxy.plan = lambda request: Fault.RESET if request.writes and _nth_write(proxy, request) == 1 else None
        proxy.after = lambda request: sent.append(request.path) if request.writes else None
        report = through(world, proxy)
    assert trouble(report) == []
    whole = ["/ChargeItem", "/Claim", "/Provenance"]
    assert sent == ["/ChargeItem", *whole, "/Claim", "/Provenance"]
    first = members(report)[min(world["Patient/p0"], world["Patient/p1"])]
    [signed] = [step.reference for step in first.plan if step.reference.startswith("Provenance/")]
    targets = (client.get(signed) or {})["target"]
    assert {each["reference"] for each in targets} == {first.charge_item, first.claim}
    client.close()


def _of(resource: JSON, patient: str) -> bool:
    return any((resource.get(name) or {}).get("reference") == patient for name in ("subject", "patient", "for"))


def _nth_write(proxy: FaultProxy, request: Request) -> int:
    return sum(each.writes for each in proxy.seen if each.number < request.number)


def _is_item(resource: JSON, patient: str) -> bool:
    return resource["resourceType"] == "ChargeItem" and resource["subject"]["reference"] == patient


def test_a_session_that_the_server_refuses_to_be_read_is_named_and_the_others_are_done(
    medplum: str, tmp_path: Path
) -> None:
    client = Client(medplum)
    world = load(client, therapy(2, sessions=3), tmp_path, own_ids=False)
    asked = [world[f"Encounter/g{week}"] for week in range(3)]
    spoilt = asked[1].partition("/")[2]
    with proxied(medplum) as proxy:
        proxy.plan = lambda request: Refusal.INVALID if spoilt in request.path else None
        with opened(proxy.base, world.settings) as server:
            report = Host(world.settings).reconcile(server, asked, write=True, today=TODAY)
    assert [each.session.encounter for each in report.sessions] == [asked[0], asked[2]]
    assert [(each.code, each.at) for each in report.findings] == [("ENG08", asked[1])]
    assert report.exit_status == 3
    client.close()


def test_a_server_that_goes_down_for_good_ends_the_run_and_what_was_done_is_told(
    medplum: str, tmp_path: Path
) -> None:
    client = Client(medplum)
    world = load(client, therapy(2, sessions=40), tmp_path, own_ids=False)
    asked = [world[f"Encounter/g{week}"] for week in range(40)]
    with proxied(medplum) as proxy:
        proxy.plan = lambda request: Fault.AWAY if sum(each.writes for each in proxy.seen) > 3 else None
        with opened(proxy.base, world.settings, pause=lambda seconds: None) as server:
            report = Host(world.settings).reconcile(server, asked, write=True, today=TODAY)
    assert report.exit_status == 3
    assert ("create", "created") in written(report)
    assert any(each.message.startswith("The run ended here") for each in report.findings)
    client.close()


def test_a_server_that_is_down_from_the_beginning_is_an_error(clinic: World) -> None:
    with proxied(clinic.client.base) as proxy, opened(proxy.base, clinic.settings, pause=lambda _: None) as server:
        proxy.plan = lambda request: Fault.AWAY
        host = Host(clinic.settings)
        report = host.reconcile(server, clinic["Encounter/g0"], write=True, today=TODAY)
        assert [each.at for each in report.findings] == [clinic["Encounter/g0"]]
        proxy.plan = lambda request: Refusal.FORBIDDEN
        with pytest.raises(Refused, match="403"):
            host.reconcile(server, clinic["Encounter/g0"], write=True, today=TODAY)


@pytest.mark.parametrize("name", ["Patient/p0", "g0", "Encounter/", "Encounter/a/b"])
def test_what_names_no_session_is_refused(clinic: World, name: str) -> None:
    with pytest.raises(UsageError, match="expected Encounter/id or Appointment/id"):
        Host(clinic.settings).reconcile(clinic.client.base, [name])


def test_where_claims_can_not_be_taken_the_plan_goes_to_a_file(clinic: World, tmp_path: Path) -> None:
    found = capability_of(clinic.client)
    only_tasks = replace(found, writable=frozenset({"Task"}))
    with pytest.raises(Refused, match=r"It does not take ChargeItem, Claim, Provenance\."):
        choose(clinic.client, only_tasks)
    sink = choose(clinic.client, only_tasks, export=tmp_path / "plan.ndjson")
    outbox = Outbox.of(clinic.settings, clinic.client.base)
    with Server(connect(clinic.client.base, clinic.settings), only_tasks, sink, outbox, clinic.settings) as server:
        report = Host(clinic.settings).reconcile(server, clinic["Encounter/g0"], write=True, today=TODAY)
    assert written(report) == {("create", "exported")}
    assert list(Draft202012Validator(SCHEMA).iter_errors(report.to_json())) == []
    bundles = [json.loads(line) for line in (tmp_path / "plan.ndjson").read_text().splitlines()]
    assert [len(each["entry"]) for each in bundles] == [3, 3, 3]
    assert filed(clinic) == {}
