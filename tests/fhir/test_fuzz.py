"""Whatever comes in: findings, or InputError where nothing is readable, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupbill.errors import InputError
from groupbill.fhir import bundles, dates, extensions
from groupbill.fhir import encounter as encounters
from groupbill.fhir.codes import codings
from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources, read_sources

FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
REFERENCE = {"reference": "Patient/p1"}
RESOURCES = [
    {
        "resourceType": "Encounter",
        "id": "e1",
        "meta": {"lastUpdated": "2026-03-10T10:00:00Z", "versionId": "1"},
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"coding": [{"system": "CPT", "code": "90853"}]}],
        "subject": REFERENCE,
        "participant": [{"individual": {"reference": "Practitioner/t"}, "type": [{"coding": [{"code": "PPRF"}]}]}],
        "period": {"start": "2026-03-10T10:00:00Z", "end": "2026-03-10T11:00:00Z"},
        "diagnosis": [{"condition": {"reference": "Condition/c"}, "rank": 1}],
        "location": [{"location": {"reference": "Location/l"}}],
        "identifier": [{"system": "s", "value": "v"}],
        "contained": [{"resourceType": "Group", "id": "g", "member": [{"entity": REFERENCE}]}],
        "extension": [{"url": "http://example.org/x", "valueReference": REFERENCE}],
    },
    {
        "resourceType": "Claim",
        "id": "c1",
        "total": {"value": 45.5},
        "item": [{"net": {"value": 45.5}, "encounter": [REFERENCE]}],
    },
    {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "identifier": {"value": "v"},
        "item": [{"item": [{"linkId": "x"}]}],
    },
    {
        "resourceType": "DocumentReference",
        "id": "d1",
        "subject": REFERENCE,
        "context": {"encounter": [REFERENCE], "period": {"start": "2026-03-10"}},
    },
    {
        "resourceType": "Appointment",
        "id": "a1",
        "start": "2026-03-10T10:00:00Z",
        "participant": [{"actor": REFERENCE}],
    },
    {
        "resourceType": "Group",
        "id": "g1",
        "identifier": [{"system": "s", "value": "v"}],
        "member": [{"entity": REFERENCE}],
    },
    {"resourceType": "ChargeItemDefinition", "id": "c2", "code": {"coding": [{"system": "CPT", "code": "90853"}]}},
    {
        "resourceType": "Patient",
        "id": "p1",
        "link": [{"other": REFERENCE, "type": "seealso"}],
        "identifier": [{"value": "v"}],
    },
    {"resourceType": "VendorThing", "id": "v1", "identifier": [{"value": "v"}], "subject": REFERENCE},
]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["", "#", "urn:uuid:1", "Patient/", "/", "2026-02-31", "2026-13", "x|y", "?identifier=|", "é", "\x00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["reference", "coding", "identifier", "start", "url", "id", "concept"]), inner
        )
    ),
    max_leaves=8,
)


def _paths(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield (*path, name)
        yield from _paths(inner, (*path, name))


@st.composite
def mutated(draw):
    resources = json.loads(json.dumps(draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=4))))
    for _ in range(draw(st.integers(0, 3))):
        resource = draw(st.sampled_from(resources))
        path = draw(st.sampled_from(sorted(_paths(resource), key=repr)))
        for step in path[:-1]:
            resource = resource[step]
        resource[path[-1]] = draw(ODD)
    return resources


def _ask_everything(index):
    for kind in (resource["resourceType"] for resource in RESOURCES):
        for key in index.keys(kind):
            resource = index.get(key)
            assert resource["id"] == key.split("/", 1)[1]
            assert index.original(key) is not None
            index.version(key)
            _ = [index.ref(element, resource) for element in resource.values()]
    for link in ("subject", "partOf", "actor", "identifier", "performer-day", "encounter"):
        index.find("Encounter", link, "Patient/p1")
    for key in index.keys("Encounter"):
        encounter = index.get(key)
        encounters.category(encounter), encounters.cpt_codes(encounter), encounters.virtual(encounter)
        list(codings(encounter.get("serviceType")))
        dates.period(encounters.period_element(encounter), None)
        (
            encounters.actors(encounter),
            encounters.diagnosis_elements(encounter),
            encounters.location_elements(encounter),
        )
        (
            encounters.appointment_elements(encounter),
            encounters.status(encounter),
            extensions.value(encounter, "modality"),
        )
    assert all(finding.code in ("ENG01", "ENG06") and finding.message for finding in index.findings)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "input.json"


def _read(path: Path, data: bytes):
    path.write_bytes(data)
    index = Index()
    try:
        read_sources(index, [path])
    except InputError:
        return None
    _ask_everything(index)
    return [(finding.code, finding.at) for finding in index.findings]


@FUZZ
@given(st.binary(max_size=400) | st.text(alphabet='{}[]":,0123456789.eE-+ntfalsru\\ \n').map(str.encode))
def test_random_bytes_never_raise(file, data):
    _read(file, data)


@FUZZ
@given(mutated(), st.data())
def test_mutated_bundles_never_raise_and_both_ways_of_reading_agree(file, resources, data):
    entries = [{"fullUrl": data.draw(ODD | st.just("urn:uuid:1")), "resource": resource} for resource in resources]
    entries.insert(data.draw(st.integers(0, len(entries))), data.draw(ODD))
    text = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + data.draw(st.binary(max_size=2)) + text[place + data.draw(st.integers(0, 2)) :]
    found = _read(file, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "_head", None)
        assert _read(file, text) == found


@FUZZ
@given(mutated())
def test_mutated_resources_in_memory_never_raise(resources):
    index = Index()
    add_resources(index, resources)
    _ask_everything(index)


@FUZZ
@given(mutated(), st.randoms(use_true_random=False))
def test_the_index_answers_the_same_in_every_order(resources, shuffle):
    def answers(order, in_memory):
        index = Index(in_memory)
        add_resources(index, order)
        kinds = [resource["resourceType"] for resource in RESOURCES]
        return (
            [[index.get(key) for key in index.keys(kind)] for kind in kinds],
            index.find("Encounter", "subject", "Patient/p1"),
            index.find("Encounter", "identifier", "s|v"),
            [finding for finding in index.findings if not finding.at.startswith("resources[")],
        )

    expected = answers(resources, 2**20)
    shuffled = resources[:]
    shuffle.shuffle(shuffled)
    assert answers(shuffled, 2**20) == answers(shuffled, 0) == expected


@pytest.mark.parametrize("depth", [1, 60, 61, 62, 63, 64, 65, 100, 300, 900, 1020, 1030, 3000])
def test_deep_nesting_never_raises(file, depth):
    for opening, closing in (("[", "]"), ('{"concept":', "}"), ('{"item":[', "]}")):
        nested = opening * depth + "1" + closing * depth
        for kind in ("Encounter", "QuestionnaireResponse", "VendorThing", "Claim"):
            resource = f'{{"resourceType":"{kind}","id":"x","serviceType":{nested},"item":{nested}}}'
            sound = '{"resourceType":"Encounter","id":"sound"}'
            _read(file, f"{resource}\n{sound}\n".encode())
            text = f'{{"resourceType":"Bundle","entry":[{{"resource":{sound}}},{{"resource":{resource}}}]}}'
            found = _read(file, text.encode())
            if 63 < depth < 900:
                assert found == [("ENG01", f"{file.as_posix()}#entry[1]")]
