"""Whether two stretches of time overlap, as far as what is on file tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.model import Period

START = datetime(2026, 3, 10, 15, tzinfo=UTC)
minutes = st.integers(0, 120)


def span(start: int, end: int | None) -> Period:
    return Period(start=START + timedelta(minutes=start), end=None if end is None else START + timedelta(minutes=end))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (span(30, 90), True),
        (span(60, 90), False),
        (span(0, None), True),
        (span(30, None), True),
        (span(60, None), False),
        (span(-30, None), None),
        (Period(), None),
    ],
)
def test_an_hour_beside_another_service(other: Period, expected: bool | None) -> None:
    hour = span(0, 60)
    assert hour.overlaps(other) is other.overlaps(hour) is expected


def test_two_starts_tell_nothing() -> None:
    assert span(0, None).overlaps(span(0, None)) is None


@given(minutes, st.integers(1, 60), minutes, st.integers(1, 60))
def test_a_missing_end_never_changes_an_answer_to_the_contrary(one: int, long: int, other: int, wide: int) -> None:
    whole, beside = span(one, one + long), span(other, other + wide)
    assert span(one, None).overlaps(beside) in (None, whole.overlaps(beside))
