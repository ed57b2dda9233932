"""The six example sessions, written to each real server and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from worlds import EXAMPLES, JSON, OURS, SESSIONS, TODAY, World, example, load
from writing import actions, duplicates, filed, meaning, reconciled, trouble

from groupbill import Host
from groupbill.facts import facts_of
from groupbill.report.report import Report
from groupbill.server import Client
from groupbill.server.reading import Reader
from groupbill.testing import builders as b

ROOTS = {
    "1-in-person": "Encounter/g812",
    "2-hybrid": "Encounter/g900",
    "3-without-links": "Encounter/v-omar",
    "4-release-5": "Encounter/g5",
    "5-families": "Encounter/g77",
    "6-late-correction": "Encounter/g812",
}


def facts(name: str) -> list[JSON]:
    """What an EHR has before groupbill ever ran."""
    if name == "6-late-correction":  # the claims went out on the day after, before anything was corrected
        return [each for each in example("1-in-person") if each["id"] not in ("ci9", "i77")]
    return example(name)


def corrected(world: World) -> None:
    """The sixth example: the payer has one of the claims, then two members turn out not to have been there."""
    [claim] = [
        each
        for each in world.client.search(f"Claim?patient={world['Patient/cruz']}")
        if each["patient"]["reference"] == world["Patient/cruz"]
    ]
    answer = b.answer(claim, "ICN2026070001", world["Organization/bluestar"].partition("/")[2])
    world.client.create(answer)
    world.change("Encounter/g812-cruz", lambda visit: visit.update(status="entered-in-error"))
    world.change("Encounter/g812-dara", lambda visit: visit.update(status="cancelled"))


@dataclass(frozen=True)
class Story:
    """One example on one server: planned, written, and run again."""

    name: str
    world: World
    desired: list[str]
    """What the facts lead to, by a run over them in memory."""
    planned: Report
    first: Report
    second: Report
    filed: tuple[dict[str, JSON], ...]
    """What was on file before, after the plan, after the first and after the second run."""


@pytest.fixture(scope="module", params=EXAMPLES)
def story(
    request: pytest.FixtureRequest, server: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    kind, base = server
    client = Client(base)
    world = load(client, facts(request.param), tmp_path_factory.mktemp("site"), own_ids=kind == "poor")
    root = ROOTS[request.param]
    if request.param == "6-late-correction":
        assert trouble(reconciled(world, root, today=b.day("2026-03-11"))) == []
        corrected(world)
    host, on_file = Host(world.settings), [filed(world)]
    planned = host.reconcile(base, [world[root]], today=TODAY)
    on_file.append(filed(world))
    desired = meaning(world, in_memory(world, host, root).values(), provenance=kind != "poor")
    reports = []
    for _ in range(2):
        reports.append(host.reconcile(base, [world[root]], write=True, today=TODAY))
        on_file.append(filed(world))
    yield Story(request.param, world, desired, planned, *reports, tuple(on_file))
    client.close()


def in_memory(world: World, host: Host, root: str) -> dict[str, JSON]:
    """What would be on file after the plan of a run over the same facts, without a server."""
    read = facts_of([world[root]], Reader(world.client).read, world.settings).resources
    found = filed(world)
    for bundle in host.run(read, today=TODAY).transactions():
        for entry in bundle["entry"]:
            found[entry["request"]["url"]] = entry["resource"]
    return found


def outcomes(members: list[JSON], world: World | None = None) -> list[JSON]:
    """Who ended how, with which lines and by which actions, in the names that were written down."""
    names = {name: written for written, name in world.names.items()} if world is not None else {}
    return sorted(
        (
            {
                "member": names.get(each["member"], each["member"]),
                **{name: each[name] for name in ("outcome", "reason", "policy")},
                "lines": [
                    {name: value for name, value in line.items() if name != "chargeItem"} for line in each["lines"]
                ],
                "plan": [(step["action"], step["resource"].partition("/")[0]) for step in each["plan"]],
            }
            for each in members
        ),
        key=lambda each: str(each["member"]),
    )


def members(report: Report) -> list[JSON]:
    return [member for session in report.to_json()["sessions"] for member in session["members"]]


def test_what_was_written_is_what_the_facts_lead_to(story: Story) -> None:
    assert trouble(story.first) == []
    assert meaning(story.world, story.filed[2].values()) == story.desired
    assert duplicates(story.filed[2].values()) == []


def test_the_report_is_that_of_the_example(story: Story) -> None:
    expected = json.loads((SESSIONS / f"{story.name}.report.json").read_text())
    assert outcomes(members(story.first), story.world) == outcomes(
        [member for session in expected["sessions"] for member in session["members"]]
    )


def test_what_the_report_names_stands_on_the_server(story: Story) -> None:
    named = {each[name] for each in members(story.first) for name in ("chargeItem", "claim")} - {None}
    assert named
    assert named <= story.filed[2].keys()


def test_a_second_run_writes_nothing_and_no_version_moves(story: Story) -> None:
    assert {step for steps in actions(story.second).values() for step in steps} <= {f"keep {kind}" for kind in OURS}
    assert story.filed[3] == story.filed[2]


def test_without_write_the_plan_is_shown_and_nothing_is_written(story: Story) -> None:
    assert actions(story.planned) == actions(story.first)
    assert story.filed[1] == story.filed[0]
