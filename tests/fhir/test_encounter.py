"""Encounter of R4 and R5: one answer."""

from __future__ import annotations

from groupbill.fhir import encounter as encounters
from groupbill.fhir.codes import CPT

TYPES = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
PPRF = {"coding": [{"system": TYPES, "code": "PPRF"}]}
OBS = {"coding": [{"system": TYPES, "code": "OBS"}]}
GROUP = {"coding": [{"system": "CPT", "code": "90853"}]}
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PERIOD = {"start": "2026-03-02T15:00:00-05:00", "end": "2026-03-02T16:30:00-05:00"}
R4 = {
    "resourceType": "Encounter",
    "status": "finished",
    "class": {"system": ACT, "code": "AMB"},
    "type": [GROUP],
    "serviceType": {"coding": [{"system": "http://clinic.example.org/s", "code": "GRP"}]},
    "participant": [{"type": [OBS, PPRF], "individual": {"reference": "Practitioner/th1"}, "period": PERIOD}],
    "period": PERIOD,
    "location": [{"location": {"reference": "Location/room2"}}],
    "diagnosis": [
        {"condition": {"reference": "Condition/c0"}},
        {"condition": {"reference": "Condition/c2"}, "rank": 2},
        {"condition": {"reference": "Condition/c1"}, "rank": 1},
    ],
    "appointment": [{"reference": "Appointment/a1"}],
}
R5 = {
    "resourceType": "Encounter",
    "status": "completed",
    "class": [{"coding": [{"system": ACT, "code": "AMB"}]}],
    "type": [GROUP],
    "serviceType": [{"concept": {"coding": [{"system": "http://clinic.example.org/s", "code": "GRP"}]}}],
    "participant": [{"type": [OBS, PPRF], "actor": {"reference": "Practitioner/th1"}, "period": PERIOD}],
    "actualPeriod": PERIOD,
    "location": [{"location": {"reference": "Location/room2"}}],
    "diagnosis": [
        {"condition": [{"reference": {"reference": "Condition/c1"}}, {"reference": {"reference": "Condition/c2"}}]},
        {"condition": [{"reference": {"reference": "Condition/c0"}}]},
    ],
    "appointment": [{"reference": "Appointment/a1"}],
}


def _facts(encounter):
    return (
        encounters.status(encounter),
        encounters.category(encounter),
        encounters.codes(encounter),
        encounters.cpt_codes(encounter),
        encounters.period_element(encounter),
        encounters.actors(encounter),
        encounters.location_elements(encounter),
        encounters.appointment_elements(encounter),
        encounters.virtual(encounter),
    )


def test_r4_and_r5_say_the_same():
    assert _facts(R4) == _facts(R5)
    assert _facts(R4)[:4] == ("finished", "AMB", [(CPT, "90853"), ("http://clinic.example.org/s", "GRP")], ["90853"])


def test_the_leading_role_counts_among_several():
    assert encounters.actors(R4) == [({"reference": "Practitioner/th1"}, "PPRF", PERIOD)]


def test_diagnoses_come_by_rank_and_those_without_rank_last():
    found = [element["reference"] for element in encounters.diagnosis_elements(R4)]
    assert found == ["Condition/c1", "Condition/c2", "Condition/c0"]
    r5 = [element["reference"]["reference"] for element in encounters.diagnosis_elements(R5)]
    assert r5 == found


def test_an_empty_encounter_has_no_facts():
    assert _facts({}) == ("", None, [], [], None, [], [], [], False)
    assert encounters.diagnosis_elements({}) == []


def test_statuses_of_r5_are_said_in_the_words_of_r4():
    words = ("discharged", "on-hold", "cancelled", "entered-in-error", "planned", "in-progress")
    assert [encounters.status({"status": word}) for word in words] == ["finished", "onleave", *words[2:]]


def test_a_virtual_service_is_noticed():
    assert encounters.virtual({"virtualService": [{"channelType": {"code": "zoom"}}]})
