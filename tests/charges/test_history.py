"""Earlier visits, hospital stays, day programs, and the visits of a day."""

from __future__ import annotations

from datetime import date

import pytest

from groupbill.charges import visits


def visit(world, identity, start, end=None, kind="AMB", **elements):
    return world.put(
        {
            "resourceType": "Encounter",
            "id": identity,
            "status": "finished",
            "class": {"system": world.ACT, "code": kind},
            "subject": {"reference": "Patient/p1"},
            "period": {"start": start, **({"end": end} if end else {})},
            "serviceProvider": {"reference": "Organization/clinic"},
            **elements,
        }
    )


def remote(world):
    return world.change("Encounter/g1-p1", **{"class": {"system": world.ACT, "code": "VR"}})


def test_the_last_visit_in_person_with_the_same_provider_is_found(world):
    remote(world)
    visit(world, "a", "2025-11-03T10:00:00-06:00")
    visit(world, "b", "2025-12-01T10:00:00-06:00")
    visit(world, "remote", "2026-01-05T10:00:00-06:00", kind="VR")
    visit(world, "elsewhere", "2026-02-02T10:00:00-06:00", serviceProvider={"reference": "Organization/other"})
    visit(world, "cancelled", "2026-02-03T10:00:00-06:00", status="cancelled")
    visit(world, "later", "2026-03-11T10:00:00-05:00")
    assert world.gather().last_in_person == date(2025, 12, 1)


def test_a_visit_on_the_day_itself_is_not_before_it(world):
    visit(remote(world), "a", "2026-03-10T08:00:00-05:00")
    assert world.gather().last_in_person is None


def test_nobody_asks_for_it_in_person(world):
    assert visit(world, "a", "2025-11-03T10:00:00-06:00").gather().last_in_person is None


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        ("2026-03-08T10:00:00-05:00", None, True),
        ("2026-03-08", "2026-03-12", True),
        ("2026-03-08T10:00:00-05:00", "2026-03-10T08:30:00-05:00", False),
        ("2026-03-10T11:00:00-05:00", None, False),
        ("2026-03-01", "2026-03-09", False),
        ("2026-03-11", None, False),
    ],
)
def test_a_stay_covers_the_service_by_the_hour_where_recorded(world, start, end, covered):
    visit(world, "stay", start, end, kind="IMP", status="finished" if end else "in-progress")
    assert world.gather().inpatient == ("Encounter/stay" if covered else None)


def test_the_sessions_own_visit_is_no_stay(world):
    world.change("Encounter/g1-p1", **{"class": {"system": world.ACT, "code": "IMP"}})
    assert world.gather().inpatient is None


def test_a_day_program_is_found_as_an_episode(world):
    world.put(
        {
            "resourceType": "EpisodeOfCare",
            "id": "php",
            "status": "active",
            "patient": {"reference": "Patient/p1"},
            "period": {"start": "2026-03-01"},
            "type": [world.coded("http://example.org/programs", "PHP")],
        }
    )
    assert world.gather().program == "EpisodeOfCare/php"


def test_an_episode_of_another_kind_or_time_is_no_program(world):
    world.put(
        {
            "resourceType": "EpisodeOfCare",
            "id": "aftercare",
            "status": "active",
            "patient": {"reference": "Patient/p1"},
            "type": [world.coded("http://example.org/p", "AFTER")],
        }
    )
    world.put(
        {
            "resourceType": "EpisodeOfCare",
            "id": "past",
            "status": "finished",
            "patient": {"reference": "Patient/p1"},
            "period": {"end": "2026-03-09"},
            "type": [world.coded("http://example.org/programs", "IOP")],
        }
    )
    assert world.gather().program is None


def test_a_day_program_is_found_as_an_encounter(world):
    visit(world, "iop", "2026-03-02", "2026-03-20", type=[world.coded("HCPCS", "H0015")])
    assert world.gather().program == "Encounter/iop"


def test_the_visits_of_a_day_stand_by_start_with_their_signed_notes(world):
    visit(
        world,
        "therapy",
        "2026-03-10T08:00:00-05:00",
        "2026-03-10T08:45:00-05:00",
        type=[world.coded(world.CPT, "90834")],
        participant=[world.leader("Practitioner/rivera")],
    )
    visit(world, "another-day", "2026-03-11T08:00:00-05:00")
    world.put(
        {
            "resourceType": "DocumentReference",
            "id": "n",
            "status": "current",
            "docStatus": "final",
            "subject": {"reference": "Patient/p1"},
            "authenticator": {"reference": "Practitioner/rivera"},
            "context": {"encounter": [{"reference": "Encounter/therapy"}]},
        }
    )
    first, own = visits(world.sources(), "Patient/p1", world.ON, "Encounter/g1-p1")
    assert (first.reference, first.codes, first.notes) == ("Encounter/therapy", ("90834",), ("DocumentReference/n",))
    assert (first.practitioners, first.own_session) == (("Practitioner/rivera",), False)
    assert (own.reference, own.own_session, own.practitioners) == ("Encounter/g1-p1", True, ("Practitioner/rivera",))


def test_an_evening_visit_in_universal_time_is_on_its_local_day(world):
    visit(world, "evening", "2026-03-11T01:00:00Z", "2026-03-11T01:45:00Z")
    found = [each.reference for each in visits(world.sources(), "Patient/p1", world.ON)]
    assert found == ["Encounter/g1-p1", "Encounter/evening"]


def test_the_zone_of_the_site_decides_the_day(world):
    world.settings["timezones"] = {"Location/annex": "America/Los_Angeles"}
    world.put({"resourceType": "Location", "id": "annex"})
    visit(world, "west", "2026-03-11T06:00:00Z", location=[{"location": {"reference": "Location/annex"}}])
    found = [each.reference for each in visits(world.sources(), "Patient/p1", world.ON)]
    assert "Encounter/west" in found
