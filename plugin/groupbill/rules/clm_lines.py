"""CLM, continued: the lines of a day against one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from ..model import Finding, Line, PatientDay, Severity, Verdict
from .modifiers import REPEATED
from .pairs import dropping, is_visit, own_places, professionally, same_provider, services, standing
from .rule import Context, DayRule
from .services import SESSION_CODES


class SentTwice(DayRule):
    """The same service is claimed twice.

    ## What it does
    Compares the Claim lines on file of one patient, date, code and practitioner. Fails for the later of two with
    frequency 1 that are of one Encounter, overlap in time, or have no times; without times, a repeat modifier or two
    lines of one institutional claim are no data. Claims to two payers for one service are none. In a run, another's
    Claim for the same service is reported and nothing is written.

    ## Why it matters
    The payer denies the second as an exact duplicate, and many such denials look like fraud.

    ## References
    - X12 claim adjustment reason code 18, with group code OA.
    """

    code = "CLM03"
    name = "already-claimed-elsewhere"
    severity = Severity.ERROR
    remedy = "drop the later line"
    source = "X12 claim adjustment reason code 18, usage note, 2024"
    confidence = "V"
    denial = ("18",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the Claim lines of one day."""
        if day.participant is not None or len(day.lines) < 2:
            return None
        claimed = [line for line in day.lines if line.at.startswith("Claim/") and line.frequency == "1"]
        claimed.sort(key=lambda line: standing(line, checking=True))
        found: dict[str, Finding] = {}
        for first, second in combinations(claimed, 2):
            if first.code == second.code and second.place() not in found:
                for finding in self._judge(first, second):
                    found[finding.at] = finding
        return tuple(found.values())

    def _judge(self, first: Line, second: Line) -> Iterator[Finding]:
        if first.professional is not second.professional or not same_provider(first, second):
            return
        same = first.encounter is not None and first.encounter == second.encounter
        shared = first.period.overlaps(second.period)
        if shared is False:
            return
        evidence = (first.at,)
        if shared is None and not same and first.at == second.at and not second.professional:
            message = f"a day may hold several {second.code}; no times on file show that these are two"
            yield self.finding(message, at=second.place(), verdict=Verdict.NO_DATA, evidence=evidence)
            return
        if shared is None and not same and not REPEATED.isdisjoint((*first.modifiers, *second.modifiers)):
            message = f"{second.code} says that it is a second service; no times on file bear it out"
            yield self.finding(message, at=second.place(), verdict=Verdict.NO_DATA, evidence=evidence)
            return
        message = f"{second.code} of this date and practitioner is claimed already"
        yield self.finding(message, at=second.place(), evidence=evidence, fix=dropping(second))


class AddOnWithoutPrimary(DayRule):
    """An add-on code stands without a service that it may be added to.

    ## What it does
    Looks for each add-on code of the table (90785 and others) on professional lines, and fails where the same
    practitioner has none of its primary services on that day: for 90785 that is 90791, 90792, 90832 to 90838 or
    90853, not crisis or family therapy.

    ## Why it matters
    An add-on is never paid alone.

    ## References
    - CMS add-on code edits, type 1, by way of the public R package northstar, 2024.
    """

    code = "CLM09"
    name = "add-on-without-primary"
    severity = Severity.ERROR
    remedy = "drop the add-on"
    source = "CMS NCCI add-on code edits, 2024"
    confidence = "V"
    denial = ("B15", "236")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the add-on codes of one day."""
        stated = [line for line in day.lines if line.code not in SESSION_CODES]
        if not stated:
            return None
        own = own_places(day)
        judged = False
        findings: list[Finding] = []
        for line in stated:
            if not line.professional or not (own is None or line.at in own):
                continue
            primaries = context.reference.addon_primaries(line.code, day.date)
            if primaries is None or is_visit(line):
                continue
            judged = True
            if not any(_serves(other, line, primaries) for other in day.lines):
                findings.append(self._alone(line))
        return tuple(findings) if judged else None

    def _alone(self, line: Line) -> Finding:
        message = f"{line.code} is an add-on; the same practitioner bills none of its primary services on that day"
        return self.finding(message, at=line.place(), fix=dropping(line))


def _serves(other: Line, line: Line, primaries: frozenset[str]) -> bool:
    return other.code in primaries and professionally(other, line) is not None and same_provider(other, line)


class InterpreterAsComplexity(DayRule):
    """Interactive complexity is billed on a day with an interpreter, and may rest on that alone.

    ## What it does
    Warns for 90785 beside T1013 (interpreter) unless the participant's own record shows interactive complexity.

    ## Why it matters
    An interpreter alone is not interactive complexity.

    ## References
    - BCBSIL CPCP051, effective 2025-12-22, and openpayer.com's summary of its policy.
    """

    code = "CLM10"
    name = "interpreter-as-complexity"
    severity = Severity.WARNING
    remedy = "record the factor, or drop 90785"
    source = "BCBSIL CPCP051, effective 2025-12-22"
    confidence = "V"
    denial = ("50",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the interactive complexity of one day."""
        if len(day.lines) < 2:
            return None
        codes = {line.code for line in day.lines}
        if "90785" not in codes:
            return None
        shown = day.participant is not None and day.participant.documentation.interactive_complexity
        if "T1013" not in codes or shown:
            return ()
        own = own_places(day)
        message = "90785 on a day with an interpreter (T1013), which alone is no interactive complexity"
        return tuple(
            self.finding(message, at=line.place())
            for line in day.lines
            if line.code == "90785" and (own is None or line.at in own)
        )


class BilledByTheProgram(DayRule):
    """The patient is in a day program that bills the group itself.

    ## What it does
    Fails for professional lines of group and family therapy where the patient is in a partial hospitalization or
    intensive outpatient program on that date, or has a line of one (H0015, H0035, S9480, S0201; G0410 or G0411 on
    an institutional claim).

    ## Why it matters
    The program bills per diem for everything it does. A professional claim for the same group is a second bill.

    ## References
    - Medicare NCCI Policy Manual 2026, page XI-34; first coast and Noridian notices on IOP, condition code 92.
    """

    code = "CLM11"
    name = "billed-by-the-program"
    severity = Severity.ERROR
    remedy = "leave the group to the program's bill"
    source = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter XI, page XI-34"
    confidence = "V"
    denial = ("97", "236")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the therapy of a day in a program."""
        program = day.participant.program if day.participant is not None else None
        if program is None:
            billed = [line.at for line in day.lines if _of_a_program(line)]
            if not billed:
                return None
            program = billed[0]
        own = own_places(day)
        return tuple(
            self.finding(
                f"{line.code} on a professional claim while a day program bills the group",
                at=line.place(),
                evidence=(program,),
            )
            for line in services(day)
            if line.code in SESSION_CODES and line.professional and not is_visit(line)
            if own is None or line.at in own
        )


_PROGRAMS = frozenset({"H0015", "H0035", "S9480", "S0201"})
"""Per diems."""
_PROGRAM_GROUPS = frozenset({"G0410", "G0411"})
"""Groups of a program, where they stand on its institutional claim; elsewhere they are an NCCI pair like others."""


def _of_a_program(line: Line) -> bool:
    return line.code in _PROGRAMS or (line.code in _PROGRAM_GROUPS and not line.professional)
