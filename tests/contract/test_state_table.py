"""The table of state transitions row by row, through whole runs whose plans are written back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from office import EVENTS, JSON, Office, frequency, office_of

CHARGED, HELD = ("charged", None), ("held", "rule:NCC01")
SAID = {"CHG07", "CLM02", "CLM03", "CLM13"}
"""What reconciliation itself says; the rules have their own tests."""

ROWS: dict[str, tuple[list[str], tuple[str, str | None], list[str], list[str]]] = {
    # What happened before, each written back, and last what happens now: outcome, plan, findings.
    "somebody else's claim": (["their claim"], ("not-charged", "already-claimed"), [], ["CLM03 information"]),
    "somebody else's charge": (
        ["their charge"],
        CHARGED,
        ["ChargeItem/theirs keep", "Claim create"],
        ["CHG07 information"],
    ),
    "somebody else's claim beside ours": (
        ["run", "their claim"],
        CHARGED,
        ["ChargeItem keep", "Claim keep"],
        [],
    ),
    "our claim, ended by a person": (
        ["run", "claim ended"],
        ("not-charged", "cancelled-by-person"),
        ["ChargeItem keep", "Claim keep"],
        ["CLM13 information"],
    ),
    "our charge, ended by a person": (
        ["run", "charge ended"],
        ("not-charged", "cancelled-by-person"),
        ["ChargeItem keep", "Claim keep"],
        ["CLM13 information"],
    ),
    "ended by a person, and held": (
        ["run", "claim ended", "evaluated"],
        ("not-charged", "cancelled-by-person"),
        ["ChargeItem keep", "Claim keep"],
        ["CLM13 information"],
    ),
    "none of ours": (["nothing"], CHARGED, ["ChargeItem create", "Claim create"], []),
    "ended by us": (
        ["run", "stayed away", "came"],
        CHARGED,
        ["ChargeItem update", "Claim create"],
        [],
    ),
    "planned, released": (
        ["evaluated", "not evaluated"],
        CHARGED,
        ["ChargeItem update", "Claim create", "Task update"],
        [],
    ),
    "same content": (["run", "nothing"], CHARGED, ["ChargeItem keep", "Claim keep"], []),
    "never accepted, draft, changed": (
        ["draft", "run", "dearer"],
        CHARGED,
        ["ChargeItem update", "Claim update"],
        [],
    ),
    "never accepted, active, changed": (
        ["run", "dearer"],
        CHARGED,
        ["ChargeItem update", "Claim cancel", "Claim create"],
        [],
    ),
    "refused without a number, changed": (
        ["run", "refused", "dearer"],
        CHARGED,
        ["ChargeItem update", "Claim cancel", "Claim create"],
        [],
    ),
    "never accepted, held now": (
        ["run", "evaluated"],
        HELD,
        ["ChargeItem update", "Claim cancel", "Task create"],
        [],
    ),
    "never accepted, gone": (
        ["run", "stayed away"],
        ("not-charged", "cancelled"),
        ["ChargeItem cancel", "Claim cancel"],
        [],
    ),
    "sent, changed": (["run", "sent", "dearer"], CHARGED, ["ChargeItem keep", "Claim keep"], ["CLM02 error"]),
    "queued, held now": (["run", "queued", "evaluated"], HELD, ["ChargeItem keep", "Claim keep"], ["CLM02 error"]),
    "queued, gone": (
        ["run", "queued", "stayed away"],
        ("not-charged", "cancelled"),
        ["ChargeItem keep", "Claim keep"],
        ["CLM02 error"],
    ),
    "accepted, changed": (
        ["run", "accepted", "dearer"],
        CHARGED,
        ["ChargeItem update", "Claim replace"],
        [],
    ),
    "accepted, held now": (
        ["run", "accepted", "evaluated"],
        HELD,
        ["ChargeItem keep", "Claim keep", "Task create"],
        [],
    ),
    "accepted, gone": (
        ["run", "accepted", "stayed away"],
        ("not-charged", "cancelled"),
        ["ChargeItem cancel", "Claim void"],
        [],
    ),
    "replaced, not accepted yet, changed": (
        ["run", "accepted", "dearer", "cheaper"],
        CHARGED,
        ["ChargeItem update", "Claim cancel", "Claim replace"],
        [],
    ),
    "replaced and accepted, gone": (
        ["run", "accepted", "dearer", "accepted", "stayed away"],
        ("not-charged", "cancelled"),
        ["ChargeItem cancel", "Claim void"],
        [],
    ),
    "voided and accepted, charged again": (
        ["run", "accepted", "stayed away", "accepted", "came"],
        CHARGED,
        ["ChargeItem update", "Claim create"],
        [],
    ),
    "voided and accepted, still gone": (
        ["run", "accepted", "stayed away", "accepted", "nothing"],
        ("not-charged", "cancelled"),
        ["ChargeItem keep", "Claim keep"],
        [],
    ),
    "void not accepted yet, charged again": (
        ["run", "accepted", "stayed away", "came"],
        CHARGED,
        ["ChargeItem update", "Claim cancel", "Claim replace"],
        [],
    ),
    "patient-pay, never accepted": (
        ["run", "self-pay"],
        ("patient-pay", "self-pay"),
        ["ChargeItem keep", "Claim cancel"],
        [],
    ),
    "patient-pay, accepted": (
        ["run", "accepted", "self-pay"],
        ("patient-pay", "self-pay"),
        ["ChargeItem keep", "Claim void"],
        [],
    ),
    "patient-pay, sent": (
        ["run", "sent", "self-pay"],
        ("patient-pay", "self-pay"),
        ["ChargeItem keep", "Claim keep"],
        ["CLM02 error"],
    ),
    "insured again": (
        ["self-pay", "insured"],
        CHARGED,
        ["ChargeItem keep", "Claim create"],
        [],
    ),
    "held, gone": (
        ["evaluated", "stayed away"],
        ("not-charged", "cancelled"),
        ["ChargeItem cancel", "Task cancel"],
        [],
    ),
    "session entered in error": (
        ["run", "accepted", "session in error"],
        ("not-charged", "not-attended"),
        ["ChargeItem cancel", "Claim void"],
        [],
    ),
    "wait while in progress": (
        ["run", "still open"],
        ("not-charged", "in-progress"),
        ["ChargeItem keep", "Claim keep"],
        [],
    ),
    "changed code": (
        ["run", "accepted", "family code"],
        CHARGED,
        ["ChargeItem create", "ChargeItem cancel", "Claim replace"],
        [],
    ),
}


def happened(office: Office, events: list[str]) -> JSON:
    """Write back after each event but the last; the report of the run after that."""
    for event in events[:-1]:
        EVENTS.get(event, lambda _: None)(office)
        office.run()
    EVENTS.get(events[-1], lambda _: None)(office)
    return next(
        each for each in office.report().to_json()["sessions"][0]["members"] if each["member"] == "Patient/p1"
    )


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table(row: str, clinic: Callable[..., Any]) -> None:
    events, outcome, plan, findings = ROWS[row]
    member = happened(office_of(clinic), events)
    planned = [(each["resource"], each["action"]) for each in member["plan"]]
    named = [name if name.endswith("/theirs") else name.split("/")[0] for name, _ in planned]
    assert (member["outcome"], member["reason"]) == outcome
    assert sorted(f"{name} {action}" for name, (_, action) in zip(named, planned, strict=True)) == sorted(plan)
    said = [f"{each['code']} {each['severity']}" for each in member["findings"] if each["code"] in SAID]
    assert said == findings


def test_generations_of_one_claim(clinic: Callable[..., Any]) -> None:
    office = office_of(clinic)
    for event in ("run", "accepted", "dearer", "accepted", "stayed away", "accepted", "came"):
        EVENTS.get(event, lambda _: None)(office)
        office.run()
    claims = office.claims()
    assert sorted(frequency(each) for each in claims) == ["1", "1", "7", "8"]
    assert {each["status"] for each in claims} == {"active"}
    assert len({each["identifier"][0]["value"] for each in claims}) == 4
    by_name = {f"Claim/{each['id']}": each for each in claims}
    void = next(each for each in claims if frequency(each) == "8")
    replaced = by_name[void["related"][0]["claim"]["reference"]]
    assert frequency(replaced) == "7"
    assert frequency(by_name[replaced["related"][0]["claim"]["reference"]]) == "1"
    numbers = [each["related"][0]["reference"]["value"] for each in (replaced, void)]
    assert numbers == ["ICN1", "ICN2"]


def test_a_billed_charge_is_never_set_back(clinic: Callable[..., Any]) -> None:
    office = office_of(clinic)
    for event in ("run", "sent", "accepted", "dearer", "evaluated"):
        EVENTS.get(event, lambda _: None)(office)
        office.run()
        mine = [each for each in office.server.all("ChargeItem") if each["subject"]["reference"] == "Patient/p1"]
        status = next(each["status"] for each in mine if each["id"] != "evaluation")
        assert status == ("billable" if event == "run" else "billed")


def test_a_charge_of_others_under_the_code_that_ours_had_is_judged_alike_in_every_run(
    clinic: Callable[..., Any],
) -> None:
    office = office_of(clinic)
    member = happened(office, ["run", "accepted", "family code", "their charge"])
    assert (member["outcome"], member["reason"]) == ("held", "rule:NCC02")
    office.run()
    assert office.report().transactions() == []
