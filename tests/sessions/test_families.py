"""Families: one charge each, on the patient whose treatment it is (design 5.5)."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.model import Session
from groupbill.testing import builders as b
from groupbill_hooks.charging import charges

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def visit(name: str, person: str, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", HOUR, part_of="g1", **more)


def parent(code: str, *relatives: str) -> JSON:
    people = [b.led_by("rivera"), *({"individual": b.ref(f"RelatedPerson/{each}")} for each in relatives)]
    return b.encounter("g1", "Group/fam", HOUR, code=code, participant=people)


def relative(name: str, of: str) -> JSON:
    return {"resourceType": "RelatedPerson", "id": name, "patient": b.ref(f"Patient/{of}")}


def is_relative(person: str, name: str) -> JSON:
    """The Patient record of somebody who is a relative of another patient."""
    return b.patient(person, link=[{"other": b.ref(f"RelatedPerson/{name}"), "type": "seealso"}])


def charged(session: Session) -> list[tuple[str, str]]:
    return [(charge.member, charge.code) for charge in charges(session)]


def test_several_families_are_charged_once_each(sessions, told) -> None:
    [session] = sessions(
        [
            b.group("fam", ["kid-a", "kid-b"]),
            parent("90849", "mother-a", "mother-b"),
            relative("mother-a", "kid-a"),
            relative("mother-b", "kid-b"),
            visit("v-a", "kid-a"),
            visit("v-b", "kid-b"),
        ]
    )
    assert session.code == "90849"
    assert [(member.relatives, member.family) for member in session.members] == [
        (("RelatedPerson/mother-a",), "Patient/kid-a"),
        (("RelatedPerson/mother-b",), "Patient/kid-b"),
    ]
    assert charged(session) == [("Patient/kid-a", "90849"), ("Patient/kid-b", "90849")]


def test_a_relative_who_is_a_patient_is_a_family_member(sessions, told) -> None:
    [session] = sessions(
        [
            b.group("fam", ["kid-a", "dad-a", "kid-b"]),
            parent("90849"),
            b.patient("kid-a"),
            is_relative("dad-a", "father-a"),
            relative("father-a", "kid-a"),
            visit("v-a", "kid-a"),
            visit("v-b", "kid-b"),
        ]
    )
    assert told(session)["Patient/dad-a"][2] == "family-member"
    assert charged(session) == [("Patient/kid-a", "90849"), ("Patient/kid-b", "90849")]


@pytest.mark.parametrize("code", ["90847", "90846"])
def test_one_family_is_charged_to_the_subject_of_the_only_own_encounter(sessions, told, code: str) -> None:
    [session] = sessions([b.group("fam", ["kid", "dad"]), parent(code), visit("v", "kid", code=code)])
    assert told(session)["Patient/kid"] == ("child-encounter", "Encounter/v", None)
    assert told(session)["Patient/dad"][2] == "family-member"
    assert charged(session) == [("Patient/kid", code)]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_an_own_encounter_that_did_not_take_place_makes_nobody_the_identified_patient(
    sessions, told, status: str
) -> None:
    roster = b.group("fam", ["kid", "sister"])
    visits = [visit("v-kid", "kid"), visit("v-sister", "sister", status=status)]
    [session] = sessions([roster, parent("90847"), *visits])
    assert [member.family for member in session.members] == ["Patient/kid", "Patient/kid"]
    assert told(session)["Patient/sister"][2] in ("cancelled", "not-attended")
    assert charged(session) == [("Patient/kid", "90847")]


def test_with_several_own_encounters_the_relatives_point_at_the_identified_patient(sessions, told) -> None:
    [session] = sessions(
        [
            b.group("fam", ["kid", "dad"]),
            parent("90847", "mother"),
            relative("mother", "kid"),
            visit("v-kid", "kid"),
            visit("v-dad", "dad"),
        ]
    )
    assert told(session)["Patient/dad"] == ("child-encounter", "Encounter/v-dad", "family-member")
    assert charged(session) == [("Patient/kid", "90847")]


def test_without_own_encounters_the_relatives_point_at_the_identified_patient(sessions, told) -> None:
    resources = [b.group("fam", ["kid", "dad"]), parent("90847", "mother"), relative("mother", "kid")]
    [session] = sessions(resources, roster_is_attendance=True)
    assert {member: row[2] for member, row in told(session).items()} == {
        "Patient/kid": None,
        "Patient/dad": "family-member",
    }


def test_where_nothing_says_whose_treatment_it_is_nobody_is_identified(sessions) -> None:
    [session] = sessions([b.group("fam", ["ana", "ben"]), parent("90847"), visit("v1", "ana"), visit("v2", "ben")])
    assert [member.family for member in session.members] == [None, None]


def test_a_session_for_families_to_which_one_came_is_that_family_s(sessions) -> None:
    [session] = sessions(
        [b.group("fam", ["kid-a"]), parent("90849", "m"), relative("m", "kid-a"), visit("v-a", "kid-a")]
    )
    assert charged(session) == [("Patient/kid-a", "90847")]


def test_relatives_in_an_ordinary_group_are_kept_in_mind(sessions) -> None:
    [session] = sessions(
        [
            b.group("fam", ["ana", "bro"]),
            parent("90853"),
            is_relative("bro", "r"),
            relative("r", "ana"),
            visit("v1", "ana"),
            visit("v2", "bro"),
        ]
    )
    assert [member.family for member in session.members] == ["Patient/ana", "Patient/ana"]
    assert charged(session) == [("Patient/ana", "90853"), ("Patient/bro", "90853")]


def test_a_group_typed_by_the_settings(sessions) -> None:
    resources = [b.group("fam", ["ana"]), b.encounter("g1", "Group/fam", HOUR, code=None)]
    [session] = sessions(resources, session_codes={"Group/fam": "90849"})
    assert (session.code, session.typed) == ("90849", True)
