"""A clinic's server, what people do on it, and a run that is written back after each thing that happens."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from groupbill import Host, Report
from groupbill.testing import builders as b
from groupbill.testing.server import MemoryServer

JSON = dict[str, Any]
EXTENSION = "https://w3id.org/groupbill/fhir/StructureDefinition/"
PRICES = ("120.00", "130.00")
HOSTS: dict[str, Host] = {}


class Office:
    """A clinic's server, what people do on it, and a run that is written back after each thing that happens."""

    def __init__(self, clinic: Any) -> None:
        self.clinic = clinic
        self.server = MemoryServer(copy.deepcopy(list(clinic.files.values())))
        self.table: JSON = {"prices": {"90853": PRICES[0]}}
        self.answers = 0

    # -- what happens ------------------------------------------------------------------------------------------

    def change(self, reference: str, **elements: Any) -> None:
        """Change elements of a resource, if it is there."""
        resource = copy.deepcopy(self.server.get(reference))
        if resource is not None:
            self.server.put({**resource, **elements})

    def claims(self, patient: str = "p1") -> list[JSON]:
        """Our Claims of a patient, those that others are about first."""
        found = [each for each in self.server.all("Claim") if each["patient"]["reference"] == f"Patient/{patient}"]
        mine = [each for each in found if ours(each)]
        prior = {row["claim"]["reference"] for each in mine for row in each.get("related", ())}
        return sorted(mine, key=lambda each: f"Claim/{each['id']}" not in prior)

    def newest(self, patient: str = "p1") -> JSON | None:
        """The newest live Claim of ours, else one that is cancelled."""
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

    def release(self) -> None:
        """A person releases drafts."""
        for each in self.claims():
            if each["status"] == "draft":
                self.change(f"Claim/{each['id']}", status="active")

    def end(self, kind: str, status: str) -> None:
        """A person ends our Claim or ChargeItem."""
        for each in self.server.all(kind):
            mine = each.get("patient", each.get("subject")) == b.ref("Patient/p1")
            if mine and ours(each) and each["status"] in ("active", "draft", "billable", "billed", "planned"):
                self.change(f"{kind}/{each['id']}", status=status)

    # -- the run -----------------------------------------------------------------------------------------------

    def host(self) -> Host:
        """Hosts are dear to make: one per table of settings."""
        name = json.dumps([self.clinic.policy, self.table], sort_keys=True)
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
    "released": lambda office: office.release(),
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
