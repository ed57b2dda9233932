"""NCC, continued: modifiers that are to bypass an edit, and whether they may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Finding, Line, PatientDay, Severity, Verdict
from .modifiers import DISTINCT, NOT_BYPASSING, is_evaluation, modifier_place
from .pairs import EITHER_LINE_FROM, Paired, adding, bypassed, own_places, pairs, weight
from .rule import Context, DayRule
from .services import SESSION_CODES

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter I"


def _marked(day: PatientDay, context: Context) -> list[Paired]:
    """Pairs of therapy under indicator 1 with a modifier that says: distinct service."""
    if len(day.lines) < 2 or all(DISTINCT.isdisjoint(line.modifiers) for line in day.lines):
        return []
    found = (pair for pair in pairs(day, context) if pair.same and pair.bypassable)
    return [pair for pair in found if pair.marked and not pair.evaluation]


class ModifierWithoutEvidence(DayRule):
    """A modifier says that two services were separate, and the record says that they overlap.

    ## What it does
    Looks at pairs under indicator 1 with 59 or an X modifier. Fails where the known times overlap: on the column 2
    line, and in a run also on our own line, which is held until a person decides. Where no times are on file there
    is no data: that is not misuse, but nobody can defend it either.

    ## Why it matters
    A modifier that the record contradicts is misuse, and what auditors look for first.

    ## References
    - Medicare NCCI Policy Manual 2026, pages I-17 and I-18.
    """

    code = "NCC03"
    name = "modifier-without-evidence"
    severity = Severity.ERROR
    remedy = "correct the times, or take the modifier off"
    source = f"{_MANUAL}, pages I-17 and I-18"
    confidence = "V"
    denial = ("236",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the modifiers of one day by its times."""
        marked = _marked(day, context)
        if not marked:
            return None
        return tuple(finding for pair in marked for finding in self._judge(pair, day))

    def _judge(self, pair: Paired, day: PatientDay) -> Iterator[Finding]:
        carrier = pair.marked[0]
        codes = f"{pair.second.code} and {pair.first.code}"
        if pair.apart is None:
            message = f"no times on file bear out the modifier on {codes}"
            yield self.finding(
                message, at=carrier.place(), verdict=Verdict.NO_DATA, evidence=(pair.first.at, pair.second.at)
            )
        elif not pair.apart:
            message = f"{codes} overlap in time, so no modifier can make them separate encounters"
            own = own_places(day) or frozenset()
            for line in (pair.second, pair.first):
                if line is pair.second or line.at in own:
                    other = pair.first if line is pair.second else pair.second
                    yield self.finding(message, at=line.place(), evidence=(other.at,), edition=pair.edit.edition)


class ModifierOnPaidLine(DayRule):
    """The modifier stands on the line that is paid, not on the one that is denied.

    ## What it does
    Under indicator 1, reports 59 or an X modifier that stands on column 1 (90853 beside 90834) only. An error
    before 2019-07-01, when Medicare looked at column 2 alone. Where the policy says `modifier_placement` column2
    the edit stands, and NCC02 fails on the other line.

    ## Why it matters
    Medicare takes it on either line now; engines of other payers still look at column 2.

    ## Options
    `modifier_placement`.

    ## References
    - CMS change request 11168, as reported by cmadocs.org, 2019-08-15 (secondary source).
    """

    code = "NCC04"
    name = "modifier-on-paid-line"
    severity = Severity.INFORMATION
    remedy = "put it on the other line"
    source = "CMS CR 11168 (effective 2019-07-01), as reported by cmadocs.org, 2019-08-15"
    confidence = "V2"
    denial = ("4", "236")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge on which line of a pair the modifier stands."""
        marked = _marked(day, context)
        if not marked:
            return None
        misplaced: dict[str, Finding] = {}
        for pair in marked:
            if pair.marked[0] is pair.first:
                misplaced.setdefault(pair.first.place(), self._misplaced(pair, day))
        return tuple(misplaced.values())

    def _misplaced(self, pair: Paired, day: PatientDay) -> Finding:
        severity = Severity.ERROR if day.date < EITHER_LINE_FROM else Severity.INFORMATION
        message = f"the modifier stands on {pair.first.code}; {pair.second.code} is the line it is meant for"
        return self.finding(
            message, at=pair.first.place(), severity=severity, evidence=(pair.second.at,), edition=pair.edit.edition
        )


class ModifierThatDoesNotBypass(DayRule):
    """A modifier was put on the denied line that does not bypass an NCCI edit.

    ## What it does
    Under indicator 1, fails for a column 2 line that carries 22, 76 or 77 and no NCCI-associated modifier.

    ## Why it matters
    The line looks as if somebody had taken care of the edit, and is denied all the same.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-14: the list of NCCI-associated modifiers.
    """

    code = "NCC05"
    name = "modifier-that-does-not-bypass"
    severity = Severity.ERROR
    remedy = "take it off; XE or 59 says that there were two encounters"
    source = f"{_MANUAL}, page I-14"
    confidence = "V"
    denial = ("236",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the modifiers of the denied lines of one day."""
        if len(day.lines) < 2 or all(NOT_BYPASSING.isdisjoint(line.modifiers) for line in day.lines):
            return None
        found = [pair for pair in pairs(day, context) if pair.same and pair.bypassable]
        return tuple(
            self._useless(pair)
            for pair in found
            if not NOT_BYPASSING.isdisjoint(pair.second.modifiers) and not bypassed(pair, day.policy)
        )

    def _useless(self, pair: Paired) -> Finding:
        seen = " ".join(modifier for modifier in pair.second.modifiers if modifier in NOT_BYPASSING)
        message = f"{seen} on {pair.second.code} does not bypass the edit with {pair.first.code}"
        return self.finding(
            message,
            at=pair.second.place(),
            severity=weight(pair.first, pair.second),
            evidence=(pair.first.at,),
            edition=pair.edit.edition,
        )


