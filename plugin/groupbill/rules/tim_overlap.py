"""TIM, continued: times that exclude one another, and the date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from ..model import Bill, Finding, Line, PatientDay, Severity, Verdict
from .rule import Context, DayRule, LineRule
from .services import element, runs_beside


class OverlappingServices(DayRule):
    """Two services of one patient took place at the same time.

    ## What it does
    Compares the times of the patient's services of the day, and of those that run over midnight into it or out
    of it, that belong to different visits. What takes none of the patient's time (laboratory, drugs, supplies,
    per-diems, the interpreter) is left out. In a run the finding sits on our own line, which is held; among bills
    on file on the later one. No modifier is offered: it would claim a separate encounter that the record
    contradicts.

    ## Why it matters
    Nobody is treated twice at once. One of the two records is wrong, and a person has to say which.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-17: modifiers need separate encounters.
    """

    code = "TIM06"
    name = "overlapping-services"
    severity = Severity.ERROR
    remedy = "correct the times of one of them"
    source = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter I, page I-17"
    confidence = "V"
    denial = ("97",)

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the services of one day against each other."""
        lines = _side_by_side(day)
        if len(lines) < 2:
            return None
        own = {line.at for line in day.participant.lines} if day.participant else None
        judged = False
        found: dict[tuple[str, ...], Finding] = {}
        for first, second in combinations(lines, 2):
            if day.date not in (first.date, second.date) or not _comparable(first, second):
                continue
            if not (own is None or first.at in own or second.at in own):
                continue
            judged = True
            if own is None or second.at in own:
                wrong, other = second, first
            else:
                wrong, other = first, second
            for finding in self._pair(wrong, other):
                # That times are missing is said once of each line.
                key = finding.evidence if finding.verdict is Verdict.FAIL else ()
                found.setdefault((finding.at, *key), finding)
        return tuple(found.values()) if judged else None

    def _pair(self, wrong: Line, other: Line) -> Iterator[Finding]:
        shared = wrong.period.overlaps(other.period)
        if shared is None:
            message = f"no times on file tell whether {wrong.code} and the {other.code} of that day overlap"
            yield self.finding(message, at=wrong.place(), verdict=Verdict.NO_DATA, evidence=(other.at,))
        elif shared:
            message = f"{wrong.code} overlaps the {other.code} of another visit in time"
            yield self.finding(message, at=wrong.place(), evidence=(other.at,))


def _side_by_side(day: PatientDay) -> tuple[Line, ...]:
    """The services of the day, and before them those of the days beside it that reach into one over midnight.

    Among bills on file those of the day before alone: such a pair is judged once, with the later one.
    """
    beside = (-1, 1) if day.participant is not None else (-1,)
    near = (
        line
        for line in (*day.history, *day.held)
        if line.date is not None
        and (line.date - day.date).days in beside
        and any(line.period.overlaps(each.period) for each in day.lines)
    )
    return (*near, *day.lines, *(line for line in day.held if line.date == day.date))


def _comparable(first: Line, second: Line) -> bool:
    """Whether two lines are services of different visits that exclude each other in time."""
    if runs_beside(first.code) or runs_beside(second.code):
        return False
    if first.encounter is not None and first.encounter == second.encounter:
        return False
    if first.session is not None and first.session == second.session:
        return False
    return not (first.at == second.at and first.item == second.item)


class PractitionerInTwoPlaces(DayRule):
    """The practitioner billed another patient's service at the same time.

    ## What it does
    Reports services for other patients by the practitioner of this session at overlapping times. The finding
    sits on that other service and doesn't hold the group.

    ## Why it matters
    A practitioner who is in two places at once is the easiest finding of an audit.

    ## References
    - No single rule says so; every payer's audit looks for it.
    """

    code = "TIM07"
    name = "practitioner-in-two-places"
    severity = Severity.ERROR
    remedy = "correct the times or the performer of one of them"
    source = "Practice of payer audits; no single rule was found"
    confidence = "R-hi"

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Report what the practitioner billed elsewhere."""
        if not day.busy:
            return None if day.participant is None else ()
        return tuple(
            self.finding(f"{line.code} overlaps another service of the same practitioner", at=line.place())
            for line in day.busy
        )


class DateNotLocal(LineRule):
    """The service date is not the local date of the start.

    ## What it does
    Compares the date of a line on file with the start of its visit in the time zone of the site. A session
    over midnight keeps the date on which it began.

    ## Why it matters
    Evening sessions recorded in UTC slip to the next day, and then neither match the authorization nor the
    notes.

    ## References
    - Convention of professional billing: the date of service is the local date of the start.
    """

    code = "TIM08"
    name = "date-not-local"
    severity = Severity.INFORMATION
    remedy = "bill the local date of the start"
    source = "Convention of professional billing"
    confidence = "R-hi"
    denial = ("M52",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the date of one line on file."""
        began = line.encounter_date
        if line.desired or line.date is None or began is None:
            return None
        if line.date == began:
            return ()
        message = f"the date is {line.date}, the visit began on {began} local time"
        return (self.finding(message, at=element(line, "servicedDate")),)
