"""Our schemas, the invariants in two engines, ajv, Medplum and HAPI judge alike; where not, the reason is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import as_file
from pathlib import Path

import pytest
import running
from defects import DEFECTS, EXAMPLES, example
from emitted import corrected, emitted
from judges import by_fhirpathpy, by_hapi, by_node, by_schema

import groupbill_profiles
from builder.tools import ToolsMissing

GOOD = (*((f"example {name}", name, example(name)) for name in EXAMPLES), *emitted(), *corrected())
BAD = tuple((each.profile, each.resource()) for each in DEFECTS)
ALL = (*((profile, resource) for _, profile, resource in GOOD), *BAD)


def unavailable(what: str, reason: Exception) -> None:
    if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
        pytest.fail(f"{what} did not run: {reason}")
    pytest.skip(f"{what}: {reason}")


@pytest.fixture(scope="module")
def judged() -> list[dict[str, list[str]]]:
    """What Node's validators say to everything, in the order of ALL."""
    try:
        return by_node(ALL)
    except ToolsMissing as missing:
        unavailable("Node", missing)
        raise


@pytest.fixture(scope="module")
def hapi() -> Iterator[str]:
    """A HAPI that has loaded the package."""
    with ExitStack() as stack:
        package = stack.enter_context(as_file(groupbill_profiles.package()))
        try:
            base = stack.enter_context(running.hapi(Path(package)))
        except running.Missing as missing:
            unavailable("HAPI", missing)
        yield base


def test_everything_that_is_written_has_been_emitted():
    assert {profile for _, profile, _ in emitted()} == set(groupbill_profiles.WRITTEN.values())


@pytest.mark.parametrize(("name", "profile", "resource"), GOOD, ids=[name for name, _, _ in GOOD])
def test_what_is_emitted_or_shown_conforms(name, profile, resource):
    assert by_schema(profile, resource) == []
    assert by_fhirpathpy(profile, resource) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: f"{each.profile}: {each.name}")
def test_the_schema_sees_every_defect(defect):
    assert by_schema(defect.profile, defect.resource())


def test_the_validators_of_node_pass_all_that_is_good(judged):
    for (name, _, _), verdict in zip(GOOD, judged, strict=False):
        assert verdict == {"ajv": [], "medplum": [], "fhirpath": []}, name


def test_ajv_with_the_shipped_schemas_alone_sees_every_defect(judged):
    for defect, verdict in zip(DEFECTS, judged[len(GOOD) :], strict=True):
        assert verdict["ajv"], defect.name


def test_both_engines_of_fhirpath_break_the_same_invariants(judged):
    for (profile, resource), verdict in zip(ALL, judged, strict=True):
        assert by_fhirpathpy(profile, resource) == verdict["fhirpath"]


def test_medplum_sees_every_defect_but_those_on_record(judged):
    unseen = {
        (defect.profile, defect.name)
        for defect, verdict in zip(DEFECTS, judged[len(GOOD) :], strict=True)
        if not verdict["medplum"]
    }
    assert unseen == {(each.profile, each.name) for each in DEFECTS if "medplum" in each.unseen}


def test_hapi_passes_all_that_is_good(hapi):
    wrong = {name: by_hapi(hapi, profile, resource) for name, profile, resource in GOOD}
    assert {name: errors for name, errors in wrong.items() if errors} == {}


def test_hapi_sees_every_defect_but_those_on_record(hapi):
    unseen = {(each.profile, each.name) for each in DEFECTS if not by_hapi(hapi, each.profile, each.resource())}
    assert unseen == {(each.profile, each.name) for each in DEFECTS if "hapi" in each.unseen}


def test_the_guide_has_the_table_of_differences():
    guide = (Path(groupbill_profiles.__file__).parents[1] / "README.md").read_text()
    assert table() in guide, f"the table is now:\n{table()}"


def table() -> str:
    """Which defects a validator does not see, and why, by reason."""
    rows: dict[tuple[str, str], list[str]] = {}
    names = {"medplum": "Medplum", "hapi": "HAPI"}
    for defect in DEFECTS:
        for validator, reason in defect.unseen.items():
            rows.setdefault((names[validator], reason), []).append(f"{defect.profile}: {defect.name}")
    lines = [f"| {validator} | {reason} | {'; '.join(seen)} |" for (validator, reason), seen in sorted(rows.items())]
    return "\n".join(["| validator | why | defects that it passes |", "|---|---|---|", *lines, ""])
