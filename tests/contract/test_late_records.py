"""Records that arrive late or are put right change the key of a session; nobody is billed twice for that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

sys.path.insert(0, str(Path(__file__).parent))
from office import EVENTS, JSON, Office

NAMES = ("p1", "p2", "p3")


def actions(report: Any, patient: str = "p1") -> list[list[str]]:
    """What is planned for a patient, session by session: type and action."""
    found = []
    for session in report.to_json()["sessions"]:
        for member in session["members"]:
            if member["member"] == f"Patient/{patient}":
                found.append([f"{each['resource'].split('/')[0]} {each['action']}" for each in member["plan"]])
    return found


def live(office: Office) -> list[str]:
    """Patients of our live Claims."""
    return sorted(each["patient"]["reference"] for each in office.server.all("Claim") if each["status"] == "active")


def at_rest(office: Office) -> bool:
    return office.report().transactions() == []


EVERYBODY = [f"Patient/{name}" for name in NAMES]


@pytest.fixture
def siblings(clinic: Callable[..., Any]) -> Office:
    """Visits that share leader and hour, and nothing else (shape C)."""
    made = clinic(3).drop("Encounter/g1", "Group/g")
    for name in NAMES:
        visit = made[f"Encounter/g1-{name}"]
        del visit["partOf"]
        visit["participant"] = [b.led_by("rivera")]
        visit["type"] = [b.coded(b.CPT, "90853")]
        visit["location"] = [{"location": b.ref("Location/room")}]
    return Office(made)


@pytest.fixture
def booked(clinic: Callable[..., Any]) -> Office:
    """Appointments in one slot, without any Encounter (shape E)."""
    made = clinic(3).drop("Encounter/g1", "Group/g", *(f"Encounter/g1-{name}" for name in NAMES))
    for name in NAMES:
        made.put(appointment(name, *made.hours("09:00", "10:00")))
    office = Office(made)
    office.table["billing"] = {"provider": "Organization/clinic"}
    return office


def appointment(name: str, start: str, end: str | None) -> JSON:
    people = (f"Patient/{name}", "Practitioner/rivera", "Location/room")
    return {
        "resourceType": "Appointment",
        "id": f"a-{name}",
        "status": "fulfilled",
        "start": start,
        **({"end": end} if end else {}),
        "serviceType": [b.coded(b.CPT, "90853")],
        "participant": [{"actor": b.ref(each), "status": "accepted"} for each in people],
    }


def parent(office: Office) -> None:
    office.server.put(b.group("g", NAMES))
    hours = office.clinic.hours("09:00", "10:00")
    office.server.put(b.encounter("g1", "Group/g", hours, leader="rivera", location="room"))


def test_visits_that_get_a_parent_stay_billed_as_they_were(siblings: Office) -> None:
    siblings.run()
    siblings.answer(True)
    parent(siblings)
    for name in NAMES:
        siblings.change(f"Encounter/g1-{name}", partOf=b.ref("Encounter/g1"))
    report = siblings.run()
    assert report.to_json()["sessions"][0]["shape"] == "B"
    assert actions(report) == [["ChargeItem keep", "Claim keep"]]
    assert live(siblings) == EVERYBODY


def test_a_start_put_right_updates_the_charge_and_bills_nobody_twice(siblings: Office) -> None:
    siblings.run()
    start, end = siblings.clinic.hours("09:30", "10:30")
    for name in NAMES:
        siblings.change(f"Encounter/g1-{name}", period={"start": start, "end": end})
    assert actions(siblings.run()) == [["ChargeItem update", "Claim keep"]]
    assert live(siblings) == EVERYBODY
    assert at_rest(siblings)


def test_a_visit_cancelled_after_its_session_got_another_key_is_given_up(siblings: Office) -> None:
    siblings.run()
    parent(siblings)
    for name in NAMES:
        siblings.change(f"Encounter/g1-{name}", partOf=b.ref("Encounter/g1"))
    siblings.change("Encounter/g1-p1", status="cancelled")
    assert actions(siblings.run()) == [["ChargeItem cancel", "Claim cancel"]]
    assert live(siblings) == EVERYBODY[1:]
    assert at_rest(siblings)


def test_visits_of_another_code_are_no_group_any_more(siblings: Office) -> None:
    siblings.run()
    for name in NAMES:
        siblings.change(f"Encounter/g1-{name}", type=[b.coded(b.CPT, "90834")])
    report = siblings.run()
    assert [len(each["members"]) for each in report.to_json()["sessions"]] == [3]
    assert actions(report) == [["ChargeItem cancel", "Claim cancel"]]
    assert live(siblings) == []
    assert at_rest(siblings)


def test_visits_of_others_that_were_not_read_prove_nothing(siblings: Office) -> None:
    siblings.run()
    for name in NAMES[1:]:
        siblings.server.delete(f"Encounter/g1-{name}")
    assert at_rest(siblings)


def test_appointments_at_another_time_of_the_same_hour_stay_billed(booked: Office) -> None:
    booked.run()
    for name in NAMES:
        booked.server.put(appointment(name, *booked.clinic.hours("09:30", "10:30")))
    report = booked.run()
    assert actions(report) == [["ChargeItem update", "Claim keep"]]
    assert [finding.code for finding in report.all_findings if finding.severity == "error"] == []
    assert live(booked) == EVERYBODY


@pytest.mark.parametrize("end", ["10:00", None])
def test_appointments_that_move_to_another_room_stay_billed(booked: Office, end: str | None) -> None:
    hours = booked.clinic.hours("09:00", end)
    booked.server.put(b.location("attic"))
    for name in NAMES:
        booked.server.put(appointment(name, *hours))
    booked.run()
    for name in NAMES:
        moved = appointment(name, *hours)
        moved["participant"][-1]["actor"] = b.ref("Location/attic")
        booked.server.put(moved)
    report = booked.run()
    assert [finding.code for finding in report.all_findings if finding.severity == "error"] == []
    assert live(booked) == EVERYBODY
    assert at_rest(booked)


def test_appointments_that_get_their_encounters_are_billed_for_these(booked: Office) -> None:
    booked.run()
    parent(booked)
    hours = booked.clinic.hours("09:00", "10:00")
    for name in NAMES:
        visit = b.encounter(f"g1-{name}", f"Patient/{name}", hours, part_of="g1", code=None)
        booked.server.put({**visit, "appointment": [b.ref(f"Appointment/a-{name}")]})
    report = booked.run()
    # The visit on the claim is the patient's own Encounter now: content, and the claim was not accepted yet.
    assert actions(report) == [["ChargeItem update", "Claim cancel", "Claim create"]]
    assert live(booked) == EVERYBODY
    assert at_rest(booked)


def test_a_session_entered_anew_is_billed_once(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    office.run()
    hours = office.clinic.hours("09:00", "10:00")
    office.server.put(b.encounter("g2", "Group/g", hours, leader="rivera", location="room"))
    for name in NAMES:
        office.change(f"Encounter/g1-{name}", partOf=b.ref("Encounter/g2"))
    office.change("Encounter/g1", status="entered-in-error")
    office.run()
    assert live(office) == EVERYBODY
    assert at_rest(office)


def test_what_another_namespace_billed_is_somebody_elses(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    office.run()
    office.table["namespace"] = "north"
    report = office.run().to_json()
    outcomes = {(each["outcome"], each["reason"]) for each in report["sessions"][0]["members"]}
    assert outcomes == {("not-charged", "already-claimed")}
    assert live(office) == EVERYBODY


def test_a_claim_for_an_order_of_coverage_that_is_gone_is_taken_back(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    office.run()
    office.change("Coverage/cov-p1", order=2)
    assert actions(office.run()) == [["ChargeItem keep", "Claim create", "Claim cancel"]]
    office.change("Coverage/cov-p1", order=1)
    office.run()
    assert live(office) == EVERYBODY
    assert at_rest(office)


def test_no_claim_is_begun_beside_one_whose_answer_is_waited_for(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    office.run()
    office.send()
    office.change("Coverage/cov-p1", order=2)
    report = office.run()
    assert actions(report) == [["ChargeItem keep", "Claim keep"]]
    member = report.to_json()["sessions"][0]["members"][0]
    assert [each["code"] for each in member["findings"] if each["severity"] == "error"] == ["CLM02"]
    assert (member["outcome"], member["claim"]) == ("charged", member["plan"][1]["resource"])
    assert at_rest(office)


def test_one_charge_of_somebody_else_stands_for_one_of_two_paid_leaders(clinic: Callable[..., Any]) -> None:
    made = clinic(3, "medicaid-wi")
    made["Encounter/g1"]["participant"] = [b.led_by("rivera"), b.led_by("chen", "SPRF")]
    made.item("theirs", "p1", "90853", visit="g1-p1", start="09:00", end="10:00")
    office = Office(made)
    report = office.run()
    assert actions(report) == [["ChargeItem keep", "ChargeItem create", "Claim create", "Claim create"]]
    assert at_rest(office)


def test_two_charges_of_a_lost_visit_are_given_up_once_each(clinic: Callable[..., Any]) -> None:
    made = clinic(3, "medicaid-wi")
    made["Encounter/g1"]["participant"] = [b.led_by("rivera"), b.led_by("chen", "SPRF")]
    office = Office(made)
    office.run()
    office.server.delete("Encounter/g1")
    for name in NAMES:
        office.change(f"Encounter/g1-{name}", status="entered-in-error")
    assert actions(office.run()) == [["ChargeItem cancel", "ChargeItem cancel", "Claim cancel", "Claim cancel"]]
    assert live(office) == []
    assert at_rest(office)


def test_a_visit_moved_to_a_patient_who_has_one_already_bills_nobody_twice(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    office.run()
    EVENTS["another parent"](office)
    office.run()
    EVENTS["moved"](office)
    office.run()
    assert live(office) == EVERYBODY[1:]
    assert at_rest(office)
    EVENTS["still open"](office)
    office.run()
    assert live(office) == EVERYBODY[1:]


def history(office: Office, *deleted: str) -> JSON:
    """What the server holds, and that some of it was deleted."""
    kept = [{"resource": each} for each in office.server.all()]
    gone = [{"request": {"method": "DELETE", "url": each}, "response": {"status": "204"}} for each in deleted]
    return {"resourceType": "Bundle", "type": "history", "entry": [*gone, *kept]}


def test_nobody_is_billed_for_a_visit_that_a_history_says_was_deleted(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    report = office.host().run(history(office, "Encounter/g1-p1"), date(2026, 3, 28)).to_json()
    found = {each["member"]: (each["outcome"], each["reason"]) for each in report["sessions"][0]["members"]}
    assert found["Patient/p1"] == ("held", "attendance-unverified")
    assert found["Patient/p2"] == found["Patient/p3"] == ("charged", None)


def test_a_deleted_session_is_taken_back_on_its_own_date(clinic: Callable[..., Any]) -> None:
    office = Office(clinic(3))
    visits = [f"Encounter/g1-{name}" for name in NAMES]
    for each in ("Encounter/g1", *visits):
        office.change(each, period={"start": "2026-03-11T00:30:00Z", "end": "2026-03-11T01:30:00Z"})
    billed = office.run().to_json()["sessions"][0]
    assert billed["dateOfService"] == "2026-03-10"
    report = office.host().run(history(office, "Encounter/g1", *visits), date(2026, 3, 28))
    [session] = report.to_json()["sessions"]
    assert [session[name] for name in ("session", "dateOfService", "attended")] == [
        *(billed[name] for name in ("session", "dateOfService")),
        0,
    ]
    assert actions(report) == [["ChargeItem cancel", "Claim cancel"]]
