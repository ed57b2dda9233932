"""Every shape in which a group session is recorded: who was on the roster, who came, and how it is known."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
CAME = None


def appointment(name: str, status: str, people: list[str], **more: Any) -> JSON:
    """An Appointment of patients with therapist rivera; `ana:declined` gives a reply."""
    actors = [each.split(":") for each in people]
    participants = [
        {"actor": b.ref(f"Patient/{actor[0]}"), "status": actor[1] if len(actor) > 1 else "accepted"}
        for actor in actors
    ]
    participants.append({"actor": b.ref("Practitioner/rivera"), "status": "accepted"})
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "serviceType": [b.coded(b.CPT, "90853")],
        "start": HOUR[0],
        "end": HOUR[1],
        "participant": participants,
        **more,
    }


def visit(name: str, person: str, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", more.pop("period", HOUR), **more)


def test_shape_a_a_group_encounter_alone_verifies_nobody(sessions, told) -> None:
    [session] = sessions(
        [b.group("dbt", ["ana", "ben"]), b.encounter("g1", "Group/dbt", HOUR, leader="rivera", location="room")]
    )
    assert (session.shape, session.encounter, session.group) == ("A", "Encounter/g1", "Group/dbt")
    assert session.sources == ("Encounter/g1",)
    assert (session.status, session.code, session.typed) == ("finished", "90853", True)
    assert session.location == "Location/room"
    assert told(session) == {
        "Patient/ana": ("roster", "Group/dbt", "attendance-unverified"),
        "Patient/ben": ("roster", "Group/dbt", "attendance-unverified"),
    }


def test_a_site_may_take_its_roster_for_attendance(sessions, told) -> None:
    away = {"entity": b.ref("Patient/cy"), "inactive": True}
    resources = [b.group("dbt", ["ana", away]), b.encounter("g1", "Group/dbt", HOUR)]
    [session] = sessions(resources, roster_is_attendance=True)
    assert told(session) == {
        "Patient/ana": ("roster", "Group/dbt", CAME),
        "Patient/cy": ("roster", "Group/dbt", "not-attended"),
    }


def test_a_group_without_a_code_is_a_90853_session(sessions) -> None:
    [session] = sessions([b.group("dbt", ["ana"]), b.encounter("g1", "Group/dbt", HOUR, code=None)])
    assert (session.code, session.typed) == ("90853", False)


def test_shape_b_each_child_speaks_for_its_patient(sessions, told) -> None:
    [session] = sessions(
        [
            b.group("dbt", ["ana", "ben", "cy", "dee"]),
            b.encounter("g1", "Group/dbt", HOUR, leader="rivera"),
            visit("v-ana", "ana", part_of="g1"),
            visit("v-ben", "ben", part_of="g1", status="cancelled"),
            visit("v-cy", "cy", part_of="g1", status="entered-in-error"),
        ]
    )
    assert (session.shape, session.sources, session.attended) == ("B", ("Encounter/g1",), 1)
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", CAME),
        "Patient/ben": ("child-encounter", "Encounter/v-ben", "cancelled"),
        "Patient/cy": ("child-encounter", "Encounter/v-cy", "not-attended"),
        "Patient/dee": ("roster", "Group/dbt", "attendance-unverified"),
    }
    assert [member.encounter for member in session.members] == [
        "Encounter/v-ana",
        "Encounter/v-ben",
        "Encounter/v-cy",
        None,
    ]


def test_a_child_of_somebody_who_is_not_on_the_roster_is_a_member(sessions, told) -> None:
    [session] = sessions(
        [
            b.group("dbt", ["ana"]),
            b.encounter("g1", "Group/dbt", HOUR),
            visit("v-ana", "ana", part_of="g1"),
            visit("v-guest", "guest", part_of="g1"),
        ]
    )
    assert told(session)["Patient/guest"] == ("child-encounter", "Encounter/v-guest", CAME)


def test_a_parent_that_is_not_among_the_input_is_known_by_its_parts(sessions) -> None:
    [session] = sessions([visit(f"v-{name}", name, part_of="elsewhere", leader="rivera") for name in ("ana", "ben")])
    assert (session.shape, session.encounter, session.attended) == ("B", "Encounter/elsewhere", 2)
    assert session.performers[0].practitioner == "Practitioner/rivera"


def test_a_part_that_is_filed_under_a_relative_is_told_and_a_room_is_nobodys(sessions, told) -> None:
    relative = {"resourceType": "RelatedPerson", "id": "mum", "patient": b.ref("Patient/ana")}
    room = b.encounter("r1", "Group/dbt", HOUR, part_of="g1", code=None)
    del room["subject"]
    parts = [visit("v-ana", "ana", part_of="r1", code=None), visit("v-ben", "ben", part_of="g1")]
    mum = b.encounter("v-mum", "RelatedPerson/mum", HOUR, part_of="g1")
    [session] = sessions(
        [b.group("dbt", ["ana", "ben"]), b.encounter("g1", "Group/dbt", HOUR), room, *parts, mum, relative]
    )
    assert {name: row[2] for name, row in told(session).items()} == {
        "Patient/ana": CAME,
        "Patient/ben": CAME,
        "RelatedPerson/mum": "not-a-patient",
    }


def test_a_coded_parent_that_is_filed_under_one_of_the_patients_is_the_sessions(sessions, told) -> None:
    """US Core asks for a Patient as subject, so some systems file the group under whoever came first."""
    parent = b.encounter("g1", "Patient/ana", HOUR, leader="rivera")
    parts = [visit(f"v-{name}", name, part_of="g1", code=None) for name in ("ben", "cy")]
    [session] = sessions([parent, *parts])
    assert (session.shape, session.encounter, session.attended) == ("B", "Encounter/g1", 3)
    assert told(session)["Patient/ana"] == ("child-encounter", "Encounter/g1", CAME)
    assert [member.encounter for member in session.members] == [None, "Encounter/v-ben", "Encounter/v-cy"]


def test_a_group_encounter_without_a_subject_is_one_by_its_parts(sessions) -> None:
    parent = b.encounter("g1", "Group/x", HOUR, code=None)
    del parent["subject"]
    [session] = sessions([parent, visit("v-ana", "ana", part_of="g1"), visit("v-ben", "ben", part_of="g1")])
    assert (session.shape, session.encounter, session.attended) == ("B", "Encounter/g1", 2)


@pytest.mark.parametrize("by_role", [True, False])
def test_shape_c_a_leader_whom_every_visit_contains_is_one_by_npi(sessions, by_role: bool) -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": b.ref("#x")}
    inside = [{**b.practitioner("rivera", 101), "id": "x"}, role]
    actor = [{"individual": b.ref("#r" if by_role else "#x"), "type": [b.coded(b.PARTICIPATION_TYPE, "PPRF")]}]
    visits = [visit(f"v-{name}", name, participant=actor, contained=inside) for name in ("ana", "ben")]
    npi = f"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|{b.npi(101)}"
    [session] = sessions(visits)
    assert (session.shape, session.attended) == ("C", 2)
    assert [each.practitioner for each in session.performers] == [npi]
    [session] = sessions([*visits, b.practitioner("rivera", 101)])
    assert [each.practitioner for each in session.performers] == ["Practitioner/rivera"]


def test_shape_c_visits_of_one_leader_at_one_hour_are_a_session(sessions, told) -> None:
    [session] = sessions(
        [
            visit("v1", "ana", leader="rivera", location="room"),
            visit("v2", "ben", leader="rivera", location="room"),
            visit("v3", "cy", leader="rivera", location="room", status="cancelled"),
        ]
    )
    assert (session.shape, session.encounter, session.group, session.confidence) == ("C", None, None, 0.9)
    assert session.sources == ("Encounter/v1", "Encounter/v2", "Encounter/v3")
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v1", CAME),
        "Patient/ben": ("child-encounter", "Encounter/v2", CAME),
        "Patient/cy": ("child-encounter", "Encounter/v3", "cancelled"),
    }


def test_one_visit_alone_is_no_session(sessions) -> None:
    assert sessions([visit("v1", "ana", leader="rivera")]) == []


def test_visits_that_only_coincide_are_no_session_unless_the_site_says_so(sessions) -> None:
    resources = [visit(f"v-{name}", name, leader="rivera", code=None) for name in ("ana", "ben")]
    assert sessions(resources) == []
    assert len(sessions(resources, sessions={"min_confidence": 0.5})) == 1


def test_one_coded_visit_pulls_those_without_a_code_into_its_session(sessions) -> None:
    [session] = sessions([visit("v1", "ana", leader="rivera"), visit("v2", "ben", leader="rivera", code=None)])
    assert (session.confidence, session.attended) == (0.7, 2)


def test_individual_hours_at_the_same_time_are_no_session(sessions) -> None:
    assert sessions([visit(f"v-{name}", name, leader="rivera", code="90834") for name in ("ana", "ben")]) == []


def test_a_site_names_its_visit_types(sessions) -> None:
    local = [b.coded("http://lakeside.example/visit", "FAMGRP")]
    resources = [visit(f"v-{name}", name, leader="rivera", code=None, type=local) for name in ("ana", "ben")]
    [session] = sessions(resources, session_codes={"http://lakeside.example/visit|FAMGRP": "90849"})
    assert (session.shape, session.code, session.typed) == ("C", "90849", True)


def test_the_snomed_concept_of_group_psychotherapy_is_a_signal(sessions) -> None:
    concept = [b.coded("http://snomed.info/sct", "76168009")]
    resources = [visit(f"v-{name}", name, leader="rivera", code=None, type=concept) for name in ("ana", "ben")]
    [session] = sessions(resources)
    assert (session.shape, session.code, session.confidence) == ("C", "90853", 0.9)


def test_shape_d_an_accepted_invitation_is_a_reply_and_no_attendance(sessions, told) -> None:
    [session] = sessions([appointment("a1", "fulfilled", ["ana", "ben:declined", "cy:needs-action"])])
    assert (session.shape, session.encounter, session.sources) == ("D", None, ("Appointment/a1",))
    assert session.performers[0].practitioner == "Practitioner/rivera"
    assert told(session) == {
        "Patient/ana": ("reply", "Appointment/a1", "attendance-unverified"),
        "Patient/ben": ("reply", "Appointment/a1", "not-attended"),
        "Patient/cy": (None, None, "attendance-unverified"),
    }


def test_shape_d_the_encounters_of_the_appointment_say_who_came(sessions, told) -> None:
    linked = {"appointment": [b.ref("Appointment/a1")]}
    [session] = sessions(
        [appointment("a1", "fulfilled", ["ana", "ben"]), visit("v1", "ana", leader="rivera", **linked)]
    )
    assert session.sources == ("Appointment/a1", "Encounter/v1")
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v1", CAME),
        "Patient/ben": ("reply", "Appointment/a1", "attendance-unverified"),
    }


@pytest.mark.parametrize(("status", "reason"), [("noshow", "no-show"), ("cancelled", "cancelled")])
def test_shape_d_a_slot_that_did_not_take_place_charges_nobody(sessions, told, status: str, reason: str) -> None:
    [session] = sessions([appointment("a1", status, ["ana", "ben"])])
    assert session.status == "cancelled"
    assert {row[2] for row in told(session).values()} == {reason}


@pytest.mark.parametrize("status", ["proposed", "pending", "booked", "waitlist"])
def test_shape_d_what_is_only_booked_is_no_session_yet(sessions, status: str) -> None:
    assert sessions([appointment("a1", status, ["ana", "ben"])]) == []


def test_shape_d_release_5_an_appointment_of_a_group(sessions, told) -> None:
    booking = appointment("a1", "fulfilled", [], subject=b.ref("Group/dbt"))
    [session] = sessions([b.group("dbt", ["ana", "ben"]), booking])
    assert (session.shape, session.group) == ("D", "Group/dbt")
    assert {row[0] for row in told(session).values()} == {"roster"}


def test_shape_e_own_appointments_say_who_came(sessions, told) -> None:
    [session] = sessions(
        [
            appointment("a1", "fulfilled", ["ana"]),
            appointment("a2", "noshow", ["ben"]),
            appointment("a3", "cancelled", ["cy"]),
            appointment("a4", "checked-in", ["dee"]),
            appointment("a5", "arrived", ["eli"]),
            appointment("a6", "booked", ["fay"]),
            appointment("a7", "entered-in-error", ["gus"]),
        ]
    )
    assert (session.shape, session.encounter, session.status) == ("E", None, "finished")
    assert told(session) == {
        "Patient/ana": ("appointment", "Appointment/a1", CAME),
        "Patient/ben": ("appointment", "Appointment/a2", "no-show"),
        "Patient/cy": ("appointment", "Appointment/a3", "cancelled"),
        "Patient/dee": ("appointment", "Appointment/a4", CAME),
        "Patient/eli": ("appointment", "Appointment/a5", CAME),
        "Patient/fay": ("reply", "Appointment/a6", "attendance-unverified"),
    }


def test_shape_e_slots_that_are_only_booked_are_no_session_yet(sessions) -> None:
    assert sessions([appointment(f"a-{name}", "booked", [name]) for name in ("ana", "ben")]) == []


def test_shape_e_slots_without_a_group_type_are_no_session(sessions) -> None:
    bookings = [appointment(f"a-{name}", "fulfilled", [name]) for name in ("ana", "ben")]
    for booking in bookings:
        del booking["serviceType"]
    assert sessions(bookings) == []


def test_what_became_of_a_groups_appointment_says_nothing_about_the_one_patient_it_names(sessions, told) -> None:
    booked = appointment("a1", "fulfilled", ["ana"], subject=b.ref("Group/dbt"))
    [session] = sessions([b.group("dbt", ["ana", "ben"]), booked])
    assert told(session)["Patient/ana"] == ("reply", "Appointment/a1", "attendance-unverified")


def test_shape_f_release_5_participants_came_and_have_their_own_times(sessions, told) -> None:
    times = {"start": "2026-03-10T14:00:00Z", "end": "2026-03-10T15:30:00Z"}
    late = {"start": "2026-03-10T14:50:00Z", "end": "2026-03-10T15:30:00Z"}
    encounter = {
        "resourceType": "Encounter",
        "id": "g5",
        "status": "completed",
        "class": [{"coding": [{"system": b.ACT_CODE, "code": "VR"}]}],
        "type": [b.coded(b.CPT, "90853")],
        "subject": b.ref("Group/dbt"),
        "participant": [
            {"type": [b.coded(b.PARTICIPATION_TYPE, "PPRF")], "actor": b.ref("Practitioner/rivera")},
            {"actor": b.ref("Patient/ana")},
            {"actor": b.ref("Patient/ben"), "period": late},
            {"actor": b.ref("Group/dbt")},
        ],
        "actualPeriod": times,
    }
    [session] = sessions([b.group("dbt", ["ana", "ben", "cy"]), encounter])
    assert (session.shape, session.status, session.encounter) == ("F", "finished", "Encounter/g5")
    assert told(session) == {
        "Patient/ana": ("participant", "Encounter/g5", CAME),
        "Patient/ben": ("participant", "Encounter/g5", CAME),
        "Patient/cy": ("roster", "Group/dbt", "attendance-unverified"),
    }
    assert [member.period.minutes for member in session.members] == [90, 40, 90]


@pytest.mark.parametrize("link", ["appointment", "identifier", "basedOn", "episodeOfCare"])
def test_shape_h_visits_that_share_a_link_are_a_session(sessions, told, link: str) -> None:
    shared = {
        "appointment": [b.ref("Appointment/slot")],
        "identifier": [{"system": "http://lakeside.example/session", "value": "S-77"}],
        "basedOn": [b.ref("ServiceRequest/order")],
        "episodeOfCare": [b.ref("EpisodeOfCare/program")],
    }[link]
    [session] = sessions(
        [visit("v1", "ana", leader="rivera", **{link: shared}), visit("v2", "ben", leader="okafor", **{link: shared})]
    )
    assert (session.shape, session.encounter, session.confidence) == ("H", None, 0.9)
    assert {row[::2] for row in told(session).values()} == {("child-encounter", CAME)}
    assert [each.practitioner for each in session.performers] == ["Practitioner/okafor", "Practitioner/rivera"]


def test_shape_h_a_recurring_order_links_no_two_days(sessions) -> None:
    order = {"basedOn": [b.ref("ServiceRequest/order")], "leader": "rivera"}
    tuesday = ("2026-03-17T09:00:00-05:00", "2026-03-17T10:00:00-05:00")
    first = [visit(f"v1-{name}", name, **order) for name in ("ana", "ben")]
    second = [visit(f"v2-{name}", name, period=tuesday, **order) for name in ("ana", "ben")]
    found = sessions([*first, *second])
    assert [session.sources for session in found] == [
        ("Encounter/v1-ana", "Encounter/v1-ben"),
        ("Encounter/v2-ana", "Encounter/v2-ben"),
    ]


def test_shape_h_associated_visits_belong_to_the_group_encounter(sessions, told) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
    link = {"extension": [{"url": url, "valueReference": b.ref("Encounter/g1")}]}
    [session] = sessions(
        [
            b.group("dbt", ["ana", "ben"]),
            b.encounter("g1", "Group/dbt", HOUR, leader="rivera"),
            visit("v1", "ana", leader="okafor", **link),
        ]
    )
    assert session.sources == ("Encounter/g1", "Encounter/v1")
    assert told(session)["Patient/ana"] == ("child-encounter", "Encounter/v1", CAME)


def test_shape_h_visits_associated_with_an_encounter_without_subject_are_a_session(sessions) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
    link = {"extension": [{"url": url, "valueReference": b.ref("Encounter/g1")}]}
    parent = b.encounter("g1", "Group/x", HOUR, leader="rivera")
    del parent["subject"]
    [session] = sessions(
        [parent, visit("v1", "ana", leader="okafor", **link), visit("v2", "ben", leader="okafor", **link)]
    )
    assert (session.encounter, session.attended) == ("Encounter/g1", 2)
    assert session.sources == ("Encounter/g1", "Encounter/v1", "Encounter/v2")


def test_shape_i_a_contained_group_is_a_roster(sessions, told) -> None:
    roster = b.group("g", ["ana", "ben"])
    encounter = b.encounter("g1", "#g", HOUR, leader="rivera", contained=[roster])
    [session] = sessions([encounter, visit("v-ana", "ana", leader="rivera")])
    assert (session.shape, session.group) == ("I", "Encounter/g1#g")
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", CAME),
        "Patient/ben": ("roster", "Encounter/g1#g", "attendance-unverified"),
    }


def test_shape_i_a_group_named_by_identifier(sessions, told) -> None:
    named = {"type": "Group", "identifier": {"system": "http://lakeside.example/group", "value": "DBT-MON"}}
    roster = b.group("dbt", ["ana"])
    encounter = b.encounter("g1", "Group/x", HOUR, leader="rivera")
    encounter["subject"] = named
    [known] = sessions([{**roster, "identifier": [named["identifier"]]}, encounter])
    assert (known.shape, known.group, list(told(known))) == ("A", "Group/dbt", ["Patient/ana"])
    [unknown] = sessions([encounter, visit("v1", "ana", part_of="g1")])
    assert (unknown.shape, list(told(unknown))) == ("B", ["Patient/ana"])


def test_shape_i_a_display_is_enough_where_parts_say_who_came(sessions) -> None:
    encounter = b.encounter("g1", "Group/x", HOUR, leader="rivera")
    encounter["subject"] = {"display": "DBT Monday"}
    [session] = sessions([encounter, visit("v1", "ana", part_of="g1")])
    assert (session.encounter, session.group, session.attended) == ("Encounter/g1", None, 1)


@pytest.mark.parametrize("base", ["http://ehr.example/fhir/", "https://other.example/r4/"])
def test_absolute_references_name_the_same_resources(sessions, told, base: str) -> None:
    child = visit("v1", "ana")
    child["subject"] = b.ref(base + "Patient/ana/_history/3")
    child["partOf"] = b.ref(base + "Encounter/g1")
    [session] = sessions([b.group("dbt", ["ana"]), b.encounter("g1", base + "Group/dbt", HOUR), child])
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v1", CAME)}


def test_urn_uuids_of_a_bundle_name_its_entries(sessions, told) -> None:
    urn = {name: f"urn:uuid:0000000{number}-0000-4000-8000-000000000000" for number, name in enumerate("gpev", 1)}
    roster = b.group("dbt", [])
    roster["member"] = [{"entity": b.ref(urn["p"])}]
    child = visit("v1", "ana")
    child["subject"], child["partOf"] = b.ref(urn["p"]), b.ref(urn["e"])
    entries = {"g": roster, "p": b.patient("ana"), "e": b.encounter("g1", urn["g"], HOUR), "v": child}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": urn[name], "resource": resource} for name, resource in entries.items()],
    }
    [session] = sessions([bundle])
    assert (session.encounter, session.group) == ("Encounter/g1", "Group/dbt")
    assert told(session) == {"Patient/ana": ("child-encounter", "Encounter/v1", CAME)}


@pytest.mark.parametrize(("least", "shapes"), [(0.9, ["A", "B"]), (0.95, ["B"]), (1.0, ["B"])])
def test_what_is_less_certain_than_the_site_demands_is_no_session(sessions, least: float, shapes: list[str]) -> None:
    later = ("2026-03-10T14:00:00-05:00", "2026-03-10T15:00:00-05:00")
    resources = [
        b.group("dbt", ["ana", "ben"]),
        b.encounter("whole", "Group/dbt", later, leader="rivera"),
        b.encounter("parent", "Group/dbt", HOUR, leader="rivera"),
        b.encounter("v-ana", "Patient/ana", HOUR, part_of="parent"),
    ]
    found = sessions(resources, sessions={"min_confidence": least})
    assert sorted(session.shape for session in found) == shapes
