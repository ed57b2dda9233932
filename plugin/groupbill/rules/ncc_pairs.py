"""NCC: pairs of services of one day of which only one is paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Finding, PatientDay, Severity, Verdict
from .modifiers import DISTINCT
from .pairs import Paired, adding, bypassed, dropping, pairs, separate_modifier, weight
from .rule import Context, DayRule

_TABLE = "CMS NCCI procedure-to-procedure edits"
_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01)"


class PairNeverPaid(DayRule):
    """A service of the same day, practitioner and patient makes this one unpayable, whatever its modifiers.

    ## What it does
    Looks up every two services of the day in the NCCI table. Under indicator 0 the finding sits on the column 2
    line, which is denied: 90853 itself beside 90791, 90792, 90839 or 90840, the other line in most other pairs.
    A visit typed with a code counts although it is not charged yet: as an error where it makes a charged line the
    denied one, as a warning otherwise. No modifier is ever offered.

    ## Why it matters
    The payer pays column 1 and denies column 2. Modifiers 59 or XE on such a pair change nothing but draw audits.

    ## Options
    `ncci`, `ncci_scope`.

    ## References
    - CMS NCCI PTP edits, practitioner and outpatient hospital tables.
    - Medicare NCCI Policy Manual 2026, page I-14: indicator 0.
    """

    code = "NCC01"
    name = "ncci-pair-never-paid"
    severity = Severity.ERROR
    remedy = "bill the other one alone that day"
    source = f"{_TABLE}; {_MANUAL}, page I-14"
    confidence = "V"
    denial = ("236", "97")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the services of one day against each other."""
        if len(day.lines) < 2:
            return ()
        found = (pair for pair in pairs(day, context) if pair.same and not pair.bypassable)
        return tuple(self._denied(pair) for pair in found)

    def _denied(self, pair: Paired) -> Finding:
        first, second = pair.first, pair.second
        message = f"{second.code} is not paid beside {first.code} (NCCI indicator 0); no modifier helps"
        return self.finding(
            message,
            at=second.place(),
            severity=weight(pair.first, pair.second),
            evidence=(first.at,),
            fix=dropping(second),
            edition=pair.edit.edition,
        )


class PairNeedsModifier(DayRule):
    """Two services of the day pair under NCCI, and nothing says that they were separate.

    ## What it does
    Under indicator 1 the column 2 line is denied unless an NCCI-associated modifier stands on it (since
    2019-07-01 on either line, unless the policy says `modifier_placement` column2). 90853 is column 1 over
    individual and family psychotherapy, so the finding sits on the 90834 line and the group is charged. The fix
    is the payer's modifier for a separate encounter, unless known times overlap; where no times are on file the
    message says that they are still to be shown. A modifier with evidence is reported as bypassed. Evaluation
    and management is left to NCC06.

    ## Why it matters
    The individual session, worth several times the group, is denied for want of one modifier.

    ## Options
    `ncci`, `ncci_scope`, `separate_encounter_modifier`, `accepts_x_modifiers`, `modifier_placement`.

    ## References
    - CMS NCCI PTP edits, practitioner and outpatient hospital tables.
    - Medicare NCCI Policy Manual 2026, pages I-14 to I-20.
    """

    code = "NCC02"
    name = "ncci-pair-needs-modifier"
    severity = Severity.ERROR
    remedy = "put the payer's modifier on it where the record shows two encounters"
    source = f"{_TABLE}; {_MANUAL}, pages I-14 to I-20"
    confidence = "V"
    denial = ("236", "97")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the services of one day against each other."""
        if len(day.lines) < 2:
            return ()
        found = (pair for pair in pairs(day, context) if pair.same and pair.bypassable)
        return tuple(
            finding
            for pair in found
            if not pair.evaluation
            for finding in (self._bypass(pair) if bypassed(pair, day.policy) else self._denied(pair, day))
        )

    def _bypass(self, pair: Paired) -> Iterator[Finding]:
        """Named where the record bears the modifier out; the rest is NCC03's."""
        if not pair.apart:
            return
        modifier = _said(pair)
        message = f"{pair.second.code} beside {pair.first.code} stands by {modifier}: separate encounters"
        yield self._finding(message, pair, bypass=True)

    def _denied(self, pair: Paired, day: PatientDay) -> Iterator[Finding]:
        seen = " ".join(m for m in pair.second.modifiers if m in DISTINCT)
        wanting = f"; {seen} is none that this payer takes" if seen else " without a modifier"
        message = f"{pair.second.code} is denied beside {pair.first.code} (NCCI indicator 1){wanting}"
        yield self._finding(f"{message}; {_EVIDENCE[pair.apart]}", pair, day)

    def _finding(self, message: str, pair: Paired, day: PatientDay | None = None, *, bypass: bool = False) -> Finding:
        fix, remedy = None, None
        if day is not None and pair.apart is False:
            remedy = "correct the times of one of them"
        # What is still to be written by us is given a modifier on evidence only.
        if day is not None and (pair.apart or (pair.apart is None and not pair.second.desired)):
            fix = adding(pair.second, separate_modifier(day.policy, day.date))
        return self.finding(
            message,
            at=pair.second.place(),
            verdict=Verdict.BYPASSED if bypass else Verdict.FAIL,
            severity=None if bypass else weight(pair.first, pair.second),
            evidence=pair.evidence or (pair.first.at,),
            fix=fix,
            edition=pair.edit.edition,
            remedy=remedy,
        )


_EVIDENCE = {
    True: "the record shows separate encounters",
    False: "the record shows overlapping times, so none may be put",
    None: "one helps only if there were two encounters, and no times on file show it",
}


def _said(pair: Paired) -> str:
    """The modifiers that say so, for a message."""
    lines = pair.marked or (pair.second, pair.first)
    return " ".join(dict.fromkeys(m for line in lines for m in line.modifiers if m in DISTINCT)) or "its modifier"
