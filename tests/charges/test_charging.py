"""The bundled derivation: who is charged for what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groupbill.model import Attendance
from groupbill_hooks.charging import charges


def absent(member, reason="no-show"):
    return replace(member, attendance=Attendance(member=member.member, present=False, reason=reason))


def derived(session):
    return [(charge.member, charge.code, charge.units) for charge in charges(session)]


def test_each_participant_is_charged_once(world):
    assert derived(world.session) == [("Patient/p1", "90853", 1), ("Patient/p2", "90853", 1)]


def test_a_no_show_is_not_charged(world):
    one, two = world.session.members
    assert derived(replace(world.session, members=(absent(one), two))) == [("Patient/p2", "90853", 1)]


def test_someone_nobody_can_speak_for_is_not_charged(world):
    one, two = world.session.members
    unknown = replace(one, attendance=Attendance(member=one.member, present=None, reason="attendance-unverified"))
    assert derived(replace(world.session, members=(unknown, two))) == [("Patient/p2", "90853", 1)]


def test_a_guest_or_practitioner_who_was_there_is_not_charged(world):
    guest = replace(world.session.members[0], member="RelatedPerson/r1", patient=None)
    assert derived(replace(world.session, members=(guest,))) == []


def test_the_sessions_own_code_is_charged(world):
    assert {code for _, code, _ in derived(replace(world.session, code="H0005"))} == {"H0005"}


def test_complexity_is_charged_only_where_the_own_record_shows_it(world):
    one, two = world.session.members
    session = replace(world.session, members=(replace(one, interactive_complexity=True), two))
    assert derived(session) == [("Patient/p1", "90853", 1), ("Patient/p1", "90785", 1), ("Patient/p2", "90853", 1)]


@pytest.mark.parametrize("code", ["90846", "90847", "90849"])
def test_complexity_never_goes_with_a_family_code(world, code):
    one, two = (replace(each, interactive_complexity=True) for each in world.session.members)
    session = replace(world.session, code=code, members=(one, two))
    assert "90785" not in {code for _, code, _ in derived(session)}


def test_several_families_are_one_charge_each(world):
    one, two = world.session.members
    session = replace(world.session, code="90849", members=(replace(one, family="a"), replace(two, family="b")))
    assert derived(session) == [("Patient/p1", "90849", 1), ("Patient/p2", "90849", 1)]


def test_a_family_is_charged_to_the_one_with_an_encounter_of_their_own(world):
    one, two = world.session.members
    three = replace(two, member="Patient/p3", patient="Patient/p3")
    session = replace(
        world.session,
        code="90849",
        members=(replace(one, family="a", encounter=None), replace(two, family="a"), replace(three, family="b")),
    )
    assert derived(session) == [("Patient/p2", "90849", 1), ("Patient/p3", "90849", 1)]


def test_one_family_at_a_session_for_several_is_family_therapy_with_the_patient(world):
    one, two = world.session.members
    relative = absent(two, "family-member")
    session = replace(world.session, code="90849", members=(replace(one, family="a"), relative))
    assert derived(session) == [("Patient/p1", "90847", 1)]


@pytest.mark.parametrize("code", ["90846", "90847"])
def test_one_family_is_charged_as_its_session_is_typed(world, code):
    one, _ = world.session.members
    session = replace(world.session, code=code, members=(replace(one, family="a"),))
    assert derived(session) == [("Patient/p1", code, 1)]
