"""Attendance and diagnosis corrected after the Claim was written, sent or answered: design 5.7 on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from worlds import JSON, TODAY, World, load, therapy
from writing import actions, duplicates, filed, reconciled, trouble

from groupbill.server import Client
from groupbill.testing import builders as b

SESSION, VISIT, OTHERS = "Encounter/g0", "Encounter/g0-p0", ("Patient/p1", "Patient/p2", "Patient/p3")
CONTROL = "ICN2026000001"
FREQUENCY = "https://www.nubc.org/CodeSystem/TypeOfBill"


@dataclass(frozen=True)
class Clinic:
    """Four patients whose session is billed; the Claims are `draft`, `active`, or answered by the payer."""

    world: World
    claim: str
    charge: str

    def now(self) -> tuple[dict[str, JSON], dict[str, JSON]]:
        """Claims and ChargeItems of the first patient, by reference."""
        mine = self.world["Patient/p0"]
        found = filed(self.world)
        assert duplicates(found.values()) == []
        claims = {key: each for key, each in found.items() if (each.get("patient") or {}).get("reference") == mine}
        charges = {
            key: each
            for key, each in found.items()
            if key.startswith("ChargeItem/") and each["subject"]["reference"] == mine
        }
        return claims, charges

    def run(self) -> list[str]:
        """Reconcile; what was done for the first patient. The others are left alone."""
        report = reconciled(self.world, SESSION, today=TODAY)
        assert trouble(report) == []
        done = actions(report)
        for other in OTHERS:
            assert done[self.world[other]] == ["keep ChargeItem", "keep Claim"]
        return done.get(self.world["Patient/p0"], [])

    def quiet(self) -> None:
        """Another run changes nothing."""
        before = filed(self.world)
        reconciled(self.world, SESSION, today=TODAY)
        assert filed(self.world) == before


@pytest.fixture(params=["draft", "active", "adjudicated"])
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clinic(server: tuple[str, str], stage: str, tmp_path: Path) -> Iterator[Clinic]:
    kind, base = server
    client = Client(base)
    world = load(client, therapy(4), tmp_path, own_ids=kind == "poor")
    world = replace(world, settings=replace(world.settings, claim_status="draft" if stage == "draft" else "active"))
    assert trouble(reconciled(world, SESSION, today=TODAY)) == []
    made = Clinic(world, "", "")
    claims, charges = made.now()
    [claim], [charge] = claims, charges
    if stage == "adjudicated":
        payer = world["Organization/bluestar"].partition("/")[2]
        client.create(b.answer(claims[claim], CONTROL, payer))
    yield replace(made, claim=claim, charge=charge)
    client.close()


def away(visit: JSON) -> None:
    visit["status"] = "cancelled"


def back(visit: JSON) -> None:
    visit["status"] = "finished"


def diagnosed(condition: JSON) -> None:
    condition["code"] = b.coded("http://hl7.org/fhir/sid/icd-10-cm", "F41.1")


def frequency(claim: JSON) -> str:
    """1, 7 or 8."""
    codes = [
        coding["code"]
        for info in claim.get("supportingInfo") or ()
        for coding in (info.get("code") or {}).get("coding") or ()
        if coding.get("system") == FREQUENCY
    ]
    return codes[0] if codes else "1"


def test_somebody_who_was_not_there_after_all(clinic: Clinic, stage: str) -> None:
    clinic.world.change(VISIT, away)
    done = clinic.run()
    claims, charges = clinic.now()
    assert charges[clinic.charge]["status"] == "aborted"
    if stage == "adjudicated":
        assert "void Claim" in done
        [void] = [key for key in claims if key != clinic.claim]
        assert claims[clinic.claim]["status"] == "active", "the paid one stays as it is"
        assert frequency(claims[void]) == "8"
        [related] = claims[void]["related"]
        assert related["reference"]["value"] == CONTROL
        assert related["claim"]["reference"].endswith(clinic.claim)
    else:
        assert "cancel Claim" in done
        assert list(claims) == [clinic.claim]
        assert claims[clinic.claim]["status"] == "cancelled"
    clinic.quiet()


def test_somebody_whose_diagnosis_changed(clinic: Clinic, stage: str) -> None:
    clinic.world.change("Condition/dx-p0", diagnosed)
    done = clinic.run()
    claims, charges = clinic.now()
    assert list(charges) == [clinic.charge]
    newest = [key for key in claims if key != clinic.claim]
    code = claims[newest[0] if newest else clinic.claim]["diagnosis"][0]["diagnosisCodeableConcept"]
    assert code["coding"][0]["code"] == "F41.1"
    match stage:
        case "draft":
            assert "update Claim" in done
            assert newest == []
        case "active":
            assert {"cancel Claim", "create Claim"} <= set(done)
            assert claims[clinic.claim]["status"] == "cancelled"
            assert [frequency(claims[key]) for key in newest] == ["1"]
        case "adjudicated":
            assert "replace Claim" in done
            assert claims[clinic.claim]["status"] == "active"
            assert [frequency(claims[key]) for key in newest] == ["7"]
            assert claims[newest[0]]["related"][0]["reference"]["value"] == CONTROL
    clinic.quiet()


def test_somebody_who_was_taken_off_by_mistake_is_billed_again(clinic: Clinic, stage: str) -> None:
    clinic.world.change(VISIT, away)
    clinic.run()
    claims, _ = clinic.now()
    if stage == "adjudicated":
        [void] = [key for key in claims if key != clinic.claim]
        payer = clinic.world["Organization/bluestar"].partition("/")[2]
        clinic.world.client.create(b.answer(claims[void], "ICN2026000002", payer))
    clinic.world.change(VISIT, back)
    assert "create Claim" in clinic.run()
    after, charges = clinic.now()
    [newest] = [key for key in after if key not in claims]
    assert charges[clinic.charge]["status"] == "billable"
    assert frequency(after[newest]) == "1"
    assert after[newest]["status"] == ("draft" if stage == "draft" else "active")
    clinic.quiet()
