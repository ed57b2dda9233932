"""Rolling windows, both ends included, against a count by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groupbill.model import Line, PatientDay, Period
from groupbill.rules.windows import Limit, most_within
from groupbill.testing.facts import DATE, Facts

FACTS = Facts()
GROUP = frozenset({"90853"})
offsets = st.lists(st.integers(-40, 40), max_size=12, unique=True)
spans = st.integers(1, 31)


def day_with(history: list[int], *, ours: bool = False) -> PatientDay:
    day = FACTS.day()
    lines = tuple(on_file(DATE + timedelta(days=offset), number, ours) for number, offset in enumerate(history))
    return replace(day, history=lines)


def on_file(when: date, number: int, ours: bool) -> Line:
    line = FACTS.other(at=f"Claim/{number:02}")
    return replace(line, date=when, period=Period(date=when), ours=ours, desired=ours)


def counted(dates: list[date], days: int) -> int:
    """The most services in any window that holds the date, day by day."""
    windows = [DATE - timedelta(days=back) for back in range(days)]
    last = timedelta(days=days - 1)
    return max(sum(start <= each <= start + last for each in dates) for start in windows)


@given(offsets, spans)
def test_what_others_billed_counts_on_either_side(history: list[int], days: int) -> None:
    day = day_with([offset for offset in history if offset])
    dates = [line.date or DATE for line in (*day.history, *day.lines)]
    assert most_within(day.lines[0], day, Limit(GROUP, days, 2)) == counted(dates, days)


@given(offsets, spans)
def test_of_our_own_only_the_earlier_ones_count(history: list[int], days: int) -> None:
    day = day_with([offset for offset in history if offset], ours=True)
    earlier = [line.date for line in day.history if line.date is not None and line.date < DATE]
    assert most_within(day.lines[0], day, Limit(GROUP, days, 2)) == counted([*earlier, DATE], days)


@given(st.integers(1, 60))
def test_a_service_just_outside_the_window_does_not_count(days: int) -> None:
    limit = Limit(GROUP, days, 1)
    line = FACTS.day().lines[0]
    assert most_within(line, day_with([-days]), limit) == most_within(line, day_with([days]), limit) == 1
    if days > 1:
        assert most_within(line, day_with([1 - days]), limit) == most_within(line, day_with([days - 1]), limit) == 2


@given(st.permutations([-6, -5, -3, -1, 2, 4]))
def test_the_order_of_the_history_does_not_matter(history: list[int]) -> None:
    day = day_with(history)
    assert most_within(day.lines[0], day, Limit(GROUP, 7, 2)) == 5
