"""What a program that embeds the library hands over, in the forms that programs have it in."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from two_clients import TODAY, resources

from groupbill import (
    Change,
    Context,
    Host,
    InputError,
    PluginError,
    RuleDefinitionError,
    ServerError,
    Settings,
    UsageError,
    hookimpl,
)
from groupbill.testing import MemoryServer
from groupbill.testing import builders as b


def frozen(value: Any) -> Any:
    """The same JSON of mappings and sequences that are no dicts and lists."""
    if isinstance(value, dict):
        return MappingProxyType({name: frozen(each) for name, each in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def test_resources_and_changes_may_be_of_any_mappings() -> None:
    server = MemoryServer(resources())
    host = Host(Settings(timezone="America/Chicago", prices={"90853": Decimal("120.00")}))
    assert len(host.run([frozen(each) for each in resources()], today=TODAY).transactions()) == 2
    change = Change(reference="Coverage/cov-ana", after=frozen(server.get("Coverage/cov-ana")))
    report = host.handle(change, read=lambda question: frozen(server.read(question)), today=TODAY)
    assert len(report.transactions()) == 2


def test_a_change_that_no_json_holds_is_refused() -> None:
    with pytest.raises(InputError, match="expected a FHIR resource"):
        Host(Settings(timezone="America/Chicago")).handle(
            Change(reference="Encounter/s", after={"x": object()}), read=lambda question: [], today=TODAY
        )


@pytest.mark.parametrize("before", ["https://ehr.example.org/fhir/", ""])
@pytest.mark.parametrize("after", ["/_history/3", ""])
def test_a_change_may_be_named_as_a_server_names_it(before: str, after: str) -> None:
    server = MemoryServer(resources())
    host = Host(Settings(timezone="America/Chicago", prices={"90853": Decimal("120.00")}))
    report = host.handle(Change(reference=f"{before}Encounter/s{after}"), read=server.read, today=TODAY)
    assert len(report.transactions()) == 2


@pytest.mark.parametrize("reference", ["", "Encounter", "Encounter/", "Encounter/a b", "Encounter/a#part", "urn:x"])
def test_a_change_that_names_no_resource_is_refused(reference: str) -> None:
    with pytest.raises(UsageError, match="expected Type/id"):
        Host(Settings(timezone="America/Chicago")).handle(
            Change(reference=reference), read=lambda question: [], today=TODAY
        )


@pytest.mark.parametrize("where", ["id", "resourceType"])
def test_a_resource_whose_name_is_no_text_is_told_by_its_place(where: str) -> None:
    wrong = {"resourceType": "Claim", "id": "c", where: "\ud800"}
    report = Host(Settings(timezone="America/Chicago")).run([wrong], today=TODAY)
    assert [(each.code, each.at) for each in report.findings] == [("ENG01", "resources[0]")]


def test_a_run_takes_a_bundle_alone_and_a_moment_for_its_day() -> None:
    host = Host(Settings(timezone="America/Chicago", prices={"90853": Decimal("120.00")}))
    report = host.run(b.bundle(resources()), today=datetime(2026, 3, 16, 8, tzinfo=UTC))
    assert report.to_json() == host.run(resources(), today=TODAY).to_json()


@pytest.mark.parametrize("error", [PluginError("acme", "is no plugin"), RuleDefinitionError("ACME01", "has no name")])
def test_an_error_can_be_sent_to_another_process(error: Exception) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_repr_which_may_end_in_a_log_shows_no_resource() -> None:
    host = Host(Settings(timezone="America/Chicago", prices={"90853": Decimal("120.00")}))
    change = Change(reference="Patient/ana", after=b.patient("ana"))
    for shown in (repr(host.run(resources(), today=TODAY)), repr(change)):
        assert "Elm Street" not in shown and "1984-05-17" not in shown


def test_what_is_no_server_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected its base URL or a groupbill\.server\.Server, not MemoryServer"):
        Host(Settings(timezone="America/Chicago")).reconcile(MemoryServer(), ["Encounter/s"])  # type: ignore[arg-type]


def test_hosts_of_one_process_keep_to_their_own_plugins() -> None:
    def priced(amount: str) -> object:
        class Priced:
            @hookimpl
            def groupbill_resolve_price(self, charge):
                return Decimal(amount)

        return Priced()

    plugins = [[("acme", priced("1.00"))], [("acme", priced("2.00"))], []]
    hosts = [Host(Settings(timezone="America/Chicago", prices={"90853": Decimal("3.00")}), each) for each in plugins]
    for _ in range(2):
        reports = [each.run(resources(), today=TODAY) for each in hosts]
        amounts = [{line.amount for each in report.sessions[0].members for line in each.lines} for report in reports]
        assert amounts == [{Decimal("1.00")}, {Decimal("2.00")}, {Decimal("3.00")}]


@pytest.mark.parametrize("hook", ["after_claim_written", "claim_write_failed"])
def test_an_observer_that_crashes_is_logged_and_the_next_one_hears(
    hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def broken(claim):
        raise KeyError(claim["patient"]["reference"])

    def listening(claim):
        heard.append(claim["id"])

    plugins = []
    for name, function in (("acme", broken), ("zebra", listening)):
        function.__name__ = f"groupbill_{hook}"
        plugins.append((name, type("Plugin", (), {function.__name__: staticmethod(hookimpl(function))})()))
    host = Host(Settings(timezone="America/Chicago"), plugins)
    context = Context(settings=host.settings, policies=host.policies, today=TODAY)
    claim = {"resourceType": "Claim", "id": "c1", "patient": {"reference": "Patient/ana"}}
    error = () if hook == "after_claim_written" else (ServerError("refused"),)
    getattr(host.hooks, hook)(claim, *error, context)
    assert heard == ["c1"]
    assert f"plugin acme: groupbill_{hook} failed with KeyError" in caplog.text
    assert "Patient/ana" not in caplog.text


def test_the_server_in_memory_finds_the_task_of_a_patient() -> None:
    task = {"resourceType": "Task", "id": "t", "status": "requested", "for": {"reference": "Patient/ana"}}
    server = MemoryServer([task])
    assert [each["id"] for each in server.read("Task?patient=Patient/ana")] == ["t"]
    assert server.read("Task?patient=Patient/ben") == []
