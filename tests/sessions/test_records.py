"""Attendance records and notes: whose they are, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
SYSTEM = "http://example.org/att"
PRESENT = {"codes": [f"{SYSTEM}|PRESENT"]}


def held(*people: str) -> list[JSON]:
    return [b.group("dbt", people), b.encounter("g1", "Group/dbt", HOUR, leader="rivera")]


def observation(code: JSON, status: str = "final", **value: Any) -> JSON:
    subject, encounter = b.ref("Patient/ana"), b.ref("Encounter/g1")
    base = {"resourceType": "Observation", "id": "o1", "status": status, "code": code}
    return {**base, "subject": subject, "encounter": encounter, **value}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, None),
        ({"valueBoolean": True}, None),
        ({"valueBoolean": False}, "not-attended"),
        ({"valueCodeableConcept": b.coded("http://snomed.info/sct", "373066001")}, None),
        ({"valueCodeableConcept": b.coded("http://snomed.info/sct", "373067005")}, "not-attended"),
        ({"valueCodeableConcept": b.coded("http://terminology.hl7.org/CodeSystem/v2-0136", "Y")}, None),
        ({"valueCodeableConcept": b.coded("http://terminology.hl7.org/CodeSystem/v2-0136", "N")}, "not-attended"),
        ({"valueCodeableConcept": b.coded("http://other.example", "maybe")}, "attendance-unverified"),
        ({"valueString": "no"}, "attendance-unverified"),
        ({"dataAbsentReason": b.coded("http://other.example", "unknown")}, "attendance-unverified"),
    ],
)
def test_a_question_of_the_site_is_answered_by_its_value(sessions, told, value: JSON, reason: str | None) -> None:
    [session] = sessions([*held("ana"), observation(b.coded(SYSTEM, "PRESENT"), **value)], attendance=PRESENT)
    assert told(session)["Patient/ana"][2] == reason
    kind = "roster" if reason == "attendance-unverified" else "attendance-record"
    assert told(session)["Patient/ana"][0] == kind


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("PRESENT", None),
        ("ABSENT", "not-attended"),
        ("NO-SHOW", "no-show"),
        ("LATE", "attendance-unverified"),
    ],
)
def test_a_value_of_the_site_says_so_itself(sessions, told, code: str, reason: str | None) -> None:
    question = b.coded("http://example.org/questions", "attendance")
    record = observation(question, valueCodeableConcept=b.coded(SYSTEM, code))
    [session] = sessions([*held("ana"), record], attendance=PRESENT)
    assert told(session)["Patient/ana"][2] == reason


def test_answers_to_other_questions_are_no_attendance(sessions, told) -> None:
    other = observation(b.coded("http://loinc.org", "44249-1"), valueBoolean=True)
    [session] = sessions([*held("ana"), other], attendance=PRESENT)
    assert told(session)["Patient/ana"][0] == "roster"


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_withdrawn_record_says_nothing(sessions, told, status: str) -> None:
    record = observation(b.coded(SYSTEM, "PRESENT"), status, valueBoolean=True)
    [session] = sessions([*held("ana"), record], attendance=PRESENT)
    assert told(session)["Patient/ana"][0] == "roster"


def test_without_codes_of_the_site_no_record_counts(sessions, told) -> None:
    [session] = sessions([*held("ana"), observation(b.coded(SYSTEM, "PRESENT"), valueBoolean=True)])
    assert told(session)["Patient/ana"][0] == "roster"


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        ("completed", {"valueCoding": {"system": SYSTEM, "code": "PRESENT"}}, None),
        ("amended", {"valueCoding": {"system": SYSTEM, "code": "ABSENT"}}, "not-attended"),
        ("in-progress", {"valueCoding": {"system": SYSTEM, "code": "PRESENT"}}, "attendance-unverified"),
        ("completed", {"valueBoolean": True}, "attendance-unverified"),
    ],
)
def test_a_questionnaire_says_what_its_answer_says(
    sessions, told, status: str, answer: JSON, reason: str | None
) -> None:
    inner = {"linkId": "b", "answer": [answer]}
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": status,
        "subject": b.ref("Patient/ana"),
        "encounter": b.ref("Encounter/g1"),
        "item": [{"linkId": "a", "answer": [{"valueString": "-", "item": [inner]}]}],
    }
    [session] = sessions([*held("ana"), response], attendance=PRESENT)
    assert told(session)["Patient/ana"][2] == reason


def test_a_record_against_a_weaker_reply_counts(sessions) -> None:
    invitation = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "fulfilled",
        "start": HOUR[0],
        "end": HOUR[1],
        "participant": [{"actor": b.ref(f"Patient/{name}"), "status": "accepted"} for name in ("ana", "ben")]
        + [{"actor": b.ref("Practitioner/rivera"), "status": "accepted"}],
    }
    absent = observation(b.coded(SYSTEM, "PRESENT"), valueBoolean=False)
    [session] = sessions([*held("ana", "ben"), invitation, absent], attendance=PRESENT)
    [decided, _] = [member.attendance for member in session.members]
    assert (decided.evidence, decided.source, decided.reason) == (
        "attendance-record",
        "Observation/o1",
        "not-attended",
    )
    assert [(each.kind, each.source) for each in decided.against] == [
        ("reply", "Appointment/a1"),
        ("roster", "Group/dbt"),
    ]


def test_a_note_with_a_section_per_patient_supports_each(sessions, told) -> None:
    note = {
        "resourceType": "Composition",
        "id": "n1",
        "status": "final",
        "subject": b.ref("Group/dbt"),
        "encounter": b.ref("Encounter/g1"),
        "attester": [{"mode": "legal", "party": b.ref("Practitioner/rivera")}],
        "section": [{"focus": b.ref("Patient/ana")}, {"title": "plan"}],
    }
    [session] = sessions([*held("ana", "ben"), note])
    assert {name: row[0] for name, row in told(session).items()} == {"Patient/ana": "note", "Patient/ben": "roster"}


@pytest.mark.parametrize(
    "change", [{"status": "entered-in-error"}, {"docStatus": "preliminary"}, {"authenticator": None}]
)
def test_a_note_that_is_not_signed_supports_nothing(sessions, told, change: JSON) -> None:
    note = {
        "resourceType": "DocumentReference",
        "id": "n1",
        "status": "current",
        "docStatus": "final",
        "subject": b.ref("Patient/ana"),
        "authenticator": b.ref("Practitioner/rivera"),
        "context": {"encounter": [b.ref("Encounter/v1")]},
        **change,
    }
    note = {key: value for key, value in note.items() if value is not None}
    visit = b.encounter("v1", "Patient/ana", HOUR, part_of="g1", status="unknown")
    [session] = sessions([*held("ana"), visit, note])
    assert told(session)["Patient/ana"][0] == "roster"
    [session] = sessions([*held("ana"), visit, {**note, "status": "current", "docStatus": "final",
                                               "authenticator": b.ref("Practitioner/rivera")}])  # fmt: skip
    assert told(session)["Patient/ana"] == ("note", "DocumentReference/n1", "attendance-unverified")


def test_a_record_of_the_old_patient_record_is_the_new_one_s(sessions, told) -> None:
    old = b.patient("ana", link=[{"other": b.ref("Patient/new"), "type": "replaced-by"}])
    record = observation(b.coded(SYSTEM, "PRESENT"), valueBoolean=True)
    [session] = sessions([*held("new"), old, b.patient("new"), record], attendance=PRESENT)
    assert told(session) == {"Patient/new": ("attendance-record", "Observation/o1", None)}
