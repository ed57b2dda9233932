"""Shapes: wrong JSON types and impossible dates are named, everything unknown passes."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbill.fhir.elements import fault, surely_fine
from groupbill.fhir.shapes import Leaf, Many, Thing, Writer, thing

ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "g812-p1",
    "meta": {"versionId": "3", "lastUpdated": "2026-03-10T22:00:00.123Z", "security": [{"code": "PSY"}]},
    "identifier": [{"system": "http://clinic.example.org/visits", "value": "V1"}],
    "status": "finished",
    "class": {"code": "AMB"},
    "type": [{"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90853"}]}],
    "subject": {"reference": "Patient/p1"},
    "participant": [{"individual": {"reference": "Practitioner/th1"}, "period": {"start": "2026-03-10"}}],
    "period": {"start": "2026-03-10T15:00:00-05:00", "end": "2026-03-10T16:30:00-05:00"},
    "diagnosis": [{"condition": {"reference": "Condition/c1"}, "rank": 1}],
}
CLAIM = {
    "resourceType": "Claim",
    "id": "c1",
    "status": "active",
    "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c"}, "preAuthRef": ["A"]}],
    "item": [
        {
            "sequence": 1,
            "diagnosisSequence": [1],
            "productOrService": {"coding": [{"code": "90853"}]},
            "modifier": [{"coding": [{"code": "HQ"}]}],
            "servicedDate": "2026-03-10",
            "quantity": {"value": 1},
            "net": {"value": 45.5},
        }
    ],
}
WRONG = [
    (ENCOUNTER, ("period", "start"), "2026-02-30T10:00:00Z", "Encounter.period.start: expected a date or dateTime"),
    (ENCOUNTER, ("period",), "2026-03-10", "Encounter.period: expected an object"),
    (ENCOUNTER, ("participant",), {}, "Encounter.participant: expected an array"),
    (ENCOUNTER, ("participant", 0), "Practitioner/th1", "Encounter.participant[0]: expected an object"),
    (ENCOUNTER, ("subject", "reference"), 5, "Encounter.subject.reference: expected a string or an object"),
    (ENCOUNTER, ("subject",), [], "Encounter.subject: expected an object"),
    (ENCOUNTER, ("status",), 1, "Encounter.status: expected a string"),
    (ENCOUNTER, ("type", 0, "coding"), {}, "Encounter.type[0].coding: expected an array"),
    (ENCOUNTER, ("class",), "AMB", "Encounter.class: expected an object or an array"),
    (ENCOUNTER, ("diagnosis", 0, "rank"), "1", "Encounter.diagnosis[0].rank: expected a whole number"),
    (ENCOUNTER, ("diagnosis", 0, "rank"), True, "Encounter.diagnosis[0].rank: expected a whole number"),
    (ENCOUNTER, ("diagnosis", 0, "rank"), 10**30, "Encounter.diagnosis[0].rank: expected a whole number"),
    (ENCOUNTER, ("id",), 812, "Encounter.id: expected a string"),
    (ENCOUNTER, ("id",), "a/b", "Encounter.id: expected a string"),
    (ENCOUNTER, ("meta", "lastUpdated"), "2026-03-10", "Encounter.meta.lastUpdated: expected an instant"),
    (ENCOUNTER, ("resourceType",), 7, "resourceType: expected the name of a FHIR resource type"),
    (ENCOUNTER, ("resourceType",), "en counter", "resourceType: expected the name of a FHIR resource type"),
    (ENCOUNTER, ("contained",), [{"resourceType": "Group", "member": 1}], "Encounter.contained[0].member: expected"),
    (ENCOUNTER, ("contained",), ["Group"], "Encounter.contained[0]: expected an object"),
    (
        ENCOUNTER,
        ("extension",),
        [{"url": "https://w3id.org/groupbill/fhir/StructureDefinition/modality", "valueCode": 1}],
        "Encounter.extension[0].valueCode: expected a string",
    ),
    (CLAIM, ("item", 0, "servicedDate"), "2026-03-10T10:00:00Z", "Claim.item[0].servicedDate: expected a date"),
    (CLAIM, ("item", 0, "servicedDate"), "2025-02-29", "Claim.item[0].servicedDate: expected a date"),
    (CLAIM, ("item", 0, "net", "value"), "45.00", "Claim.item[0].net.value: expected a number"),
    (CLAIM, ("item", 0, "net", "value"), 1e300, "Claim.item[0].net.value: expected a number"),
    (CLAIM, ("item", 0, "diagnosisSequence"), ["1"], "Claim.item[0].diagnosisSequence[0]: expected a whole number"),
    (CLAIM, ("insurance", 0, "focal"), "true", "Claim.insurance[0].focal: expected true or false"),
]


def _with(resource, path, value):
    changed = copy.deepcopy(resource)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("resource", [ENCOUNTER, CLAIM])
def test_a_sound_resource_has_no_fault(resource):
    assert fault(resource) is None
    assert surely_fine(resource)


@pytest.mark.parametrize(("resource", "path", "value", "message"), WRONG)
def test_a_wrong_element_is_named_with_what_was_expected(resource, path, value, message):
    wrong = _with(resource, path, value)
    assert (fault(wrong) or "").startswith(message)
    assert not surely_fine(wrong)


@pytest.mark.parametrize(
    "unknown",
    [
        {"extension": [{"url": "http://vendor.example.com/x", "valueCode": 5}, 7]},
        {"extension": {}},
        {"vendorField": [[{"a": None}]]},
        {"_status": {"extension": []}},
        {"period": {"start": "2026", "_end": 5}},
        {"participant": [{"individual": {"reference": "Practitioner/th1", "display": 5}}]},
    ],
)
def test_what_groupbill_does_not_read_may_be_anything(unknown):
    assert fault({**ENCOUNTER, **unknown}) is None


def test_an_unknown_type_is_no_fault():
    assert fault({"resourceType": "VendorThing", "status": 5, "period": "soon"}) is None


def test_answers_are_looked_at_at_every_level():
    answer = {"linkId": "1", "answer": [{"valueBoolean": "yes"}]}
    reply = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "0", "item": [answer]}]}
    assert fault(reply) == "QuestionnaireResponse.item[0].item[0].answer[0].valueBoolean: expected true or false"


def test_no_message_echoes_a_value():
    secret = "Jane Q. Example"
    for resource in (ENCOUNTER, CLAIM):
        for path in ((name,) for name in resource):
            assert secret not in (fault(_with(resource, path, secret)) or "")
            assert secret not in (fault(_with(resource, path, [{secret: secret}])) or "")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["x", "2026-03-10"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "coding", "x"]), inner),
    max_leaves=5,
)


def _paths(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from _paths(inner, (*path, name))


@settings(max_examples=300)
@given(st.data())
def test_the_quick_test_and_the_walk_agree(data):
    resource = data.draw(st.sampled_from([ENCOUNTER, CLAIM]))
    path = data.draw(st.sampled_from([path for path in _paths(resource) if path]))
    changed = _with(resource, path, data.draw(_json))
    found = fault(changed)
    if isinstance(changed["resourceType"], str) and changed["resourceType"] in ("Encounter", "Claim"):
        assert surely_fine(changed) == (found is None)


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_quick_tests_may_be_written_by_several_threads_at_once() -> None:
    text = Leaf("a string", "type({v}) is str", {})
    shapes: list[Thing] = [thing(a=text, b=text, c=Many(thing(d=text, e=text, f=text))) for _ in range(8)]
    good = {"a": "1", "b": "2", "c": [{"d": "3", "e": "4", "f": "5"}]}
    bad = {"a": "1", "b": "2", "c": [{"d": "3", "e": "4", "f": 5}]}
    for _ in range(20):
        writer, start = Writer({}), Barrier(len(shapes))

        def made(shape: Thing, writer: Writer = writer, start: Barrier = start) -> tuple[bool, bool]:
            start.wait()
            test = writer.test(shape)
            return test(good), test(bad)

        with ThreadPoolExecutor(len(shapes)) as pool:
            assert list(pool.map(made, shapes)) == [(True, False)] * len(shapes)
