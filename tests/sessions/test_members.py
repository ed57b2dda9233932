"""Who counts as a member, under which reference, and what is known about each."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def visit(name: str, person: str, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", HOUR, part_of="g1", **more)


def held(*members: Any, **more: Any) -> list[JSON]:
    """A group that met at nine."""
    return [b.group("dbt", list(members)), b.encounter("g1", "Group/dbt", HOUR, leader="rivera", **more)]


@pytest.mark.parametrize("member", ["RelatedPerson/aunt", "Practitioner/rivera", "PractitionerRole/r", "Device/d"])
def test_somebody_who_is_no_patient_is_a_member_all_the_same(sessions, told, member: str) -> None:
    [session] = sessions(held({"entity": b.ref(member)}))
    assert told(session)[member][2] == "not-a-patient"
    assert session.members[0].patient is None


def test_a_member_with_a_display_only_is_named_by_the_place_on_the_roster(sessions, told) -> None:
    [session] = sessions(held("ana", {"entity": {"display": "a guest"}}))
    assert told(session)["Group/dbt#Group.member[1]"][2] == "not-a-patient"
    assert len(session.members) == 2


def test_a_member_named_by_identifier_is_the_patient_with_it(sessions, told) -> None:
    mrn = {"system": "http://lakeside.example/mrn", "value": "MRN-ana"}
    roster = held({"entity": {"type": "Patient", "identifier": mrn}})
    [session] = sessions([*roster, b.patient("ana"), visit("v-ana", "ana")])
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v-ana", None)}


@pytest.mark.parametrize("link", ["replaced-by", "replaces"])
def test_two_records_of_one_patient_are_one_member(sessions, told, link: str) -> None:
    old, new = b.patient("old"), b.patient("new")
    holder, other = (old, "new") if link == "replaced-by" else (new, "old")
    holder["link"] = [{"other": b.ref(f"Patient/{other}"), "type": link}]
    [session] = sessions([*held("old"), old, new, visit("v1", "new")])
    assert told(session) == {"Patient/old": ("child-encounter", "Encounter/v1", None)}
    assert session.members[0].patient == "Patient/new"
    [session] = sessions([*held("old", "new"), old, new, visit("v1", "old")])
    assert told(session) == {"Patient/new": ("child-encounter", "Encounter/v1", None)}


def test_records_that_replace_each_other_in_a_circle_end(sessions) -> None:
    people = [b.patient("a"), b.patient("b")]
    for person, other in zip(people, "ba", strict=True):
        person["link"] = [{"other": b.ref(f"Patient/{other}"), "type": "replaced-by"}]
    [session] = sessions([*held("a", "b"), *people, visit("v1", "a"), visit("v2", "b")])
    assert [member.patient for member in session.members] == ["Patient/a"]


def test_nested_groups_are_expanded_once_and_cycles_end(sessions) -> None:
    inner = b.group("inner", ["ben"])
    inner["member"].append({"entity": b.ref("Group/dbt")})
    [session] = sessions([*held("ana", {"entity": b.ref("Group/inner")}, {"entity": b.ref("Group/inner")}), inner])
    assert [member.member for member in session.members] == ["Patient/ana", "Patient/ben"]


def test_members_of_an_inactive_nested_group_are_inactive(sessions, told) -> None:
    inner = b.group("inner", ["ben"])
    [session] = sessions([*held("ana", {"entity": b.ref("Group/inner"), "inactive": True}), inner])
    assert told(session)["Patient/ben"] == ("roster", "Group/inner", "not-attended")


def test_somebody_on_the_roster_twice_is_one_member(sessions) -> None:
    [session] = sessions(held("ana", "ana"))
    assert len(session.members) == 1


@pytest.mark.parametrize(
    ("period", "came"),
    [
        ({"end": "2026-03-09"}, False),
        ({"end": "2026-03-10"}, True),
        ({"start": "2026-03-10"}, True),
        ({"start": "2026-03-11"}, False),
        ({"start": "2026-01-01T00:00:00Z", "end": "2026-03-11T04:00:00Z"}, True),
    ],
)
def test_a_membership_covers_its_days(sessions, told, period: JSON, came: bool) -> None:
    resources = held({"entity": b.ref("Patient/ana"), "period": period})
    [session] = sessions(resources, roster_is_attendance=True)
    assert told(session) == {"Patient/ana": ("roster", "Group/dbt", None if came else "not-attended")}


def test_a_finished_visit_stands_against_an_inactive_membership(sessions) -> None:
    [session] = sessions([*held({"entity": b.ref("Patient/ana"), "inactive": True}), visit("v1", "ana")])
    decided = session.members[0].attendance
    assert (decided.present, decided.conflict) == (True, True)
    assert [(each.kind, each.source) for each in decided.against] == [("roster", "Group/dbt")]


@pytest.mark.parametrize(
    ("died", "reason"),
    [
        ("2026-03-09", "attendance-conflict"),
        ("2026-03-10", None),
        ("2026-03-10T23:00:00-05:00", None),
        ("2026-03-10T04:30:00Z", "attendance-conflict"),
        ("2026-04-01", None),
        ("2026", None),
    ],
)
def test_a_finished_visit_of_somebody_who_had_died_is_a_conflict(sessions, told, died: str, reason: Any) -> None:
    [session] = sessions([*held("ana"), b.patient("ana", deceasedDateTime=died), visit("v1", "ana")])
    assert told(session)["Patient/ana"][2] == reason


def test_somebody_who_had_died_did_not_attend(sessions, told) -> None:
    [session] = sessions([*held("ana"), b.patient("ana", deceasedDateTime="2026-03-01")])
    assert told(session)["Patient/ana"] == ("deceased", "Patient/ana", "not-attended")


def test_a_cancelled_visit_whose_appointment_is_a_no_show_is_a_no_show(sessions, told) -> None:
    missed = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "noshow",
        "participant": [{"actor": b.ref("Patient/ana")}],
    }
    resources = [*held("ana"), visit("v1", "ana", status="cancelled", appointment=[b.ref("Appointment/a1")]), missed]
    [session] = sessions(resources)
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v1", "no-show")}


def test_a_cancellation_may_say_that_it_is_a_no_show(sessions, told) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled"
    extension = [{"url": url, "valueCodeableConcept": b.coded("http://lakeside.example/cancel", "no-show")}]
    [session] = sessions([*held("ana"), visit("v1", "ana", status="cancelled", extension=extension)])
    assert told(session)["Patient/ana"][2] == "no-show"


def test_of_two_visits_one_in_error_says_nothing(sessions, told) -> None:
    [session] = sessions([*held("ana"), visit("v1", "ana", status="entered-in-error"), visit("v2", "ana")])
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v2", None)}


def test_a_finished_and_a_cancelled_visit_are_a_conflict(sessions, told) -> None:
    [session] = sessions([*held("ana"), visit("v1", "ana", status="cancelled"), visit("v2", "ana")])
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v2", "attendance-conflict")}


@pytest.mark.parametrize("status", ["planned", "arrived", "triaged", "in-progress", "onleave"])
def test_a_visit_that_is_not_over_waits(sessions, told, status: str) -> None:
    [session] = sessions([*held("ana"), visit("v1", "ana", status=status)])
    assert told(session)["Patient/ana"][2] == "in-progress"


def test_attendance_records_of_the_site_count_as_stated(sessions, told) -> None:
    codes = ["http://example.org/att|PRESENT", "http://example.org/att|present-q"]
    observed = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": b.coded("http://example.org/att", "PRESENT"),
        "subject": b.ref("Patient/ana"),
        "encounter": b.ref("Encounter/g1"),
        "valueBoolean": True,
    }
    absent = {**observed, "id": "o2", "subject": b.ref("Patient/ben"), "valueBoolean": False}
    wrong = {**observed, "id": "o3", "status": "entered-in-error", "subject": b.ref("Patient/cy")}
    answered = {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": "completed",
        "subject": b.ref("Patient/dee"),
        "encounter": b.ref("Encounter/g1"),
        "item": [{"linkId": "1", "item": [{"linkId": "present-q", "answer": [{"valueBoolean": True}]}]}],
    }
    [session] = sessions(
        [*held("ana", "ben", "cy", "dee"), observed, absent, wrong, answered], attendance={"codes": codes}
    )
    assert told(session) == {
        "Patient/ana": ("attendance-record", "Observation/o1", None),
        "Patient/ben": ("attendance-record", "Observation/o2", "not-attended"),
        "Patient/cy": ("roster", "Group/dbt", "attendance-unverified"),
        "Patient/dee": ("attendance-record", "QuestionnaireResponse/q1", None),
    }


def test_shape_g_a_signed_note_supports_and_is_no_proof(sessions, told) -> None:
    note = {
        "resourceType": "DocumentReference",
        "id": "n1",
        "status": "current",
        "docStatus": "final",
        "subject": b.ref("Patient/ana"),
        "authenticator": b.ref("Practitioner/rivera"),
        "context": {"encounter": [b.ref("Encounter/g1")]},
    }
    draft = {**note, "id": "n2", "docStatus": "preliminary", "subject": b.ref("Patient/ben")}
    [session] = sessions([*held("ana", "ben"), note, draft])
    assert told(session) == {
        "Patient/ana": ("note", "DocumentReference/n1", "attendance-unverified"),
        "Patient/ben": ("roster", "Group/dbt", "attendance-unverified"),
    }


def test_leaders_are_ordered_and_observers_never_bill(sessions) -> None:
    team = [b.led_by("kim", "ATND"), b.led_by("okafor", "SPRF"), b.led_by("lee", "PART"), b.led_by("rivera", "PPRF")]
    resources = held("ana", participant=team)
    [session] = sessions(resources)
    assert [(each.practitioner, each.role) for each in session.performers] == [
        ("Practitioner/rivera", "PPRF"),
        ("Practitioner/okafor", "SPRF"),
        ("Practitioner/kim", "ATND"),
    ]


def test_a_leader_named_by_role_is_the_practitioner_behind_it(sessions) -> None:
    role = b.role("r1", "rivera", "clinic", "1041C0700X")
    [session] = sessions([*held("ana", participant=[b.led_by("PractitionerRole/r1")]), role])
    assert (session.performers[0].reference, session.performers[0].practitioner) == (
        "PractitionerRole/r1",
        "Practitioner/rivera",
    )


# -- R5 ----------------------------------------------------------------------------------------------------------


def took_part(*participants: JSON, subject: str | None = "Group/dbt") -> JSON:
    """An Encounter of FHIR R5 with participants."""
    leader = {"type": [{"coding": [{"code": "PPRF"}]}], "actor": b.ref("Practitioner/rivera")}
    encounter: JSON = {
        "resourceType": "Encounter",
        "id": "g1",
        "status": "completed",
        "class": [{"coding": [{"code": "AMB"}]}],
        "type": [b.coded("http://www.ama-assn.org/go/cpt", "90853")],
        "participant": [leader, *participants],
        "actualPeriod": {"start": HOUR[0], "end": HOUR[1]},
    }
    return encounter if subject is None else {**encounter, "subject": b.ref(subject)}


def in_person(name: str, start: str, end: str) -> JSON:
    times = {"start": f"2026-03-10T{start}:00-05:00", "end": f"2026-03-10T{end}:00-05:00"}
    return {"actor": b.ref(f"Patient/{name}"), "period": times}


def test_a_participant_who_left_and_came_back_was_there_from_first_to_last(sessions) -> None:
    rows = [
        in_person("ana", "09:40", "09:55"),
        in_person("ben", "09:00", "10:00"),
        in_person("ana", "09:05", "09:30"),
    ]
    [session] = sessions([b.group("dbt", ["ana", "ben"]), took_part(*rows)])
    assert [member.period.minutes for member in session.members] == [50, 60]


def test_a_group_that_takes_part_adds_its_members_to_the_roster(sessions, told) -> None:
    guests = {"actor": b.ref("Group/guests")}
    rows = [in_person("ana", "09:00", "10:00"), in_person("dee", "09:00", "10:00"), guests]
    [session] = sessions([b.group("dbt", ["ana"]), b.group("guests", ["cyd", "dee"]), took_part(*rows)])
    assert {name: (kind, reason) for name, (kind, _, reason) in told(session).items()} == {
        "Patient/ana": ("participant", None),
        "Patient/cyd": ("roster", "attendance-unverified"),
        "Patient/dee": ("participant", None),
    }


def test_a_session_whose_group_is_a_participant_alone_is_one(sessions, told) -> None:
    [session] = sessions([b.group("dbt", ["ana", "ben"]), took_part({"actor": b.ref("Group/dbt")}, subject=None)])
    assert (session.group, session.encounter) == ("Group/dbt", "Encounter/g1")
    assert {reason for _, _, reason in told(session).values()} == {"attendance-unverified"}
