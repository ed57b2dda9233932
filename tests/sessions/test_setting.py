"""Rosters as they were on the day, where it took place, who led, and under which key."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.model.identity import session_key, slot_key
from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def held(*members: Any, **more: Any) -> list[JSON]:
    return [b.group("dbt", list(members)), b.encounter("g1", "Group/dbt", HOUR, **{"leader": "rivera", **more})]


def visit(name: str, person: str, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", HOUR, **more)


def member(name: str, **more: Any) -> JSON:
    return {"entity": b.ref(f"Patient/{name}"), **more}


def test_who_left_the_group_and_came_back_is_a_member(sessions) -> None:
    [session] = sessions(held(member("ana", inactive=True), member("ana")))
    [ana] = session.members
    assert [(each.kind, each.present) for each in ana.evidence] == [("roster", True)]


@pytest.mark.parametrize(
    ("period", "present"),
    [
        ({"end": "2025"}, False),
        ({"end": "2026"}, True),
        ({"end": "2026-02"}, False),
        ({"start": "2026-03"}, True),
        ({"start": "2026-04"}, False),
    ],
)
def test_a_partial_date_excludes_only_what_it_surely_does(sessions, period: JSON, present: bool) -> None:
    [session] = sessions(held(member("ana", period=period)))
    assert session.members[0].evidence[0].present is present


def test_a_nested_group_is_on_the_roster_as_long_as_it_is_in_the_group(sessions) -> None:
    nested = {"entity": b.ref("Group/inner"), "period": {"end": "2026-03-01"}}
    [session] = sessions([*held(nested), b.group("inner", ["ana"])])
    assert [(each.member, each.evidence[0].present) for each in session.members] == [("Patient/ana", False)]


def test_a_member_whose_identifier_nobody_has_is_a_patient_all_the_same(sessions, told) -> None:
    mrn = {"system": "http://lakeside.example/mrn", "value": "77"}
    [session] = sessions(held({"entity": {"identifier": mrn}}))
    assert told(session) == {
        "Patient?identifier=http://lakeside.example/mrn|77": ("roster", "Group/dbt", "attendance-unverified")
    }


def test_a_display_on_a_contained_roster_is_named_by_its_place(sessions) -> None:
    roster = b.group("r", [{"entity": {"display": "Zoe Z."}}])
    encounter = b.encounter("g1", "#r", HOUR, contained=[b.clinic(), roster])
    [session] = sessions([encounter])
    assert [each.member for each in session.members] == ["Encounter/g1#Encounter.contained[1].member[0]"]


def test_participants_of_a_cancelled_release_5_session_did_not_come(sessions, told) -> None:
    encounter = b.encounter("g5", "Group/dbt", HOUR, status="cancelled")
    encounter["participant"] = [{"actor": b.ref("Patient/ana")}]
    [session] = sessions([b.group("dbt", ["ana"]), encounter])
    assert told(session) == {"Patient/ana": ("roster", "Group/dbt", "cancelled")}


@pytest.mark.parametrize("link", [True, False])
def test_a_cancelled_visit_is_a_no_show_by_its_appointment_linked_or_in_the_slot(sessions, told, link: bool) -> None:
    actors = [b.ref("Patient/ana"), b.ref("Practitioner/rivera")]
    booking = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "noshow",
        "start": HOUR[0],
        "end": HOUR[1],
        "participant": [{"actor": each, "status": "accepted"} for each in actors],
    }
    reference = {"appointment": [b.ref("Appointment/a1")]} if link else {}
    [session] = sessions([*held("ana"), visit("v1", "ana", part_of="g1", status="cancelled", **reference), booking])
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v1", "no-show")}


def test_the_reason_of_a_cancelled_appointment_may_be_a_no_show(sessions, told) -> None:
    actors = [b.ref("Patient/ana"), b.ref("Practitioner/rivera")]
    booking = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "cancelled",
        "cancelationReason": {"text": "No show"},
        "start": HOUR[0],
        "participant": [{"actor": each, "status": "accepted"} for each in actors],
    }
    [session] = sessions([*held("ana"), booking])
    assert told(session) == {"Patient/ana": ("appointment", "Appointment/a1", "no-show")}


def test_a_finished_visit_stands_against_a_no_show_appointment(sessions) -> None:
    booking = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "noshow",
        "participant": [{"actor": b.ref("Patient/ana"), "status": "accepted"}],
    }
    came = visit("v1", "ana", part_of="g1", appointment=[b.ref("Appointment/a1")])
    [session] = sessions([*held("ana"), came, booking])
    decided = session.members[0].attendance
    assert (decided.present, decided.conflict, [each.reason for each in decided.against]) == (True, True, ["no-show"])


def test_an_individual_hour_within_the_session_is_no_attendance(sessions, told) -> None:
    [session] = sessions([*held("ana"), visit("v1", "ana", part_of="g1", code="90834")])
    assert told(session) == {"Patient/ana": ("roster", "Group/dbt", "attendance-unverified")}


def test_a_session_filed_under_one_of_its_patients_is_that_one_s_visit_too(sessions, told) -> None:
    parts = [visit("v1", "ben", part_of="g1"), visit("v2", "cy", part_of="g1")]
    [session] = sessions([visit("g1", "ana", code=None), *parts])
    assert told(session)["Patient/ana"] == ("child-encounter", "Encounter/g1", None)
    assert session.members[0].encounter is None


def test_the_place_of_a_session_is_where_those_on_site_were(sessions) -> None:
    home = b.location("home", "10")
    on_site = [visit(f"v-{name}", name, part_of="g1", location="annex") for name in ("ana", "ben")]
    remote = [visit("v-cy", "cy", part_of="g1", location="home"), visit("v-dee", "dee", part_of="g1", category="VR")]
    remote[1]["location"] = [{"location": b.ref("Location/office")}]
    [session] = sessions([*held("ana"), home, *remote, *on_site])
    assert session.location == "Location/annex"
    [session] = sessions([*held("ana"), home, *remote])
    assert session.location is None
    [session] = sessions([*held("ana", location="room-2"), home, *remote, *on_site])
    assert session.location == "Location/room-2"


def test_the_zone_is_that_of_the_place_on_which_the_visits_agree(sessions) -> None:
    late = ("2026-03-10T23:30:00-05:00", "2026-03-11T00:30:00-05:00")
    parent = b.encounter("g1", "Group/dbt", late, leader="rivera")
    child = b.encounter("v1", "Patient/ana", late, part_of="g1", location="annex")
    [session] = sessions([b.group("dbt", ["ana"]), parent, child], timezones={"Location/annex": "America/New_York"})
    assert session.date_of_service.isoformat() == "2026-03-11"


def test_a_leader_named_twice_is_one(sessions) -> None:
    team = [b.led_by("rivera", "ATND"), b.led_by("PractitionerRole/r1", "PPRF"), b.led_by("rivera", "PPRF")]
    role = b.role("r1", "rivera", "clinic", "1041C0700X")
    encounter = b.encounter("g1", "Group/dbt", HOUR, participant=team)
    [session] = sessions([b.group("dbt", ["ana"]), role, encounter])
    assert [(each.reference, each.role) for each in session.performers] == [("PractitionerRole/r1", "PPRF")]


def test_a_supervisor_is_named_by_the_encounter_or_the_role(sessions) -> None:
    url = "https://w3id.org/groupbill/fhir/StructureDefinition/supervisor"
    extension = [{"url": url, "valueReference": b.ref("Practitioner/boss")}]
    [session] = sessions(held("ana", extension=extension))
    assert session.performers[0].supervisor == "Practitioner/boss"
    role = {**b.role("r1", "rivera", "clinic", "1041C0700X"), "extension": extension}
    [session] = sessions([*held("ana", leader="PractitionerRole/r1"), role])
    assert session.performers[0].supervisor == "Practitioner/boss"


def test_the_key_of_a_session_is_its_encounter_s(sessions) -> None:
    [session] = sessions(held("ana"), namespace="lakeside")
    assert session.key == session_key("lakeside", "Encounter/g1")


def test_without_an_encounter_the_key_is_leader_site_and_start(sessions) -> None:
    visits = [visit(f"v-{name}", name, leader="rivera", location="room-2") for name in ("ana", "ben")]
    [session] = sessions(visits)
    start = session.period.start
    assert start is not None
    assert session.key == slot_key("", "Practitioner/rivera", "Location/room-2", start)


def test_two_groups_of_one_leader_at_one_hour_have_two_keys(sessions) -> None:
    local = "http://lakeside.example/visit"
    codes = {f"{local}|DBT": "90853", f"{local}|ANGER": "90853"}
    first = [visit(f"v-{n}", n, leader="rivera", code=None, type=[b.coded(local, "DBT")]) for n in ("ana", "ben")]
    second = [visit(f"w-{n}", n, leader="rivera", code=None, type=[b.coded(local, "ANGER")]) for n in ("ana", "cy")]
    found = sessions([*first, *second], session_codes=codes)
    assert len({session.key for session in found}) == 2


@pytest.mark.parametrize("died", ["2025", "2026-02", "2026-03-09"])
def test_somebody_who_surely_died_before_was_not_there(sessions, told, died: str) -> None:
    [session] = sessions([*held("ana"), b.patient("ana", deceasedDateTime=died)])
    assert told(session)["Patient/ana"] == ("deceased", "Patient/ana", "not-attended")


def test_families_may_be_groups_in_the_group(sessions, told) -> None:
    roster = b.group("fam", [{"entity": b.ref("Group/smith")}, {"entity": b.ref("Group/jones")}])
    homes = [b.group("smith", ["kid-a", "dad-a"]), b.group("jones", ["kid-b", "mum-b"])]
    visits = [visit(f"v-{name}", name, part_of="g1", code="90849") for name in ("kid-a", "kid-b")]
    parent = b.encounter("g1", "Group/fam", HOUR, code="90849", leader="rivera")
    [session] = sessions([roster, *homes, parent, *visits])
    assert {each.member: (each.family, told(session)[each.member][2]) for each in session.members} == {
        "Patient/dad-a": ("Patient/kid-a", "family-member"),
        "Patient/kid-a": ("Patient/kid-a", None),
        "Patient/kid-b": ("Patient/kid-b", None),
        "Patient/mum-b": ("Patient/kid-b", "family-member"),
    }


def test_a_relative_with_a_record_of_their_own_is_counted_once(sessions) -> None:
    father = {"resourceType": "RelatedPerson", "id": "father", "patient": b.ref("Patient/kid")}
    dad = b.patient("dad", link=[{"other": b.ref("RelatedPerson/father"), "type": "seealso"}])
    parent = b.encounter("g1", "Group/fam", HOUR, code="90847", leader="rivera")
    parent["participant"].append({"individual": b.ref("RelatedPerson/father")})
    visits = [visit(f"v-{name}", name, part_of="g1") for name in ("kid", "dad")]
    [session] = sessions([b.group("fam", ["kid", "dad"]), father, dad, parent, *visits])
    kid = next(each for each in session.members if each.member == "Patient/kid")
    assert (kid.family, kid.relatives) == ("Patient/kid", ("Patient/dad",))


def test_relatives_of_a_cancelled_visit_did_not_take_part(sessions) -> None:
    mother = {"resourceType": "RelatedPerson", "id": "mother", "patient": b.ref("Patient/kid")}
    child = visit("v1", "kid", part_of="g1", status="cancelled")
    child["participant"] = [{"individual": b.ref("RelatedPerson/mother")}]
    [session] = sessions([*held("kid", code="90849"), mother, child])
    assert session.members[0].relatives == ()
