"""The run over the rules: severity, what is ignored, what blocks, what a crash does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from groupbill.errors import RuleDefinitionError, SettingsError
from groupbill.model import Finding, Participant, Severity, Verdict
from groupbill.rules.catalogue import Catalogue, bundled
from groupbill.rules.rule import Context, ParticipantRule, Rule
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context


def book(rules: Iterable[type[Rule]], **keys: Any) -> Rulebook:
    return Rulebook((), Settings.parse({"rules": keys} if keys else {}), catalogue=Catalogue(rules))


def rule(code: str = "ACME01", name: str = "acme-case", weight: Severity = Severity.ERROR) -> type[Rule]:
    class Acme(ParticipantRule):
        """Something is wrong.

        ## What it does
        Says what it was told to say.
        """

        source = "Acme handbook, 2026"

        def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
            return answers[self.code](self)

    answers: dict[str, Any] = {code: lambda one: (one.finding("wrong", at="ChargeItem/own"),)}
    made = type("AcmeCase", (Acme,), {"code": code, "name": name, "severity": weight, "__doc__": Acme.__doc__})
    made.answers = answers  # type: ignore[attr-defined]
    return made


def saying(answer: Any, code: str = "ACME01", weight: Severity = Severity.ERROR) -> type[Rule]:
    made = rule(code, f"case-{code.lower()}", weight)
    made.answers[code] = answer  # type: ignore[attr-defined]
    return made


def found(of: Rulebook, **policy: Any) -> list[Finding]:
    return of.participant(Facts(values=policy).participant(), context())


def test_a_finding_has_the_severity_of_its_rule() -> None:
    assert [one.severity for one in found(book([rule()]))] == [Severity.ERROR]


def test_the_policy_goes_before_the_rule_and_the_settings_before_the_policy() -> None:
    policy = {"severity": {"ACME01": "warning"}}
    assert [one.severity for one in found(book([rule()]), **policy)] == [Severity.WARNING]
    stated = book([rule()], severity={"ACME01": "information"})
    assert [one.severity for one in found(stated, **policy)] == [Severity.INFORMATION]


def test_severity_may_name_a_rule_by_its_name() -> None:
    stated = book([rule()], severity={"acme-case": "information"})
    assert [one.severity for one in found(stated)] == [Severity.INFORMATION]


@pytest.mark.parametrize("word", ["ACME01", "ACME", "acme-case"])
def test_an_ignored_rule_is_not_run(word: str) -> None:
    silent = book([rule()], ignore=[word])
    assert found(silent) == []
    assert silent.tallies == {}


def test_an_unknown_rule_in_the_settings_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean ACME01"):
        book([rule()], ignore=["ACMR01"])


def test_what_the_engine_says_itself_cannot_be_silenced() -> None:
    with pytest.raises(SettingsError, match="ENG01 can't be changed"):
        book([rule()], ignore=["ENG01"])


def test_an_answer_is_counted_under_its_worst_verdict() -> None:
    both = saying(
        lambda one: (
            one.finding("a", at="x", verdict=Verdict.NO_DATA),
            one.finding("b", at="x"),
        )
    )
    counted = book([both])
    found(counted)
    tally = counted.tallies["ACME01"]
    assert (tally.passed, tally.failed, tally.bypassed, tally.no_data) == (0, 1, 0, 0)


def test_nothing_to_say_is_not_counted_and_nothing_wrong_is_a_pass() -> None:
    counted = book([saying(lambda one: None, "ACME01"), saying(lambda one: iter(()), "ACME02")])
    assert found(counted) == []
    assert [counted.tallies[code].passed for code in ("ACME01", "ACME02")] == [0, 1]


def no_data(one: Any) -> Any:
    return (one.finding("not on file", at="ChargeItem/own", verdict=Verdict.NO_DATA),)


def test_no_data_of_an_error_rule_is_an_information() -> None:
    counted = book([saying(no_data)])
    assert [one.severity for one in found(counted)] == [Severity.INFORMATION]
    assert counted.tallies["ACME01"].no_data == 1


def test_no_data_of_a_warning_rule_is_only_counted() -> None:
    counted = book([saying(no_data, weight=Severity.WARNING)])
    assert found(counted) == []
    assert counted.tallies["ACME01"].no_data == 1


def test_no_data_shows_where_the_policy_makes_the_rule_an_error() -> None:
    counted = book([saying(no_data, weight=Severity.WARNING)])
    assert [one.verdict for one in found(counted, severity={"ACME01": "error"})] == [Verdict.NO_DATA]


def test_no_data_blocks_only_where_the_policy_holds() -> None:
    judged = book([saying(no_data)])
    (finding,) = found(judged)
    assert not judged.blocks(finding, Facts().policy)
    assert judged.blocks(finding, Facts(values={"no_data": "hold"}).policy)


def test_errors_block_and_warnings_do_not() -> None:
    judged = book([rule()])
    (finding,) = found(judged)
    assert judged.blocks(finding, Facts().policy)
    assert not judged.blocks(finding.weighed(Severity.WARNING), Facts().policy)


def crash(one: Any) -> Any:
    raise KeyError("Maria Lopez")


def crash_late(one: Any) -> Any:
    yield one.finding("first", at="x")
    raise KeyError("Maria Lopez")


@pytest.mark.parametrize("broken", [crash, crash_late])
def test_a_crash_becomes_a_finding_at_the_place_of_the_facts_and_the_others_go_on(
    broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    judged = book([saying(broken, "ACME01"), saying(no_data, "ACME02")])
    findings = found(judged)
    assert [(one.code, one.at, one.severity) for one in findings] == [
        ("ACME02", "ChargeItem/own", Severity.INFORMATION),
        ("ENG02", "ChargeItem/own", Severity.ERROR),
    ]
    assert findings[1].message == "rule ACME01 crashed (KeyError)"
    assert judged.blocks(findings[1], Facts().policy)
    assert "Lopez" not in caplog.text


def test_a_rule_that_speaks_under_another_code_is_a_crash() -> None:
    other = saying(lambda one: (rule("ACME09", "nine")().finding("x", at="y"),))
    assert [one.code for one in found(book([other]))] == ["ENG02"]


def test_findings_come_by_code_and_place() -> None:
    many = saying(lambda one: [one.finding("x", at=at) for at in ("Claim/b", "Claim/a")], "ZED01")
    assert [(one.code, one.at) for one in found(book([many, rule()]))] == [
        ("ACME01", "ChargeItem/own"),
        ("ZED01", "Claim/a"),
        ("ZED01", "Claim/b"),
    ]


def test_two_rules_with_one_code_are_refused() -> None:
    with pytest.raises(RuleDefinitionError, match="ACME01"):
        Catalogue.with_bundled([rule(), rule(name="other")])


def test_two_rules_with_one_name_are_refused() -> None:
    with pytest.raises(RuleDefinitionError, match="belongs to ACME01"):
        Catalogue.with_bundled([rule("ACME01"), rule("ACME02")])


@pytest.mark.parametrize("code", ["CHG99", "ENG08", "NCC02"])
def test_a_stranger_may_not_use_a_bundled_prefix(code: str) -> None:
    with pytest.raises(RuleDefinitionError, match="bundled prefix"):
        Catalogue.with_bundled([rule(code)])


def test_something_that_is_no_rule_is_refused() -> None:
    with pytest.raises(RuleDefinitionError, match="no class derived from a scope"):
        Catalogue.with_bundled([object])  # type: ignore[list-item]


def test_codes_and_names_of_the_bundled_rules_are_unique() -> None:
    assert len({one.code for one in bundled()}) == len({one.name for one in bundled()}) == len(bundled())


def test_the_usual_session_has_nothing_wrong() -> None:
    everything = Rulebook((), Settings.parse({}))
    facts = Facts()
    participant = facts.participant()
    findings = everything.participant(participant, context()) + everything.day(facts.day(), context())
    findings += everything.bill(facts.bill(desired=True, participant={}), context())
    assert [one for one in findings if one.verdict is Verdict.FAIL] == []
