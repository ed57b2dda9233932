"""Whatever happens to a session, in whatever order: the plan that was written plans nothing more, what the payer
has is never touched, nobody is billed twice, and every step is a report that follows its schema.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import groupbill.report
from groupbill.testing import builders as b

sys.path.insert(0, str(Path(__file__).parent))
from office import JSON, PRICES, Office, accepted, frequency


@lru_cache(maxsize=1)
def schema() -> Draft202012Validator:
    text = (Path(groupbill.report.__path__[0]) / "report.schema.json").read_text()
    return Draft202012Validator(json.loads(text))


SELF_PAY = {"payor": [b.ref("Patient/p1")], "type": b.coded("https://nahdo.org/sopt", "81")}
INSURED = {"payor": [b.ref("Organization/plan")], "type": b.coded("https://nahdo.org/sopt", "5")}


def another_parent(office: Office) -> None:
    """Somebody enters the session anew, and its visits with it."""
    parent = copy.deepcopy(office.clinic["Encounter/g1"])
    office.server.put({**parent, "id": "g2"})
    for name in ("p1", "p2", "p3"):
        office.change(f"Encounter/g1-{name}", partOf=b.ref("Encounter/g2"))
    office.server.delete("Encounter/g1")


def later(office: Office) -> None:
    start, end = office.clinic.hours("09:30", "10:30")
    for name in ("g1", "g2", "g1-p1", "g1-p2", "g1-p3"):
        if office.server.get(f"Encounter/{name}"):
            office.change(f"Encounter/{name}", period={"start": start, "end": end})


def evaluation(office: Office) -> JSON:
    return copy.deepcopy(office.clinic["ChargeItem/evaluation"])


EVENTS: dict[str, Callable[[Office], None]] = {
    "came": lambda office: office.change("Encounter/g1-p1", status="finished"),
    "stayed away": lambda office: office.change("Encounter/g1-p1", status="cancelled"),
    "entered in error": lambda office: office.change("Encounter/g1-p1", status="entered-in-error"),
    "still open": lambda office: office.change("Encounter/g1-p1", status="in-progress"),
    "moved": lambda office: office.change("Encounter/g1-p1", subject=b.ref("Patient/p2")),
    "moved back": lambda office: office.change("Encounter/g1-p1", subject=b.ref("Patient/p1")),
    "session in error": lambda office: office.change("Encounter/g1", status="entered-in-error"),
    "session after all": lambda office: office.change("Encounter/g1", status="finished"),
    "evaluated": lambda office: office.server.put(evaluation(office)),
    "not evaluated": lambda office: office.server.delete("ChargeItem/evaluation"),
    "dearer": lambda office: office.table.update(prices={"90853": PRICES[1]}),
    "cheaper": lambda office: office.table.update(prices={"90853": PRICES[0]}),
    "priceless": lambda office: office.table.update(prices={"90853": "1.00", "90791": "1.00"}),
    "self-pay": lambda office: office.change("Coverage/cov-p1", **SELF_PAY),
    "insured": lambda office: office.change("Coverage/cov-p1", **INSURED),
    "second payer": lambda office: office.change("Coverage/cov-p1", order=2),
    "first payer": lambda office: office.change("Coverage/cov-p1", order=1),
    "accepted": lambda office: office.answer(True),
    "queued": lambda office: office.answer(False, "queued"),
    "refused": lambda office: office.answer(False, "error"),
    "sent": lambda office: office.send(),
    "claim ended": lambda office: office.end("Claim", "cancelled"),
    "charge ended": lambda office: office.end("ChargeItem", "not-billable"),
    "charge in error": lambda office: office.end("ChargeItem", "entered-in-error"),
    "draft": lambda office: office.table.update(write={"claim_status": "draft"}),
    "active": lambda office: office.table.update(write={"claim_status": "active"}),
    "released": lambda office: (
        [
            office.change(f"Claim/{each['id']}", status="active")
            for each in office.claims()
            if each["status"] == "draft"
        ]
        and None
    ),
    "their claim": lambda office: office.server.put(copy.deepcopy(office.clinic["Claim/theirs"])),
    "their claim gone": lambda office: office.server.delete("Claim/theirs"),
    "their charge": lambda office: office.server.put(copy.deepcopy(office.clinic["ChargeItem/theirs"])),
    "their charge gone": lambda office: office.server.delete("ChargeItem/theirs"),
    "parent gone": lambda office: office.server.delete("Encounter/g1"),
    "parent found": lambda office: office.server.put(copy.deepcopy(office.clinic["Encounter/g1"])),
    "another parent": another_parent,
    "later": later,
    "family code": lambda office: office.change("Encounter/g1", type=[b.coded(b.CPT, "90849")]),
    "group code": lambda office: office.change("Encounter/g1", type=[b.coded(b.CPT, "90853")]),
}


def office_of(clinic: Any) -> Office:
    made = clinic(3)
    made.item("evaluation", "p1", "90791", start="14:00", end="15:00")
    made.item("theirs", "p1", "90853", visit="g1-p1", start="09:00", end="10:00")
    made.claim("theirs", "p1", "90853")
    office = Office(made)
    for reference in ("ChargeItem/evaluation", "ChargeItem/theirs", "Claim/theirs"):
        office.server.delete(reference)
    return office


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=9))
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
