"""Whatever goes in ends in findings or a clear refusal, and the good part goes on."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groupbill import GroupBillError, Host
from groupbill.fhir.index import Index
from groupbill.fhir.read import read_sources
from groupbill.testing import builders as b

sys.path.insert(0, str(Path(__file__).parent))
import made_worlds as worlds

TODAY = date(2026, 3, 16)
SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
EXAMPLES = [path for path in sorted(SESSIONS.glob("?-*.json")) if ".report" not in path.name]
DEEP: Any = "x"
for _ in range(120):
    DEEP = {"extension": [DEEP]}
ODD = [
    None,
    "",
    [],
    {},
    0,
    -1,
    1e308,
    10**400,
    True,
    "2026-13-45",
    "9999-99",
    "Patient/",
    "#",
    "urn:uuid:",
    "é\u0000",
    DEEP,
]


@cache
def host() -> Host:
    return Host(worlds.settings())


def spoil(value: Any, chance: random.Random, rate: float) -> Any:
    """A value with something odd here and there."""
    if chance.random() < rate:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {key: spoil(each, chance, rate) for key, each in value.items() if chance.random() >= rate / 2}
    if isinstance(value, list):
        kept = [spoil(each, chance, rate) for each in value]
        return kept * 2 if chance.random() < rate else kept
    return value


def ends_well(resources: Any) -> None:
    """A run ends in a report without a crash of ours, or in a refusal that says so."""
    try:
        report = host().run(resources, today=TODAY)
    except GroupBillError as refusal:
        assert refusal.exit_status == 2
        return
    crashes = [each.message for each in report.all_findings if each.code in ("ENG02", "ENG03")]
    assert crashes == []
    report.to_json()
    report.transactions()


@settings(max_examples=120)
@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False), st.sampled_from([0.002, 0.01, 0.05]))
def test_a_spoilt_bundle_ends_in_findings(example: Path, chance: random.Random, rate: float) -> None:
    bundle = json.loads(example.read_bytes())
    bundle["entry"] = [{**entry, "resource": spoil(entry["resource"], chance, rate)} for entry in bundle["entry"]]
    ends_well([bundle])


@settings(max_examples=60)
@given(worlds.world(), st.data())
def test_references_that_run_in_circles_end(resources: list[dict[str, Any]], data: st.DataObject) -> None:
    keys = [f"{each['resourceType']}/{each['id']}" for each in resources]
    for each in resources:
        for name in ("partOf", "subject", "patient", "beneficiary", "managingOrganization"):
            if each.get(name) and data.draw(st.booleans()):
                each[name] = b.ref(data.draw(st.sampled_from(keys)))
        if each["resourceType"] == "Encounter" and data.draw(st.booleans()):
            each["partOf"] = b.ref(f"Encounter/{each['id']}")
        if each["resourceType"] == "Patient" and data.draw(st.booleans()):
            each["link"] = [{"other": b.ref(data.draw(st.sampled_from(keys))), "type": "replaced-by"}]
        if each["resourceType"] == "Group":
            each["member"].append({"entity": b.ref(f"Group/{each['id']}")})
    ends_well(resources)


@settings(max_examples=60)
@given(st.sampled_from(EXAMPLES), st.integers(0, 10**6), st.binary(max_size=20))
def test_a_file_with_damaged_bytes_is_read_as_far_as_it_goes(example: Path, at: int, noise: bytes) -> None:
    lines = [json.dumps(entry["resource"]).encode() for entry in json.loads(example.read_bytes())["entry"]]
    victim = at % len(lines)
    cut = at % (len(lines[victim]) or 1)
    lines[victim] = lines[victim][:cut] + noise.replace(b"\n", b"") + lines[victim][cut + 3 :]
    with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
        file.write(b"\n".join(lines))
        file.flush()
        index = Index()
        read_sources(index, [file.name])
    report = host().run_index(index, TODAY)
    assert [each for each in report.all_findings if each.code in ("ENG02", "ENG03")] == []
    assert index.count >= len(lines) - 2


def test_the_command_never_dies_with_a_traceback(tmp_path: Path) -> None:
    bad = {
        "empty.json": b"",
        "array.json": b"[]",
        "number.json": b"12",
        "cut.json": EXAMPLES[0].read_bytes()[:5000],
        "deep.json": b'{"resourceType":"Patient","id":"x","extension":' + b"[" * 3000 + b"]" * 3000 + b"}",
        "latin.ndjson": b'{"resourceType":"Patient","id":"\xe9"}\n',
        "nan.ndjson": b'{"resourceType":"Patient","id":"n","multipleBirthInteger":NaN}\n',
    }
    for name, text in bad.items():
        (tmp_path / name).write_bytes(text)
        done = subprocess.run(
            [sys.executable, "-m", "groupbill", "run", name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), (name, done.stderr)
        assert name in done.stderr
