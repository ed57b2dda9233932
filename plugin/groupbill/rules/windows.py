"""How often a service was billed within so many days: windows that roll, both ends included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..model import Line, PatientDay, Policy
from .pairs import is_visit, own_places, services, standing

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """One entry of the policy key `frequency`."""

    codes: frozenset[str]
    days: int
    most: int
    by_payer: bool = True
    """Whether what other payers were asked for uses up nothing of it."""

    @property
    def bans(self) -> bool:
        """Whether it keeps different codes of one day apart (NCC15), rather than counting over time."""
        return self.days == 1 and len(self.codes) > 1

    @property
    def benefit(self) -> bool:
        """Whether it counts over a benefit period rather than over days or weeks (FRQ02)."""
        return self.days > 31


def limits(policy: Policy) -> Iterator[Limit]:
    """The payer's limits; a code stands for what the policy bills in its place too."""
    recoded: Mapping[str, str] = policy["session_code"] or {}
    for entry in policy["frequency"] or ():
        stated: Mapping[str, Any] = entry
        codes = frozenset(stated["codes"])
        codes |= {recoded[code] for code in codes if code in recoded}
        yield Limit(codes, int(stated["days"]), int(stated["max"]))


def targets(day: PatientDay, codes: frozenset[str]) -> Iterator[Line]:
    """The lines of the day that a limit may hit: in a run the participant's own, in `check` all."""
    own = own_places(day)
    for line in day.lines:
        if line.code in codes and not is_visit(line) and (own is None or line.at in own):
            yield line


def most_within(line: Line, day: PatientDay, limit: Limit) -> int:
    """The largest number of services, this one included, in a window that holds the line's date.

    What others billed and what was sent counts on either side of the date. Among what groupbill is about to
    charge the earlier stands, so that only the later is hit; so it is among the bills that `check` looks at. What a
    payer denied, and what another payer was asked for, uses up nothing of a payer's limit.
    """
    on = line.date or day.date
    reach = (limit.days - 1) * _DAY
    checking = day.participant is None
    own = standing(line, checking=checking)
    dates = {}
    for other in (*day.history, *services(day)):
        when = other.date
        if when is None or other.code not in limit.codes or not on - reach <= when <= on + reach:
            continue
        if limit.by_payer and (other.allowed == 0 or _elsewhere(other, line)):
            continue
        if _same(other, line) or standing(other, checking=checking) >= own:
            continue
        # Two leaders' lines of a session, and two payers' of a visit, are one service.
        dates[other.session or other.encounter or (other.at, other.item)] = when
    starts = {on, *(when for when in dates.values() if when <= on)}
    counts = (sum(start <= when <= start + reach for when in dates.values()) for start in starts)
    return 1 + max(counts)


def _elsewhere(other: Line, line: Line) -> bool:
    """Whether another payer was asked; one named by reference and one by identifier may be the same."""
    if other.payer is None or line.payer is None or ("|" in other.payer) is not ("|" in line.payer):
        return False
    return other.payer != line.payer


def _same(other: Line, line: Line) -> bool:
    """Whether both are one service: the same line, or the second paid leader of one session."""
    if other.session is not None and other.session == line.session and other.date == line.date:
        return True
    return other.at == line.at and other.item == line.item
