"""Whatever happens to a session, in whatever order: the plan that was written plans nothing more, what the payer
has is never touched, nobody is billed twice, and every step is a report that follows its schema.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import groupbill.report
from groupbill import Host, Report
from groupbill.testing import builders as b
from groupbill.testing.server import MemoryServer

JSON = dict[str, Any]
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
CLAIM_ID = "https://w3id.org/groupbill/id/claim"
PRICES = ("120.00", "130.00")
HOSTS: dict[str, Host] = {}


@lru_cache(maxsize=1)
def schema() -> Draft202012Validator:
    text = (Path(groupbill.report.__path__[0]) / "report.schema.json").read_text()
    return Draft202012Validator(json.loads(text))


class Office:
    """A clinic's server, what people do on it, and a run that is written back after each thing that happens."""

    def __init__(self, clinic: Any) -> None:
        self.clinic = clinic
        self.server = MemoryServer(copy.deepcopy(list(clinic.files.values())))
        self.table: JSON = {"prices": {"90853": PRICES[0]}}
        self.answers = 0

    # -- what happens ------------------------------------------------------------------------------------------

    def change(self, reference: str, **elements: Any) -> None:
        resource = copy.deepcopy(self.server.get(reference))
        assert resource is not None
        self.server.put({**resource, **elements})

    def claims(self, patient: str = "p1") -> list[JSON]:
        found = [each for each in self.server.all("Claim") if each["patient"]["reference"] == f"Patient/{patient}"]
        return sorted((each for each in found if ours(each)), key=lambda each: each["meta"].get("made", 0))

    def newest(self, patient: str = "p1") -> JSON | None:
        """The newest live Claim of ours, else the newest that is cancelled."""
        live = [each for each in self.claims(patient) if each["status"] in ("active", "draft")]
        return (live or self.claims(patient) or [None])[-1]

    def answer(self, number: bool, outcome: str = "complete") -> None:
        claim = self.newest()
        if claim is None or claim["status"] != "active":
            return
        self.answers += 1
        made = b.answer(claim, f"ICN{self.answers}", "plan") | {"outcome": outcome}
        if not number:
            made.pop("identifier")
        self.server.put(made)

    def send(self) -> None:
        claim = self.newest()
        if claim is None or claim["status"] != "active":
            return
        mark = {"url": EXTENSION + "claim-submitted", "valueDateTime": "2026-03-11T08:00:00Z"}
        self.change(f"Claim/{claim['id']}", extension=[*claim.get("extension", ()), mark])
        for item in self.server.all("ChargeItem"):
            if item["subject"] == claim["patient"] and item["status"] == "billable":
                self.change(f"ChargeItem/{item['id']}", status="billed")

    def end(self, kind: str, status: str) -> None:
        """A person ends our Claim or ChargeItem."""
        for each in self.server.all(kind):
            mine = each.get("patient", each.get("subject")) == b.ref("Patient/p1")
            if mine and ours(each) and each["status"] in ("active", "draft", "billable", "billed", "planned"):
                self.change(f"{kind}/{each['id']}", status=status)

    def revive(self, kind: str, status: str) -> None:
        for each in self.server.all(kind):
            if ours(each) and each["status"] in ("cancelled", "aborted") and not marked(each):
                self.change(f"{kind}/{each['id']}", status=status)

    # -- the run -----------------------------------------------------------------------------------------------

    def host(self) -> Host:
        """Hosts are dear to make: one per table of settings."""
        name = json.dumps(self.table, sort_keys=True)
        if name not in HOSTS:
            HOSTS[name] = Host(self.clinic.settings(self.table))
        return HOSTS[name]

    def report(self) -> Report:
        return self.host().run(copy.deepcopy(self.server.all()), date(2026, 3, 28))

    def run(self) -> Report:
        report = self.report()
        for bundle in report.transactions():
            for entry in bundle["entry"]:
                known = self.server.get(entry["request"]["url"])
                wanted = None if known is None else f'W/"{known["meta"]["versionId"]}"'
                assert entry["request"].get("ifMatch") == wanted
            self.server.transaction(bundle)
        return report


def ours(resource: JSON) -> bool:
    return any("w3id.org/groupbill/id/" in str(each.get("system")) for each in resource.get("identifier", ()))


def marked(resource: JSON) -> bool:
    return any(each["url"] == EXTENSION + "cancelled-because" for each in resource.get("extension", ()))


def frequency(claim: JSON) -> str:
    infos = claim.get("supportingInfo")
    return infos[0]["code"]["coding"][0]["code"] if infos else "1"


def accepted(office: Office) -> dict[str, JSON]:
    """The Claims of ours that the payer has, by design 5.5."""
    found = {}
    answered = {
        each["request"]["reference"]
        for each in office.server.all("ClaimResponse")
        if each["outcome"] != "error" or each.get("identifier")
    }
    for claim in office.server.all("Claim"):
        name = f"Claim/{claim['id']}"
        refused = name not in answered and any(
            each["request"]["reference"] == name for each in office.server.all("ClaimResponse")
        )
        sent = any(each["url"] == EXTENSION + "claim-submitted" for each in claim.get("extension", ()))
        if ours(claim) and (name in answered or (sent and not refused)):
            found[name] = copy.deepcopy(claim)
    return found


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
    "family code": lambda office: office.change("Encounter/g1", type=[b.coded(b.CPT, "90849")]),
    "group code": lambda office: office.change("Encounter/g1", type=[b.coded(b.CPT, "90853")]),
}
SELF_PAY = {"payor": [b.ref("Patient/p1")], "type": b.coded("https://nahdo.org/sopt", "81")}
INSURED = {"payor": [b.ref("Organization/plan")], "type": b.coded("https://nahdo.org/sopt", "5")}


def evaluation(office: Office) -> JSON:
    return copy.deepcopy(office.clinic["ChargeItem/evaluation"])


def office_of(clinic: Any) -> Office:
    made = clinic(3)
    made.item("evaluation", "p1", "90791", start="14:00", end="15:00")
    made.item("theirs", "p1", "90853", visit="g1-p1", start="09:00", end="10:00")
    made.claim("theirs", "p1", "90853")
    office = Office(made)
    for reference in ("ChargeItem/evaluation", "ChargeItem/theirs", "Claim/theirs"):
        office.server.delete(reference)
    return office


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
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
    if member["outcome"] == "charged":
        assert member["chargeItem"] and member["claim"]
    assert len({each["resource"] for each in member["plan"]}) == len(member["plan"])


def states(report: JSON) -> list[Any]:
    return [
        (each["session"], one["member"], one["outcome"], one["reason"], one["chargeItem"], one["claim"])
        for each in report["sessions"]
        for one in each["members"]
    ]
