"""FHIR dates: which moment, and which day at the site."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.fhir.dates import at, dated, day, moment, period, zone

CHICAGO = ZoneInfo("America/Chicago")


def test_the_date_of_service_is_the_local_day_whatever_offset_was_written():
    late = ("2026-03-11T02:30:00Z", "2026-03-10T21:30:00-05:00", "2026-03-11T11:30:00+09:00")
    assert {day(text, CHICAGO) for text in late} == {date(2026, 3, 10)}


def test_a_date_stands_as_it_is_in_every_zone():
    assert day("2026-03-10", ZoneInfo("Pacific/Kiritimati")) == date(2026, 3, 10)


@pytest.mark.parametrize("text", ["2026", "2026-03"])
def test_a_year_or_month_is_a_date_but_no_day(text):
    assert dated(text)
    assert day(text, CHICAGO) is None
    assert moment(text) is None


def test_a_time_without_offset_is_a_time_at_the_site():
    found = period({"start": "2026-03-10T23:30:00", "end": "2026-03-11T00:45:00"}, CHICAGO)
    assert found.date == date(2026, 3, 10)
    assert found.start == datetime(2026, 3, 11, 4, 30, tzinfo=UTC)
    assert found.minutes == 75


def test_without_a_zone_dates_stand_as_written():
    found = period({"start": "2026-03-11T02:30:00Z"}, None)
    assert found.date == date(2026, 3, 11)
    assert period({"start": "2026-03-11T02:30:00"}, None) == period({"start": "2026-03-11"}, None)


def test_elapsed_minutes_count_the_hour_lost_when_clocks_change():
    spring = period({"start": "2026-03-08T01:30:00", "end": "2026-03-08T03:30:00"}, CHICAGO)
    autumn = period({"start": "2026-11-01T00:30:00", "end": "2026-11-01T03:30:00"}, CHICAGO)
    assert (spring.minutes, autumn.minutes) == (60, 240)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10T10:00:00Z",
        "2026-03-10T10:00:00.1Z",
        "2026-03-10T10:00:00.123456789Z",
        "2026-03-10T10:00:00.000+05:45",
        "2026-03-10T10:00:00-00:00",
        "2016-12-31T23:59:60Z",
        "2024-02-29T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_every_form_of_an_instant_is_understood(text):
    assert moment(text) is not None
    assert dated(text)
    assert day(text, CHICAGO) is not None


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "20260310",
        "2026-W11-2",
        "2026-3-1",
        "2026-03-10T24:00:00Z",
        "2026-03-10T23:60:00Z",
        "2026-03-10T23:59:61Z",
        "2026-03-10T10:00:00+14:01",
        "2026-03-10T10:00:00+1",
        "2026-03-10T10:00:00.Z",
        "2026-03-10 10:00:00Z",
        "2026-03-10T10Z",
        "2026-02-30T10:00:00Z",
        "10/03/2026",
        "２０２６-03-10",
        "",
        " 2026-03-10",
        "2026-03-10\n",
    ],
)
def test_what_is_no_fhir_date_names_nothing(text):
    assert not dated(text)
    assert moment(text) is None
    assert day(text, CHICAGO) is None


def test_a_leap_second_belongs_to_the_day_it_ends():
    assert day("2016-12-31T23:59:60Z", ZoneInfo("UTC")) == date(2016, 12, 31)


def test_an_open_end_can_be_compared_and_converted():
    end = moment("9999-12-31T23:59:59-12:00")
    assert end is not None
    assert end.astimezone(UTC) + timedelta(days=366) > end


def test_an_unknown_zone_is_none():
    assert [zone(name) for name in ("America/Chikago", "../etc/passwd", "", "America")] == [None] * 4
    assert zone("America/Chicago") is CHICAGO


@pytest.mark.parametrize("element", [None, "2026", [], {"start": None}, {"end": 5}])
def test_no_period_is_an_empty_period(element):
    assert period(element, CHICAGO).date is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()), st.timezones())
def test_day_agrees_with_the_standard_library(stamp, site):
    offset = stamp.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        return
    text = stamp.isoformat()
    assert moment(text) == datetime.fromisoformat(text)
    assert day(text, site) == datetime.fromisoformat(text).astimezone(site).date()


@given(st.text(alphabet="0123456789-T:Z+. ", max_size=30))
def test_nothing_raises(text):
    found = moment(text), at(text, CHICAGO), day(text, CHICAGO)
    assert dated(text) or not any(found)
