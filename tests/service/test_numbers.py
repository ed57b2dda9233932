"""Event numbers of topic subscriptions: what is a loss, and what only looks like one."""

from __future__ import annotations

from itertools import count

import pytest
from clock import Clock
from sqlalchemy import Engine, select

from groupbill.service.inbox import Inbox
from groupbill.service.notification import Event, Kind, Notification
from groupbill.service.numbers import EVERYTHING, WIDEST
from groupbill.service.store import gaps, subscriptions

versions = count(1)


class Sender:
    """A topic subscription that numbers its events."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._inbox = Inbox(engine, clock)

    def event(self, *numbers: int, total: int | None = None, version: str | None = None) -> None:
        events = tuple(Event("Encounter/e", version or str(next(versions)), number=each) for each in numbers)
        self._tell(Notification(events, Kind.EVENT, "Subscription/7", max(numbers) if total is None else total))

    def tell(self, kind: Kind, total: int) -> None:
        self._tell(Notification((), kind, "Subscription/7", total))

    def _tell(self, notification: Notification) -> None:
        self._clock.pass_(1)
        self._inbox.accept([notification])

    @property
    def missing(self) -> list[int]:
        with self._engine.begin() as connection:
            return sorted(connection.execute(select(gaps.c.number)).scalars())

    @property
    def last(self) -> int:
        with self._engine.begin() as connection:
            return int(connection.execute(select(subscriptions.c.number)).scalar_one())


@pytest.fixture
def sender(engine: Engine, clock: Clock) -> Sender:
    made = Sender(engine, clock)
    made.tell(Kind.HANDSHAKE, 0)
    return made


def test_numbers_in_a_row_miss_nothing(sender: Sender) -> None:
    for number in (1, 2, 3):
        sender.event(number)
    assert (sender.last, sender.missing) == (3, [])


def test_several_events_in_one_bundle_miss_nothing(sender: Sender) -> None:
    sender.event(1, 2, 3)
    assert (sender.last, sender.missing) == (3, [])


def test_a_jump_is_a_loss(sender: Sender) -> None:
    sender.event(1)
    sender.event(4)
    assert (sender.last, sender.missing) == (4, [2, 3])


def test_a_notification_that_was_overtaken_fills_the_gap(sender: Sender) -> None:
    sender.event(1)
    sender.event(3)
    assert sender.missing == [2]
    sender.event(2)
    assert (sender.last, sender.missing) == (3, [])


def test_a_repeated_notification_is_no_restart(sender: Sender) -> None:
    sender.event(1, version="a")
    sender.event(2)
    sender.event(1, version="a")
    assert (sender.last, sender.missing) == (2, [])


def test_a_heartbeat_tells_of_a_loss(sender: Sender) -> None:
    sender.event(1)
    sender.tell(Kind.HEARTBEAT, 3)
    assert (sender.last, sender.missing) == (3, [2, 3])


def test_numbers_that_begin_anew_are_a_loss_of_unknown_size(sender: Sender) -> None:
    for number in (1, 2, 3):
        sender.event(number)
    sender.event(1)
    assert (sender.last, sender.missing) == (1, [EVERYTHING])


def test_a_late_repetition_without_a_version_is_no_restart(sender: Sender) -> None:
    for number in range(1, 21):
        sender.event(number)
    sender.event(18)
    assert (sender.last, sender.missing) == (20, [])


def test_a_second_handshake_is_a_loss_of_unknown_size(sender: Sender) -> None:
    sender.event(1)
    sender.tell(Kind.HANDSHAKE, 0)
    assert (sender.last, sender.missing) == (0, [EVERYTHING])


def test_a_wide_jump_is_not_counted_out(sender: Sender) -> None:
    sender.event(1)
    sender.event(WIDEST + 2)
    assert sender.missing == [EVERYTHING]


def test_an_answer_to_a_query_moves_nothing(sender: Sender) -> None:
    sender.event(1)
    sender.tell(Kind.QUERY_STATUS, 9)
    assert (sender.last, sender.missing) == (1, [])


def test_a_subscription_that_ran_before_us_begins_where_it_is(engine: Engine, clock: Clock) -> None:
    sender = Sender(engine, clock)
    sender.event(310)
    assert (sender.last, sender.missing) == (310, [])
