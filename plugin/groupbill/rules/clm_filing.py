"""CLM: whether a claim reaches the payer as one, in time, and for the right insurance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..fhir.codes import SOPT, codings
from ..fhir.extensions import value
from ..fhir.references import is_patient, plain
from ..model import Bill, Coverage, Finding, Line, Severity, Verdict
from .rule import ClaimRule, Context, LineRule
from .services import bill_place, element, for_a_patient, is_claim, is_medicare

_SOON = 14
"""Days before the limit from which to warn; groupbill's own default."""
_ENDED = frozenset({"cancelled", "aborted", "not-billable"})


class OnePatientPerClaim(ClaimRule):
    """The claim is not for exactly one Patient.

    ## What it does
    Fails for a Claim whose patient is missing or no Patient (a Group, a RelatedPerson).

    ## Why it matters
    The claim format has one patient. A claim for a group can't be sent.

    ## References
    - ASC X12 837P, loops 2010BA and 2010CA.
    """

    code = "CLM01"
    name = "one-patient-per-claim"
    severity = Severity.ERROR
    remedy = "make one claim per patient"
    source = "ASC X12 005010X222A1 (837P), loops 2010BA and 2010CA"
    confidence = "R-hi"
    denial = ("16", "31")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the patient of one claim."""
        if bill.kind != "Claim":
            return None
        if for_a_patient(bill):
            return ()
        message = "the claim names no patient" if bill.patient is None else "the claim is not for a Patient"
        return (self.finding(message, at=bill_place(bill, "patient")),)


class FrequencyWithoutNumber(ClaimRule):
    """A replacement or void does not name the payer's number of the claim that it is about.

    ## What it does
    Fails for a Claim with frequency 7 or 8 without the payer's claim control number in `related`, and for any other
    frequency than 1, 7 and 8. In a run it also says that a claim was accepted without a number yet, so that no
    correction can be sent before the payer's answer.

    ## Why it matters
    Without the number the payer can't find the claim: it rejects the correction, or takes it for a duplicate.

    ## References
    - ASC X12 837P, CLM05-3 and REF*F8; stedi.com changelog of claim edits.
    """

    code = "CLM02"
    name = "claim-frequency-without-control-number"
    severity = Severity.ERROR
    remedy = "name the payer's number in `related`"
    source = "ASC X12 005010X222A1 (837P), CLM05-3 and REF*F8; stedi.com claim edits, read 2026-11"
    confidence = "V"
    denial = ("18",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the frequency of one claim on file."""
        if bill.kind != "Claim" or bill.desired:
            return None
        if bill.frequency == "1":
            return ()
        if bill.frequency not in ("7", "8"):
            message = f"claim frequency {bill.frequency[:10]!r}; 1, 7 or 8 is expected"
            return (self.finding(message, at=f"{bill.at}#Claim.supportingInfo"),)
        if bill.control_number:
            return ()
        message = f"claim frequency {bill.frequency} without the payer's claim control number"
        return (self.finding(message, at=f"{bill.at}#Claim.related"),)


