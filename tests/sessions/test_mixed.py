"""Several shapes of one session come together; what only looks like one stays out."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def visit(name: str, person: str, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", more.pop("period", HOUR), **{"leader": "rivera", **more})


def booking(name: str, status: str, *people: str, **more: Any) -> JSON:
    actors = [f"Patient/{person}" for person in people] + ["Practitioner/rivera"]
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "serviceType": [b.coded(b.CPT, "90853")],
        "start": HOUR[0],
        "end": HOUR[1],
        "participant": [{"actor": b.ref(actor), "status": "accepted"} for actor in actors],
        **more,
    }


def everything() -> list[JSON]:
    return [
        b.group("dbt", ["ana", "ben", "cy", "dee", "eli"]),
        b.encounter("g1", "Group/dbt", HOUR, leader="rivera", appointment=[b.ref("Appointment/all")]),
        visit("v-ana", "ana", part_of="g1"),
        visit("v-ben", "ben"),
        booking("a-cy", "fulfilled", "cy"),
        booking("a-dee", "noshow", "dee"),
        booking("all", "fulfilled", "ana", "eli"),
    ]


def test_parent_children_siblings_and_appointments_are_one_session(sessions, told) -> None:
    [session] = sessions(everything())
    assert (session.shape, session.encounter) == ("B", "Encounter/g1")
    assert session.sources == (
        "Appointment/a-cy",
        "Appointment/a-dee",
        "Appointment/all",
        "Encounter/g1",
        "Encounter/v-ben",
    )
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", None),
        "Patient/ben": ("child-encounter", "Encounter/v-ben", None),
        "Patient/cy": ("appointment", "Appointment/a-cy", None),
        "Patient/dee": ("appointment", "Appointment/a-dee", "no-show"),
        "Patient/eli": ("reply", "Appointment/all", "attendance-unverified"),
    }


def test_the_order_of_the_input_does_not_matter(sessions) -> None:
    found = everything()
    assert sessions(found) == sessions(found[::-1]) == sessions([*found[3:], *found[:3]])


def test_siblings_and_their_appointments_are_one_session(sessions, told) -> None:
    [session] = sessions(
        [
            visit("v-ana", "ana"),
            visit("v-ben", "ben"),
            booking("a-ben", "arrived", "ben"),
            booking("a-cy", "noshow", "cy"),
        ]
    )
    assert session.shape == "C"
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", None),
        "Patient/ben": ("child-encounter", "Encounter/v-ben", None),
        "Patient/cy": ("appointment", "Appointment/a-cy", "no-show"),
    }


def test_a_shared_appointment_and_single_ones_are_one_session(sessions, told) -> None:
    [session] = sessions([booking("a1", "fulfilled", "ana"), booking("z9", "fulfilled", "ana", "ben")])
    assert (session.shape, session.sources) == ("D", ("Appointment/a1", "Appointment/z9"))
    assert told(session) == {
        "Patient/ana": ("appointment", "Appointment/a1", None),
        "Patient/ben": ("reply", "Appointment/z9", "attendance-unverified"),
    }


def test_a_visit_without_the_link_joins_those_that_share_one(sessions) -> None:
    link = {"identifier": [{"system": "http://lakeside.example/session", "value": "S-77"}]}
    [session] = sessions([visit("v-ana", "ana", **link), visit("v-ben", "ben", **link), visit("v-cy", "cy")])
    assert (session.shape, session.attended) == ("H", 3)


def test_the_visits_of_a_hospital_stay_are_no_session(sessions) -> None:
    week = ("2026-03-08T10:00:00-05:00", "2026-03-14T10:00:00-05:00")
    stay = b.encounter("stay", "Patient/ana", week, code=None, category="IMP")
    parts = [
        visit("ward", "ana", part_of="stay", code=None, category="IMP"),
        visit("round", "ana", part_of="stay", code="99232", category="IMP"),
    ]
    assert sessions([stay, *parts]) == []


def test_group_visits_within_hospital_stays_are_a_session_of_their_own(sessions) -> None:
    week = ("2026-03-08T10:00:00-05:00", "2026-03-14T10:00:00-05:00")
    stays = [
        b.encounter(f"stay-{name}", f"Patient/{name}", week, code=None, category="IMP") for name in ("ana", "ben")
    ]
    visits = [visit(f"v-{name}", name, part_of=f"stay-{name}", category="IMP") for name in ("ana", "ben")]
    [session] = sessions([*stays, *visits])
    assert (session.shape, session.sources) == ("C", ("Encounter/v-ana", "Encounter/v-ben"))


def test_a_group_encounter_within_a_day_program_is_a_session(sessions) -> None:
    program = b.encounter("day", "Patient/ana", HOUR, code=None)
    group = b.encounter("g1", "Group/dbt", HOUR, part_of="day")
    [session] = sessions([program, b.group("dbt", ["ana"]), group])
    assert session.encounter == "Encounter/g1"


@pytest.mark.parametrize("kind", ["animal", "device", "medication"])
def test_a_group_of_no_people_is_no_session(sessions, kind: str) -> None:
    herd = {**b.group("herd", []), "type": kind}
    assert sessions([herd, b.encounter("g1", "Group/herd", HOUR, code=None)]) == []


def test_an_encounter_of_a_group_typed_as_another_service_is_no_session(sessions) -> None:
    assert sessions([b.group("class", ["ana"]), b.encounter("g1", "Group/class", HOUR, code="97150")]) == []


@pytest.mark.parametrize("cycle", [["g1"], ["g2", "g1"]])
def test_encounters_that_are_part_of_each_other_end(sessions, cycle: list[str]) -> None:
    names = ["g1", *cycle[:-1]]
    found = [
        b.encounter(name, "Group/dbt", HOUR, leader="rivera", part_of=parent)
        for name, parent in zip(names, cycle, strict=True)
    ]
    assert {session.encounter for session in sessions([b.group("dbt", ["ana"]), *found])} == {
        f"Encounter/{name}" for name in names
    }


def test_visits_that_are_part_of_each_other_end(sessions) -> None:
    found = [visit("v1", "ana", part_of="v2"), visit("v2", "ben", part_of="v1")]
    [session] = sessions(found)
    assert session.attended == 2


@pytest.mark.parametrize(
    ("own", "children", "status", "attended"),
    [
        ("planned", [], None, 0),
        ("planned", ["planned"], None, 0),
        ("planned", ["in-progress"], "in-progress", 0),
        ("planned", ["finished"], "finished", 1),
        ("in-progress", [], "in-progress", 0),
        ("arrived", ["finished"], "in-progress", 0),
        ("onleave", ["finished"], "in-progress", 0),
        ("unknown", [], "in-progress", 0),
        ("unknown", ["finished"], "finished", 1),
        ("finished", ["in-progress"], "finished", 0),
        ("finished", ["finished"], "finished", 1),
        ("cancelled", ["finished"], "cancelled", 0),
        ("cancelled", ["cancelled"], "cancelled", 0),
        ("entered-in-error", ["finished"], "entered-in-error", 0),
    ],
)
def test_the_status_of_a_session(sessions, own: str, children: list[str], status: str | None, attended: int) -> None:
    found = [b.group("dbt", ["ana"]), b.encounter("g1", "Group/dbt", HOUR, status=own)]
    found += [visit("v-ana", "ana", part_of="g1", status=each) for each in children]
    sessions_ = sessions(found)
    assert [(each.status, each.attended) for each in sessions_] == ([] if status is None else [(status, attended)])


def test_a_session_in_progress_waits(sessions, told) -> None:
    found = [b.group("dbt", ["ana", "ben"]), b.encounter("g1", "Group/dbt", HOUR, status="in-progress")]
    [session] = sessions([*found, visit("v-ana", "ana", part_of="g1")])
    assert {row[2] for row in told(session).values()} == {"in-progress"}


def test_a_cancelled_session_with_a_finished_visit_is_a_conflict(sessions, told) -> None:
    found = [b.group("dbt", ["ana", "ben"]), b.encounter("g1", "Group/dbt", HOUR, status="cancelled")]
    [session] = sessions([*found, visit("v-ana", "ana", part_of="g1")])
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", "attendance-conflict"),
        "Patient/ben": ("roster", "Group/dbt", "cancelled"),
    }


def test_visits_of_which_all_were_cancelled(sessions, told) -> None:
    [session] = sessions([visit(f"v-{name}", name, status="cancelled") for name in ("ana", "ben")])
    assert session.status == "cancelled"
    assert {row[2] for row in told(session).values()} == {"cancelled"}
