"""What is read of sites, dates, rosters and records (design 5.5), through the public host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
NIGHT = {"start": "2026-03-11T05:30:00Z", "end": "2026-03-11T06:30:00Z"}
"""Half past midnight in Chicago, half past eleven of the day before in Denver."""
ATTENDANCE = "http://example.org/att"


def at_night(place: Any) -> Any:
    for reference, resource in place.files.items():
        if reference.startswith("Encounter/"):
            resource["period"] = dict(NIGHT)
    return place


def day(place: Any, **settings: Any) -> str:
    return str(place.run(settings).report["sessions"][0]["dateOfService"])


@pytest.mark.parametrize("named", ["Location/room", "Location/house", "Organization/clinic", "Organization/region"])
def test_the_zone_of_a_house_goes_for_its_rooms(clinic: Make, named: str) -> None:
    place = at_night(clinic(2))
    place["Location/room"]["partOf"] = b.ref("Location/house")
    place["Organization/clinic"]["partOf"] = b.ref("Organization/region")
    place.put(b.location("house"))
    assert day(place) == "2026-03-11"
    assert day(place, timezones={named: "America/Denver"}) == "2026-03-10"


def test_the_zone_of_whoever_runs_the_place_counts_last(clinic: Make) -> None:
    place = at_night(clinic(2))
    place["Location/room"]["managingOrganization"] = b.ref("Organization/branch")
    place.put({"resourceType": "Organization", "id": "branch"})
    assert day(place, timezones={"Organization/branch": "America/Denver"}) == "2026-03-10"
    both = {"Organization/branch": "America/Denver", "Organization/clinic": "America/Chicago"}
    assert day(place, timezones=both) == "2026-03-11"


@pytest.mark.parametrize(
    ("period", "outcome"),
    [
        ({"start": "2026", "end": "2026"}, ("charged", None)),
        ({"start": "2026-03", "end": "2026-03"}, ("charged", None)),
        ({"end": "2025"}, ("held", "rule:CLM07")),
        ({"end": "2026-02"}, ("held", "rule:CLM07")),
        ({"start": "2027"}, ("held", "rule:CLM07")),
        ({"start": "2026-04"}, ("held", "rule:CLM07")),
    ],
)
def test_a_year_or_month_covers_all_its_days(clinic: Make, period: JSON, outcome: tuple[str, str | None]) -> None:
    place = clinic(2)
    place["Coverage/cov-p1"]["period"] = period
    assert place.run().outcome("p1") == outcome


def test_a_licence_that_ended_with_a_year_has_ended(clinic: Make) -> None:
    place = clinic(2)
    place["Practitioner/rivera"]["qualification"][1]["period"] = {"end": "2025"}
    assert place.run().outcome("p1") == ("held", "rule:PRV03")


def came(name: str) -> JSON:
    """A record of the site that says that somebody was there."""
    return {
        "resourceType": "Observation",
        "id": f"att-{name}",
        "status": "final",
        "code": b.coded(ATTENDANCE, "ATTENDANCE"),
        "subject": b.ref(f"Patient/{name}"),
        "encounter": b.ref("Encounter/g1"),
        "valueCodeableConcept": b.coded(ATTENDANCE, "PRESENT"),
    }


COUNTS = {"attendance": {"codes": [f"{ATTENDANCE}|PRESENT"]}}


def without_visits(place: Any) -> Any:
    return place.drop(*(f"Encounter/g1-{name}" for name in place.names))


def test_a_group_named_by_display_only_has_those_whom_its_records_name(clinic: Make) -> None:
    place = without_visits(clinic(2)).put(came("p1"), came("p2"))
    place["Encounter/g1"]["subject"] = {"display": "DBT on Tuesdays"}
    said = place.run(COUNTS)
    assert said.report["sessions"][0]["shape"] == "I"
    assert [said.outcome(name) for name in place.names] == [("charged", None)] * 2
    assert said.member("p1")["attendance"] == {
        "evidence": "attendance-record",
        "source": "Observation/att-p1",
        "against": [],
    }


def test_a_guest_with_a_record_at_the_session_is_a_member(clinic: Make) -> None:
    place = without_visits(clinic(2)).put(came("p1"), came("p2"), came("guest"), b.patient("guest"))
    assert place.run(COUNTS).outcome("guest") == ("patient-pay", "no-coverage")


def test_a_record_replaced_by_one_that_is_not_on_file_is_that_one(clinic: Make) -> None:
    place = clinic(2)
    place["Patient/p1"]["link"] = [{"other": b.ref("Patient/before"), "type": "replaces"}]
    place["Group/g"]["member"].append({"entity": b.ref("Patient/before")})
    assert [each["member"] for each in place.run().report["sessions"][0]["members"]] == ["Patient/p1", "Patient/p2"]


def test_a_charge_of_others_that_our_claim_uses_is_no_second_service(clinic: Make) -> None:
    place = without_visits(clinic(2)).put(came("p1"), came("p2"))
    place.item("theirs", "p1", "90853", start="09:00", end="10:00")
    first = place.run(COUNTS).member("p1")
    assert [(step["resource"], step["action"]) for step in first["plan"]] == [
        ("ChargeItem/theirs", "keep"),
        (first["claim"], "create"),
    ]
    place.put(*place.written(COUNTS))
    second = place.run(COUNTS).member("p1")
    assert (second["outcome"], {step["action"] for step in second["plan"]}) == ("charged", {"keep"})


@pytest.mark.parametrize("status", ["planned", "reserved"])
def test_a_place_that_was_only_planned_is_no_place_of_service(clinic: Make, status: str) -> None:
    place = clinic(2).put(b.location("school", "03"), b.location("center", "53"))
    place["Encounter/g1"]["location"] = [
        {"location": b.ref("Location/school"), "status": status},
        {"location": b.ref("Location/center"), "status": "completed"},
    ]
    assert place.run().member("p1")["lines"][0]["placeOfService"] == "53"


def second_visit(place: Any, start: str, end: str) -> Any:
    """Another visit of the first member to the same session."""
    for name in place.names:
        place[f"Encounter/g1-{name}"]["type"] = [b.coded(b.CPT, "90853")]
    begun, ended = place.hours(start, end)
    return place.put({**place["Encounter/g1-p1"], "id": "a-g1-p1", "period": {"start": begun, "end": ended}})


def test_who_left_and_came_back_attended_once_from_the_first_visit_to_the_last(clinic: Make) -> None:
    place = clinic(2)
    begun, left = place.hours("09:00", "09:25")
    place["Encounter/g1-p1"]["period"] = {"start": begun, "end": left}
    said = second_visit(place, "09:30", "10:00").run()
    member = said.member("p1")
    assert (said.outcome("p1"), member["encounter"]) == (("charged", None), "Encounter/g1-p1")
    assert [found["code"] for found in member["findings"] if found["severity"] != "information"] == []
    [charge] = [each for each in place.written() if each.get("subject") == b.ref("Patient/p1")]
    start, end = place.hours("09:00", "10:00")
    assert charge["occurrencePeriod"] == {"start": start, "end": end}


def test_a_visit_filed_twice_in_one_session_is_one_service(clinic: Make) -> None:
    said = second_visit(clinic(2), "09:00", "10:00").run()
    assert said.outcome("p1") == ("charged", None)
    assert [found["code"] for found in said.member("p1")["findings"] if found["severity"] != "information"] == []


def alone(place: Any, **changes: Any) -> Any:
    """Visits coded as group therapy that name no session."""
    place.drop("Encounter/g1", "Group/g")
    for name in place.names:
        visit = place[f"Encounter/g1-{name}"]
        del visit["partOf"]
        visit |= {"type": [b.coded(b.CPT, "90853")], "participant": [b.led_by("rivera")], **changes}
    return place


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda clinic: alone(clinic(1)), id="nobody else's visit"),
        pytest.param(lambda clinic: alone(clinic(2), period={"start": "2026-03-10"}), id="no time of day"),
        pytest.param(lambda clinic: alone(clinic(2), participant=[]), id="no leader"),
    ],
)
def test_a_group_visit_that_fits_no_session_is_told(clinic: Make, place: Any) -> None:
    made = place(clinic)
    said = made.run()
    assert said.report["sessions"] == []
    assert [(each["code"], each["severity"], each["at"]) for each in said.report["findings"]] == [
        ("ENG05", "warning", f"Encounter/g1-{name}") for name in made.names
    ]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "planned"])
def test_a_group_visit_that_did_not_take_place_needs_no_session(clinic: Make, status: str) -> None:
    assert alone(clinic(1), status=status).run().report["findings"] == []


def test_a_visit_of_release_5_that_was_discontinued_is_a_cancelled_one(clinic: Make) -> None:
    place = clinic(3)
    place["Encounter/g1-p1"]["status"] = "discontinued"
    assert place.run().outcome("p1") == ("not-charged", "cancelled")
