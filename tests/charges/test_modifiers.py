"""Which modifiers a line carries, in which order, and what happens to a fifth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.charges import classes_of, repeated
from groupbill.charges.modifiers import limited, ordered
from groupbill.model import Charge, Policy, Value


def modifiers(world, *own, code="90853"):
    return world.gather_charges([Charge(member="Patient/p1", code=code, modifiers=own)]).lines[0].modifiers


def remote(world, modality):
    return world.change("Encounter/g1-p1", extension=[{"url": world.EXTENSION + "modality", "valueCode": modality}])


def test_a_plain_group_in_person_has_none(world):
    assert modifiers(world) == ()


@pytest.mark.parametrize(("modality", "expected"), [("video", ("GT",)), ("audio", ("FQ",)), ("in-person", ())])
def test_the_payers_modifier_says_how_the_patient_took_part(world, modality, expected):
    world.policy(video_modifier="GT", audio_modifier="FQ")
    assert modifiers(remote(world, modality)) == expected


def test_a_payer_that_wants_none_gets_none(world):
    world.policy(video_modifier=None)
    assert modifiers(remote(world, "video")) == ()


def test_the_group_modifier_goes_on_the_session_and_not_on_its_add_on(world):
    world.policy(group_modifier="HQ")
    found = world.gather("90853", "90785")
    assert [(line.code, line.modifiers) for line in found.lines] == [("90853", ("HQ",)), ("90785", ())]


def test_the_licence_modifier_goes_by_the_taxonomy_of_who_is_paid(world):
    world.policy(license_modifiers={"103TC0700X": "AH", "1041C0700X": "AJ"})
    assert modifiers(world) == ("AJ",)


def test_a_licence_that_the_payer_does_not_list_adds_none(world):
    world.policy(license_modifiers={"103TC0700X": "AH"})
    assert modifiers(world) == ()


def test_classes_decide_the_order(world):
    world.policy(group_modifier="HQ")
    remote(world, "video")
    assert modifiers(world, "CR", "XE", "52")[:4] == ("52", "XE", "HQ", "95")


def test_the_payers_own_order_comes_first(world):
    world.policy(group_modifier="HQ", license_modifiers={"1041C0700X": "AJ"}, modifier_order=["T", "AJ", "L"])
    remote(world, "video")
    assert modifiers(world, "XE") == ("95", "AJ", "HQ", "XE")


def test_a_fifth_informational_modifier_gives_way_with_a_warning(world):
    world.policy(group_modifier="HQ")
    remote(world, "video")
    charge = Charge(member="Patient/p1", code="90853", modifiers=("CR", "XE", "52"))
    found = world.gather_charges([charge])
    assert found.lines[0].modifiers == ("52", "XE", "HQ", "95")
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.at) == ("MOD01", "warning", found.lines[0].at)
    assert "CR" in finding.message


def test_a_payment_modifier_never_goes_in_silence(world):
    charge = Charge(member="Patient/p1", code="90853", modifiers=("59", "76", "25", "KX", "77"))
    found = world.gather_charges([charge])
    assert len(found.lines[0].modifiers) == 4
    assert [finding.severity for finding in found.findings] == ["error"]


def test_what_the_payer_asks_for_stays_before_what_the_charge_brought(world):
    world.policy(group_modifier="HQ", license_modifiers={"1041C0700X": "AJ"})
    remote(world, "video")
    charge = Charge(member="Patient/p1", code="90853", modifiers=("HE", "59"))
    found = world.gather_charges([charge])
    assert found.lines[0].modifiers == ("59", "HQ", "AJ", "95")
    assert [(each.severity, "HE" in each.message) for each in found.findings] == [("warning", True)]


def test_one_modifier_from_two_sides_stands_once(world):
    world.policy(group_modifier="HQ")
    assert modifiers(world, "HQ") == ("HQ",)


def test_a_second_session_of_the_day_gets_the_repeat_modifier_in_its_place(world):
    world.policy(group_modifier="HQ", repeat_modifier="76")
    found = world.gather()
    line = repeated(found.lines[0], found.policy, classes_of(world.sources()))
    assert line.modifiers == ("76", "HQ")
    assert repeated(line, found.policy, classes_of(world.sources())) == line


def test_a_payer_without_a_repeat_modifier_changes_nothing(world):
    world.policy(repeat_modifier=None)
    found = world.gather()
    assert repeated(found.lines[0], found.policy, classes_of(world.sources())) == found.lines[0]


LETTERS = {"52": "P", "XE": "E", "76": "E", "HQ": "L", "HO": "L", "95": "T", "CR": "I", "GA": "I"}
POLICY = Policy("p", "p", None, {"modifier_order": Value([])})  # type: ignore[arg-type]


@given(st.permutations(sorted(LETTERS)))
def test_any_arrival_ends_in_class_order_with_equals_as_they_came(found):
    out = ordered(found, POLICY, LETTERS.get)
    assert [LETTERS[each] for each in out] == sorted((LETTERS[each] for each in found), key="PELTI".index)
    for letter in "ELI":
        assert [e for e in out if LETTERS[e] == letter] == [e for e in found if LETTERS[e] == letter]


@given(st.lists(st.sampled_from(sorted(LETTERS)), unique=True), st.sets(st.sampled_from(sorted(LETTERS))))
def test_never_more_than_four_and_every_loss_is_said(found, mandatory):
    left, said = limited(tuple(found), frozenset(mandatory), LETTERS.get, "ChargeItem/x")
    assert len(left) == min(4, len(found))
    assert len(said) == len(found) - len(left)
    assert list(left) == [each for each in found if each in left]


def test_an_unknown_modifier_is_kept_among_the_licences(world):
    assert modifiers(replace_session(world), "ZZ", "XE") == ("XE", "ZZ")


def replace_session(world):
    world.session = replace(world.session)
    return world
