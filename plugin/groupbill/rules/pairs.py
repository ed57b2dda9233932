"""Services of one day that an NCCI edit pairs, and what is known about their being separate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from itertools import combinations
from typing import TYPE_CHECKING

from ..model import Fix, Line, Participant, PatientDay, Period, Policy, Severity, Visit
from .modifiers import DISTINCT, DISTINCT_X, bypasses, is_evaluation
from .rule import Context
from .services import SESSION_CODES

if TYPE_CHECKING:
    from ..reference import Pair, Reference

EITHER_LINE_FROM = date(2019, 7, 1)
"""Since then Medicare takes 59 and the X modifiers on either line of a pair (CR 11168)."""
X_FROM = date(2015, 1, 1)
"""First day of XE, XP, XS and XU."""
_MOST = 4


@dataclass(frozen=True, slots=True)
class Paired:
    """Two services of one patient and day in one NCCI edit."""

    edit: Pair
    first: Line
    """Column 1: the one that is paid."""
    second: Line
    """Column 2: the one that is denied."""
    same: bool
    """Whether both count as one provider's under the payer's scope (NCC08)."""
    apart: bool | None
    """Whether the record shows two encounters: True, False (they overlap), None (no times on file)."""
    evidence: tuple[str, ...]
    """What shows it: visits, notes."""

    @property
    def bypassable(self) -> bool:
        """Whether a modifier can help (indicator 1)."""
        return self.edit.indicator == "1"

    @property
    def evaluation(self) -> bool:
        """Whether the denied line is an evaluation and management service."""
        return is_evaluation(self.second.code)

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines with a modifier that says: distinct service."""
        return tuple(line for line in (self.second, self.first) if not DISTINCT.isdisjoint(line.modifiers))


def pairs(day: PatientDay, context: Context) -> tuple[Paired, ...]:
    """All pairs of the day under an active edit; in a run those with a line of the participant at hand.

    Whoever asks filters by `same`. The answer for the day asked last is kept: a dozen rules ask in a row.
    """
    known = _LAST.answer
    if known is not None and known[0] is day and known[1] is context.reference:
        return known[2]
    found = tuple(_find(day, context.reference)) if day.policy["ncci"] else ()
    _LAST.answer = (day, context.reference, found)
    return found


class _Last:
    """The one answer that is kept."""

    __slots__ = ("answer",)

    def __init__(self) -> None:
        self.answer: tuple[PatientDay, Reference, tuple[Paired, ...]] | None = None


_LAST = _Last()


def _find(day: PatientDay, reference: Reference) -> Iterator[Paired]:
    scope = str(day.policy["ncci_scope"])
    for one, other in candidates(day):
        professional = professionally(one, other)
        if professional is None or one.code == other.code:
            continue
        edit = reference.pair(one.code, other.code, day.date, professional)
        if edit is None or edit.indicator not in ("0", "1"):
            continue
        first, second = (one, other) if edit.column1 == one.code else (other, one)
        apart = separate(first, second, day)
        evidence = _evidence(first, second, day) if apart else ()
        yield Paired(edit, first, second, same_provider(first, second, scope), apart, evidence)


def candidates(day: PatientDay) -> Iterator[tuple[Line, Line]]:
    """Every two services of the day; in a run one of them belongs to the participant at hand."""
    own = own_places(day)
    for one, other in combinations(services(day), 2):
        if own is None or one.at in own or other.at in own:
            yield one, other


def services(day: PatientDay) -> list[Line]:
    """The services of the day. Lines of voided Claims are none.

    What somebody else holds for our very service is none of its own: reconciliation decides between the two.
    """
    lines = [line for line in day.lines if line.frequency != "8"]
    if day.participant is None or len(lines) < 2:
        return lines
    return [line for line in lines if not _twin(line, day.participant)]


def _twin(line: Line, participant: Participant) -> bool:
    """Whether a line on file is the participant's own service, billed by somebody else."""
    if line.ours or line.desired or is_visit(line):
        return False
    visits = (participant.member.encounter, participant.session.encounter)
    for own in participant.lines:
        if line.code == own.code and line.date == own.date:
            known = line.encounter is not None and line.encounter in (own.encounter, *visits)
            if known or line.period.overlaps(own.period) is not False:
                return True
    return False


def own_places(day: PatientDay) -> frozenset[str] | None:
    """Where the lines of the participant at hand stand; None in `check`, where every line is judged."""
    if day.participant is None:
        return None
    return frozenset(line.at for line in day.participant.lines)


def professionally(one: Line, other: Line) -> bool | None:
    """Whether two lines are judged by the practitioner tables; None where their Claims are of two kinds.

    A ChargeItem or visit says nothing about the kind of Claim and follows the other line.
    """
    stated = [line.professional for line in (one, other) if line.desired or line.at.startswith("Claim/")]
    if not stated:
        return True
    return stated[0] if len(set(stated)) == 1 else None