class TimelyFiling(LineRule):
    """The claim comes after the payer's limit for filing, or shortly before it.

    ## What it does
    Adds `timely_filing_days` to the date of service; that day is the last on which the claim may be sent. Fails after
    it, warns within two weeks before it. Claims that were sent already, replacements and voids are left out.

    ## Why it matters
    A late claim is lost: the payer denies it and the patient may not be billed for it.

    ## Options
    `timely_filing_days`.

    ## References
    - 42 CFR 424.44 (Medicare); others by the payer's policy.
    """

    code = "CLM06"
    name = "timely-filing"
    severity = Severity.ERROR
    remedy = "send it at once"
    source = "42 CFR 424.44; else the payer's policy"
    confidence = "R-hi"
    denial = ("29",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the date of one line by the day of the run."""
        days = bill.policy["timely_filing_days"]
        if not days or line.date is None or not is_claim(bill) or bill.sent or bill.frequency != "1":
            return None
        left = int(days) - (context.today - line.date).days
        if left > _SOON:
            return ()
        last = line.date + timedelta(days=int(days))
        source = bill.policy.source("timely_filing_days") or None
        if left < 0:
            message = f"the last day to file was {last}, {days} days after the service"
            remedy = "ask whether an exception of the payer applies, else write it off"
            return (self.finding(message, at=element(line, "servicedDate"), source=source, remedy=remedy),)
        message = f"the last day to file is {last}, {days} days after the service"
        return (self.finding(message, at=element(line, "servicedDate"), severity=Severity.WARNING, source=source),)


class CoverageOfTheDay(ClaimRule):
    """The insurance of the claim is not the patient's, not active on the date, or lacks the subscriber id.

    ## What it does
    Fails where none of the patient's Coverages is active on the date of service, where the Coverage of a Claim is
    somebody else's, where it has no subscriber id, and where Medicare is billed for a member of a Medicare Advantage
    plan (another active Coverage of Source of Payment Typology 11). A Coverage that is not on file is no data.

    ## Why it matters
    The payer does not find the member, or finds that they were not insured. A member of a Medicare Advantage plan is
    billed to the plan, not to Medicare.

    ## References
    - X12 claim adjustment reason codes 22, 27, 31 and 109.
    """

    code = "CLM07"
    name = "coverage-of-the-day"
    severity = Severity.ERROR
    remedy = "correct the Coverage, or bill the plan of that date"
    source = "X12 claim adjustment reason codes, 2024: 22, 27, 31, 109"
    confidence = "V"
    denial = ("27", "31", "109", "22")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the insurance of one claim."""
        if not is_claim(bill):
            return None
        at = bill_place(bill, "insurance")
        if bill.focal is None:
            return (self._none(bill, at),)
        return tuple(self.finding(message, at=at, denial=denial) for message, denial in _defects(bill, bill.focal))

    def _none(self, bill: Bill, at: str) -> Finding:
        stated = bill.resource is not None and bool(bill.resource.get("insurance"))
        if stated:
            return self.finding("the Coverage of the claim is not on file", at=at, verdict=Verdict.NO_DATA)
        message = "no coverage is active on the date of service" if bill.desired else "the claim names no insurance"
        return self.finding(message, at=at, denial=("27", "31"))


def _defects(bill: Bill, focal: Coverage) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not focal.active:
        yield "the coverage is not active on the date of service", ("27",)
    known = is_patient(bill.patient) and is_patient(focal.beneficiary)
    if bill.participant is None and known and focal.beneficiary != bill.patient:
        yield "the coverage is another person's", ("31",)
    if not focal.subscriber_id:
        yield "the coverage has no subscriber id", ("31",)
    if is_medicare(bill.policy) and not _advantage(focal):
        if any(each.active and _advantage(each) for each in bill.coverages if each is not focal):
            yield (
                "the patient is a member of a Medicare Advantage plan, which is billed instead of Medicare",
                ("109",),
            )


def _advantage(coverage: Coverage) -> bool:
    """Medicare managed care, by the type of the Coverage (Source of Payment Typology)."""
    return any(uri == SOPT and code.startswith("11") for uri, code in codings(coverage.resource.get("type")))


class OrderOfPayers(ClaimRule):
    """The claim goes to a payer before the one whose turn it is.

    ## What it does
    Fails where another active Coverage of the claim or patient has a lower `order` than the focal one, or Medicaid is
    billed although another insurance is active, and that payer's answer is not on the claim
    (`insurance.claimResponse`). Warns where two active ones have the same order.

    ## Why it matters
    The second payer wants the first one's answer, and Medicaid is always the last.

    ## References
    - X12 claim adjustment reason codes 22 and 23; RARC MA04.
    """

    code = "CLM08"
    name = "order-of-payers"
    severity = Severity.ERROR
    remedy = "bill the first payer first, and name its answer (`insurance.claimResponse`)"
    source = "X12 claim adjustment reason codes, 2024: 22, 23; RARC MA04"
    confidence = "V"
    denial = ("22", "23", "MA04")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the order of the insurances of one claim."""
        focal = bill.focal
        if focal is None or len(bill.coverages) < 2 or not is_claim(bill):
            return None
        others = [
            each for each in bill.coverages if each.active and not each.self_pay and each.reference != focal.reference
        ]
        at, answered = bill_place(bill, "insurance"), _answered(bill)
        waiting = [each for each in others if each.reference not in answered]
        if any(each.order < focal.order for each in waiting):
            return (self.finding("another active coverage comes first, and its answer is not on the claim", at=at),)
        if _is_medicaid(focal) and not all(_is_medicaid(each) for each in waiting):
            return (self.finding("Medicaid is billed before another active coverage", at=at),)
        if any(each.order == focal.order for each in others):
            message, remedy = "two active coverages have the same order", "state their order (`Coverage.order`)"
            return (self.finding(message, at=at, severity=Severity.WARNING, remedy=remedy),)
        return ()


def _answered(bill: Bill) -> set[str | None]:
    """Coverages whose payer's answer is on the claim."""
    entries: Any = (bill.resource or {}).get("insurance") or ()
    stated = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("claimResponse")]
    return {plain(entry.get("coverage")) for entry in stated}


def _is_medicaid(coverage: Coverage) -> bool:
    return coverage.policy_id.startswith(("medicaid", "medi-cal"))


class EndedByAPerson(ClaimRule):
    """A person has ended a charge or claim of groupbill.

    ## What it does
    Says so where a Claim or ChargeItem of ours was cancelled without groupbill's own mark. In a run it is kept as it
    is and not made again.

    ## Why it matters
    Somebody had a reason that no record shows. A program that bills it again works against them.

    ## References
    - groupbill's own: a person's decision stands.
    """

    code = "CLM13"
    name = "ended-by-a-person"
    when_ended = True
    severity = Severity.INFORMATION
    remedy = "reopen it by hand if it was a mistake"
    source = "groupbill: a person's decision stands"
    confidence = "R-hi"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the end of one bill of ours."""
        if not bill.ours or bill.live or bill.resource is None:
            return None
        if bill.resource.get("status") not in _ENDED or value(bill.resource, "cancelled-because") is not None:
            return ()
        return (self.finding("a person has ended this; groupbill leaves it so", at=bill.at),)
