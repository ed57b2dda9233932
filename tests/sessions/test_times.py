"""When a session was, whatever offset it is written in, and which visits of an hour belong together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from groupbill.errors import SettingsError
from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def visit(name: str, person: str, start: str, end: str | None, **more: Any) -> JSON:
    return b.encounter(name, f"Patient/{person}", (start, end), **{"leader": "rivera", **more})


def pair(start: str, end: str | None, **more: Any) -> list[JSON]:
    return [visit(f"v-{name}", name, start, end, **more) for name in ("ana", "ben")]


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2026-03-03T00:30:00Z", date(2026, 3, 2)),
        ("2026-03-02T18:30:00-06:00", date(2026, 3, 2)),
        ("2026-03-03T09:30:00+09:00", date(2026, 3, 2)),
        ("2026-03-03T06:30:00Z", date(2026, 3, 3)),
    ],
)
def test_the_date_of_service_is_the_site_s_whatever_the_offset(sessions, start: str, day: date) -> None:
    [session] = sessions(pair(start, None))
    assert session.date_of_service == day


def test_each_site_has_its_own_zone(sessions) -> None:
    start = "2026-03-03T05:30:00Z"  # 23:30 in Chicago, 00:30 in New York
    [session] = sessions(pair(start, None, location="annex"), timezones={"Location/annex": "America/New_York"})
    assert session.date_of_service == date(2026, 3, 3)
    [session] = sessions(pair(start, None, location="annex"))
    assert session.date_of_service == date(2026, 3, 2)


def test_without_a_zone_no_date_is_guessed(sessions) -> None:
    with pytest.raises(SettingsError, match="timezone"):
        sessions(pair(*HOUR), timezone=None)


def test_a_date_without_time_stands_as_it_is(sessions) -> None:
    resources = [b.group("dbt", ["ana"]), b.encounter("g1", "Group/dbt", ("2026-03-10", None))]
    [session] = sessions(resources)
    assert (session.date_of_service, session.period.minutes) == (date(2026, 3, 10), None)


def test_a_session_without_end_has_no_minutes(sessions) -> None:
    [session] = sessions(pair("2026-03-10T14:00:00Z", None))
    assert (session.attended, session.period.minutes) == (2, None)


def test_a_session_over_midnight_is_dated_by_its_start(sessions) -> None:
    [session] = sessions(pair("2026-03-10T23:30:00-05:00", "2026-03-11T00:45:00-05:00"))
    assert (session.date_of_service, session.period.minutes) == (date(2026, 3, 10), 75)


def test_minutes_are_elapsed_time_when_clocks_change(sessions) -> None:
    [spring] = sessions(pair("2026-03-08T01:30:00-06:00", "2026-03-08T03:30:00-05:00"))
    assert spring.period.minutes == 60
    [autumn] = sessions(pair("2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-06:00"))
    assert autumn.period.minutes == 60


def test_late_joiners_belong_to_the_session_with_their_own_minutes(sessions) -> None:
    resources = [*pair(*HOUR), visit("v-cy", "cy", "2026-03-10T09:25:00-05:00", HOUR[1])]
    [session] = sessions(resources)
    assert [member.period.minutes for member in session.members] == [60, 60, 35]


def test_starts_within_the_slot_are_one_session_in_whatever_offset(sessions) -> None:
    resources = [*pair(*HOUR), visit("v-cy", "cy", "2026-03-10T13:56:00Z", "2026-03-10T15:00:00Z")]
    [session] = sessions(resources)
    assert (session.attended, session.period.minutes) == (3, 64)
    resources = [*pair(HOUR[0], None), visit("v-cy", "cy", "2026-03-10T14:20:00Z", None)]
    [session] = sessions(resources)
    assert session.attended == 2
    [session] = sessions(resources, sessions={"slot_minutes": 20})
    assert session.attended == 3


def test_the_next_hour_is_the_next_session(sessions) -> None:
    later = ("2026-03-10T10:00:00-05:00", "2026-03-10T11:00:00-05:00")
    more = [visit(f"w-{name}", name, *later) for name in ("ana", "cy")]
    found = sessions([*pair(*HOUR), *more])
    assert [session.sources for session in found] == [
        ("Encounter/v-ana", "Encounter/v-ben"),
        ("Encounter/w-ana", "Encounter/w-cy"),
    ]
    assert len({session.key for session in found}) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"leader": "okafor"},
        {"location": "room-2"},
        {"code": None, "type": [b.coded(b.CPT, "90853"), b.coded("http://lakeside.example/visit", "ANGER")]},
        {"code": "90849"},
    ],
)
def test_two_groups_in_one_building_at_one_hour_stay_apart(sessions, other: JSON) -> None:
    kind = [b.coded(b.CPT, "90853"), b.coded("http://lakeside.example/visit", "DBT")]
    first = pair(*HOUR, location="room-1", type=kind)
    second = [visit(f"w-{name}", name, *HOUR, **{"location": "room-1", **other}) for name in ("cy", "dee")]
    found = sessions([*first, *second])
    assert [[member.patient for member in session.members] for session in found] == [
        ["Patient/ana", "Patient/ben"],
        ["Patient/cy", "Patient/dee"],
    ]


def test_group_encounters_of_two_rooms_keep_their_own_people(sessions) -> None:
    found = sessions(
        [
            b.group("dbt", ["ana"]),
            b.group("anger", ["ben"]),
            b.encounter("g1", "Group/dbt", HOUR, leader="rivera", location="room-1"),
            b.encounter("g2", "Group/anger", HOUR, leader="okafor", location="room-2"),
            visit("v-ana", "ana", *HOUR, location="room-1"),
            visit("v-ben", "ben", *HOUR, leader="okafor", location="room-2"),
        ]
    )
    assert [session.sources for session in found] == [
        ("Encounter/g1", "Encounter/v-ana"),
        ("Encounter/g2", "Encounter/v-ben"),
    ]


def test_groups_that_cannot_be_told_apart_are_said_to_be_ambiguous(sessions) -> None:
    found = sessions(
        [
            b.group("dbt", ["ana"]),
            b.group("anger", ["ben"]),
            b.encounter("g1", "Group/dbt", HOUR, leader="rivera"),
            b.encounter("g2", "Group/anger", HOUR, leader="rivera"),
            visit("v-cy", "cy", *HOUR),
        ]
    )
    assert [[finding.code for finding in session.findings] for session in found] == [["ENG05"], ["ENG05"]]


def test_nothing_without_a_date_is_dropped_in_silence(sessions, undated) -> None:
    resources = [b.group("dbt", ["ana"]), b.encounter("g1", "Group/dbt", HOUR)]
    del resources[1]["period"]
    assert sessions(resources) == []
    [finding] = undated(resources)
    assert (finding.code, finding.at) == ("ENG01", "Encounter/g1")
    assert "period" in finding.message


@pytest.mark.parametrize("status", ["planned", "entered-in-error", "cancelled"])
def test_what_did_not_take_place_needs_no_date(undated, status: str) -> None:
    encounter = b.encounter("g1", "Group/dbt", HOUR, status=status)
    del encounter["period"]
    assert undated([encounter]) == []


def test_a_part_of_another_day_is_held_and_not_billed_for_this_one(sessions, told) -> None:
    later = ("2026-03-17T09:00:00-05:00", "2026-03-17T10:00:00-05:00")
    [session] = sessions(
        [
            b.group("dbt", ["ana", "ben"]),
            b.encounter("g1", "Group/dbt", HOUR),
            b.encounter("v-ana", "Patient/ana", HOUR, part_of="g1"),
            b.encounter("v-ben", "Patient/ben", later, part_of="g1"),
        ]
    )
    assert told(session) == {
        "Patient/ana": ("child-encounter", "Encounter/v-ana", None),
        "Patient/ben": ("child-encounter", "Encounter/v-ben", "attendance-conflict"),
    }


@pytest.mark.parametrize("parent", [True, False])
def test_a_course_of_sessions_that_all_are_parts_of_one_encounter_is_held(sessions, told, parent: bool) -> None:
    course = b.encounter("g1", "Group/dbt", ("2026-03-01T00:00:00-06:00", "2026-03-31T00:00:00-05:00"))
    visits = [
        b.encounter(f"v{day}-{name}", f"Patient/{name}", (f"2026-03-{day}T09:00:00-05:00", None), part_of="g1")
        for day in ("10", "17")
        for name in ("ana", "ben")
    ]
    [session] = sessions([*([b.group("dbt", ["ana", "ben"]), course] if parent else []), *visits])
    assert {row[2] for row in told(session).values()} == {"attendance-conflict"}
    assert session.attended == 0


@pytest.mark.parametrize(("start", "reason"), [("2026-03-11", None), ("2026-03-17", "attendance-conflict")])
def test_a_part_with_a_date_alone_is_of_the_session_of_that_day_or_the_night_before(
    sessions, told, start: str, reason: str | None
) -> None:
    parent = b.encounter("g1", "Group/dbt", ("2026-03-10T23:30:00-05:00", "2026-03-11T00:30:00-05:00"))
    [session] = sessions([parent, b.encounter("v-ana", "Patient/ana", (start, None), part_of="g1")])
    assert told(session)["Patient/ana"][2] == reason