class EvaluationNeeds25(DayRule):
    """An evaluation and management service of the day lacks 25, or carries what belongs elsewhere.

    ## What it does
    For evaluation and management as column 2 of a service of the day: fails without 25 (24 or 57 count), fails
    with 59 or an X modifier, both on that line, and offers 25. Fails for 25 on the psychotherapy line. One with 25
    and separate times is reported as bypassed.

    ## Why it matters
    25 says that the visit was significant and separate from the therapy. 59 says so for everything but visits.

    ## Options
    `ncci`, `ncci_scope`.

    ## References
    - Medicare NCCI Policy Manual 2026, pages I-15 to I-17.
    """

    code = "NCC06"
    name = "evaluation-needs-25"
    severity = Severity.ERROR
    remedy = "put 25 on the visit and nothing else, if it was significant and separate"
    source = f"{_MANUAL}, pages I-15 to I-17"
    confidence = "V"
    denial = ("97", "4")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the visits of one day."""
        if len(day.lines) < 2 or not any(is_evaluation(line.code) for line in day.lines):
            return None
        found = [pair for pair in pairs(day, context) if pair.same and pair.bypassable and pair.evaluation]
        if not found:
            return None
        by_place: dict[str, Finding] = {}
        for pair in found:
            for finding in self._judge(pair):
                by_place.setdefault(finding.at, finding)
        return tuple(by_place.values())

    def _judge(self, pair: Paired) -> Iterator[Finding]:
        visit, therapy = pair.second, pair.first
        seen = [modifier for modifier in visit.modifiers if modifier in DISTINCT]
        separate = not {"25", "24", "57"}.isdisjoint(visit.modifiers)
        if seen:
            message = (
                f"{' '.join(seen)} is never for evaluation and management; take it off {visit.code}, which takes 25"
            )
            yield self._wrong(message, visit, pair, fix=not separate)
        elif not separate:
            message = f"{visit.code} is denied beside {therapy.code} without 25"
            yield self._wrong(message, visit, pair, fix=pair.apart is not False)
        elif pair.apart:
            message = f"{visit.code} beside {therapy.code} stands by 25: separate encounters"
            yield self.finding(
                message,
                at=visit.place(),
                verdict=Verdict.BYPASSED,
                evidence=pair.evidence,
                edition=pair.edit.edition,
            )
        if "25" in therapy.modifiers and therapy.code in SESSION_CODES:
            place = modifier_place(therapy, therapy.modifiers.index("25"))
            message = f"25 belongs on {visit.code}, not on {therapy.code}"
            yield self.finding(message, at=place, evidence=(visit.at,))

    def _wrong(self, message: str, visit: Line, pair: Paired, *, fix: bool) -> Finding:
        return self.finding(
            message,
            at=visit.place(),
            severity=weight(pair.first, visit),
            evidence=(pair.first.at,),
            fix=adding(visit, "25") if fix else None,
            edition=pair.edit.edition,
        )


class DiagnosisAsReason(DayRule):
    """The modifier rests on nothing but different diagnoses.

    ## What it does
    Under indicator 1, warns where 59 or an X modifier stands, no times show two encounters, and the two lines point
    at different diagnoses.

    ## Why it matters
    Different diagnoses do not make two encounters; the manual says so in as many words.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-19.
    """

    code = "NCC07"
    name = "diagnosis-as-reason"
    severity = Severity.WARNING
    remedy = "record the times, or take the modifier off"
    source = f"{_MANUAL}, page I-19"
    confidence = "V"

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge what the modifiers of one day rest on."""
        marked = _marked(day, context)
        if not marked:
            return None
        return tuple(
            self.finding(
                "different diagnoses are no reason for a modifier, and no times show separate encounters",
                at=pair.marked[0].place(),
                evidence=(pair.first.at, pair.second.at),
            )
            for pair in marked
            if not pair.apart and _diagnoses_differ(pair.first, pair.second)
        )


def _diagnoses_differ(one: Line, other: Line) -> bool:
    if one.diagnoses and other.diagnoses:
        return set(one.diagnoses) != set(other.diagnoses)
    same_bill = one.at == other.at and bool(one.pointers) and bool(other.pointers)
    return same_bill and set(one.pointers) != set(other.pointers)
