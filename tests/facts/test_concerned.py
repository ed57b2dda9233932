"""Which sessions a changed resource leads to, through the hooks that ship."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from groupbill import Change, Host, Settings, Wait
from groupbill.facts import asked, lane_of
from groupbill.testing.server import MemoryServer

TODAY = date(2026, 3, 16)
LEADER = {"participant": [{"individual": {"reference": "Practitioner/dr"}}]}


def encounter(id: str, start: str = "2026-03-10T15:00:00-05:00", **more: Any) -> dict[str, Any]:
    period = {"start": start, "end": start.replace("T15", "T16")}
    return {"resourceType": "Encounter", "id": id, "status": "finished", "period": period, **LEADER, **more}


def of(reference: str) -> dict[str, str]:
    return {"reference": reference}


SERVER = MemoryServer(
    [
        encounter("s", subject=of("Group/g")),
        encounter("s-p1", subject=of("Patient/p1"), partOf=of("Encounter/s")),
        encounter("old", "2025-03-10T15:00:00-05:00", subject=of("Patient/p1")),
        encounter("t", "2026-03-12T15:00:00-05:00", subject=of("Group/g")),
        {"resourceType": "Group", "id": "g", "member": [{"entity": of("Patient/p1")}]},
        {"resourceType": "Claim", "id": "c", "patient": of("Patient/p1"), "item": [{"servicedDate": "2026-03-10"}]},
    ]
)

RECORDS = {
    "a child Encounter": (encounter("s-p1", partOf=of("Encounter/s")), {"Encounter/s"}),
    "a note of a visit": (
        {"resourceType": "DocumentReference", "context": {"encounter": [of("Encounter/s-p1")]}},
        {"Encounter/s"},
    ),
    "an observation of a visit": (
        {"resourceType": "Observation", "encounter": of("http://ehr.example/fhir/Encounter/s-p1/_history/2")},
        {"Encounter/s"},
    ),
    "a Coverage": (
        {"resourceType": "Coverage", "beneficiary": of("Patient/p1")},
        {"Encounter/s", "Encounter/t"},
    ),
    "a diagnosis": (
        {"resourceType": "Condition", "subject": of("Patient/p1")},
        {"Encounter/s", "Encounter/t"},
    ),
    "a merged Patient": (
        {"resourceType": "Patient", "link": [{"type": "replaces", "other": of("Patient/p1")}]},
        {"Encounter/s", "Encounter/t"},
    ),
    "a Group": ({"resourceType": "Group", "id": "g"}, {"Encounter/s", "Encounter/t"}),
    "somebody's Claim": (
        {"resourceType": "Claim", "patient": of("Patient/p1"), "item": [{"servicedDate": "2026-03-10"}]},
        {"Encounter/s"},
    ),
    "somebody's ChargeItem": (
        {"resourceType": "ChargeItem", "subject": of("Patient/p1"), "occurrenceDateTime": "2026-03-10"},
        {"Encounter/s"},
    ),
    "a payer's answer": ({"resourceType": "ClaimResponse", "request": of("Claim/c")}, {"Encounter/s"}),
    "a Slot": ({"resourceType": "Slot"}, set()),
}


@pytest.mark.parametrize("record", RECORDS)
def test_a_changed_record_leads_to_the_sessions_it_concerns(record: str) -> None:
    resource, expected = RECORDS[record]
    reference = f"{resource['resourceType']}/{resource.get('id', 'x')}"
    after = {"id": reference.split("/")[1], **resource}
    host = Host(Settings(timezone="America/Chicago"))
    effects, crashes = host.effects(Change(reference=reference, after=after), read=SERVER.read, today=TODAY)
    assert crashes == []
    roots = {lane_of(each, SERVER.read)[0] for each in asked(effects, TODAY, SERVER.read)}
    # Servers search by UTC days, so the window is a day wider: the day before and after may come with it.
    assert expected <= roots <= expected | {"Encounter/s", "Encounter/t"}
    assert "Encounter/old" not in roots


def test_all_sessions_of_a_leader_on_a_day_are_one_lane() -> None:
    assert lane_of("Encounter/s-p1", SERVER.read) == ("Encounter/s", "Practitioner/dr 2026-03-10")
    assert lane_of("Encounter/t", SERVER.read) == ("Encounter/t", "Practitioner/dr 2026-03-12")


def test_a_session_that_is_gone_is_a_lane_of_its_own() -> None:
    assert lane_of("Encounter/gone", SERVER.read) == ("Encounter/gone", "Encounter/gone")


def test_a_visit_that_is_not_over_waits_for_its_end() -> None:
    coming = encounter("s", status="in-progress")
    effects, _ = Host().effects(Change(reference="Encounter/s", after=coming), read=SERVER.read, today=TODAY)
    assert Wait("Encounter/s", datetime(2026, 3, 10, 21, tzinfo=UTC)) in effects


def test_an_appointment_to_come_waits_for_its_end() -> None:
    booked = {"resourceType": "Appointment", "id": "a", "status": "booked", "end": "2026-03-17T21:00:00Z"}
    effects, _ = Host().effects(Change(reference="Appointment/a", after=booked), read=SERVER.read, today=TODAY)
    assert Wait("Appointment/a", datetime(2026, 3, 17, 21, tzinfo=UTC)) in effects
