"""Whatever happens to a session, in whatever order: the plan that was written plans nothing more, what the payer
has is never touched, nobody is billed twice, and every step is a report that follows its schema.
"""

from __future__ import annotations

import copy
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import groupbill.report

sys.path.insert(0, str(Path(__file__).parent))
from office import EVENTS, JSON, Office, accepted, frequency, office_of


@lru_cache(maxsize=1)
def schema() -> Draft202012Validator:
    text = (Path(groupbill.report.__path__[0]) / "report.schema.json").read_text()
    return Draft202012Validator(json.loads(text))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=14))
def test_a_history_never_bills_twice_and_comes_to_rest(clinic: Any, events: list[str]) -> None:
    office = office_of(clinic)
    office.run()
    for event in events:
        EVENTS[event](office)
        step(office)


def step(office: Office) -> None:
    before = accepted(office)
    billed = {each["id"] for each in office.server.all("ChargeItem") if each["status"] == "billed"}
    foreign = {name: copy.deepcopy(office.server.get(name)) for name in ("Claim/theirs", "ChargeItem/theirs")}
    report = office.run()
    said = report.to_json()
    assert [error.json_path for error in schema().iter_errors(said)] == []
    for name, claim in before.items():
        assert office.server.get(name) == claim, f"{name} was accepted"
    for item in office.server.all("ChargeItem"):
        assert item["id"] not in billed or item["status"] in ("billed", "aborted")
    for name, theirs in foreign.items():
        assert office.server.get(name) == theirs
    once(office)
    for session in said["sessions"]:
        for member in session["members"]:
            named(office, member)
    again = office.report()
    assert again.transactions() == []
    assert states(again.to_json()) == states(said)


def once(office: Office) -> None:
    """Per patient and leader: of the live originals only one that no replacement or void is about."""
    have = accepted(office)
    for patient in ("p1", "p2", "p3"):
        mine = office.claims(patient)
        corrected = {
            row["claim"]["reference"]
            for claim in mine
            if frequency(claim) != "1" and (claim["status"] in ("active", "draft") or f"Claim/{claim['id']}" in have)
            for row in claim["related"]
        }
        live = [claim for claim in mine if claim["status"] in ("active", "draft") and frequency(claim) == "1"]
        assert len([claim for claim in live if f"Claim/{claim['id']}" not in corrected]) <= 1, patient


def named(office: Office, member: JSON) -> None:
    """What is said to stand stands."""
    for kind in ("chargeItem", "claim"):
        if member[kind] is not None:
            found = office.server.get(member[kind])
            assert found is not None
            assert found["status"] in ("active", "draft", "billable", "billed", "planned"), (kind, found["status"])
    waits = any(each["code"] == "CLM02" for each in member["findings"])
    if member["outcome"] == "charged" and not waits:
        assert member["chargeItem"] and member["claim"]
    assert len({each["resource"] for each in member["plan"]}) == len(member["plan"])


def states(report: JSON) -> list[Any]:
    return [
        (each["session"], one["member"], one["outcome"], one["reason"], one["chargeItem"], one["claim"])
        for each in report["sessions"]
        for one in each["members"]
    ]
