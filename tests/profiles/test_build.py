"""What ships is what the sources make, and the sources are kept as the house keeps them."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import groupbill_profiles
from builder import findings
from builder.archive import package
from builder.overlay import invariants, merged
from builder.snapshot import tree
from builder.sushi import explained, said
from builder.terminology import codes_of
from groupbill.rules.catalogue import ENGINE, bundled

FOLDER = Path(groupbill_profiles.__file__).parents[1]
SHIPPED = FOLDER / "groupbill_profiles"
FSH = FOLDER / "input" / "fsh"
CODES = {rule.code for rule in bundled()}


def shipped(name: str) -> dict:
    return json.loads((SHIPPED / "resources" / f"{name}.json").read_bytes())


def packed() -> dict[str, dict]:
    with tarfile.open(fileobj=io.BytesIO((SHIPPED / "package.tgz").read_bytes())) as tar:
        return {each.name: json.loads(tar.extractfile(each).read()) for each in tar.getmembers()}


def test_a_rebuild_gives_what_is_committed():
    done = subprocess.run(
        [sys.executable, "-m", "builder", "--check"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if done.returncode == 77 and not os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
        pytest.skip(f"SUSHI can't run here: {done.stderr.strip()}")
    assert (done.returncode, done.stderr.strip()) == (0, "as built")


def test_every_rule_is_a_concept_of_the_findings_and_nothing_else_is():
    concepts = {each["code"]: each for each in shipped("CodeSystem-findings")["concept"]}
    assert concepts.keys() == CODES | ENGINE.keys()
    for rule in bundled():
        assert concepts[rule.code]["display"] == rule.name
    assert findings.PATH.read_text() == findings.fsh(), "renew it: cd fhir_profiles && python -m builder"


@pytest.mark.parametrize("path", sorted(FSH.rglob("*.fsh")), ids=lambda path: path.stem)
def test_a_source_holds_one_thing_and_is_called_after_it(path):
    text = path.read_text()
    if path.stem in ("aliases", "value-sets"):
        return
    heads = re.findall(r"^(Profile|Extension|CodeSystem|Instance): (\S+)", text, re.MULTILINE)
    assert len(heads) == 1, heads
    kind, name = heads[0]
    identity = name if kind == "Instance" else re.search(r"^Id: (\S+)", text, re.MULTILINE)[1]
    assert identity == path.stem
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identity)
    for line in ("Title", "Description"):
        assert re.search(rf'^{line}: "', text, re.MULTILINE), line


def test_every_profile_has_an_example_and_every_definition_its_canonical():
    profiles = {f"{groupbill_profiles.CANONICAL}/StructureDefinition/{name}" for name in _profiles()}
    claimed = set()
    for path in (SHIPPED / "resources").glob("*.json"):
        resource = json.loads(path.read_bytes())
        claimed.update(resource.get("meta", {}).get("profile", ()))
        if "url" in resource:
            assert resource["url"] == f"{groupbill_profiles.CANONICAL}/{resource['resourceType']}/{resource['id']}"
            assert resource.get("version") == "0.1.0"
    assert claimed == profiles


def _profiles() -> set[str]:
    return {*groupbill_profiles.WRITTEN.values(), *groupbill_profiles.READ}


def test_an_invariant_that_looks_like_a_rule_mirrors_one_and_none_counts():
    for path in FSH.glob("profiles/*.fsh"):
        for key, expression in re.findall(
            r"^Invariant: (\S+)\n.*\nExpression: \"(.*)\"", path.read_text(), re.MULTILINE
        ):
            if re.fullmatch(r"[A-Z]+[0-9]+", key):
                assert key in CODES
            assert not re.search(r" [+*/] |sum\(|aggregate\(|resolve\(|memberOf\(", expression), key


def test_every_invariant_of_what_is_written_is_in_the_schemas():
    files = packed()
    said_by_schema = invariants()
    for profile in groupbill_profiles.WRITTEN.values():
        definition = files[f"package/StructureDefinition-{profile}.json"]
        for element in definition["differential"]["element"]:
            for constraint in element.get("constraint", ()):
                assert constraint["key"] in said_by_schema, constraint["key"]


def test_the_package_is_what_other_tools_load():
    files = packed()
    manifest = files["package/package.json"]
    assert (manifest["name"], manifest["version"], manifest["fhirVersions"]) == ("groupbill", "0.1.0", ["4.0.1"])
    listed = {each["filename"] for each in files["package/.index.json"]["files"]}
    there = {name.removeprefix("package/") for name in files if name.count("/") == 1}
    assert listed == there - {"package.json", ".index.json"}
    for name, resource in files.items():
        if "StructureDefinition" in name:
            assert resource["snapshot"]["element"], name
    assert gzip.decompress((SHIPPED / "package.tgz").read_bytes())[100:108] == b"0000644\0"


def test_the_same_resources_make_the_same_package():
    resources = [{"resourceType": "CodeSystem", "id": "a", "url": "http://example.org/a"}]
    assert package(resources, "1.0.0") == package([dict(each) for each in resources], "1.0.0")


def test_the_topic_of_release_5_says_what_the_one_of_release_4_says():
    topic = json.loads((SHIPPED / "resources/r5/SubscriptionTopic-group-session-changed.json").read_bytes())
    assert topic["resourceType"] == "SubscriptionTopic"
    assert topic["url"] == "https://w3id.org/groupbill/fhir/SubscriptionTopic/group-session-changed"
    triggers = {
        each["resource"].rpartition("/")[2]: each["supportedInteraction"] for each in topic["resourceTrigger"]
    }
    assert triggers["Encounter"] == ["create", "update", "delete"]
    assert {"Group", "Claim", "ChargeItem", "ClaimResponse", "DocumentReference"} <= triggers.keys()


def test_warnings_of_sushi_without_a_reason_are_told():
    output = (
        "warn  Failed to load automatically-provided hl7.terminology.r4#latest\nerror Cannot resolve x\n info fine"
    )
    assert said(output) == [
        "Failed to load automatically-provided hl7.terminology.r4#latest",
        "Cannot resolve x",
    ]
    assert [explained(line) for line in said(output)] == [True, False]


def test_a_value_set_that_can_not_be_listed_has_no_codes():
    systems = {
        "http://a": {"content": "complete", "concept": [{"code": "x", "concept": [{"code": "y"}]}]},
        "http://b": {"content": "not-present"},
        "http://vs/a": {"compose": {"include": [{"system": "http://a"}]}},
        "http://vs/b": {"compose": {"include": [{"system": "http://a"}, {"system": "http://b"}]}},
        "http://vs/f": {"compose": {"include": [{"system": "http://a", "filter": [{}]}]}},
    }
    assert codes_of("http://vs/a|1.0", systems) == [("http://a", "x"), ("http://a", "y")]
    assert codes_of("http://vs/b", systems) is None
    assert codes_of("http://vs/f", systems) is None
    assert codes_of("http://vs/none", systems) is None


def test_two_schemas_become_one_in_which_a_spelling_replaces_a_looser_one():
    one = {"properties": {"code": {"$ref": "#/$defs/code"}, "n": {"$ref": "#/$defs/decimal"}}, "required": ["n"]}
    other = {"properties": {"code": {"pattern": "^a$"}, "n": {"minimum": 0}}, "required": ["n", "code"]}
    assert merged(one, other) == {
        "properties": {"code": {"type": "string", "pattern": "^a$"}, "n": {"$ref": "#/$defs/decimal", "minimum": 0}},
        "required": ["n", "code"],
    }


def test_a_slice_is_found_in_its_place_of_the_tree():
    root = tree(packed()["package/StructureDefinition-group-psychotherapy-claim.json"])
    primary = root.children["careTeam"].slices["primary"]
    assert (primary.least, primary.most) == (1, 1)
    assert primary.children["role"].value["coding"][0]["code"] == "primary"
