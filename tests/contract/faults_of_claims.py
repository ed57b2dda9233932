"""Faults in for what and to whom it is billed: DX, AUT, CLM, PAY."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groupbill.testing import builders as b

from .conftest import EXTENSION, Clinic
from .faults import fault

LINE = "Claim/c1#Claim.item[0]"


def diagnosed(claim: dict[str, Any], *codes: str) -> None:
    """Gives a claim its diagnoses."""
    claim["diagnosis"] = [
        {"sequence": place, "diagnosisCodeableConcept": b.coded(b.ICD10CM, code)}
        for place, code in enumerate(codes, 1)
    ]


def frequency(claim: dict[str, Any], digit: str) -> None:
    """Says original, replacement or void."""
    kind = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTSupportingInfoType"
    code = b.coded("https://www.nubc.org/CodeSystem/TypeOfBill", digit)
    claim["supportingInfo"] = [{"sequence": 1, "category": b.coded(kind, "claimFrequency"), "code": code}]


@fault("DX01", "error")
def no_diagnosis(c: Clinic) -> Iterator[None]:
    yield
    del c["Encounter/g1-p1"]["diagnosis"]
    c.drop("Condition/dx-p1")


@fault("DX02", "error", policy="tricare")
def a_problem_and_no_disorder(c: Clinic) -> Iterator[None]:
    yield
    c["Condition/dx-p1"]["code"] = b.coded(b.ICD10CM, "Z63.0")


@fault("DX03", "error", "Claim/c1#Claim.diagnosis[1]", how="check")
def one_diagnosis_twice(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    diagnosed(claim, "F33.1", "F41.1")
    yield
    diagnosed(claim, "F33.1", "F33.1")


@fault("DX04", "error", f"{LINE}.diagnosisSequence", how="check")
def a_pointer_to_nothing(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["item"][0]["diagnosisSequence"] = [2]


@fault("DX05", "error", "Claim/c1#Claim.diagnosis[0]", how="check")
def a_fall_first(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    diagnosed(claim, "F43.10", "W19.XXXA")
    yield
    diagnosed(claim, "W19.XXXA", "F43.10")


@fault("DX06", "warning", "Encounter/g1")
def one_diagnosis_for_all(c: Clinic) -> Iterator[None]:
    c["Condition/dx-p2"]["code"] = b.coded(b.ICD10CM, "F41.1")
    yield
    c["Condition/dx-p2"]["code"] = b.coded(b.ICD10CM, "F33.1")


@fault("DX07", "warning", "Claim/c1#Claim.diagnosis[0]", how="check")
def dementia_alone(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    diagnosed(claim, "F03.90")


@fault("AUT01", "error", values={"authorization_required": True})
def an_authorization_that_ended(c: Clinic) -> Iterator[None]:
    answer: dict[str, Any] = {
        "resourceType": "ClaimResponse",
        "id": "a",
        "status": "active",
        "use": "preauthorization",
        "type": b.coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "patient": b.ref("Patient/p1"),
        "insurer": b.ref("Organization/plan"),
        "created": "2026-01-02",
        "outcome": "complete",
        "preAuthRef": "A-17",
    }
    c.put({**answer, "preAuthPeriod": {"start": "2026-01-01", "end": "2026-03-10"}})
    yield
    c.put({**answer, "preAuthPeriod": {"start": "2026-01-01", "end": "2026-03-09"}})


@fault("CLM01", "error", "Claim/c1#Claim.patient", how="check")
def a_claim_for_the_group(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["patient"] = b.ref("Group/g")


@fault("CLM02", "error", "Claim/c1#Claim.related", how="check")
def a_replacement_of_nothing(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    frequency(claim, "7")


@fault("CLM03", "error", "Claim/c2#Claim.item[0]", how="check")
def sent_twice(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c2", "p1", "90853", created="2026-03-12")


@fault("CLM04", "error", f"{LINE}.extension", how="check")
def a_number_that_is_too_long(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    number = {"url": EXTENSION + "line-item-control-number", "valueString": "A" * 30}
    claim["item"][0]["extension"] = [number]
    yield
    number["valueString"] += "A"


@fault("CLM05", "error", "Claim/c1#Claim.item[50]", how="check")
def a_line_too_many(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", *["97150"] * 50)
    yield
    c.claim("c1", "p1", *["97150"] * 51)


@fault("CLM06", "error", values={"timely_filing_days": 40})
def forty_one_days_later(c: Clinic) -> Iterator[None]:
    yield
    for visit in ("g1", *(f"g1-{name}" for name in c.names)):
        c[f"Encounter/{visit}"]["period"] = {"start": "2026-02-15T09:00:00-06:00", "end": "2026-02-15T10:00:00-06:00"}


@fault("CLM07", "error")
def insured_until_yesterday(c: Clinic) -> Iterator[None]:
    yield
    c["Coverage/cov-p1"]["period"]["end"] = "2026-03-09"


@fault("CLM07", "error", policy="medicare")
def medicare_for_a_member_of_an_advantage_plan(c: Clinic) -> Iterator[None]:
    c.put(b.payer("advantage", "An Advantage plan"))
    c.put(b.coverage("p1", "advantage", name="second", order=2, type=b.coded("https://nahdo.org/sopt", "52")))
    yield
    c["Coverage/second"]["type"] = b.coded("https://nahdo.org/sopt", "112")


@fault("CLM08", "error", "Claim/c1#Claim.insurance", how="check")
def the_second_payer_first(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    c.put(b.coverage("p1", "plan", name="second", order=2))
    claim["insurance"].append({"sequence": 2, "focal": False, "coverage": b.ref("Coverage/second")})
    yield
    claim["insurance"][0]["focal"], claim["insurance"][1]["focal"] = False, True


@fault("CLM09", "error", "Claim/c1#Claim.item[1]", how="check")
def an_add_on_to_family_therapy(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853", "90785")
    yield
    c.claim("c1", "p1", "90847", "90785")


@fault("CLM10", "warning", "Claim/c1#Claim.item[1]", how="check")
def an_interpreter_as_complexity(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853", "90785")
    yield
    c.claim("c1", "p1", "90853", "90785", "T1013")


@fault("CLM11", "error")
def in_a_day_program(c: Clinic) -> Iterator[None]:
    yield
    episode: dict[str, Any] = {"resourceType": "EpisodeOfCare", "id": "iop", "status": "active"}
    kind = b.coded("http://example.org/programs", "IOP")
    c.put({**episode, "type": [kind], "patient": b.ref("Patient/p1"), "period": {"start": "2026-03-01"}})


@fault("CLM12", "error", "Claim/c1#Claim.total", how="check")
def a_total_that_is_no_sum(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["total"]["value"] = 119


@fault("CLM13", "information", "Claim/c1", how="check")
def ended_by_a_person(c: Clinic) -> Iterator[None]:
    claim = c.claim(
        "c1", "p1", "90853", identifier=[{"system": "https://w3id.org/groupbill/id/claim", "value": "K7"}]
    )
    yield
    claim["status"] = "cancelled"


@fault("PAY01", "information", LINE, how="check", policy="medicare")
def paid_too_little(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    category = b.coded("http://terminology.hl7.org/CodeSystem/adjudication", "benefit")
    amount = {"value": 22.80, "currency": "USD"}
    paid = [{"itemSequence": 1, "adjudication": [{"category": category, "amount": amount}]}]
    c.put({**b.answer(claim, "ICN1", "plan"), "item": paid})
    yield
    amount["value"] = 20.00
