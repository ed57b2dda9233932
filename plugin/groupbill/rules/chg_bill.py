"""CHG, continued: what a bill must be like to be anybody's charge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..model import Bill, Finding, Line, PatientDay, Severity
from .pairs import dropping
from .rule import ClaimRule, Context, DayRule, LineRule
from .services import element, for_a_patient


class NotAPatient(ClaimRule):
    """The bill is not for a Patient.

    ## What it does
    Fails for a Claim or ChargeItem whose patient or subject is a Group, a relative, or nobody. Members of a
    roster who are no Patients are never charged in the first place (outcome `not-a-patient`).

    ## Why it matters
    A claim is for one insured person; a payer can't identify a group or a relative as the insured.

    ## References
    - FHIR R4: `Claim.patient` is a Patient; `ChargeItem.subject` may be a Group, which no payer can be billed
      for.
    - CARC 31, as payers answer.
    """

    code = "CHG03"
    name = "not-a-patient"
    severity = Severity.ERROR
    remedy = "bill each patient on a claim of their own"
    source = "HL7 FHIR R4 (4.0.1), Claim.patient and ChargeItem.subject"
    confidence = "R-hi"
    denial = ("31",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge whom one bill is for."""
        if bill.desired:
            return None
        if for_a_patient(bill):
            return ()
        inner = "Claim.patient" if bill.kind == "Claim" else "ChargeItem.subject"
        return (self.finding("the bill is for nobody who is a Patient", at=f"{bill.at}#{inner}"),)


class ServiceNotFinished(LineRule):
    """The line has no service date, or its visit is not finished.

    ## What it does
    Fails for a line without a date of service, and for one that names an Encounter which is planned, in
    progress, cancelled or entered in error. Charges derived here always come from a finished session.

    ## Why it matters
    A professional claim needs the date of every line, and only a service that took place can be billed.

    ## References
    - X12 837P: the service date of a line is required.
    - RARC M52, as payers answer.
    """

    code = "CHG04"
    name = "service-not-finished"
    severity = Severity.ERROR
    remedy = "bill it when the visit is dated and finished"
    source = "X12 837P (005010X222A1), DTP*472 in loop 2400"
    confidence = "R-hi"
    denial = ("16", "M52")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge date and visit of one line."""
        if line.desired:
            return None if line.date else (self.finding("no date of service", at=line.at),)
        return tuple(self._wrong(line))

    def _wrong(self, line: Line) -> Iterator[Finding]:
        if line.date is None:
            yield self.finding("the line has no date of service", at=element(line, "servicedDate"))
        if line.encounter_status not in (None, "finished"):
            message = f"the visit is {line.encounter_status}, not finished"
            evidence = (line.encounter,) if line.encounter else ()
            yield self.finding(message, at=line.place(), evidence=evidence)


class ClaimForSelfPay(ClaimRule):
    """A claim was made for somebody who pays for themselves.

    ## What it does
    Says so when the insurance of a Claim on file is marked as self-pay. In a run, a participant without
    insurance gets a ChargeItem and no Claim (outcome `patient-pay`), and still counts for the size of the
    group.

    ## Why it matters
    There is no payer to answer such a claim; the patient gets a statement instead.

    ## References
    - Conn. Agencies Regs. 17b-262-822: every participant counts, whoever pays.
    - AAPC forum 95331: the same reading.
    """

    code = "CHG05"
    name = "claim-for-self-pay"
    severity = Severity.INFORMATION
    remedy = "send the patient a statement"
    source = "Conn. Agencies Regs. 17b-262-822, read 2026-11"
    confidence = "V"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the insurance of one Claim on file."""
        if bill.desired or bill.kind != "Claim" or bill.focal is None:
            return None
        if not bill.focal.self_pay:
            return ()
        message = "the insurance is self-pay: no claim is due"
        return (self.finding(message, at=f"{bill.at}#Claim.insurance[0].coverage"),)


