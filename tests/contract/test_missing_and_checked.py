"""What is missing, what `check` knows where Encounters are given, and rules of strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from groupbill import Host, Settings, hookimpl
from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.model import Finding, Participant, Severity
from groupbill.rules.rule import Context, ParticipantRule, Rule
from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]


def without_diagnosis(made: Any) -> None:
    made.drop("Condition/dx-p1")
    del made["Encounter/g1-p1"]["diagnosis"]


@pytest.mark.parametrize(
    ("leave_out", "rule"),
    [
        (without_diagnosis, "DX01"),
        (lambda made: made["Practitioner/rivera"].pop("identifier"), "PRV08"),
        (lambda made: made["Organization/clinic"]["identifier"].pop(0), "PRV08"),
        (lambda made: made["Organization/clinic"]["identifier"].pop(1), "PRV09"),
        (lambda made: made["Coverage/cov-p1"].pop("subscriberId"), "CLM07"),
        (lambda made: made["Coverage/cov-p1"]["period"].update(end="2026-03-09"), "CLM07"),
    ],
)
def test_what_a_claim_cannot_go_without_holds(usual: Any, leave_out: Callable[[Any], object], rule: str) -> None:
    leave_out(usual)
    said = usual.run()
    assert said.outcome() == ("held", f"rule:{rule}")
    assert {each["verdict"] for each in said.of(rule) if each["severity"] == "error"} == {"fail"}
    assert [each["action"] for each in said.member()["plan"]] == ["create", "create"]
    assert said.member()["claim"] is None


def test_a_session_that_nobody_led_asks_who_led_it(usual: Any) -> None:
    del usual["Encounter/g1"]["participant"]
    (found,) = usual.run().of("PRV08")
    assert (found["severity"], found["denial"]) == ("error", ["206", "N290"])
    assert found["message"] == "nobody is on file as having rendered the service; record who led, with an NPI"


@pytest.mark.parametrize(
    ("leave_out", "rule"),
    [
        (lambda made: made["Practitioner/rivera"].pop("qualification"), "PRV03"),
        (lambda made: None, "DOC04"),
    ],
)
def test_what_may_be_kept_elsewhere_is_no_data(usual: Any, leave_out: Callable[[Any], object], rule: str) -> None:
    leave_out(usual)
    said = usual.run()
    assert said.outcome() == ("charged", None)
    assert [(each["verdict"], each["severity"], each["denial"]) for each in said.of(rule)] == [
        ("no-data", "information", [])
    ]


def test_a_licence_that_ended_is_wrong(usual: Any) -> None:
    usual["Practitioner/rivera"]["qualification"][-1]["period"] = {"end": "2026-01-31"}
    assert usual.run().outcome() == ("held", "rule:PRV03")


def note(made: Any, name: str, *, signed: bool = True) -> None:
    made.put(
        {
            "resourceType": "DocumentReference",
            "id": f"note-{name}",
            "status": "current",
            "docStatus": "final" if signed else "preliminary",
            "subject": b.ref(f"Patient/{name}"),
            "content": [{"attachment": {"contentType": "text/plain", "data": "bm90ZQ=="}}],
            "context": {"encounter": [b.ref(f"Encounter/g1-{name}")]},
            **({"authenticator": b.ref("Practitioner/rivera")} if signed else {}),
        }
    )


def test_notes_are_kept_here_as_soon_as_one_member_has_one(usual: Any) -> None:
    note(usual, "p2")
    said = usual.run()
    assert said.outcome("p1") == ("held", "rule:DOC04")
    assert said.outcome("p2") == ("charged", None)


def test_without_insurance_the_patient_pays(usual: Any) -> None:
    usual.drop("Coverage/cov-p1")
    said = usual.run()
    assert said.outcome() == ("patient-pay", "no-coverage")
    assert [each["resource"].split("/")[0] for each in said.member()["plan"]] == ["ChargeItem"]
    assert said.report["sessions"][0]["attended"] == 8


def visit(name: str) -> JSON:
    return {"encounter": [b.ref(f"Encounter/g1-{name}")]}


def test_check_counts_who_came_where_encounters_are_given(clinic: Make) -> None:
    made = clinic(13, "medicare-ngs")
    made.claim("c1", "p1", ("90853", visit("p1")))
    (found,) = made.check().at("Claim/c1", "GRP02")
    assert (found["severity"], found["at"]) == ("error", "Claim/c1#Claim.item[0]")
    assert made.bills().check().everything("GRP02") == []


def test_check_finds_the_session_of_a_claim_that_names_no_visit(clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", "90853")
    assert [each["severity"] for each in made.check().at("Claim/c1", "GRP01")] == ["error"]


def test_check_knows_that_the_patient_was_not_there(clinic: Make) -> None:
    made = clinic(4)
    made.item("i1", "p1", "90853", visit="g1-p1")
    made["Encounter/g1-p1"]["status"] = "cancelled"
    assert made.check().errors("ChargeItem/i1")[0] == "CHG02"


def test_check_judges_minutes_and_notes(clinic: Make) -> None:
    made = clinic(4, "medi-cal")
    made.item("i1", "p1", "90853", visit="g1-p1")
    note(made, "p2")
    assert made.check().errors("ChargeItem/i1") == ["DOC04", "TIM03"]


def test_check_works_without_a_time_zone(clinic: Make) -> None:
    made = clinic(1)
    made.claim("c1", "p1", ("90853", visit("p1")))
    index = Index()
    add_resources(index, made.files.values())
    codes = [each.code for each in Host(Settings()).check(index).checked[0].findings]
    assert "GRP01" in codes


def test_check_finds_a_practitioner_in_two_places_at_the_later_service(clinic: Make) -> None:
    made = clinic(2)
    made.item("i1", "p1", "90834", start="09:00", end="09:45")
    made.item("i2", "p2", "90834", start="09:30", end="10:15")
    said = made.bills().check()
    assert said.at("ChargeItem/i1") == []
    assert [each["at"] for each in said.at("ChargeItem/i2", "TIM07")] == ["ChargeItem/i2"]
    assert "p1" not in str(said.at("ChargeItem/i2"))


@pytest.mark.parametrize("merged", [False, True])
def test_a_bill_for_the_visit_of_another_patient_names_them(clinic: Make, merged: bool) -> None:
    made = clinic(2)
    made.claim("c", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p2")]}))
    made.item("i", "p1", "99213", visit="g1-p2")
    if merged:
        made["Patient/p2"]["link"] = [{"other": b.ref("Patient/p1"), "type": "replaced-by"}]
    said = made.check()
    places = [each["at"] for reference in ("Claim/c", "ChargeItem/i") for each in said.at(reference, "CHG09")]
    expected = ["Claim/c#Claim.item[0].encounter[0].reference", "ChargeItem/i#ChargeItem.context.reference"]
    assert places == ([] if merged else expected)


def test_members_of_one_group_are_no_two_places(clinic: Make) -> None:
    made = clinic(4)
    for name in ("p1", "p2"):
        made.item(f"i-{name}", name, "90853", start="09:00", end="10:00", visit=f"g1-{name}")
    assert made.check().everything("TIM07") == []


@pytest.mark.parametrize(
    ("leave_out", "policy", "told"),
    [
        ((), "medicare", 0),
        (("Coverage/cov-p1",), "medicare", 0),
    ],
)
def test_the_policy_of_a_claim_is_its_coverages_else_its_insurers(
    clinic: Make, leave_out: tuple[str, ...], policy: str, told: int
) -> None:
    made = clinic(1, policy)
    made.claim("c1", "p1", ("90853", "HQ"))
    made.drop(*leave_out)
    said = made.bills().check()
    assert [each["severity"] for each in said.at("Claim/c1", "MOD11")] == ["information"]
    assert len(said.everything("ENG04")) == told


def test_a_claim_of_an_unknown_payer_is_judged_by_the_default_and_told(clinic: Make) -> None:
    made = clinic(1, None)
    made.claim("c1", "p1", "90853")
    made.drop("Coverage/cov-p1")
    (found,) = made.bills().check().everything("ENG04")
    assert found["severity"] == "information"


class First(ParticipantRule):
    """A stranger's rule."""

    code = "ACME01"
    name = "acme-first"
    severity = Severity.ERROR
    source = "Acme handbook, 2026"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Always wrong."""
        return (self.finding("not with us", at=participant.lines[0].at),)


class Broken(First):
    """A stranger's broken rule."""

    code = "ACME02"
    name = "acme-second"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Always raises."""
        raise RuntimeError(participant.member.member)


class Intruder(First):
    """A rule under a prefix of ours."""

    code = "NCC90"
    name = "acme-third"


class Plugin:
    def __init__(self, *rules: type[Rule]) -> None:
        self.rules = rules

    @hookimpl
    def groupbill_register_rules(self) -> Iterable[type[Rule]]:
        return self.rules


def test_strangers_bring_rules_under_their_own_prefix(usual: Any) -> None:
    said = usual.run(plugins=[Plugin(First)])
    assert said.outcome() == ("held", "rule:ACME01")
    assert said.of("ACME01")[0]["source"] == "Acme handbook, 2026"
    weighed = usual.run({"rules": {"severity": {"ACME01": "warning"}}}, plugins=[Plugin(First)])
    assert weighed.outcome() == ("charged", None)
    with pytest.raises(Exception, match="prefix NCC"):
        usual.run(plugins=[Plugin(Intruder)])


def test_a_crashing_rule_is_a_finding_and_the_others_go_on(usual: Any) -> None:
    usual.drop("Condition/dx-p1")
    del usual["Encounter/g1-p1"]["diagnosis"]
    said = usual.run(plugins=[Plugin(Broken)])
    assert {"DX01", "ENG02"} <= set(said.held_by_errors())
    assert said.outcome("p2") == ("held", "rule:ENG02")
    assert "Patient" not in said.of("ENG02", "p2")[0]["message"]


def test_the_order_of_the_input_changes_nothing(usual: Any) -> None:
    usual.item("ci9", "p1", "90834", start="14:00", end="14:45")
    first = usual.run().report
    usual.files = dict(reversed(usual.files.items()))
    assert usual.run().report == first


def test_a_claim_may_contain_all_that_it_names(clinic: Make) -> None:
    made = clinic(1, "medicare")
    claim = made.claim("c1", "p1", "90853", "90834")
    names = {
        "Patient/p1": "pat",
        "Coverage/cov-p1": "cov",
        "Organization/plan": "plan",
        "Organization/clinic": "clinic",
        "Practitioner/rivera": "doc",
    }
    inside = [{**made[reference], "id": name} for reference, name in names.items()]

    def moved(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: f"#{names[value]}" if isinstance(value, str) and value in names else moved(value)
                for key, value in node.items()
            }
        return [moved(each) for each in node] if isinstance(node, list) else node

    alone = moved({**claim, "contained": inside})
    alone["contained"][1]["type"] = b.coded("https://nahdo.org/sopt", "121")
    made.files = {"Claim/c1": alone}
    said = made.check()
    assert said.errors("Claim/c1") == ["NCC02"]
    assert [each for each in said.at("Claim/c1") if each["verdict"] == "no-data" and each["code"] != "TIM06"] == []
    alone["contained"][4]["qualification"][0]["code"]["coding"][0]["code"] = "101YS0200X"
    assert [*said.errors("Claim/c1"), "PRV01"] == made.check().errors("Claim/c1")
