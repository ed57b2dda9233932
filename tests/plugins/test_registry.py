"""Plugins are loaded by name, guarded one by one, and refused loudly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from groupbill import (
    Attendance,
    Change,
    Charge,
    Finding,
    Host,
    PluginError,
    Reconcile,
    Settings,
    Severity,
    UsageError,
    hookimpl,
)
from groupbill.testing import builders as b

TODAY = date(2026, 3, 16)
TIMES = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def settings() -> Settings:
    return Settings.parse(
        {
            "timezone": "America/Chicago",
            "prices": {"90853": "120.00"},
            "payers": {"Organization/bluestar": "commercial"},
        }
    )


def session(*names: str) -> list[dict]:
    found = [b.clinic(), b.payer("bluestar", "Blue Star"), b.practitioner("rivera", 101), b.location("room")]
    found += [b.group("g", list(names)), b.encounter("s", "Group/g", TIMES, leader="rivera", location="room")]
    for name in names:
        found += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
        found.append(b.encounter(f"s-{name}", f"Patient/{name}", TIMES, part_of="s", diagnosis=f"dx-{name}"))
    return found


def outcomes(host: Host) -> dict[str, tuple[str, str | None]]:
    report = host.run(session("ana", "ben"), today=TODAY)
    return {each.member: (str(each.outcome), each.reason) for each in report.sessions[0].members}


def module(program: str) -> object:
    """A plugin as an author writes it."""
    made = type(pytest)("acme")
    exec(program, {"hookimpl": hookimpl, "Decimal": Decimal}, vars(made))
    return made


CHARGED = ("charged", None)


def test_without_plugins_of_others_both_are_charged() -> None:
    assert outcomes(Host(settings())) == {"Patient/ana": CHARGED, "Patient/ben": CHARGED}


def test_a_crash_in_attendance_is_eng02_at_the_session_and_holds_its_participants() -> None:
    class Broken:
        @hookimpl
        def groupbill_resolve_attendance(self, session):
            raise KeyError("Patient/ana Example")

    host = Host(settings(), [("broken", Broken())])
    report = host.run(session("ana", "ben"), today=TODAY)
    assert {(each.outcome, each.reason) for each in report.sessions[0].members} == {("held", "rule:ENG02")}
    crash = next(each for each in report.sessions[0].findings if each.code == "ENG02")
    assert crash.at == "Encounter/s"
    assert crash.message == "plugin broken: groupbill_resolve_attendance failed with KeyError"


def test_a_generator_that_fails_late_is_caught_all_the_same() -> None:
    class Late:
        @hookimpl
        def groupbill_derive_charges(self, session):
            yield Charge(member="Patient/ana", code="90853")
            raise RuntimeError

    assert outcomes(Host(settings(), [("late", Late())])) == {
        "Patient/ana": ("held", "rule:ENG02"),
        "Patient/ben": ("held", "rule:ENG02"),
    }


def test_equal_charges_of_two_plugins_are_one_and_differing_ones_hold_that_member() -> None:
    class Twice:
        @hookimpl
        def groupbill_derive_charges(self, session):
            yield Charge(member="Patient/ana", code="90853")
            yield Charge(member="Patient/ben", code="90853", units=2)

    report = Host(settings(), [("twice", Twice())]).run(session("ana", "ben"), today=TODAY)
    ana, ben = report.sessions[0].members
    assert (ana.outcome.value, ana.reason) == CHARGED
    assert (ben.outcome.value, ben.reason) == ("held", "rule:ENG02")
    [differ] = [each for each in ben.findings if each.code == "ENG02"]
    assert differ.message == "plugins differ about the charge 90853: twice and groupbill:claim"


def test_a_charge_for_somebody_who_did_not_attend_names_its_plugin_and_holds_the_session() -> None:
    class Elsewhere:
        @hookimpl
        def groupbill_derive_charges(self, session):
            return [Charge(member="Patient/zoe", code="90853")]

    report = Host(settings(), [("elsewhere", Elsewhere())]).run(session("ana", "ben"), today=TODAY)
    assert {each.reason for each in report.sessions[0].members} == {"rule:ENG02"}
    [wrong] = [each for each in report.sessions[0].findings if each.code == "ENG02"]
    assert wrong.message == "plugin elsewhere: 90853 was derived for somebody who did not attend"


def test_the_first_answer_wins_and_the_bundled_one_comes_last() -> None:
    class Nobody:
        @hookimpl
        def groupbill_resolve_attendance(self, session):
            return [Attendance(member="Patient/ana", present=False, reason="no-show")]

    assert outcomes(Host(settings(), [("zzz", Nobody())])) == {
        "Patient/ana": ("not-charged", "no-show"),
        "Patient/ben": ("held", "attendance-unverified"),
    }


@pytest.mark.parametrize("answer", [9.5, True, Decimal("NaN"), Decimal("Infinity")])
def test_a_price_that_is_no_amount_is_a_crash_of_its_plugin_that_holds_the_charge(answer: object) -> None:
    class Odd:
        @hookimpl
        def groupbill_resolve_price(self, charge):
            return answer

    report = Host(settings(), [("odd", Odd())]).run(session("ana", "ben"), today=TODAY)
    for member in report.sessions[0].members:
        assert (member.outcome.value, member.reason) == ("held", "rule:ENG02")
        [crash] = [each for each in member.findings if each.code == "ENG02"]
        assert crash.message.startswith("plugin odd: groupbill_resolve_price failed with")


def test_a_price_of_a_plugin_stands_on_claim_and_charge_item() -> None:
    class Priced:
        @hookimpl
        def groupbill_resolve_price(self, charge, coverage):
            assert coverage["payor"][0]["reference"] == "Organization/bluestar"
            return Decimal("95.50")

    report = Host(settings(), [("priced", Priced())]).run(session("ana", "ben"), today=TODAY)
    assert [line.amount for each in report.sessions[0].members for line in each.lines] == [Decimal("95.50")] * 2


def test_an_error_finding_before_a_claim_is_written_holds_it() -> None:
    class Veto:
        @hookimpl
        def groupbill_before_claim_written(self, claim, findings):
            if claim["patient"]["reference"] == "Patient/ben":
                yield Finding(
                    code="ACME01", name="veto", severity=Severity.ERROR, at=f"Claim/{claim['id']}", message="no"
                )

    assert outcomes(Host(settings(), [("veto", Veto())])) == {
        "Patient/ana": CHARGED,
        "Patient/ben": ("held", "rule:ACME01"),
    }


def test_a_resource_that_a_plugin_gets_can_not_be_changed() -> None:
    class Meddler:
        @hookimpl
        def groupbill_before_claim_written(self, claim):
            claim["item"][0]["net"]["value"] = 1

    assert outcomes(Host(settings(), [("meddler", Meddler())]))["Patient/ana"] == ("held", "rule:ENG02")


def test_a_class_instead_of_an_instance_is_refused_by_name() -> None:
    class Plain:
        @hookimpl
        def groupbill_resolve_price(self, charge):
            return None

    with pytest.raises(PluginError, match="plugin plain: is a class"):
        Host(settings(), [("plain", Plain)])


def test_default_values_are_refused() -> None:
    class Default:
        @hookimpl
        def groupbill_resolve_price(self, charge, coverage=None):
            return None

    with pytest.raises(PluginError, match="plugin default: groupbill_resolve_price: parameters must have no default"):
        Host(settings(), [("default", Default())])


def test_wrappers_are_refused() -> None:
    class Wrapper:
        @hookimpl(wrapper=True)
        def groupbill_resolve_price(self, charge):
            return (yield)

    with pytest.raises(PluginError, match="plugin wrapper: groupbill_resolve_price: wrappers are not supported"):
        Host(settings(), [("wrapper", Wrapper())])


def test_a_misspelt_hook_is_refused() -> None:
    class Typo:
        @hookimpl
        def groupbill_resolve_prize(self, charge):
            return None

    with pytest.raises(PluginError, match="groupbill_resolve_prize"):
        Host(settings(), [("typo", Typo())])


def test_two_plugins_of_one_name_are_refused() -> None:
    class Quiet:
        @hookimpl
        def groupbill_after_claim_written(self, claim):
            return None

    with pytest.raises(PluginError, match="plugin quiet: is registered already"):
        Host(settings(), [("quiet", Quiet()), ("quiet", Quiet())])


def test_a_plugin_that_refuses_the_settings_stops_the_host() -> None:
    class Strict:
        @hookimpl
        def groupbill_configured(self, settings):
            raise ValueError("acme needs a namespace")

    with pytest.raises(PluginError, match="plugin strict: groupbill_configured failed"):
        Host(settings(), [("strict", Strict())])


def test_every_hook_is_called_in_the_order_of_a_run() -> None:  # noqa: C901 - one function per hook
    calls: list[str] = []

    class All:
        @hookimpl
        def groupbill_configured(self, settings):
            calls.append("configured")

        @hookimpl
        def groupbill_register_rules(self):
            calls.append("register_rules")

        @hookimpl
        def groupbill_encounter_changed(self, change, context):
            calls.append("encounter_changed")
            return [Reconcile(change.reference)]

        @hookimpl
        def groupbill_group_changed(self, change, context):
            calls.append("group_changed")

        @hookimpl
        def groupbill_claim_changed(self, change, context):
            calls.append("claim_changed")

        @hookimpl
        def groupbill_resolve_attendance(self, session, context):
            calls.append("resolve_attendance")

        @hookimpl
        def groupbill_derive_charges(self, session, context):
            calls.append("derive_charges")

        @hookimpl
        def groupbill_resolve_price(self, charge, coverage, context):
            calls.append("resolve_price")

        @hookimpl
        def groupbill_before_claim_written(self, claim, findings, context):
            calls.append("before_claim_written")

        @hookimpl
        def groupbill_after_claim_written(self, claim, context):
            calls.append("after_claim_written")

        @hookimpl
        def groupbill_claim_write_failed(self, claim, error, context):
            calls.append("claim_write_failed")

    host = Host(settings(), [("all", All())])
    host.run(session("ana", "ben"), today=TODAY)
    nothing = {"read": lambda question: []}
    host.handle(Change(reference="Group/g"), today=TODAY, **nothing)
    host.handle(Change(reference="Claim/c", after={"resourceType": "Claim"}), today=TODAY, **nothing)
    host.handle(Change(reference="Encounter/s"), today=TODAY, **nothing)
    assert calls == [
        "configured",
        "register_rules",
        "resolve_attendance",
        "derive_charges",
        "resolve_price",
        "resolve_price",
        "before_claim_written",
        "before_claim_written",
        "group_changed",
        "claim_changed",
        "encounter_changed",
    ]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("async def groupbill_derive_charges(session): pass", "groupbill_derive_charges: is async"),
        ("async def groupbill_after_claim_written(claim): yield", "groupbill_after_claim_written: is async"),
        ("def groupbill_after_claim_written(claim): yield", "groupbill_after_claim_written: has no answer"),
        ("def groupbill_configured(settings): yield", "groupbill_configured: has no answer"),
        ("def groupbill_resolve_price(charge, patient): pass", "can not be found in the hookspec"),
    ],
)
def test_an_implementation_that_would_never_run_is_refused(program: str, said: str) -> None:
    with pytest.raises(PluginError, match=f"plugin acme: (.|\n)*{said}"):
        Host(settings(), [("acme", module(f"@hookimpl\n{program}"))])


def test_a_hook_without_its_mark_is_refused_beside_marked_ones() -> None:
    program = "@hookimpl\ndef groupbill_configured(settings): pass\ndef groupbill_before_claim_written(claim): 1 / 0"
    with pytest.raises(PluginError, match="plugin acme: groupbill_before_claim_written is not marked with @hookimpl"):
        Host(settings(), [("acme", module(program))])


def test_a_hook_of_another_version_is_left_alone_where_it_is_marked_optional() -> None:
    program = "@hookimpl(optionalhook=True)\ndef groupbill_of_next_year(claim): pass\n"
    program += "@hookimpl\ndef groupbill_resolve_price(charge): return None"
    assert outcomes(Host(settings(), [("acme", module(program))])) == {"Patient/ana": CHARGED, "Patient/ben": CHARGED}


@pytest.mark.parametrize("first", ["@hookimpl(tryfirst=True)", "@hookimpl"])
def test_the_order_is_that_of_the_names_alone(first: str) -> None:
    price = "def groupbill_resolve_price(charge): return Decimal('{}')"
    plugins = [
        ("zebra", module(f"{first}\n{price.format('1.00')}")),
        ("acme", module(f"@hookimpl\n{price.format('2.00')}")),
    ]
    report = Host(settings(), plugins).run(session("ana", "ben"), today=TODAY)
    assert {line.amount for each in report.sessions[0].members for line in each.lines} == {Decimal("2.00")}


@pytest.mark.parametrize("pair", [("acme", object(), 1), (object(), "acme"), ()])
def test_plugins_are_objects_or_pairs_of_name_and_object(pair: tuple) -> None:
    with pytest.raises(UsageError, match=r"plugins\[0\]: expected a plugin, or a pair of its name and the plugin"):
        Host(settings(), [pair])


def test_an_empty_answer_about_attendance_means_that_nobody_came() -> None:
    class Closed:
        @hookimpl
        def groupbill_resolve_attendance(self, session):
            return []

    absent = ("not-charged", "not-attended")
    host = Host(settings(), [("closed", Closed())])
    assert outcomes(host) == {"Patient/ana": absent, "Patient/ben": absent}
