"""Where a record may be kept elsewhere there is no data: counted, said where the rule is an error, and no pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

from .conftest import Clinic, modifier
from .faults import hours, remote

JSON = dict[str, Any]


def bare(clinic: Clinic) -> None:
    """Nothing is written about the session."""


def no_licence(clinic: Clinic) -> None:
    clinic["Practitioner/rivera"]["qualification"] = [
        each
        for each in clinic["Practitioner/rivera"]["qualification"]
        if each["code"].get("coding", [{}])[0].get("system") == b.NUCC
    ]


def no_address(clinic: Clinic) -> None:
    remote(clinic)
    del clinic["Patient/p1"]["address"]


def no_type_of_organization(clinic: Clinic) -> None:
    clinic["Organization/clinic"].pop("type")


@pytest.mark.parametrize(
    ("rule", "policy", "change", "said"),
    [
        ("DOC04", "commercial", bare, True),
        ("DOC06", "medicare", bare, True),
        ("DOC06", "commercial", bare, False),
        ("GRP07", "medicare-ngs", bare, True),
        ("GRP07", "commercial", bare, False),
        ("PRV03", "commercial", no_licence, True),
        ("PRV01", "medicare", lambda c: c.put(b.practitioner("rivera", 7, None)), True),
        ("PRV09", "commercial", no_type_of_organization, True),
        ("TEL13", "commercial", no_address, False),
        ("DOC11", "commercial", remote, False),
        ("TEL07", "medicare", lambda c: remote(c, modality="audio"), False),
        ("TIM03", "medicaid-ct", lambda c: c["Encounter/g1-p1"].update(period={"start": c.on}), True),
    ],
)
def test_in_a_run_it_is_counted_and_holds_nothing(
    clinic: Any, rule: str, policy: str, change: Callable[[Clinic], object], said: bool
) -> None:
    made = clinic(4, policy)
    change(made)
    report = made.run()
    found = report.of(rule)
    assert report.report["rules"][rule]["noData"] >= 1
    assert [(each["verdict"], each["severity"]) for each in found] == ([("no-data", "information")] if said else [])
    assert all(each["denial"] == [] and each["fix"] is None for each in found)
    if rule != "TIM03":  # The missing end is TIM02's, an error where minutes count.
        assert report.outcome() == ("charged", None)


@pytest.mark.parametrize("rule", ["DOC04", "PRV03"])
def test_it_holds_where_the_payer_says_so(clinic: Any, tmp_path: Any, rule: str) -> None:
    (tmp_path / "strict.json").write_text('{"id": "strict", "extends": "commercial", "values": {"no_data": "hold"}}')
    made = clinic(4, "strict")
    no_licence(made)
    found = made.run(
        {"policies": {"files": ["strict.json"]}, "rules": {"ignore": ["DOC04", "PRV03"]}}, folder=tmp_path
    )
    assert found.outcome() == ("charged", None)
    others = [each for each in ("DOC04", "PRV03") if each != rule]
    held = made.run({"policies": {"files": ["strict.json"]}, "rules": {"ignore": others}}, folder=tmp_path)
    assert held.outcome() == ("held", f"rule:{rule}")


def lines(clinic: Clinic, *more: Any, kind: str = "professional") -> JSON:
    return clinic.claim("c1", "p1", *more, kind=kind)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("CLM03", lambda c: lines(c, "90853", "90853", kind="institutional")),
        ("CLM07", lambda c: (lines(c, "90853"), c.drop("Coverage/cov-p1"))),
        ("NCC03", lambda c: lines(c, "90853", ("90834", "XE"))),
        ("TIM06", lambda c: lines(c, "90853", "97150")),
        ("PRV08", lambda c: (lines(c, "90853"), c.drop("Practitioner/rivera"))),
        (
            "DX01",
            lambda c: lines(c, "90853").update(
                diagnosis=[{"sequence": 1, "diagnosisReference": b.ref("Condition/x")}]
            ),
        ),
    ],
)
def test_in_a_check_it_is_an_information(clinic: Any, rule: str, change: Callable[[Clinic], object]) -> None:
    made = clinic(1)
    change(made)
    report = made.bills().check()
    assert {(each["verdict"], each["severity"]) for each in report.at("Claim/c1", rule)} == {
        ("no-data", "information")
    }
    assert report.report["rules"][rule]["noData"] >= 1
    assert report.errors("Claim/c1") == []


def test_what_carried_a_bypass_is_named(clinic: Any) -> None:
    made = clinic(4)
    made.visit("v", "p1", None, "13:00", "13:45")
    claim = made.claim(
        "c1", "p1", ("90834", "XE", {**hours(made, "13:00", "13:45"), "encounter": [b.ref("Encounter/v")]})
    )
    said = made.run()
    assert [(each["verdict"], each["severity"]) for each in said.of("NCC02")] == [("bypassed", "information")]
    assert set(said.of("NCC02")[0]["evidence"]) >= {"Encounter/g1-p1", "Encounter/v"}
    assert said.report["rules"]["NCC02"]["bypassed"] == 1
    claim["item"][0]["modifier"] = [modifier("76")]
    assert [each["verdict"] for each in made.run().of("NCC02")] == ["fail"]
