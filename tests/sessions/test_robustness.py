"""Whatever stands in a resource, finding and reading sessions never raises and forgets nobody on the roster."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.model import Session
from groupbill.sessions import find, resolve
from groupbill.settings import Settings
from groupbill.testing import builders as b

JSON = dict[str, Any]
HOUR = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")
SETTINGS = Settings(timezone="America/Chicago", attendance_codes=frozenset({"http://example.org/att|PRESENT"}))
ATTENDED = b.coded("http://example.org/att", "PRESENT")
URL = "http://hl7.org/fhir/StructureDefinition/encounter-"


def clinic() -> list[JSON]:
    traits = [{"code": {"text": "focus"}, "valueCodeableConcept": b.coded(b.CPT, "90853"), "exclude": False}]
    roster = {**b.group("dbt", ["ana", "ben", {"entity": b.ref("Group/inner"), "period": {"start": "2026-01"}}])}
    parent = b.encounter("g1", "Group/dbt", HOUR, code=None, leader="rivera", location="room-2")
    child = b.encounter("v1", "Patient/ana", HOUR, part_of="g1", appointment=[b.ref("Appointment/a1")])
    child["extension"] = [
        {"url": URL + "associatedEncounter", "valueReference": b.ref("Encounter/g1")},
        {"url": URL + "reasonCancelled", "valueCodeableConcept": {"text": "no show"}},
    ]
    booking = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "cancelled",
        "cancelationReason": b.coded("http://example.org", "no-show"),
        "reasonCode": [b.coded(b.CPT, "90853")],
        "specialty": [b.coded("http://example.org", "x")],
        "start": HOUR[0],
        "end": HOUR[1],
        "participant": [
            {"actor": b.ref("Patient/ana"), "status": "accepted"},
            {"actor": b.ref("Practitioner/rivera"), "status": "accepted"},
        ],
    }
    record = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": ATTENDED,
        "subject": b.ref("Patient/ben"),
        "encounter": b.ref("Encounter/g1"),
        "valueCodeableConcept": ATTENDED,
    }
    answers = {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": "completed",
        "subject": b.ref("Patient/ben"),
        "encounter": b.ref("Encounter/g1"),
        "item": [{"linkId": "PRESENT", "answer": [{"valueBoolean": True, "item": [{"linkId": "x"}]}]}],
    }
    note = {
        "resourceType": "Composition",
        "id": "n1",
        "status": "final",
        "subject": b.ref("Group/dbt"),
        "encounter": b.ref("Encounter/g1"),
        "attester": [{"mode": "legal"}],
        "section": [{"focus": b.ref("Patient/ben")}],
    }
    loose = [
        b.encounter(f"c{n}", f"Patient/p{n}", HOUR, leader="okafor", basedOn=[b.ref("ServiceRequest/o")], identifier=[
            {"system": "http://example.org/s", "value": "1"}
        ])
        for n in range(2)
    ]  # fmt: skip
    people = [b.patient("ana", deceasedDateTime="2026-05-01"), b.role("r1", "rivera", "clinic", "1041C0700X")]
    people[0]["link"] = [{"other": b.ref("Patient/old"), "type": "replaces"}]
    roster["characteristic"] = traits
    return [roster, b.group("inner", ["cy"]), parent, child, booking, record, answers, note, *loose, *people]


def places(element: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything inside an element."""
    found = [path] if path else []
    inner: Any = (
        element.items() if isinstance(element, dict) else enumerate(element) if isinstance(element, list) else ()
    )
    for key, value in inner:
        found += places(value, (*path, key))
    return found


PLACES = [path for path in places(clinic()) if len(path) > 1 and path[-1] not in ("resourceType", "id")]
JUNK: list[Any] = [
    None, 0, -1, 1.5, True, "", "x", "2026-13-45", "2026", "9999-12-31T23:59:59Z", "0001-01-01", "#", "#x",
    "Patient/ana", "Group/dbt", "Encounter/g1", "urn:uuid:x", [], {}, [[]], [None], [{}], {"coding": 1},
    {"coding": [1]}, {"coding": [{"system": 1, "code": "x"}]}, {"reference": 1}, {"reference": "Group/dbt"},
    {"concept": {"coding": [{"system": [], "code": "x"}]}}, {"start": 1}, {"identifier": {"value": 1}},
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK)), min_size=1, max_size=4))
def test_spoiled_resources_never_raise(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    resources = clinic()
    for path, junk in changes:
        holder: Any = resources
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = copy.deepcopy(junk)
        except (KeyError, IndexError, TypeError):
            continue
    index = Index()
    add_resources(index, resources)
    for candidate in find(index, SETTINGS):
        session = resolve(candidate, index, SETTINGS)
        if isinstance(session, Session):
            names = [member.member for member in session.members]
            assert names == sorted(set(names))


def test_the_unspoiled_clinic_is_two_sessions() -> None:
    index = Index()
    add_resources(index, clinic())
    found = [resolve(each, index, SETTINGS) for each in find(index, SETTINGS)]
    assert [(each.shape, len(each.members)) for each in found if isinstance(each, Session)] == [("B", 3), ("H", 2)]