def same_provider(one: Line, other: Line, scope: str = "rendering") -> bool:
    """Whether two lines count as one provider's: unless the record shows two, they do."""
    people = (one.rendering, other.rendering)
    groups = (one.billing, other.billing)
    for left, right in (groups, people) if scope == "billing" else (people, groups):
        if left is not None and right is not None:
            return left == right
    return True


def practitioners_differ(one: Line, other: Line) -> bool:
    """Whether the record shows two rendering practitioners."""
    return one.rendering is not None and other.rendering is not None and one.rendering != other.rendering


def is_visit(line: Line) -> bool:
    """Whether a service is only a visit typed with a code, not charged yet."""
    return line.at.startswith("Encounter/")


def separate(one: Line, other: Line, day: PatientDay) -> bool | None:
    """Whether two services were separate encounters, by their times; by their practitioners where XP says so."""
    shared = times(one, day).overlaps(times(other, day))
    if shared is not None:
        return not shared
    by_another = "XP" in one.modifiers or "XP" in other.modifiers
    return True if by_another and practitioners_differ(one, other) else None


def times(line: Line, day: PatientDay) -> Period:
    """Start and end of a service: its own, else those of its visit."""
    if line.period.start is None or line.period.end is None:
        visit = visit_of(line, day)
        if visit is not None:
            return visit.period
    return line.period


def visit_of(line: Line, day: PatientDay) -> Visit | None:
    """The visit behind a service, where it is on file."""
    names = (line.encounter, line.at, *line.also)
    return next((visit for visit in day.visits if visit.reference in names), None)


def _evidence(one: Line, other: Line, day: PatientDay) -> tuple[str, ...]:
    found: list[str] = []
    for line in (one, other):
        visit = visit_of(line, day)
        if visit is not None:
            found += [visit.reference, *visit.notes]
        elif line.encounter is not None and line.encounter.startswith("Encounter/"):
            found.append(line.encounter)
        else:
            found.append(line.at)
        if day.participant is not None and line in day.participant.lines:
            found += [note.reference for note in day.participant.documentation.notes]
    return tuple(dict.fromkeys(found))


def bypassed(pair: Paired, policy: Policy) -> bool:
    """Whether an NCCI-associated modifier that the payer takes stands where the payer looks for it."""
    if bypasses(_taken(pair.second, policy)):
        return True
    return either_line(pair, policy) and bypasses(_taken(pair.first, policy))


def _taken(line: Line, policy: Policy) -> tuple[str, ...]:
    """The modifiers of a line without the X modifiers where the payer takes none (`accepts_x_modifiers`)."""
    if policy["accepts_x_modifiers"]:
        return line.modifiers
    return tuple(modifier for modifier in line.modifiers if modifier not in DISTINCT_X)


def either_line(pair: Paired, policy: Policy) -> bool:
    """Whether a modifier on column 1 counts too."""
    on = pair.second.date or policy.on
    return policy["modifier_placement"] != "column2" and on >= EITHER_LINE_FROM


def weight(first: Line, second: Line) -> Severity:
    """A visit that is not charged yet weighs as an error only where it makes the session the denied line."""
    if is_visit(second) or (is_visit(first) and second.code not in SESSION_CODES):
        return Severity.WARNING
    return Severity.ERROR


def separate_modifier(policy: Policy, on: date) -> str:
    """The payer's modifier for a separate encounter; 59 where it takes no X modifiers."""
    stated = str(policy["separate_encounter_modifier"] or "59")
    if stated.startswith("X") and (not policy["accepts_x_modifiers"] or on < X_FROM):
        return "59"
    return stated


def adding(line: Line, modifier: str) -> Fix | None:
    """The fix that adds a modifier to a line; None where there is no line yet, or no room on it."""
    if is_visit(line) or len(line.modifiers) >= _MOST:
        return None
    return Fix(line=line.at, item=line.item, modifier=modifier)


def dropping(line: Line) -> Fix | None:
    """The fix that drops a line on file; a line still to be written is held instead."""
    if is_visit(line) or line.desired:
        return None
    return Fix(line=line.at, item=line.item, drop=True)


def standing(line: Line, *, checking: bool = False) -> tuple[bool, str, str, bool, str, str, int]:
    """Sorts competing services, those that stand first.

    What was sent stands, and in a run what others billed. Among the rest the earliest start comes first, then what
    is claimed already, then what was made first.
    """
    firm = line.sent or not (checking or line.ours or is_visit(line))
    on = "" if line.date is None else line.date.isoformat()
    start = line.period.start
    begun = "" if start is None else start.astimezone(UTC).isoformat()
    made = "" if line.created is None else line.created.isoformat()
    return (not firm, on, begun, not line.at.startswith("Claim/"), made, line.at, line.item or 0)
