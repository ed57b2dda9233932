"""What a common billing guide says about groups, people and records, each statement as groupbill treats it.

The statements have their rows in `test_common_guide`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from groupbill.model import Finding, Severity, Verdict
from groupbill.rules.page import BY_CONSTRUCTION
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context

OWN = "ChargeItem/own"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def book() -> Rulebook:
    return Rulebook((), Settings.parse({}))


def participant(
    policy: str = "default", on: date = date(2026, 3, 10), values: Any = None, **keys: Any
) -> list[Finding]:
    """What the rules say to one participant."""
    return book().participant(Facts(on, policy, values).participant(**keys), context())


def bill(**keys: Any) -> list[Finding]:
    """What the rules say to a bill on file."""
    return book().bill(Facts().bill(**keys), context())


def failed(found: list[Finding], code: str) -> list[tuple[Severity, str]]:
    return [(each.severity, each.at) for each in found if each.code == code and each.verdict is Verdict.FAIL]


def families(code: str, *names: str) -> list[Finding]:
    """A session of a code to which one patient of each family came."""
    members = [
        {
            "member": f"Patient/p{place}",
            "patient": f"Patient/p{place}",
            "family": name,
            "relatives": ["RelatedPerson/r"],
        }
        for place, name in enumerate(names, 1)
    ]
    return participant(line={"code": code}, member={"family": names[0]}, session={"code": code, "members": members})


@pytest.mark.parametrize(("code", "names", "wrong"), [
    ("90853", ("a", "b"), True),
    ("90849", ("a", "b"), False),
    ("90849", ("a",), True),
    ("90847", ("a",), False),
    ("90847", ("a", "b"), True),
    ("90846", ("a",), False),
])  # fmt: skip
def test_s01_s05_s28_s32_and_s43_families_have_codes_of_their_own(
    code: str, names: tuple[str, ...], wrong: bool
) -> None:
    assert failed(families(code, *names), "GRP05") == ([(ERROR, OWN)] if wrong else [])


@pytest.mark.parametrize("code", ["99078", "H2014", "G0177", "S9446", "97150"])
def test_s02_and_s25_education_and_support_are_no_psychotherapy(code: str) -> None:
    visits = [{"reference": "Encounter/g1-p1", "codes": ["90853", code], "own_session": True}]
    assert failed(book().day(Facts().day(visits=visits), context()), "DOC10") == [(ERROR, OWN)]


def test_s03_the_purpose_shows_in_the_first_diagnosis() -> None:
    place = "Claim/c1#Claim.item[0].diagnosisSequence"
    assert failed(bill(diagnoses=["Z63.0"]), "DX02") == [(WARNING, place)]
    assert failed(bill(diagnoses=["F33.1", "Z63.0"]), "DX02") == []


@pytest.mark.parametrize("other", ["Patient/p2", "Group/g1"])
def test_s08_and_s40_a_bill_tells_nothing_of_the_others(other: str) -> None:
    resource = {
        "resourceType": "Claim",
        "id": "c1",
        "patient": {"reference": "Patient/p1"},
        "supportingInfo": [{"valueReference": {"reference": other}}],
    }
    place = "Claim/c1#Claim.supportingInfo[0].valueReference.reference"
    assert failed(bill(resource=resource), "CHG09") == [(ERROR, place)]


@pytest.mark.parametrize(("taxonomy", "on", "rule"), [
    ("2084P0800X", date(2026, 3, 10), None),
    ("103TP2701X", date(2026, 3, 10), None),
    ("101YM0800X", date(2026, 3, 10), None),
    ("101YM0800X", date(2023, 12, 31), "PRV02"),
    ("101YS0200X", date(2026, 3, 10), "PRV01"),
    ("390200000X", date(2026, 3, 10), "PRV04"),
])  # fmt: skip
def test_s09_who_may_bill_is_the_payers_list(taxonomy: str, on: date, rule: str | None) -> None:
    found = participant("medicare", on, leader={"taxonomies": [taxonomy]})
    assert {each.code for each in found if each.code.startswith("PRV") and each.severity is ERROR} == (
        {rule} if rule else set()
    )


def test_s10_a_clinic_bills_and_a_practitioner_renders() -> None:
    assert failed(bill(), "PRV08") == failed(bill(billing={}), "PRV09") == []
    assert failed(bill(rendering_npi="none"), "PRV08") == [(ERROR, "Claim/c1#Claim.careTeam[0].provider")]


def test_s12_and_s13_the_prose_of_a_note_is_not_judged() -> None:
    assert "prose" in BY_CONSTRUCTION["DOC03"]
    assert "DOC03" not in book().catalogue.by_code


def test_s15_involvement_and_plan_are_in_the_participants_own_record() -> None:
    bare = {"notes": [], "plan": "none", "plans_on_file": "true", "kept": ["note", "plan"]}
    found = participant(documentation=bare)
    assert failed(found, "DOC04") == [(ERROR, OWN)]
    assert failed(found, "DOC06") == [(WARNING, OWN)]


@pytest.mark.parametrize(("policy", "weights"), [
    ("commercial", []),
    ("medicaid-nh", [(ERROR, OWN)]),
    ("medi-cal", [(ERROR, OWN)]),
])  # fmt: skip
def test_s16_and_s39_one_group_is_billable_to_one_payer_and_not_to_another(policy: str, weights: Any) -> None:
    assert failed(participant(policy, session={"attended": 11}), "GRP02") == weights


def test_s19_the_expected_amount_is_the_payers() -> None:
    from groupbill.rules.pay import expected_allowed

    facts = Facts(values={"allowed": {"90853": "41.50"}}).participant()
    assert str(expected_allowed(facts.lines[0], facts, context())) == "41.50"
    assert expected_allowed(Facts().participant().lines[0], Facts().participant(), context()) is None


@pytest.mark.parametrize(
    ("allowed", "found"), [("22.79", []), ("20.00", [(Severity.INFORMATION, "Claim/c1#Claim.item[0]")])]
)
def test_s22_what_the_payer_allowed_too_little_is_reported(allowed: str, found: Any) -> None:
    claim = Facts(policy="medicare").bill(lines=[{"allowed": allowed}], rendering_taxonomies=["1041C0700X"])
    assert failed(book().bill(claim, context()), "PAY01") == found


def test_s21_and_s48_every_participant_has_a_note_of_their_own_words() -> None:
    facts = Facts()
    same = [
        facts.participant(documentation={"notes": [{"reference": f"DocumentReference/n{place}", "digest": "aa"}]})
        for place in (1, 2)
    ]
    assert failed(book().session(facts.session(), same, context()), "DOC05") == [(WARNING, "Encounter/g1")]
    without = participant(documentation={"notes": [], "kept": ["note"]})
    assert failed(without, "DOC04") == [(ERROR, OWN)]


def test_s24_a_note_without_duration_or_goal() -> None:
    found = participant(
        member={"period": "09:00-"}, documentation={"plan": "none", "plans_on_file": "true", "kept": ["plan"]}
    )
    assert failed(found, "TIM02") == failed(found, "DOC06") == [(WARNING, OWN)]


def test_s35_without_evidence_of_attendance_there_is_no_charge() -> None:
    unknown = {"present": "none", "reason": "attendance-unverified", "evidence": "none", "source": "none"}
    assert failed(participant(member={"attendance": unknown}), "CHG02") == [(WARNING, OWN)]


def test_s36_and_s47_several_clients_and_a_licensed_clinician() -> None:
    assert failed(participant(session={"attended": 1}), "GRP01") == [(ERROR, OWN)]
    assert failed(participant(session={"attended": 2}), "GRP01") == []
    lapsed = participant(leader={"qualifications": [{"start": "2015-01-01", "end": "2025-12-31"}]})
    assert failed(lapsed, "PRV03") == [(ERROR, OWN)]


def test_s45_severe_impairment_alone_is_worth_a_look() -> None:
    assert failed(bill(diagnoses=["F03.90"]), "DX07") == [(WARNING, "Claim/c1#Claim.diagnosis[0]")]
    assert failed(bill(diagnoses=["F33.1", "F03.90"]), "DX07") == []


def test_s17_s26_s31_s42_s44_and_s51_ask_for_nothing() -> None:
    """Hopes, training, an anecdote, quality, a truism and a guess: where all else is in order nothing is found."""
    rules, facts = book(), Facts(date(2024, 8, 13))
    usual = facts.participant()
    found = [
        *rules.participant(usual, context()),
        *rules.day(facts.day(), context()),
        *rules.session(facts.session(), [usual], context()),
    ]
    assert [each.code for each in found] == []
