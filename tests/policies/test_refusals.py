"""What a policy file may not say: each refusal names the file, the place, what was expected and the nearest key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.errors import PolicyError
from groupbill.policies import Policies
from groupbill.policies.objects import parse_object
from groupbill.policies.schema import descriptions, problems

FREQUENCY = {"codes": ["90853"], "days": 7, "max": 2}


def refused(folder: Path, document: Any, name: str = "acme.json") -> str:
    """The message about one file, without its folder."""
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        Policies.load([file])
    return str(refusal.value).replace(f"{folder}/", "")


VALUES: list[tuple[dict[str, Any], str]] = [
    (
        {"group_size.mx": 12},
        "acme.json: /values/group_size.mx: unknown key 'group_size.mx' (did you mean 'group_size.max'?)",
    ),
    ({"group_size": {"max": 12}}, "unknown key 'group_size' (did you mean 'group_size."),
    ({"video_modifer": "95"}, "/values/video_modifer: unknown key 'video_modifer' (did you mean 'video_modifier'?)"),
    ({"zzz": 1}, "acme.json: /values/zzz: unknown key 'zzz'"),
    (
        {"group_size.max": "12"},
        'acme.json: /values/group_size.max: expected a whole number of 1 or more, or null for none, not "12"',
    ),
    (
        {"group_size.max": 2.5},
        "/values/group_size.max: expected a whole number of 1 or more, or null for none, not 2.5",
    ),
    ({"group_size.min": 0}, "/values/group_size.min: expected a whole number of 1 or more, not 0"),
    ({"group_size.min": True}, "/values/group_size.min: expected a whole number of 1 or more, not true"),
    ({"minutes.attended_share": 50}, "/values/minutes.attended_share: expected a number from 0 to 1"),
    ({"ncci": "yes"}, '/values/ncci: expected true or false, not "yes"'),
    ({"ncci_scope": "biling"}, "/values/ncci_scope: expected rendering or billing (did you mean 'billing'?), not"),
    ({"video_modifier": 95}, "/values/video_modifier: expected a modifier of two characters in quotes"),
    ({"repeat_modifier": "760"}, "/values/repeat_modifier: expected a modifier of two characters in quotes"),
    ({"frequency": [{"codes": ["90853"], "days": 7}]}, "/values/frequency/0: expected the key 'max'"),
    (
        {"frequency": [FREQUENCY | {"weeks": 1}]},
        "acme.json: /values/frequency/0/weeks: unknown key 'weeks'",
    ),
    ({"frequency": [FREQUENCY | {"codes": [90853]}]}, "/values/frequency/0/codes/0: expected a CPT or HCPCS code"),
    ({"frequency": FREQUENCY}, '/values/frequency: expected a list like [{"codes"'),
    ({"modifier_order": ["HO", "X"]}, "/values/modifier_order/1: expected a modifier of two characters, or a class"),
    ({"modifier_order": ["HO", "HO"]}, "/values/modifier_order: expected a list of modifiers and class letters"),
    ({"license_modifiers": {"LCSW": "AJ"}}, "/values/license_modifiers/LCSW: expected as key a NUCC taxonomy code"),
    ({"rendering.taxonomies": "1041C0700X"}, "/values/rendering.taxonomies: expected a list of NUCC taxonomy codes"),
    ({"rendering.percent": {"1041C0700X": 0.75}}, "/values/rendering.percent/1041C0700X: expected a percentage"),
    ({"rendering.supervised": False}, "/values/rendering.supervised: expected no or supervisor, not false"),
    ({"dx.primary_prefixes": "F"}, "/values/dx.primary_prefixes: expected a list of beginnings of ICD-10-CM codes"),
    ({"session_code": {"90853": "H004"}}, "/values/session_code/90853: expected a CPT or HCPCS code"),
    ({"allowed": "medicare-pf"}, '/values/allowed: expected "medicare-pfs", an object of amounts per code'),
    ({"allowed": {"90853": "thirty"}}, "/values/allowed/90853: expected an amount in USD"),
    ({"documentation": {"notes": "off"}}, "/values/documentation/notes: unknown key 'notes' (did you mean 'note'?)"),
    ({"documentation": {"note": "maybe"}}, "/values/documentation/note: expected when-kept, required or off"),
    ({"severity": {"GRP02": "fatal"}}, "/values/severity/GRP02: expected error, warning or information"),
    ({"severity": {"GRP 02": "error"}}, "/values/severity/GRP 02: expected as key a rule code like GRP02"),
    ({"severity": {"ENG02": "warning"}}, "/values/severity/ENG02: the severity of ENG02 can't be changed"),
    (
        {"severity": [{"value": {"ENG03": "warning"}}]},
        "/values/severity/0/value/ENG03: the severity of ENG03 can't be changed",
    ),
    ({"no_data": "wait"}, "/values/no_data: expected report or hold"),
    (
        {"group_size.max": [{"value": 8, "form": "2026-01-01"}]},
        "acme.json: /values/group_size.max/0/form: unknown key 'form' (did you mean 'from'?)",
    ),
    (
        {"group_size.max": [{"value": "8", "from": "2026-01-01"}]},
        'acme.json: /values/group_size.max/0/value: expected a whole number of 1 or more, or null for none, not "8"',
    ),
    (
        {"group_size.max": [{"valu": 8}]},
        "expected a whole number of 1 or more, or null for none, or a list of dated values that all have",
    ),
    ({"group_size.max": [{"value": 8, "from": "2026-1-1"}]}, "/values/group_size.max/0/from: expected a date like"),
    (
        {"group_size.max": [{"value": 8, "to": "2026-02-30"}]},
        '/values/group_size.max/0/to: expected a date of the calendar like "2026-03-10", not "2026-02-30"',
    ),
    ({"group_size.max": [{"value": 8, "confidence": "sure"}]}, "/0/confidence: expected V, V2, R-hi or R-lo"),
    (
        {"group_size.max": [{"value": 8, "from": "2026-02-01", "to": "2026-01-31"}]},
        "acme.json: /values/group_size.max/0: from 2026-02-01 is after to 2026-01-31",
    ),
    (
        {"group_size.max": [{"value": 8, "from": "2026-01-31"}, {"value": 9, "to": "2026-01-31"}]},
        "acme.json: /values/group_size.max/0: overlaps /values/group_size.max/1 from 2026-01-31 on",
    ),
    (
        {"group_size.max": [{"value": 8}, {"value": 9, "to": "2026-01-31"}]},
        "overlaps",
    ),
]


@pytest.mark.parametrize(("values", "message"), VALUES, ids=[json.dumps(values) for values, _ in VALUES])
def test_a_wrong_value_is_refused_with_place_expectation_and_nearest_key(
    tmp_path: Path, values: dict[str, Any], message: str
) -> None:
    text = refused(tmp_path, {"id": "acme", "title": "Acme", "extends": "commercial", "values": values})
    assert text.startswith("acme.json: /values/")
    assert message in text


DOCUMENTS: list[tuple[Any, str]] = [
    ([], "acme.json: /: expected an object with id, title, extends and values, not []"),
    ({"id": "acme"}, "acme.json: /: expected the key 'values'"),
    ({"id": "acme", "value": {}}, "acme.json: /value: unknown key 'value' (did you mean 'values'?)"),
    ({"id": "Acme Gold", "values": {}}, "acme.json: /id: expected an id of letters, digits"),
    ({"id": "acme", "title": 7, "values": {}}, "acme.json: /title: expected text in quotes, not 7"),
    (
        {"id": "acme", "extends": "medicad", "values": {}},
        "acme.json: /extends: no policy 'medicad' (did you mean 'medicaid'?)",
    ),
    ({"id": "acme", "extends": "acme", "values": {}}, "acme.json: /extends: circular: acme -> acme"),
    (
        {"id": "medicaid", "values": {}},
        "acme.json: /id: 'medicaid' is a bundled policy; choose another id and extend it",
    ),
    ('{"id": "acme",\n "values": {"ncci": tru}}', "acme.json: line 2, column 21: expected JSON"),
    ('{"id": "acme", "values": {"group_size.min": NaN}}', "acme.json: expected JSON: NaN is no JSON number"),
    (
        '{"id": "acme", "values": {"ncci": true, "ncci": false}}',
        "acme.json: /values: the key 'ncci' is given twice",
    ),
    ('{"id": "a", "id": "b", "values": {}}', "acme.json: /: the key 'id' is given twice"),
    ("[" * 100_000, "acme.json: expected JSON"),
    ("", "acme.json: line 1, column 1: expected JSON"),
]


@pytest.mark.parametrize(("document", "message"), DOCUMENTS, ids=[str(number) for number in range(len(DOCUMENTS))])
def test_a_wrong_file_is_refused(tmp_path: Path, document: Any, message: str) -> None:
    assert message in refused(tmp_path, document)


def test_all_faults_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    text = refused(tmp_path, {"id": "acme", "values": {"ncci": 1, "no_data": "x", "minutes.mn": 45}})
    assert text.splitlines() == [
        "acme.json: /values/minutes.mn: unknown key 'minutes.mn' (did you mean 'minutes.min'?)",
        "acme.json: /values/ncci: expected true or false, not 1",
        'acme.json: /values/no_data: expected report or hold, not "x"',
    ]


def test_a_circle_of_several_files_is_refused(tmp_path: Path) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"id": name, "extends": parent, "values": {}}))
    with pytest.raises(PolicyError, match=r"c\.json: /extends: circular: a -> b -> c -> a"):
        Policies.load([tmp_path / f"{name}.json" for name in "abc"])


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text('{"id": "acme", "values": {}}')
    with pytest.raises(PolicyError, match=r"two\.json: /id: 'acme' is the id of .*one\.json too"):
        Policies.load([tmp_path / "one.json", tmp_path / "two.json"])


def test_a_missing_file_a_folder_and_other_encodings_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"id": "acme", "title": "Größe"}'.encode("latin-1"))
    for path, reason in (
        (tmp_path / "none.json", r"none\.json: can't be read: No such file"),
        (tmp_path, "can't be read: Is a directory"),
        (latin, r"latin\.json: can't be read: expected UTF-8, byte 27 is not"),
    ):
        with pytest.raises(PolicyError, match=reason):
            Policies.load([path])


def test_severities_of_rules_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    known = {code: f"rule-{code.lower()}" for code in ("GRP02", "GRP07", "DOC02", "DOC06", "TIM02", "TIM03")}
    known |= {"TEL11": "in-person-visit", "DX02": "not-psychiatric", "PRV13": "inpatient", "CHG06": "partial"}
    file.write_text(json.dumps({"id": "acme", "values": {"severity": {"GRP22": "error", "GRP": "warning"}}}))
    with pytest.raises(PolicyError) as refusal:
        Policies.load([file]).check_rules(known)
    expected = "/values/severity/GRP22: no rule is called 'GRP22' (did you mean 'GRP02'?)"
    assert str(refusal.value) == f"{file}: {expected}"
    Policies.load(()).check_rules(known)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["95", "90853", "V", "error"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "from", "to", "codes", "note", "GRP02"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(descriptions())), json_values, max_size=4))
def test_whatever_a_file_says_its_faults_are_told_in_words(values: dict[str, Any]) -> None:
    document = parse_object(json.dumps({"id": "acme", "values": values}), "acme.json")
    for line in problems(document):
        assert line.startswith("/")
        assert ": expected " in line or ": unknown key " in line
