"""Which records belong to one session: what joins, what stays apart, and that neither order nor number matter."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.sessions import Candidate, find, resolve
from groupbill.sessions.signals import agree
from groupbill.sessions.slots import Calendar, Slot
from groupbill.settings import Settings
from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
HALF_PAST = ("2026-03-10T09:30:00-05:00", "2026-03-10T10:00:00-05:00")
NEXT = ("2026-03-10T10:00:00-05:00", "2026-03-10T11:00:00-05:00")
SETTINGS = Settings(timezone="America/Chicago")
LOCAL = "http://lakeside.example/visit"


def visit(name: str, person: str, period: tuple[str, str | None] = HOUR, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", period, **{"leader": "rivera", **more})


def booking(name: str, *people: str, period: tuple[str, str] = HOUR, coded: bool = True, **more: Any) -> JSON:
    actors = [*(f"Patient/{person}" for person in people), "Practitioner/rivera"]
    kind = {"serviceType": [b.coded(b.CPT, "90853")]} if coded else {}
    participants = [{"actor": b.ref(actor), "status": "accepted"} for actor in actors]
    times = {"start": period[0], "end": period[1]}
    base = {"resourceType": "Appointment", "id": name, "status": "fulfilled", "participant": participants}
    return {**base, **times, **kind, **more}


def typed(*codes: str) -> list[JSON]:
    return [{"coding": [{"system": LOCAL, "code": code} for code in codes]}]


def group(*people: str) -> list[JSON]:
    return [b.group("dbt", people), b.encounter("g1", "Group/dbt", HOUR, leader="rivera", location="room-2")]


def found(resources: list[JSON], settings: Settings = SETTINGS) -> list[Candidate]:
    index = Index()
    add_resources(index, resources)
    return list(find(index, settings))


def one(resources: list[JSON], settings: Settings = SETTINGS) -> Candidate:
    [candidate] = found(resources, settings)
    return candidate


def test_a_visit_at_the_hour_of_a_group_joins_it_when_it_is_typed_alike_or_of_a_member() -> None:
    plain = visit("v-ana", "ana", code=None)
    stranger = visit("v-zoe", "zoe", code=None)
    walk_in = visit("v-kim", "kim")
    candidate = one([*group("ana", "ben"), plain, stranger, walk_in])
    assert (candidate.encounter, candidate.visits) == ("Encounter/g1", ("Encounter/v-ana", "Encounter/v-kim"))


def test_without_a_roster_a_visit_at_the_hour_of_a_group_joins_it() -> None:
    encounter = b.encounter("g1", "Group/unknown", HOUR, leader="rivera")
    candidate = one([encounter, visit("v-zoe", "zoe", code=None)])
    assert candidate.visits == ("Encounter/v-zoe",)


def test_an_individual_hour_at_the_hour_of_a_group_is_no_part_of_it() -> None:
    candidate = one([*group("ana", "ben"), visit("v-ana", "ana", code="90834"), booking("a1", "zoe", coded=False)])
    assert (candidate.visits, candidate.appointments) == ((), ())


def test_the_appointment_of_an_individual_hour_is_no_part_of_the_group() -> None:
    hour = visit("v-ana", "ana", code="90834", appointment=[b.ref("Appointment/a1")])
    assert one([*group("ana"), hour, booking("a1", "ana", coded=False)]).appointments == ()


def test_untyped_appointments_of_members_are_theirs() -> None:
    candidate = one([*group("ana", "ben"), booking("a1", "ana", coded=False), booking("a2", "zoe", coded=False)])
    assert candidate.appointments == ("Appointment/a1",)


def test_what_came_of_an_appointment_of_the_session_belongs_to_it() -> None:
    parent = {"appointment": [b.ref("Appointment/a1")]}
    encounter = b.encounter("g1", "Group/dbt", HOUR, leader="rivera", **parent)
    late = visit("v-ana", "ana", ("2026-03-10T10:20:00-05:00", None), code=None, leader="okafor", **parent)
    candidate = one([b.group("dbt", ["ana"]), encounter, late, booking("a1", "ana", "ben", coded=False)])
    assert (candidate.visits, candidate.appointments) == (("Encounter/v-ana",), ("Appointment/a1",))


@pytest.mark.parametrize(
    ("period", "code", "joins"),
    [
        (HALF_PAST, "90853", True),
        (("2026-03-10T09:30:00-05:00", None), "90853", True),
        (("2026-03-10T09:30:00-05:00", "2026-03-10T10:04:00-05:00"), "90853", True),
        (("2026-03-10T09:04:00-05:00", HOUR[1]), None, True),
        (("2026-03-10T08:56:00-05:00", HOUR[1]), None, True),
        (HALF_PAST, None, False),
        (("2026-03-10T09:30:00-05:00", "2026-03-10T10:30:00-05:00"), "90853", False),
        (NEXT, "90853", False),
    ],
)
def test_late_joiners_come_within_minutes_or_later_to_the_same_service(
    period: tuple[str, str | None], code: str | None, joins: bool
) -> None:
    siblings = [visit("v-ana", "ana"), visit("v-ben", "ben")]
    [candidate] = found([*siblings, visit("v-cy", "cy", period, code=code)])
    assert ("Encounter/v-cy" in candidate.visits) is joins


def test_a_member_who_comes_in_the_middle_needs_no_code() -> None:
    candidate = one([*group("ana"), visit("v-ana", "ana", HALF_PAST, code=None)])
    assert candidate.visits == ("Encounter/v-ana",)


def test_groups_back_to_back_are_two_even_when_the_first_runs_over() -> None:
    over = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:03:00-05:00")
    first = [visit(f"v-{name}", name, over) for name in ("ana", "ben")]
    second = [visit(f"w-{name}", name, NEXT) for name in ("ana", "ben")]
    assert [(each.visits, each.ambiguous) for each in found([*first, *second])] == [
        (("Encounter/v-ana", "Encounter/v-ben"), False),
        (("Encounter/w-ana", "Encounter/w-ben"), False),
    ]


def test_two_groups_of_two_leaders_at_one_hour_stay_apart() -> None:
    rivera = [visit(f"v-{name}", name, location="hall") for name in ("ana", "ben")]
    okafor = [visit(f"w-{name}", name, location="hall", leader="okafor") for name in ("cy", "dee")]
    assert [(each.visits, each.ambiguous) for each in found([*rivera, *okafor])] == [
        (("Encounter/v-ana", "Encounter/v-ben"), False),
        (("Encounter/w-cy", "Encounter/w-dee"), False),
    ]


@pytest.mark.parametrize("apart", [{"location": "annex"}, {"code": None, "type": typed("ANGER")}, {"code": "90849"}])
def test_two_groups_of_one_leader_at_one_hour_are_told_apart_and_reported(apart: JSON) -> None:
    settings = Settings(
        timezone="America/Chicago", session_codes={f"{LOCAL}|ANGER": "90853", f"{LOCAL}|DBT": "90853"}
    )
    here = {"location": "room-2", "code": None, "type": typed("DBT")}
    first = [visit(f"v-{name}", name, **here) for name in ("ana", "ben")]
    second = [visit(f"w-{name}", name, **{**here, **apart}) for name in ("cy", "dee")]
    if apart.get("code"):
        for each in second:
            each["type"] = [b.coded(b.CPT, "90849")]
    assert [(each.visits, each.ambiguous) for each in found([*first, *second], settings)] == [
        (("Encounter/v-ana", "Encounter/v-ben"), True),
        (("Encounter/w-cy", "Encounter/w-dee"), True),
    ]


def test_two_group_encounters_of_one_leader_at_one_hour_are_reported() -> None:
    other = [b.group("anger", ["cy"]), b.encounter("g2", "Group/anger", HOUR, leader="rivera")]
    candidates = found([*group("ana"), *other, visit("v-cy", "cy", code=None)])
    assert [(each.encounter, each.visits, each.ambiguous) for each in candidates] == [
        ("Encounter/g1", (), True),
        ("Encounter/g2", ("Encounter/v-cy",), True),
    ]


def test_an_ambiguous_session_has_a_finding_at_it(sessions) -> None:
    other = [b.group("anger", ["cy"]), b.encounter("g2", "Group/anger", HOUR, leader="rivera")]
    found_ = sessions([*group("ana"), *other])
    assert [(each.code, each.severity.value, each.at) for session in found_ for each in session.findings] == [
        ("ENG05", "warning", "Encounter/g1"),
        ("ENG05", "warning", "Encounter/g2"),
    ]


def test_remote_patients_are_in_the_group_wherever_they_sit() -> None:
    home, office = b.location("home", "10"), b.location("office", "11")
    room = [visit("v-ana", "ana", location="room-2"), visit("v-ben", "ben", location="room-2")]
    remote = [visit("v-cy", "cy", location="home"), visit("v-dee", "dee", category="VR", location="office")]
    assert len(one([home, office, *room, *remote]).visits) == 4


def test_a_visit_with_more_codes_is_of_the_same_type() -> None:
    settings = Settings(timezone="America/Chicago", session_codes={f"{LOCAL}|DBT": "90853"})
    both = [{"coding": [{"system": LOCAL, "code": "DBT"}, {"system": b.CPT, "code": "90853"}]}]
    visits = [visit("v1", "ana", code=None, type=typed("DBT")), visit("v2", "ben", code=None, type=both)]
    assert one(visits, settings).confidence == 0.9


def test_a_planned_visit_of_a_group_that_met_is_part_of_it(sessions, told) -> None:
    [session] = sessions([visit("v1", "ana"), visit("v2", "ben"), visit("v3", "cy", status="planned")])
    assert told(session)["Patient/cy"] == ("child-encounter", "Encounter/v3", "in-progress")
    assert sessions([visit("v1", "ana", status="planned"), visit("v2", "ben", status="planned")]) == []


def test_a_stay_that_is_not_among_the_input_is_no_session() -> None:
    assert found([visit("v1", "ana", part_of="stay"), visit("v2", "ana", NEXT, part_of="stay")]) == []


def test_a_parent_of_one_patient_with_visits_of_several_is_their_session() -> None:
    parent = visit("g1", "ana", code=None)
    candidate = one([parent, visit("v1", "ana", part_of="g1"), visit("v2", "ben", part_of="g1")])
    assert (candidate.shape, candidate.encounter, candidate.visits) == ("B", "Encounter/g1", ())


def test_a_program_day_that_only_holds_groups_is_no_session() -> None:
    day = b.encounter("day", "Group/iop", ("2026-03-10T08:00:00-05:00", "2026-03-10T15:00:00-05:00"), code=None)
    morning = b.encounter("g1", "Group/iop", HOUR, leader="rivera", part_of="day")
    noon = b.encounter("g2", "Group/iop", NEXT, leader="rivera", part_of="day")
    resources = [b.group("iop", ["ana", "ben"]), day, morning, noon, visit("v1", "ana", part_of="g1")]
    assert [each.encounter for each in found(resources)] == ["Encounter/g1", "Encounter/g2"]


def test_a_part_of_a_part_belongs_to_the_session() -> None:
    inner = visit("v2", "ana", ("2026-03-10T09:10:00-05:00", None), code=None, part_of="v1")
    candidate = one([*group("ana"), visit("v1", "ana", part_of="g1"), inner])
    assert candidate.visits == ("Encounter/v2",)


def test_two_groups_under_one_program_order_stay_apart() -> None:
    order = {"basedOn": [b.ref("ServiceRequest/iop")]}
    first = [visit(f"v-{name}", name, **order) for name in ("ana", "ben")]
    second = [visit(f"w-{name}", name, leader="okafor", **order) for name in ("cy", "dee")]
    assert [each.visits for each in found([*first, *second])] == [
        ("Encounter/v-ana", "Encounter/v-ben"),
        ("Encounter/w-cy", "Encounter/w-dee"),
    ]


def test_visits_associated_with_one_of_them_are_a_session() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"
    link = {"extension": [{"url": url, "valueReference": b.ref("Encounter/v1")}]}
    others = [visit("v2", "ben", leader="okafor", **link), visit("v3", "cy", leader="kim", **link)]
    candidate = one([visit("v1", "ana"), *others])
    assert (candidate.shape, candidate.visits) == ("H", ("Encounter/v1", "Encounter/v2", "Encounter/v3"))


def test_the_encounter_of_a_shared_appointment_is_the_session_s() -> None:
    encounter = b.encounter("g1", "Group/x", HOUR, leader="rivera", appointment=[b.ref("Appointment/a1")])
    del encounter["subject"]
    candidate = one([encounter, booking("a1", "ana", "ben")])
    assert (candidate.shape, candidate.encounter) == ("D", "Encounter/g1")


def test_family_therapy_of_one_patient_with_a_relative_is_a_session(sessions) -> None:
    mother = {"resourceType": "RelatedPerson", "id": "mother", "patient": b.ref("Patient/kid")}
    people = [b.led_by("rivera"), {"individual": b.ref("RelatedPerson/mother")}]
    family = b.encounter("f1", "Patient/kid", HOUR, code="90847", participant=people)
    [session] = sessions([mother, b.patient("kid"), family])
    assert (session.shape, session.encounter, session.code) == ("A", "Encounter/f1", "90847")
    [member] = session.members
    assert (member.encounter, member.relatives, member.present) == ("Encounter/f1", ("RelatedPerson/mother",), True)
    assert found([visit("f1", "kid", code="90847")]) == []
    assert found([{**family, "type": [b.coded(b.CPT, "90853")]}]) == []


def test_cancelled_and_erroneous_appointments_of_a_slot(sessions, told) -> None:
    slot = [
        booking("a1", "ana"),
        booking("a2", "ben", status="cancelled"),
        booking("a3", "cy", status="entered-in-error"),
    ]
    [session] = sessions(slot)
    assert session.sources == ("Appointment/a1", "Appointment/a2")


CLINIC = [
    *group("ana", "ben"),
    visit("v-ana", "ana", part_of="g1"),
    visit("v-ben", "ben"),
    booking("a-ben", "ben", coded=False),
    visit("c1", "cy", leader="okafor"),
    visit("c2", "dee", ("2026-03-10T09:05:00-05:00", HOUR[1]), leader="okafor"),
    visit("c3", "eli", HALF_PAST, leader="okafor", code=None),
    booking("e1", "fay", period=NEXT),
    booking("e2", "gus", period=NEXT, status="noshow"),
    booking("d1", "ana", "cy", period=("2026-03-11T09:00:00-05:00", "2026-03-11T10:00:00-05:00")),
    *(visit(f"h{n}", f"p{n}", leader=f"l{n}", basedOn=[b.ref("ServiceRequest/o")]) for n in range(3)),
    visit("lone", "zoe", leader="kim"),
]


@given(st.permutations(CLINIC))
def test_sessions_do_not_depend_on_the_order_of_the_input(resources: list[JSON]) -> None:
    index, usual = Index(), Index()
    add_resources(index, resources)
    add_resources(usual, CLINIC)
    candidates = list(find(index, SETTINGS))
    assert candidates == list(find(usual, SETTINGS))
    assert [resolve(each, index, SETTINGS) for each in candidates] == [
        resolve(each, usual, SETTINGS) for each in candidates
    ]


def test_every_encounter_and_appointment_belongs_to_one_session_at_most() -> None:
    records = [each for candidate in found(CLINIC) for each in (*candidate.visits, *candidate.appointments)]
    assert len(records) == len(set(records))
    assert "Encounter/lone" not in records


def test_the_cost_of_a_session_does_not_grow_with_the_clinic(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    on_time = Slot.on_time

    def counting(slot: Slot, start: float, gap: float) -> bool:
        nonlocal compared
        compared += 1
        return on_time(slot, start, gap)

    monkeypatch.setattr(Slot, "on_time", counting)
    costs = []
    for days in (10, 40):
        compared = 0
        on = [f"2026-0{1 + n // 20}-{1 + n % 20:02d}" for n in range(days)]
        times = [(f"{day}T15:00:00Z", f"{day}T16:00:00Z") for day in on]
        resources = [b.group("dbt", ["ana", "ben", "cy"])]
        for n, period in enumerate(times):
            resources.append(b.encounter(f"g{n}", "Group/dbt", period, leader="rivera"))
            resources += [visit(f"v{n}-{name}", name, period) for name in ("ana", "ben")]
            resources.append(booking(f"a{n}", "cy", period=period, coded=False))
        assert len(found(resources)) == days
        costs.append(compared / days)
    assert costs[0] == costs[1]


def test_a_calendar_finds_what_is_on() -> None:
    index = Index()
    calendar = Calendar(300.0)
    add_resources(index, [visit("v1", "ana")])
    from groupbill.sessions.visits import read

    first = read(index, "Encounter/v1", index.get("Encounter/v1") or {}, SETTINGS)
    slot = Slot("C", first)
    calendar.open(slot)
    start = first.start or 0.0
    found_ = [bool(calendar.near(first.leaders, start + minutes * 60)) for minutes in (-6, -5, 0, 5, 30, 59, 60)]
    assert found_ == [False, True, True, True, True, True, False]
    assert calendar.near(("Practitioner/okafor",), start) == []
    assert calendar.near(first.leaders, None) == []


@pytest.mark.parametrize(
    ("one_", "other", "same"),
    [
        ((), (("s", "a"),), True),
        ((("s", "a"),), (("s", "a"), ("t", "b")), True),
        ((("s", "a"),), (("t", "b"),), True),
        ((("s", "a"),), (("s", "b"),), False),
        ((("s", "a"), ("t", "x")), (("s", "a"), ("t", "y")), False),
    ],
)
def test_types_agree_where_both_say_something(one_: Any, other: Any, same: bool) -> None:
    assert agree(one_, other) is agree(other, one_) is same


@given(st.integers(0, 10**9), st.integers(2, 12))
def test_a_slot_of_any_size_is_one_session(seed: int, size: int) -> None:
    shuffled = [visit(f"v{n}", f"p{n}") for n in range(size)]
    random.Random(seed).shuffle(shuffled)
    assert len(one(shuffled).visits) == size
