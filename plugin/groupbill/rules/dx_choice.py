"""DX, continued: whether the diagnosis fits group psychotherapy."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Bill, Diagnosis, Finding, Line, Severity
from .rule import ClaimRule, Context, LineRule
from .services import SESSION_CODES, bill_place, element, is_claim

_EXTERNAL = ("V", "W", "X", "Y")
_IMPAIRED = ("F01", "F02", "F03", "F72", "F73")


class DiagnosisNotPsychiatric(LineRule):
    """The first diagnosis of the session is no mental disorder.

    ## What it does
    Compares the first diagnosis that a session line points at with the policy's `dx.primary_prefixes`
    (chapter F). The clinician's own ranking is kept; the finding says that payers may not follow it.

    ## Why it matters
    Z and R codes alone don't show that psychotherapy was necessary. TRICARE never accepts them, Illinois asks
    for a diagnosed mental illness.

    ## Options
    `dx.primary_prefixes`.

    ## References
    - TRICARE Policy Manual 6010.60-M, chapter 7, section 3.11.
    - Illinois HFS notice of 2014-06-26.
    """

    code = "DX02"
    name = "diagnosis-not-psychiatric"
    severity = Severity.WARNING
    remedy = "check which diagnosis was treated"
    source = "TRICARE Policy Manual 6010.60-M, chapter 7, section 3.11; Illinois HFS notice 2014-06-26"
    confidence = "V"
    denial = ("11", "167", "50")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the first diagnosis of one session line."""
        prefixes = bill.policy["dx.primary_prefixes"]
        first = _first(line, bill)
        if not prefixes or first is None or not is_claim(bill) or not _is_session(line, bill):
            return None
        if first.code.startswith(tuple(prefixes)):
            return ()
        expected = ", ".join(prefixes)
        message = f"the first diagnosis is {first.code}; payers expect one of chapter {expected}"
        return (self.finding(message, at=element(line, "diagnosisSequence")),)


def _is_session(line: Line, bill: Bill) -> bool:
    """Whether a line is a group or family session, under whatever code the payer wants."""
    return line.code in SESSION_CODES or line.code in (bill.policy["session_code"] or {}).values()


def _first(line: Line, bill: Bill) -> Diagnosis | None:
    """The diagnosis that a line points at first, None where it points nowhere."""
    if not line.pointers or line.pointers[0] not in bill.diagnosis_sequences:
        return None
    return bill.diagnoses[bill.diagnosis_sequences.index(line.pointers[0])]


class ExternalCauseFirst(ClaimRule):
    """The first diagnosis is an external cause, or unspecified.

    ## What it does
    Fails when the claim, or the first pointer of a line, begins with a code of V00 to Y99; warns for F99.

    ## Why it matters
    External causes explain another diagnosis and may never stand first. F99 says only that there is
    something.

    ## References
    - ICD-10-CM Official Guidelines, section I.C.20.
    """

    code = "DX05"
    name = "external-cause-first"
    severity = Severity.ERROR
    remedy = "put the treated diagnosis first"
    source = "ICD-10-CM Official Guidelines for Coding and Reporting, section I.C.20"
    confidence = "R-hi"
    denial = ("11",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge which diagnosis of a claim stands first."""
        if not is_claim(bill) or not bill.diagnoses:
            return None
        findings = []
        first = bill.diagnoses[0]
        place = bill_place(bill, "diagnosis[0]")
        if first is not None and first.code.startswith(_EXTERNAL):
            findings.append(self.finding(f"{first.code} is an external cause and stands first", at=place))
        elif first is not None and first.code == "F99":
            message = "the first diagnosis is F99, unspecified"
            findings.append(self.finding(message, at=place, severity=Severity.WARNING))
        for line in bill.lines:
            pointed = _first(line, bill)
            if pointed is not None and pointed is not first and pointed.code.startswith(_EXTERNAL):
                message = f"{pointed.code} is an external cause and is pointed at first"
                findings.append(self.finding(message, at=element(line, "diagnosisSequence")))
        return findings


class CognitiveImpairmentOnly(ClaimRule):
    """The only diagnoses are severe cognitive impairments.

    ## What it does
    Warns when every diagnosis of a claim with a session is of F01 to F03, F72 or F73.

    ## Why it matters
    Group therapy needs somebody who can take part. Reviewers doubt it for severe dementia or disability
    alone.

    ## References
    - OAC 317:30-5-241.2 and the family of Medicare LCDs on psychotherapy, secondary reading.
    """

    code = "DX07"
    name = "cognitive-impairment-only"
    severity = Severity.WARNING
    remedy = "make sure that the record shows an active part in the group"
    source = "OAC 317:30-5-241.2 (active participation), read 2026-11"
    confidence = "V2"
    denial = ("50",)

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the diagnoses of one claim with a session."""
        known = [one.code for one in bill.diagnoses if one is not None]
        if not is_claim(bill) or not known:
            return None
        for code in known:
            if not code.startswith(_IMPAIRED):
                return ()
        if not any(_is_session(line, bill) for line in bill.lines):
            return None
        message = f"the only diagnoses are {', '.join(known)}"
        return (self.finding(message, at=bill_place(bill, "diagnosis[0]")),)