class RepeatedCharge(DayRule):
    """One visit is charged twice.

    ## What it does
    Fails for the second live ChargeItem of one code, patient and Encounter on file. What a run derives can't
    be doubled: its identity is made of session, patient and code, and a ChargeItem of somebody else is taken
    over.

    ## Why it matters
    The second charge becomes a duplicate claim line, or a second statement to the patient.

    ## References
    - CARC 18 of the X12 list: exact duplicate.
    """

    code = "CHG07"
    name = "repeated-charge"
    severity = Severity.ERROR
    remedy = "drop the later charge"
    source = "X12 claim adjustment reason code 18"
    confidence = "R-hi"
    denial = ("18",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the ChargeItems on file of one day, those that a Claim stands for included."""
        seen: dict[tuple[str, str, int], str] = {}
        findings = []
        for line in sorted(day.lines, key=lambda line: (line.period.start is None, not line.also, line.at)):
            charged = next((at for at in (line.at, *line.also) if at.startswith("ChargeItem/")), None)
            if line.desired or line.encounter is None or charged is None:
                continue
            first = seen.setdefault((line.code, line.encounter, line.leader), charged)
            if first != charged == line.at:
                message = f"{line.code} is already charged for this visit"
                evidence = (first, line.encounter)
                findings.append(self.finding(message, at=line.at, evidence=evidence, fix=dropping(line)))
        return findings if seen else None


class PriceMissing(LineRule):
    """The line has no price, or none that can be billed.

    ## What it does
    Fails when our own line has no price (settings, ChargeItemDefinition, or a plugin) and when a line has a
    price of zero or less. An amount in another currency than US dollars is none. Warns when a line on file has
    another price than the settings list for its code.

    ## Why it matters
    Clearing houses reject a charge of zero. One list price for every payer keeps contractual differences
    where they belong, in the adjustment.

    ## References
    - Stedi, claim edits: a line's charge must be above zero.
    """

    code = "CHG08"
    name = "price-missing"
    severity = Severity.ERROR
    remedy = "set the list price (`[prices]` of the settings, or a ChargeItemDefinition)"
    source = "Stedi changelog of claim edits (zero charge), read 2026-11"
    confidence = "V"

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the price of one line."""
        price = line.unit_price if line.unit_price is not None else line.net
        if price is None:
            if bill.kind != "Claim" and not line.desired:
                return None
            return (self.finding(f"no price in US dollars for {line.code}", at=element(line, "unitPrice")),)
        if price <= 0:
            message = f"{line.code} is priced at {price}; a charge is above zero"
            return (self.finding(message, at=element(line, "unitPrice")),)
        listed = None if line.desired else context.settings.prices.get(line.code)
        if listed is not None and line.unit_price is not None and line.unit_price != listed:
            message = f"{line.code} is priced at {line.unit_price}, the list price is {listed}"
            place, remedy = element(line, "unitPrice"), "bill the list price, or correct the list"
            return (self.finding(message, at=place, severity=Severity.WARNING, remedy=remedy),)
        return ()


class OtherPersonNamed(ClaimRule):
    """The bill names the Group or another patient.

    ## What it does
    Walks through a Claim or ChargeItem on file and fails for every reference to a Group, to another Patient
    than the one it is for, or to an Encounter of theirs. What a run writes holds none, by construction.

    ## Why it matters
    One patient's bill must not tell who else was in the group. For groups on substance use that is federal
    law.

    ## References
    - 45 CFR 164.502(b): minimum necessary; 42 CFR Part 2: records of substance use treatment.
    """

    code = "CHG09"
    name = "other-person-named"
    severity = Severity.ERROR
    remedy = "take the reference out"
    source = "45 CFR 164.502(b) (minimum necessary); 42 CFR Part 2"
    confidence = "R-hi"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the references of one bill on file."""
        if bill.resource is None:
            return None
        subject = bill.resource.get("patient" if bill.kind == "Claim" else "subject")
        own = {bill.patient, _reference(subject)}
        return tuple(
            self.finding(f"refers to {what}", at=f"{bill.at}#{path}")
            for path, what in _strangers(bill.resource, bill.kind, own, bill.strange)
            if path not in (f"{bill.kind}.patient.reference", f"{bill.kind}.subject.reference")
        )


def _reference(element: object) -> str | None:
    found = element.get("reference") if hasattr(element, "get") else None
    return _bare(found) if isinstance(found, str) else None


def _bare(reference: str) -> str:
    """The last `Type/id` of a reference, without a base or a version."""
    return "/".join(reference.split("/_history/", 1)[0].rsplit("/", 2)[-2:])


def _strangers(node: Any, path: str, own: set[str | None], strange: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Paths of references to a Group, another Patient or one of the strange Encounters, with what they point at."""
    if hasattr(node, "items"):
        for key, value in node.items():
            if key == "reference" and isinstance(value, str):
                bare = _bare(value)
                if bare.startswith("Group/"):
                    yield f"{path}.reference", "a Group"
                elif bare.startswith("Patient/") and bare not in own:
                    yield f"{path}.reference", "another Patient"
                elif bare in strange:
                    yield f"{path}.reference", "an Encounter of another Patient"
            else:
                yield from _strangers(value, f"{path}.{key}", own, strange)
    elif not isinstance(node, str | bytes) and hasattr(node, "__iter__"):
        for index, value in enumerate(node):
            yield from _strangers(value, f"{path}[{index}]", own, strange)
