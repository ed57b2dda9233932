"""A clinic's server, what people do on it, and a run that is written back after each thing that happens."""

from __future__ import annotations

import copy
import json
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
