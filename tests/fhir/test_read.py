"""The reader: what comes in from where, and what can't be read is named with its place."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from groupbill.errors import InputError
from groupbill.fhir import bundles, read
from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources, read_sources

PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"}
GROUP = {"resourceType": "Group", "id": "g1", "member": [{"entity": {"reference": "Patient/p1"}}]}
SOUND = json.dumps(PATIENT)


def _bundle(*entries, kind="collection"):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def _read(*sources):
    index = Index()
    read_sources(index, sources)
    return index


def _file(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def _places(index, folder):
    return [(finding.at.removeprefix(f"{folder.as_posix()}/"), finding.message) for finding in index.findings]


@pytest.fixture(params=["slices", "rewritten"], autouse=True)
def way(request, monkeypatch):
    """Both ways of taking a Bundle apart."""
    if request.param == "rewritten":
        monkeypatch.setattr(bundles, "_head", None)


def test_a_resource_a_bundle_lines_and_folders_of_them_are_read(tmp_path):
    _file(tmp_path, "b/one.json", json.dumps(PATIENT, indent=2))
    _file(tmp_path, "a.json", _bundle({"resource": GROUP}))
    _file(
        tmp_path,
        "c/d/lines.ndjson",
        '\n{"resourceType":"Patient","id":"p2"}\r\n\n{"resourceType":"Patient","id":"p3"}',
    )
    _file(tmp_path, "c/more.jsonl", '{"resourceType":"Patient","id":"p4"}\n')
    _file(tmp_path, "c/notes.txt", "not FHIR")
    _file(tmp_path, ".git/config.json", "not FHIR")
    index = _read(tmp_path)
    assert index.keys("Patient") == ["Patient/p1", "Patient/p2", "Patient/p3", "Patient/p4"]
    assert index.keys("Group") == ["Group/g1"]
    assert index.findings == []


def test_standard_input_may_be_lines_or_a_document(monkeypatch):
    for text in (
        f'{SOUND}\n{{"resourceType":"Group","id":"g1"}}\n',
        json.dumps(_bundle({"resource": PATIENT}), indent=1),
    ):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert _read("-").keys("Patient") == ["Patient/p1"]


def test_lines_in_a_json_file_and_a_document_in_an_ndjson_file_are_read(tmp_path):
    lines = _file(tmp_path, "lines.json", f'{SOUND}\n{{"resourceType":"Group","id":"g1"}}\n')
    document = _file(tmp_path, "document.ndjson", json.dumps(_bundle({"resource": PATIENT}), indent=2))
    assert _read(lines).keys("Group") == ["Group/g1"]
    assert _read(document).keys("Patient") == ["Patient/p1"]


@pytest.mark.parametrize("kind", ["transaction", "searchset", "history", "batch", "document", "message", "x"])
def test_bundles_of_every_type_are_read(tmp_path, kind):
    assert _read(_file(tmp_path, "b.json", _bundle({"resource": PATIENT}, kind=kind))).keys("Patient")


def test_bundles_in_bundles_and_bundles_on_lines_are_read(tmp_path):
    inner = _bundle({"resource": PATIENT}, {})
    _file(tmp_path, "a.json", _bundle({"resource": inner}))
    _file(tmp_path, "b.ndjson", json.dumps(_bundle({"resource": GROUP}, {"resource": 5})) + "\n")
    index = _read(tmp_path)
    assert (index.keys("Patient"), index.keys("Group")) == (["Patient/p1"], ["Group/g1"])
    assert [place for place, _ in _places(index, tmp_path)] == [
        "a.json#entry[0].resource.entry[1]",
        "b.ndjson:1#entry[1]",
    ]


def test_bundles_are_not_followed_down_for_ever(tmp_path):
    bundle = _bundle({"resource": PATIENT})
    for _ in range(20):
        bundle = _bundle({"resource": bundle})
    index = _read(_file(tmp_path, "b.json", bundle))
    assert [finding.code for finding in index.findings] == ["ENG01"]


def test_deletions_queries_and_answers_are_no_resources(tmp_path):
    bundle = _bundle(
        {"request": {"method": "DELETE", "url": "Patient/p9"}},
        {"resource": {"resourceType": "Patient", "id": "p9"}, "request": {"method": "DELETE"}},
        {"request": {"method": "GET", "url": "Patient"}},
        {"response": {"status": "201 Created"}},
        {"resource": PATIENT, "request": {"method": "PUT"}},
    )
    index = _read(_file(tmp_path, "b.json", bundle))
    assert (index.keys("Patient"), index.findings) == (["Patient/p1"], [])


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("turned", [False, True])
def test_of_what_a_history_says_was_deleted_no_earlier_version_counts(tmp_path, monkeypatch, turned, fast):
    def version(name, hour):
        content = {"resourceType": "Encounter", "id": name, "meta": {"lastUpdated": f"2026-03-10T{hour}:00:00Z"}}
        return {"resource": content, "request": {"method": "PUT", "url": f"Encounter/{name}"}}

    def deletion(name, **response):
        request = {"method": "DELETE", "url": f"Encounter/{name}"}
        return {"fullUrl": f"http://ehr.example.org/Encounter/{name}", "request": request, "response": response}

    if not fast:
        monkeypatch.setattr(bundles, "_head", None)
    at_noon = {"status": "204", "lastModified": "2026-03-10T12:00:00Z"}
    found = [version("late", "14"), version("back", "14"), version("back", "09"), version("gone", "09")]
    found += [version("unsaid", "09"), {"resource": {"resourceType": "Encounter", "id": "bare"}}]
    found += [deletion("back", **at_noon), deletion("gone", **at_noon), deletion("bare", **at_noon)]
    found += [deletion("unsaid"), deletion("never", **at_noon)]
    index = _read(_file(tmp_path, "h.json", _bundle(*(found[::-1] if turned else found))))
    assert (index.keys("Encounter"), index.findings) == (["Encounter/back", "Encounter/late"], [])
    assert index.get("Encounter/back")["meta"]["lastUpdated"] == "2026-03-10T14:00:00Z"
    assert index.deleted == {f"Encounter/{name}" for name in ("gone", "bare", "unsaid", "never")}


def test_amounts_keep_their_digits_from_bundles_and_lines(tmp_path):
    claim = '{"resourceType":"Claim","id":"c%d","total":{"value":45.00}}'
    _file(tmp_path, "a.json", '{"resourceType":"Bundle","entry":[{"resource":%s}]}' % (claim % 1))
    _file(tmp_path, "b.ndjson", claim % 2)
    add = _read(tmp_path)
    add_resources(add, [{"resourceType": "Claim", "id": "c3", "total": {"value": Decimal("45.00")}}])
    assert [str(add.get(key)["total"]["value"]) for key in add.keys("Claim")] == ["45.00"] * 3


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_the_place_in_a_document_does_not_depend_on_its_layout(tmp_path, indent, end):
    text = json.dumps(_bundle({"resource": PATIENT}, {"resource": 5}), indent=indent) + end
    assert _places(_read(_file(tmp_path, "b.json", text)), tmp_path)[0][0] == "b.json#entry[1]"


BROKEN_FILES = [
    ("truncated.json", '{"resourceType":"Patient",\n "id": "p', "truncated.json:2"),
    ("nan.json", '{"resourceType":"Patient","x":NaN}', "nan.json:1"),
    ("infinity.json", '{"resourceType":"Patient",\n\n"x":-Infinity}', "infinity.json:3"),
    ("comma.json", '{"resourceType":"Patient",}', "comma.json:1"),
    ("number.json", "5", "number.json:1"),
    ("string.json", '"Patient"', "string.json:1"),
    ("array.json", "[]", "array.json:1"),
    ("null.json", "null", "null.json:1"),
    ("empty.json", "", "empty.json:1"),
    ("latin.json", b'{"resourceType":"Patient","id":"p2","x":"\xe9"}', "latin.json:1"),
    ("wide.json", '{"resourceType":"Patient"}'.encode("utf-16"), "wide.json:1"),
    ("untyped.json", '{"id":"x"}', "untyped.json:1"),
    ("deep.json", '{"resourceType":"Patient","x":' + "[" * 70 + "]" * 70 + "}", "deep.json:1"),
    ("abyss.json", '{"resourceType":"Patient","x":' + "[" * 90000, "abyss.json:1"),
    ("number-id.json", '{"resourceType":"Patient","id":5}', "number-id.json:1"),
    ("date.json", '{"resourceType":"Patient","id":"p","birthDate":"1990-02-30"}', "date.json:1"),
    ("entries.json", '{"resourceType":"Bundle","entry":{}}', "entries.json#entry[0]"),
    ("lines.ndjson", f"{SOUND}\n\n{{oops}}\n{SOUND}\n", "lines.ndjson:3"),
    ("line.ndjson", f'{SOUND}\n"x"', "line.ndjson:2"),
]


@pytest.mark.parametrize(("name", "content", "place"), BROKEN_FILES)
def test_an_unreadable_file_is_named_with_its_place_and_the_rest_is_read(tmp_path, name, content, place):
    _file(tmp_path, name, content)
    _file(tmp_path, "sound.json", PATIENT)
    index = _read(tmp_path)
    assert "Patient/p1" in index.keys("Patient")
    assert [(finding.code, finding.severity) for finding in index.findings] == [("ENG01", "error")]
    assert _places(index, tmp_path)[0][0] == place
    assert "expected" in index.findings[0].message


BROKEN_ENTRIES = [
    (b"5", "expected an object"),
    (b"{}", "expected an entry with a resource"),
    (b'{"fullUrl":"urn:uuid:1"}', "expected an entry with a resource"),
    (b'{"resource":null}', "expected an entry with a resource"),
    (b'{"resource":[1]}', "expected a FHIR resource, which is a JSON object"),
    (b'{"resource":{"resourceType":"Patient","id":"p2","x":"\xe9"}}', ""),
    (b'{"resource":{"resourceType":"Patient","x":1e999}}', ""),
    (b'{"resource":{"id":"x"}}', "resourceType: expected the name of a FHIR resource type"),
    (b'{"resource":{"resourceType":"Group","member":{}}}', "Group.member: expected an array"),
    (b'{"resource":{"resourceType":"Patient","x":' + b"[" * 99 + b"]" * 99 + b"}}", "expected at most 64 levels"),
]


@pytest.mark.parametrize(("entry", "message"), BROKEN_ENTRIES)
def test_an_unreadable_entry_is_named_with_its_place_and_the_rest_is_read(tmp_path, entry, message):
    sound = b'{"fullUrl":"urn:uuid:9","resource":' + SOUND.encode() + b"}"
    data = b'{"resourceType":"Bundle","entry":[' + sound + b"," + entry + b"]}"
    index = _read(_file(tmp_path, "b.json", data))
    assert index.keys("Patient") == ["Patient/p1"]
    [(place, said)] = _places(index, tmp_path)
    assert place == "b.json#entry[1]"
    assert "expected" in said
    assert message in said


def test_a_byte_order_mark_and_unknown_types_are_no_fault(tmp_path):
    _file(tmp_path, "a.json", b"\xef\xbb\xbf" + SOUND.encode())
    _file(tmp_path, "b.ndjson", b"\xef\xbb\xbf" + b'{"resourceType":"Widget","id":"w","status":5}\n')
    index = _read(tmp_path)
    assert (index.keys("Patient"), index.keys("Widget"), index.findings) == (["Patient/p1"], ["Widget/w"], [])


def test_what_is_too_large_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "RESOURCE", 200)
    monkeypatch.setattr(read, "LINE", 400)
    large = json.dumps({**PATIENT, "id": "big", "x": "y" * 300})
    _file(tmp_path, "a.ndjson", f'{large[:-1]},"z":"{"z" * 900}"}}\n{SOUND}\n{large}\n')
    _file(tmp_path, "b.json", _bundle({"resource": json.loads(large)}, {"resource": GROUP}))
    index = _read(tmp_path)
    assert (index.keys("Patient"), index.keys("Group")) == (["Patient/p1"], ["Group/g1"])
    assert [place for place, _ in _places(index, tmp_path)] == ["a.ndjson:1", "a.ndjson:3", "b.json#entry[0]"]


def test_nothing_readable_at_all_is_an_error_that_says_where(tmp_path):
    _file(tmp_path, "a.json", "{")
    with pytest.raises(InputError, match=r"nothing readable; .*a\.json:1: expected JSON"):
        _read(tmp_path)
    with pytest.raises(InputError, match="no FHIR resource"):
        _read(_file(tmp_path, "b.ndjson", ""))
    with pytest.raises(InputError, match="no such file or folder"):
        _read(tmp_path / "nowhere.json")


def test_a_file_that_cannot_be_opened_is_named_and_the_rest_is_read(tmp_path):
    _file(tmp_path, "a.json", PATIENT)
    (tmp_path / "b.json").symlink_to(tmp_path / "gone.json")
    index = _read(tmp_path)
    assert _places(index, tmp_path) == [("b.json", "can't be read: No such file or directory")]
    assert index.keys("Patient") == ["Patient/p1"]


def test_an_empty_bundle_is_readable(tmp_path):
    index = _read(_file(tmp_path, "b.json", {"resourceType": "Bundle", "type": "searchset", "total": 0}))
    assert (index.count, index.findings) == (1, [])


def test_resources_in_memory_are_read_and_left_as_they_are():
    index = Index()
    frozen = MappingProxyType({"resourceType": "Group", "id": "g1", "member": ()})
    add_resources(index, [PATIENT, frozen, _bundle({"resource": {"resourceType": "Location", "id": "l"}})])
    assert [index.keys(kind) for kind in ("Patient", "Group", "Location")] == [
        ["Patient/p1"],
        ["Group/g1"],
        ["Location/l"],
    ]


def test_unreadable_resources_in_memory_are_findings():
    index = Index()
    loop: dict[str, object] = {"resourceType": "Group", "id": "loop"}
    loop["x"] = loop
    wrong = [
        5,
        None,
        {"resourceType": "Group", "id": "g", "x": {1, 2}},
        loop,
        {"resourceType": "Group", "id": "h", "member": 1},
    ]
    add_resources(index, wrong)
    assert [finding.at for finding in index.findings] == [
        "Group/g",
        "Group/h",
        "Group/loop",
        "resources[0]",
        "resources[1]",
    ]
    assert index.count == 0


def test_each_resource_is_counted_as_it_is_read(tmp_path):
    seen = []
    read_sources(Index(), [_file(tmp_path, "a.ndjson", f"{SOUND}\n{SOUND}\n")], lambda: seen.append(1))
    assert len(seen) == 2
