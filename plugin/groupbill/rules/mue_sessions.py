"""MUE, continued: more than one group session a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Finding, Line, PatientDay, Severity
from .modifiers import REPEATED
from .pairs import adding, is_visit, practitioners_differ, same_provider, services, standing
from .rule import Context, DayRule
from .services import GROUP

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01)"


class RepeatNotMarked(DayRule):
    """A further session of the day does not say that it is one.

    ## What it does
    Where the payer allows several sessions a day (`sessions_per_day`), warns for the second and later lines of a
    code on professional bills without the policy's `repeat_modifier` (77, 59 or an X modifier will do), and offers
    it.

    ## Why it matters
    Without it the line reads as a duplicate and is denied as one, although the payer would pay for both.

    ## Options
    `sessions_per_day`, `repeat_modifier`.

    ## References
    - AAPC forum 87401 and article 145416 (secondary sources): ask the payer.
    """

    code = "MUE04"
    name = "repeat-not-marked"
    severity = Severity.WARNING
    remedy = "put the payer's modifier for a repeated service"
    source = "AAPC article 145416 and forum thread 87401, read 2026-11"
    confidence = "V2"
    denial = ("18", "119")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the sessions of one day."""
        if len(day.lines) < 2:
            return None
        modifier = day.policy["repeat_modifier"]
        if not modifier or not _several(day) or next(_further(day), None) is None:
            return None
        source = day.policy.source("repeat_modifier") or None
        return tuple(
            self.finding(
                f"{line.code} is billed a second time on one day without {modifier}",
                at=line.place(),
                fix=adding(line, str(modifier)),
                source=source,
            )
            for line in unmarked(day)
        )


def unmarked(day: PatientDay) -> tuple[Line, ...]:
    """Second and later sessions, where the payer allows several a day, that no modifier tells from the first."""
    if not _several(day):
        return ()
    stated = {*REPEATED, day.policy["repeat_modifier"]}
    return tuple(line for line in _further(day) if stated.isdisjoint(line.modifiers))


def _several(day: PatientDay) -> bool:
    return int(day.policy["sessions_per_day"] or 1) > 1


def _further(day: PatientDay) -> Iterator[Line]:
    """Second and later professional lines of a group code by one provider, visits left out."""
    checking = day.participant is None
    lines = [line for line in services(day) if line.code in GROUP and line.professional and not is_visit(line)]
    lines.sort(key=lambda line: standing(line, checking=checking))
    for position, line in enumerate(lines):
        if any(same_provider(line, other) and _apart(line, other) for other in lines[:position]):
            yield line


def _apart(one: Line, other: Line) -> bool:
    """Whether two lines of one code are not the two paid leaders of one session."""
    return one.code == other.code and (one.session is None or one.session != other.session)


class AnotherPractitioner(DayRule):
    """The patient had a second group on the same day with another practitioner.

    ## What it does
    Warns at the later of two group lines of different practitioners. The units of each are within their own limit.

    ## Why it matters
    MUE counts per practitioner, but two groups a day need a reason in each record; payers ask for it.

    ## References
    - Medicare NCCI Policy Manual 2026: edits are for one provider and date.
    """

    code = "MUE05"
    name = "another-practitioner"
    severity = Severity.WARNING
    remedy = "make sure that each record says why"
    source = f"{_MANUAL}, introduction: same provider"
    confidence = "V"
    denial = ("119", "151", "18")

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the groups of one day by practitioner."""
        if len(day.lines) < 2 or len({line.rendering for line in day.lines} - {None}) < 2:
            return None
        checking = day.participant is None
        lines = [line for line in services(day) if line.code in GROUP and not is_visit(line)]
        if len(lines) < 2:
            return None
        lines.sort(key=lambda line: standing(line, checking=checking))
        findings = []
        for position, line in enumerate(lines):
            others = [
                other.at for other in lines[:position] if practitioners_differ(other, line) and _apart(line, other)
            ]
            if others:
                message = f"a second {line.code} on one day, by another practitioner, needs its own reason"
                findings.append(self.finding(message, at=line.place(), evidence=others))
        return tuple(findings)
