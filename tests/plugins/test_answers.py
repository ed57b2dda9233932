"""What plugins answer is checked where they are asked: a wrong answer holds what it was about, and says why."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from two_clients import TODAY, resources

from groupbill import (
    Attendance,
    Change,
    Charge,
    ClaimRule,
    DayRule,
    Finding,
    Host,
    ParticipantRule,
    Recheck,
    Reconcile,
    ReconcileGroup,
    Report,
    Rule,
    Settings,
    Severity,
    Verdict,
    Wait,
    hookimpl,
)
from groupbill.testing import MemoryServer

SCHEMA = json.loads(files("groupbill.report").joinpath("report.schema.json").read_bytes())
Answer = Callable[..., Any]


def host(hook: str, answer: Answer) -> Host:
    """A host whose only foreign plugin answers one hook so."""
    answer.__name__ = f"groupbill_{hook}"
    plugin = type("Plugin", (), {f"groupbill_{hook}": staticmethod(hookimpl(answer))})()
    settings = Settings(timezone="America/Chicago", prices={"90853": Decimal("120.00"), "99078": Decimal(10)})
    return Host(settings, [("acme", plugin)])


def run(hook: str, answer: Answer) -> Report:
    """Whatever a plugin answers, the report is one of the schema and can be written."""
    report = host(hook, answer).run(resources(), today=TODAY)
    jsonschema.validate(report.to_json(), SCHEMA)
    list(report.ndjson())
    return report


def crash(report: Report) -> str:
    """What is said of the plugin, once everybody is held for it."""
    assert {(each.outcome.value, each.reason) for each in report.sessions[0].members} == {("held", "rule:ENG02")}
    found = {each.message for each in report.all_findings if each.code == "ENG02"}
    assert len(found) == 1
    return found.pop().removeprefix("plugin acme: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": 99078}, "Charge.code is int, expected str"),
        ({"code": "group"}, "Charge.code, expected CPT or HCPCS like 90853"),
        ({"units": "2"}, "Charge.units is str, expected int"),
        ({"units": True}, "Charge.units is bool, expected int"),
        ({"units": 0}, "Charge.units, expected one or more"),
        ({"modifiers": "59"}, "Charge.modifiers is str, expected tuple[str, ...]"),
        ({"modifiers": ("5",)}, "Charge.modifiers, expected two capitals or digits each"),
        ({"member": None}, "Charge.member is NoneType, expected str"),
    ],
)
def test_a_charge_that_no_claim_can_carry_is_a_wrong_answer(given: dict[str, Any], said: str) -> None:
    def charges(session):
        return [Charge(**{"member": "Patient/ana", "code": "99078", **given})]

    assert crash(run("derive_charges", charges)) == f"groupbill_derive_charges failed with WrongAnswer: {said}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"present": "yes"}, "Attendance.present is str, expected bool | None"),
        ({"present": 1}, "Attendance.present is int, expected bool | None"),
        ({"reason": "no-show"}, "Attendance.reason, expected None where present is True"),
        (
            {"present": False, "reason": "ill"},
            "Attendance.reason, expected one of not-attended, no-show, cancelled, ",
        ),
        ({"present": None, "reason": "no-show"}, "Attendance.reason, expected one of attendance-unverified, "),
        ({"evidence": "badge"}, "Attendance.evidence, expected one of child-encounter, participant, "),
        ({"against": [1]}, "Attendance.against is tuple, expected tuple[Evidence, ...]"),
        ({"member": "Patient/zoe"}, "answered for somebody who is not on the roster"),
    ],
)
def test_an_attendance_that_can_not_be_is_a_wrong_answer(given: dict[str, Any], said: str) -> None:
    def attendance(session):
        return [Attendance(**{"member": each.member, "present": True, **given}) for each in session.members]

    told = crash(run("resolve_attendance", attendance))
    assert told.startswith(f"groupbill_resolve_attendance failed with WrongAnswer: {said}")


def test_a_member_of_whom_two_things_are_said_is_a_wrong_answer() -> None:
    def both(session):
        return [
            Attendance(member=each.member, present=present) for each in session.members for present in (True, False)
        ]

    assert crash(run("resolve_attendance", both)).endswith("answered twice for one member, and differently")


@pytest.mark.parametrize("nothing", [dict, set, lambda: iter(())])
def test_nobody_came_is_said_by_an_empty_sequence_and_not_by_a_generator_that_left_early(nothing: Answer) -> None:
    assert "expected None, or [] where nobody came" in crash(run("resolve_attendance", lambda session: nothing()))


def test_an_attendance_without_a_reason_is_unverified_where_it_is_open_and_not_attended_where_it_is_negative() -> (
    None
):
    def attendance(session):
        return [Attendance(member="Patient/ana", present=None), Attendance(member="Patient/ben", present=False)]

    members = run("resolve_attendance", attendance).sessions[0].members
    assert [each.reason for each in members] == ["attendance-unverified", "not-attended"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"severity": "error"}, "rule:ACME01"),
        ({"verdict": "fail"}, "rule:ACME01"),
        ({"evidence": ["Encounter/x"]}, "rule:ACME01"),
        ({"severity": "warning"}, None),
        ({"severity": "fatal"}, "rule:ENG02"),
        ({"verdict": Verdict.PASS}, "rule:ENG02"),
        ({"code": "acme"}, "rule:ENG02"),
        ({"code": "ENG03"}, "rule:ENG02"),
        ({"at": None}, "rule:ENG02"),
        ({"at": ""}, "rule:ENG02"),
        ({"message": 5}, "rule:ENG02"),
        ({"fix": "drop"}, "rule:ENG02"),
        ({"evidence": "Encounter/x"}, "rule:ENG02"),
    ],
)
def test_a_finding_holds_by_its_word_and_a_wrong_one_holds_all_the_more(given: dict, reason: str | None) -> None:
    stated = {"code": "ACME01", "name": "acme", "severity": Severity.ERROR, "at": "Claim/x", "message": "no"}
    report = run("before_claim_written", lambda claim: [Finding(**{**stated, **given})])
    assert {each.reason for each in report.sessions[0].members} == {reason}


@pytest.mark.parametrize("answer", [0, False, 3, "abc", ["abc"], Charge])
def test_anything_but_none_and_charges_is_a_wrong_answer(answer: object) -> None:
    assert crash(run("derive_charges", lambda session: answer)).startswith("groupbill_derive_charges failed with")


def test_a_plugin_that_leaves_the_process_crashes_alone() -> None:
    def leave(session):
        raise SystemExit(0)

    assert crash(run("derive_charges", leave)) == "groupbill_derive_charges failed with SystemExit"


@pytest.mark.parametrize(
    ("answer", "amount"),
    [(Decimal("108.000"), "108.00"), (Decimal("1E+2"), "100.00"), (95, "95"), (Decimal("9.5"), "9.5")],
)
def test_a_price_is_an_amount_on_paper(answer: Decimal, amount: str) -> None:
    members = run("resolve_price", lambda charge: answer).sessions[0].members
    assert {str(line.amount) for each in members for line in each.lines} == {amount}


@pytest.mark.parametrize("answer", [Decimal("0.001"), Decimal(-5), Decimal("sNaN"), 9.5, "95.50"])
def test_a_price_that_is_no_amount_is_a_wrong_answer(answer: object) -> None:
    assert "groupbill_resolve_price failed with WrongAnswer" in crash(run("resolve_price", lambda charge: answer))


@pytest.mark.parametrize(
    "effect",
    [
        Reconcile("s"),
        Reconcile(None),  # type: ignore[arg-type]
        Reconcile({}),  # type: ignore[arg-type]
        ReconcileGroup("Group/g", 30),  # type: ignore[arg-type]
        ReconcileGroup("Group/g", timedelta(days=-1)),
        Recheck("Patient/ana", "2026-03-10"),  # type: ignore[arg-type]
        Recheck("Patient/ana", datetime(2026, 3, 10, tzinfo=UTC)),
        Wait("Encounter/s", datetime(2026, 3, 10)),
        Wait("s", datetime(2026, 3, 10, tzinfo=UTC)),
        Reconcile,
        "Encounter/s",
    ],
)
def test_an_effect_that_can_not_be_carried_out_is_a_wrong_answer_and_nothing_is_written(effect: object) -> None:
    server = MemoryServer(resources())
    change = Change(reference="Encounter/s", after=server.get("Encounter/s"))
    report = host("encounter_changed", lambda change: [effect]).handle(change, read=server.read, today=TODAY)
    assert [(each.code, each.at) for each in report.findings] == [("ENG02", "Encounter/s")]
    assert "acme: groupbill_encounter_changed failed with WrongAnswer" in report.findings[0].message
    assert report.transactions() == []


@pytest.mark.parametrize(
    "effect",
    [ReconcileGroup("Group/g", timedelta.max), Recheck("Patient/ana", date.min), Recheck("Patient/ana", date.max)],
)
def test_an_effect_at_the_edge_of_time_is_carried_out(effect: object) -> None:
    server = MemoryServer(resources())
    report = host("claim_changed", lambda change: [effect]).handle(
        Change(reference="Claim/c", after={"resourceType": "Claim"}), read=server.read, today=TODAY
    )
    assert report.findings == ()
    assert len(report.transactions()) == (2 if isinstance(effect, ReconcileGroup) else 0)


def test_a_session_may_be_named_by_its_whole_address() -> None:
    server = MemoryServer(resources())
    effect = Reconcile("https://ehr.example/fhir/Encounter/s/_history/3")
    report = host("claim_changed", lambda change: [effect]).handle(
        Change(reference="Claim/c", after={"resourceType": "Claim"}), read=server.read, today=TODAY
    )
    assert len(report.transactions()) == 2


def test_what_the_reader_gives_a_plugin_can_not_be_changed() -> None:
    def meddle(change, context):
        context.read("Patient/ana")[0]["name"][0]["family"] = "Changed"

    server = MemoryServer(resources())
    before = copy.deepcopy(server.all())
    report = host("encounter_changed", meddle).handle(
        Change(reference="Encounter/s", after=server.get("Encounter/s")), read=server.read, today=TODAY
    )
    assert [each.code for each in report.findings] == ["ENG02"]
    assert server.all() == before


def test_a_reader_that_fails_is_no_crash_of_the_plugin_that_asked() -> None:
    def broken(question: str) -> list[Any]:
        raise ConnectionError("no network")

    with pytest.raises(ConnectionError):
        host("encounter_changed", lambda context: context.read("Patient/ana")).handle(
            Change(reference="Encounter/s"), read=broken, today=TODAY
        )


def test_a_deep_copy_of_what_a_plugin_gets_is_plain_json() -> None:
    copies: list[Any] = []

    def take(claim):
        copies.append(copy.deepcopy(claim))

    run("before_claim_written", take)
    copies[0]["item"][0]["sequence"] = 2
    assert json.loads(json.dumps(copies[0], default=str))["item"][0]["sequence"] == 2


def test_what_plugins_get_of_the_settings_can_not_be_changed() -> None:
    def cheaper(settings):
        settings.prices["90853"] = Decimal(1)

    with pytest.raises(Exception, match="plugin acme: groupbill_configured failed: TypeError"):
        host("configured", cheaper)


def test_the_log_tells_a_plugins_author_where_it_failed_and_nothing_of_a_patient(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(session):
        raise KeyError("Maria Lopez")

    with caplog.at_level(logging.WARNING):
        run("derive_charges", broken)
    assert f"groupbill_derive_charges failed with KeyError ({__file__}:" in caplog.text
    assert "Lopez" not in caplog.text


class Odd(ClaimRule):
    """A rule that answers what a test says."""

    code, name, severity, source = "ACME01", "odd", Severity.ERROR, "Acme handbook 2026"
    answer: Any = ()

    def check(self, bill: Any, context: Any) -> Iterator[Any]:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (["no"], "rule ACME01 crashed (WrongAnswer: answered str, expected Finding)"),
        (True, "rule ACME01 crashed (TypeError)"),
        (0, "rule ACME01 crashed (TypeError)"),
        (
            [Odd().finding("no", at="Claim/x", verdict=Verdict.PASS)],
            "rule ACME01 crashed (WrongAnswer: Finding.verdict is pass; a pass is no finding)",
        ),
        ([Odd().finding("no", at=5)], "rule ACME01 crashed (WrongAnswer: Finding.at is int, expected str)"),  # type: ignore[arg-type]
    ],
)
def test_a_rule_of_a_plugin_that_answers_wrongly_crashes(
    answer: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Odd, "answer", answer)
    assert crash(run("register_rules", lambda: [Odd])) == said


@pytest.mark.parametrize(
    "after",
    [
        {"resourceType": "Encounter", "partOf": "Encounter/s", "status": [], "period": 5},
        {"resourceType": "Encounter", "status": "planned", "period": {"end": "9999-12-31T23:59:59-05:00"}},
        {"resourceType": "Claim", "patient": [], "item": 5},
        {"resourceType": "Claim", "patient": {"reference": "Patient/ana"}, "item": ["x", {"servicedPeriod": "x"}]},
    ],
)
def test_the_bundled_hooks_take_what_is_not_as_fhir_has_it(after: dict[str, Any]) -> None:
    server = MemoryServer(resources())
    reference = "Encounter/s" if after["resourceType"] == "Encounter" else "Claim/c"
    report = Host(Settings(timezone="America/Chicago")).handle(
        Change(reference=reference, after=after), read=server.read, today=TODAY
    )
    assert report.findings == ()


class Meddler(ParticipantRule):
    """A rule that changes what it is given."""

    code, name, severity, source = "ACME01", "meddler", Severity.ERROR, "Acme handbook 2026"

    def check(self, participant: Any, context: Any) -> Iterator[Any] | None:
        participant.coverage.resource["subscriberId"] = "changed"
        return None


class MeddlerOfADay(DayRule):
    """The same for a whole day."""

    code, name, severity, source = "ACME01", "meddler", Severity.ERROR, "Acme handbook 2026"

    def check(self, day: Any, context: Any) -> Iterator[Any] | None:
        day.participant.patient["address"][0]["line"][0] = "changed"
        return None


@pytest.mark.parametrize("rule", [Meddler, MeddlerOfADay])
def test_a_rule_of_a_plugin_can_not_change_the_resources_that_others_judge(rule: type[Rule]) -> None:
    assert crash(run("register_rules", lambda: [rule])) == "rule ACME01 crashed (TypeError)"
