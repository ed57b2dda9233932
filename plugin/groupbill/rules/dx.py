"""DX: diagnoses, as a claim states them and as a line points at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from ..model import Bill, Diagnosis, Finding, Line, Participant, Session, Severity, Verdict
from .dx_choice import CognitiveImpairmentOnly, DiagnosisNotPsychiatric, ExternalCauseFirst
from .rule import ClaimRule, Context, LineRule, Rule, SessionRule
from .services import bill_place, element, is_claim

ICD10CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
"""Form of an ICD-10-CM code. U is taken too: U07.1 and its kin are valid since 2020."""

_GUIDELINES = "ICD-10-CM Official Guidelines for Coding and Reporting"
_MOST = 12
_POINTERS = 4


class DiagnosisMissing(ClaimRule):
    """The claim has no diagnosis, or one that is no valid ICD-10-CM code.

    ## What it does
    Fails for a claim without a diagnosis, for an entry that holds no ICD-10-CM code, for a code of the wrong
    form, and, where the code list of the fiscal year was imported, for a code that is not in it. Without that
    list only the form is judged. A diagnosis that points at a Condition which is not at hand can't be judged.

    ## Why it matters
    The diagnosis is required on every claim, and payers reject those that are invalid on the date.

    ## References
    - X12 837P, HI segment of loop 2300.
    - ICD-10-CM of the fiscal year (October to September).
    """

    code = "DX01"
    name = "diagnosis-missing"
    severity = Severity.ERROR
    remedy = "record a billable diagnosis"
    source = "X12 837P (005010X222A1), segment HI in loop 2300; ICD-10-CM of the fiscal year"
    confidence = "V"
    denial = ("16", "M76", "146")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge every diagnosis of one claim."""
        if not is_claim(bill):
            return None
        if not bill.diagnoses:
            return (self.finding("no ICD-10-CM diagnosis", at=bill_place(bill, "diagnosis"), denial=("16", "M76")),)
        on = (bill.lines[0].date if bill.lines else None) or context.today
        findings = []
        for index, one in enumerate(bill.diagnoses):
            defect = _defect(one, on, context)
            if defect is not None:
                place = f"diagnosis[{index}]"
                unseen = one is None and place in bill.unresolved
                said = "the Condition of the diagnosis is not on file" if unseen else defect
                verdict = Verdict.NO_DATA if unseen else Verdict.FAIL
                denial = ("16", "M76") if one is None else ("146", "M76")
                findings.append(self.finding(said, at=bill_place(bill, place), verdict=verdict, denial=denial))
        return findings


@lru_cache(maxsize=4096)
def _well_formed(code: str) -> bool:
    return ICD10CM.fullmatch(code) is not None


def _defect(diagnosis: Diagnosis | None, on: date, context: Context) -> str | None:
    """What is wrong with one diagnosis on a date, None where nothing is."""
    if diagnosis is None:
        return "the diagnosis holds no ICD-10-CM code"
    if not _well_formed(diagnosis.code):
        return f"{diagnosis.code} has not the form of an ICD-10-CM code"
    if context.reference.icd10_valid(diagnosis.code, on) is False:
        return f"{diagnosis.code} is not a billable ICD-10-CM code on {on}"
    return None


class TooManyDiagnoses(ClaimRule):
    """The claim has more than 12 diagnoses, or one of them twice.

    ## What it does
    Fails for the thirteenth diagnosis and for every repetition.

    ## Why it matters
    The claim format has twelve places; clearing houses reject repetitions.

    ## References
    - Stedi, claim edits: HI-01 to HI-12.
    """

    code = "DX03"
    name = "too-many-diagnoses"
    severity = Severity.ERROR
    remedy = "take it off"
    source = "Stedi changelog of claim edits (HI-01 to HI-12), read 2026-11"
    confidence = "V"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the list of diagnoses of one claim."""
        if not is_claim(bill) or not bill.diagnoses:
            return None
        codes = [one.code for one in bill.diagnoses if one is not None]
        if len(bill.diagnoses) <= _MOST and len(codes) == len(set(codes)):
            return ()
        return tuple(self._judge(bill))

    def _judge(self, bill: Bill) -> Iterator[Finding]:
        seen: set[str] = set()
        for index, one in enumerate(bill.diagnoses):
            if one is not None and one.code in seen:
                yield self.finding(f"{one.code} is listed twice", at=bill_place(bill, f"diagnosis[{index}]"))
            elif index == _MOST:
                message = f"{len(bill.diagnoses)} diagnoses; a claim holds {_MOST}"
                yield self.finding(message, at=bill_place(bill, f"diagnosis[{index}]"))
            if one is not None:
                seen.add(one.code)


class DiagnosisPointers(LineRule):
    """The line points at no diagnosis, at too many, or at one that isn't there.

    ## What it does
    Fails on professional claims for a line with no pointer, more than four, the same one twice, or a pointer
    to a diagnosis that the claim does not have.

    ## Why it matters
    The pointer says what the service was for. A line that points nowhere is rejected.

    ## References
    - X12 RFI 433: one to four pointers per line.
    """

    code = "DX04"
    name = "diagnosis-pointers"
    severity = Severity.ERROR
    remedy = "point at 1 to 4 of the claim's diagnoses"
    source = "X12 RFI 433; X12 837P (005010X222A1), SV107"
    confidence = "V"
    denial = ("16", "M76")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the pointers of one line."""
        if not is_claim(bill) or not bill.professional or not bill.diagnoses:
            return None
        pointers = line.pointers
        missing = sorted(set(pointers) - set(bill.diagnosis_sequences))
        if not pointers:
            message = "the line points at no diagnosis"
        elif missing:
            message = f"the line points at diagnosis {missing[0]}, which the claim does not have"
        elif len(pointers) > _POINTERS:
            message = f"the line points at {len(pointers)} diagnoses; {_POINTERS} is the most"
        elif len(pointers) != len(set(pointers)):
            message = "the line points at one diagnosis twice"
        else:
            return ()
        return (self.finding(message, at=element(line, "diagnosisSequence")),)


class DiagnosisCopied(SessionRule):
    """All participants of the session have the same diagnoses.

    ## What it does
    Warns when every participant's diagnoses are the same codes in the same order.

    ## Why it matters
    Groups are often made for one problem, but a diagnosis copied to the whole group is a mark of cloned
    records.

    ## References
    - bonfirerevenue.com and clinicaldocslibrary.com on audits of groups, secondary sources.
    """

    code = "DX06"
    name = "diagnosis-copied"
    severity = Severity.WARNING
    remedy = "make sure that each is the participant's own"
    source = "bonfirerevenue.com; clinicaldocslibrary.com, read 2026-11"
    confidence = "V2"

    def check(
        self, session: Session, participants: Sequence[Participant], context: Context
    ) -> Iterable[Finding] | None:
        """Compare the diagnoses of one session."""
        if session.code != "90853" or len(participants) < 2 or not participants[0].diagnoses:
            return None
        codes = [one.code for one in participants[0].diagnoses]
        for participant in participants:
            if [one.code for one in participant.diagnoses] != codes:
                return ()
        place = session.encounter or next(iter(session.sources), session.key)
        message = f"all {len(participants)} participants have the same diagnoses ({', '.join(codes)})"
        return (self.finding(message, at=place),)


RULES: tuple[type[Rule], ...] = (
    DiagnosisMissing,
    DiagnosisNotPsychiatric,
    TooManyDiagnoses,
    DiagnosisPointers,
    ExternalCauseFirst,
    DiagnosisCopied,
    CognitiveImpairmentOnly,
)
