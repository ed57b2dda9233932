"""The agenda: when a session is looked at, by whom, and what a change in between does."""

from __future__ import annotations

import pytest
from clock import Clock
from sqlalchemy import Engine

from groupbill.service.agenda import PATIENCE, Agenda
from groupbill.service.inbox import LEASE
from groupbill.service.waiting import listed, retry

SETTLE = 120.0
ONE = {"Encounter/s": "Practitioner/dr 2026-03-10"}
LANE = ONE["Encounter/s"]


@pytest.fixture
def agenda(engine: Engine, clock: Clock) -> Agenda:
    return Agenda(engine, SETTLE, clock)


def test_a_session_is_looked_at_when_it_has_been_quiet(agenda: Agenda, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE - 1)
    assert agenda.claim("me") is None
    agenda.add(ONE)
    clock.pass_(SETTLE - 1)
    assert agenda.claim("me") is None, "the last change is what counts"
    clock.pass_(1)
    work = agenda.claim("me")
    assert work is not None
    assert work.references == ("Encounter/s",)
    assert clock() - work.since == 2 * SETTLE - 1


def test_a_hundred_changes_are_one_reconcile(agenda: Agenda, clock: Clock) -> None:
    for _ in range(100):
        agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.done(work, work.references, "me")
    agenda.give_back(work, "me")
    clock.pass_(SETTLE * PATIENCE)
    assert agenda.claim("me") is None


def test_a_session_that_never_rests_is_looked_at_all_the_same(agenda: Agenda, clock: Clock) -> None:
    for _ in range(PATIENCE * 2):
        agenda.add(ONE)
        clock.pass_(SETTLE / 2)
    assert agenda.claim("me") is not None


def test_a_change_during_the_work_is_not_lost(agenda: Agenda, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.add(ONE)
    agenda.done(work, work.references, "me")
    agenda.give_back(work, "me")
    clock.pass_(SETTLE)
    assert agenda.claim("me") is not None


def test_one_lane_has_one_worker(agenda: Agenda, clock: Clock) -> None:
    agenda.add({"Encounter/a": LANE, "Encounter/b": LANE, "Encounter/c": "Practitioner/other 2026-03-10"})
    clock.pass_(SETTLE)
    mine, yours = agenda.claim("me"), agenda.claim("you")
    assert mine is not None
    assert yours is not None
    assert mine.references == ("Encounter/a", "Encounter/b")
    assert yours.references == ("Encounter/c",)
    assert agenda.claim("third") is None


def test_the_lane_of_a_dead_worker_is_free_after_its_lease(agenda: Agenda, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE)
    assert agenda.claim("dead") is not None
    clock.pass_(LEASE - 1)
    assert agenda.claim("other") is None
    clock.pass_(2)
    assert agenda.claim("other") is not None


def test_a_time_to_come_waits_and_outlives_a_change_before_it(agenda: Agenda, clock: Clock) -> None:
    agenda.wait("Encounter/s", LANE, clock() + 3600)
    agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.done(work, work.references, "me")
    agenda.give_back(work, "me")
    assert agenda.claim("me") is None
    assert agenda.due() == 0
    clock.pass_(3600 - SETTLE)
    work = agenda.claim("me")
    assert work is not None
    assert work.since == 0
    agenda.done(work, work.references, "me")
    assert agenda.count()["waiting"] == 0


def test_the_earlier_of_two_times_counts(agenda: Agenda, clock: Clock) -> None:
    agenda.wait("Encounter/s", LANE, clock() + 3600)
    agenda.wait("Encounter/s", LANE, clock() + 600)
    agenda.wait("Encounter/s", LANE, clock() + 7200)
    clock.pass_(600)
    assert agenda.claim("me") is not None


def test_a_session_that_fails_waits_and_its_attempts_are_counted(agenda: Agenda, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.failed("Encounter/s", 30)
    agenda.give_back(work, "me")
    assert agenda.claim("me") is None
    clock.pass_(30)
    work = agenda.claim("me")
    assert work is not None
    assert work.attempts == {"Encounter/s": 1}


def test_a_session_set_aside_comes_back_by_hand_or_by_a_change(agenda: Agenda, engine: Engine, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.set_aside(work, "Encounter/s", "Not read: 422")
    agenda.give_back(work, "me")
    assert agenda.claim("me") is None
    (entry,) = listed(engine, clock=clock)
    assert (entry.id, entry.state, entry.reason) == ("Encounter/s", "set-aside", "Not read: 422")
    assert retry(engine, ["Encounter/s"], clock) == 1
    work = agenda.claim("me")
    assert work is not None
    agenda.give_back(work, "me")
    agenda.set_aside(work, "Encounter/s", "Not read: 422")
    agenda.add(ONE)
    clock.pass_(SETTLE)
    assert agenda.claim("me") is not None


def test_a_change_while_the_last_attempt_fails_is_not_set_aside(agenda: Agenda, engine: Engine, clock: Clock) -> None:
    agenda.add(ONE)
    clock.pass_(SETTLE)
    work = agenda.claim("me")
    assert work is not None
    agenda.add(ONE)  # what was wrong is mended
    agenda.set_aside(work, "Encounter/s", "Not read: 422")
    agenda.give_back(work, "me")
    clock.pass_(SETTLE)
    again = agenda.claim("me")
    assert again is not None
    assert again.attempts == {"Encounter/s": 0}


def test_a_session_of_a_time_to_come_is_looked_at_when_the_clock_was_set_back(agenda: Agenda, clock: Clock) -> None:
    clock.pass_(365 * 86_400)
    agenda.add(ONE)
    clock.pass_(-365 * 86_400)
    assert agenda.claim("me") is not None


def test_an_urgent_session_does_not_wait(agenda: Agenda) -> None:
    agenda.add(ONE, at_once=True)
    assert agenda.claim("me") is not None
