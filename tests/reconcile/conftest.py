"""An EHR in memory: it takes plans, counts versions, and gives what it has to the next run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from groupbill.fhir import json
from groupbill.fhir.index import Index
from groupbill.model import Line, Outcome, Participant, Step
from groupbill.reconcile import Desk, Gate, MemberPlan, Origin, Planner
from groupbill.testing.usual import usual

SUBMITTED = "https://w3id.org/groupbill/fhir/StructureDefinition/claim-submitted"
TODAY = date(2026, 3, 12)


class Ehr:
    """What is on file, and what a run on it plans."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, Any]] = {}
        self.claim_status = "active"
        self.gate: Any = Gate("schema")

    def put(self, *resources: dict[str, Any]) -> None:
        for resource in resources:
            self.files[f"{resource['resourceType']}/{resource['id']}"] = resource

    def planner(self) -> Planner:
        index = Index()
        for reference, resource in self.files.items():
            data = json.dumps(resource)
            index.add(json.loads(data), data, reference)
        assert index.findings == []
        desk = Desk(index=index, gate=self.gate, today=TODAY, claim_status=self.claim_status)
        return Planner(desk, Origin(recorded="2026-03-12T00:00:00-05:00", software="groupbill 0.1.0"))

    def plan(
        self,
        participant: Participant | None = None,
        outcome: Outcome = Outcome.CHARGED,
        codes: Iterable[str] = ("NCC01",),
        on_file: Iterable[Line] = (),
    ) -> MemberPlan:
        held = outcome is Outcome.HELD
        return self.planner().plan(
            participant or usual(),
            outcome,
            "rule:NCC01" if held else None,
            codes=tuple(codes) if held else (),
            on_file=on_file,
        )

    def gone(self, patient: str = "Patient/p1") -> MemberPlan:
        return self.planner().gone(usual().session.key, patient, "no-show")

    def take(self, plan: MemberPlan) -> MemberPlan:
        """Write a plan as a server would, which gives every write a version."""
        for step in plan.steps:
            if step.resource is not None:
                known = self.files.get(step.reference, {})
                version = known.get("meta", {}).get("versionId")
                assert step.version == version, f"If-Match of {step.reference}"
                written = json.exact(json.dumps(step.resource))
                written.setdefault("meta", {})["versionId"] = str(int(version or 0) + 1)
                self.files[step.reference] = written
        return plan

    def run(self, *args: Any, **keys: Any) -> MemberPlan:
        return self.take(self.plan(*args, **keys))

    def answer(self, claim: str, number: str | None = "PCN77", outcome: str = "complete") -> None:
        response: dict[str, Any] = {
            "resourceType": "ClaimResponse",
            "id": f"answer-{claim.split('/')[1]}",
            "status": "active",
            "use": "claim",
            "patient": {"reference": "Patient/p1"},
            "created": "2026-03-11",
            "outcome": outcome,
            "request": {"reference": claim},
        }
        if number is not None:
            response["identifier"] = [{"system": "http://payer.example.org/claims", "value": number}]
        self.put(response)

    def sent(self, claim: str) -> None:
        """What whoever sends a Claim does: mark it, and its ChargeItem as billed."""
        extension = {"url": SUBMITTED, "valueDateTime": "2026-03-11T08:00:00Z"}
        self.files[claim].setdefault("extension", []).append(extension)
        for resource in self.files.values():
            if resource["resourceType"] == "ChargeItem":
                resource["status"] = "billed"

    def accepted(self, number: str | None = "PCN77") -> str:
        """A charged Claim that the payer has; gives its reference."""
        claim = self.run().claim
        assert claim is not None
        self.sent(claim)
        self.answer(claim, number)
        return claim

    def end(self, reference: str, status: str) -> None:
        """A person ends a resource."""
        self.files[reference]["status"] = status


def acts(plan: MemberPlan) -> list[str]:
    """The plan in words, without Provenance."""
    kept = [step for step in plan.steps if not step.reference.startswith("Provenance/")]
    return [f"{step.reference.split('/')[0]} {step.action}" for step in kept]


def written(plan: MemberPlan, kind: str, nth: int = 0) -> dict[str, Any]:
    """The nth resource of a type that a plan writes."""
    found = [
        step.resource for step in plan.steps if step.resource is not None and step.reference.startswith(kind + "/")
    ]
    return dict(found[nth])


class Tools:
    """What tests of plans use."""

    acts = staticmethod(acts)
    written = staticmethod(written)

    @staticmethod
    def priced(amount: str) -> Participant:
        """The usual participant at another price: a change of content."""
        from dataclasses import replace

        participant = usual()
        line = replace(participant.lines[0], unit_price=Decimal(amount), net=Decimal(amount))
        return replace(participant, lines=(line,))

    @staticmethod
    def steps(plan: MemberPlan) -> dict[str, Step]:
        return {step.reference: step for step in plan.steps}


@pytest.fixture
def ehr() -> Ehr:
    return Ehr()


@pytest.fixture
def tools() -> type[Tools]:
    return Tools
