"""The inbox on SQLite and PostgreSQL: each version once, nothing lost, nothing in two hands."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter

import pytest
from clock import Clock
from sqlalchemy import Engine

from groupbill.server.process import this_process
from groupbill.service.inbox import KEPT, LEASE, Inbox
from groupbill.service.leases import Leases
from groupbill.service.notification import Event, Notification
from groupbill.service.waiting import drop, listed, retry


@pytest.fixture
def inbox(engine: Engine, clock: Clock) -> Inbox:
    return Inbox(engine, clock)


def told(*events: Event) -> list[Notification]:
    return [Notification((event,)) for event in events]


def test_a_version_is_taken_once_however_often_it_comes(inbox: Inbox) -> None:
    version = Event("Encounter/e", "1")
    assert inbox.accept(told(version, version)) == 1
    assert inbox.accept(told(version)) == 0
    (taken,) = inbox.claim("me", 10)
    inbox.done([taken.id], "me")
    assert inbox.accept(told(version)) == 0
    assert inbox.accept(told(Event("Encounter/e", "2"))) == 1


def test_a_server_that_was_set_back_counts_its_versions_anew(inbox: Inbox) -> None:
    assert inbox.accept(told(Event("Encounter/e", "1|2026-03-10T20:00:00Z"))) == 1
    assert inbox.accept(told(Event("Encounter/e", "1|2026-03-11T20:00:00Z"))) == 1


def test_without_a_version_one_event_waits_and_a_later_one_is_new(inbox: Inbox) -> None:
    nameless = Event("Encounter/e")
    assert inbox.accept(told(nameless, nameless)) == 1
    (taken,) = inbox.claim("me", 10)
    assert inbox.accept(told(nameless)) == 1, "it may be a change that came after the first was looked at"
    inbox.done([taken.id], "me")
    assert [each.event.reference for each in inbox.claim("me", 10)] == ["Encounter/e"]


def test_a_deletion_is_not_the_change_before_it(inbox: Inbox) -> None:
    assert inbox.accept(told(Event("Encounter/e"), Event("Encounter/e", deleted=True))) == 2


def test_a_large_bundle_is_taken_whole(inbox: Inbox) -> None:
    events = tuple(Event(f"Encounter/e{number}", "1") for number in range(3500))
    assert inbox.accept([Notification(events)]) == 3500
    assert inbox.count()["waiting"] == 3500


def test_what_one_holds_nobody_else_gets(inbox: Inbox) -> None:
    inbox.accept(told(Event("Encounter/a", "1"), Event("Encounter/b", "1")))
    (first,) = inbox.claim("one", 1)
    (second,) = inbox.claim("two", 10)
    assert (first.event.reference, second.event.reference) == ("Encounter/a", "Encounter/b")
    assert inbox.claim("three", 10) == []


def test_what_a_dead_process_held_is_anybodys_after_its_lease(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1")))
    inbox.claim("dead", 1)
    clock.pass_(LEASE - 1)
    assert inbox.claim("other", 1) == []
    clock.pass_(2)
    assert [each.event.reference for each in inbox.claim("other", 1)] == ["Encounter/a"]


def test_what_a_killed_process_of_this_machine_held_is_anybodys_at_once(
    inbox: Inbox, engine: Engine, clock: Clock
) -> None:
    code = "from groupbill.server.process import this_process; print(this_process())"
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    elsewhere = f"another-machine|{os.getpid()}|7"
    inbox.accept(told(Event("Encounter/a", "1"), Event("Encounter/b", "1"), Event("Encounter/c", "1")))
    for holder in (killed, this_process(), elsewhere):
        inbox.claim(f"{holder}#1", 1)
    Leases(engine, clock).release_dead()
    clock.pass_(1)
    assert [each.event.reference for each in inbox.claim("other", 3)] == ["Encounter/a"]


def test_a_lease_that_is_renewed_holds(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1")))
    inbox.claim("slow", 1)
    clock.pass_(LEASE - 1)
    inbox.renew("slow")
    clock.pass_(LEASE - 1)
    assert inbox.claim("other", 1) == []


def test_work_that_was_taken_over_is_not_closed_by_the_one_who_lost_it(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1")))
    (taken,) = inbox.claim("slow", 1)
    clock.pass_(LEASE + 1)
    inbox.claim("other", 1)
    inbox.done([taken.id], "slow")
    inbox.set_aside(taken.id, "slow", "late")
    assert inbox.count()["claimed"] == 1


def test_an_event_of_a_time_to_come_is_looked_at_when_the_clock_was_set_back(inbox: Inbox, clock: Clock) -> None:
    clock.pass_(365 * 86_400)
    inbox.accept(told(Event("Encounter/a", "1")))
    clock.pass_(-365 * 86_400)
    assert [each.event.reference for each in inbox.claim("me", 1)] == ["Encounter/a"]


def test_a_stop_hands_back_what_is_in_hand(inbox: Inbox) -> None:
    inbox.accept(told(Event("Encounter/a", "1")))
    inbox.claim("me", 1)
    inbox.release("me")
    assert len(inbox.claim("other", 1)) == 1


def test_a_failed_event_waits_and_its_attempts_are_counted(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1")))
    (taken,) = inbox.claim("me", 1)
    inbox.hand_back([taken.id], "me", 5, failed=True)
    assert inbox.claim("me", 1) == []
    clock.pass_(6)
    assert inbox.claim("me", 1)[0].attempts == 1


def test_poison_is_set_aside_and_the_rest_goes_on(inbox: Inbox, engine: Engine, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/bad", "1"), Event("Encounter/good", "1")))
    bad, good = inbox.claim("me", 2)
    inbox.set_aside(bad.id, "me", "ENG02: plugin acme failed")
    inbox.done([good.id], "me")
    clock.pass_(60)
    assert inbox.claim("me", 10) == []
    (entry,) = listed(engine, clock=clock)
    assert (entry.reference, entry.state, entry.reason) == ("Encounter/bad", "set-aside", "ENG02: plugin acme failed")
    assert entry.age == 60


def test_what_was_set_aside_is_tried_again_or_dropped(inbox: Inbox, engine: Engine, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1"), Event("Encounter/b", "1")))
    for taken in inbox.claim("me", 2):
        inbox.set_aside(taken.id, "me", "broken")
    first, second = (entry.id for entry in listed(engine, clock=clock))
    assert retry(engine, [first], clock) == 1
    assert [each.event.reference for each in inbox.claim("me", 2)] == ["Encounter/a"]
    assert drop(engine, [second]) == 1
    assert drop(engine, []) == 0
    assert [entry.state for entry in listed(engine, clock=clock)] == ["claimed"]


def test_versions_of_long_ago_are_forgotten(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(told(Event("Encounter/a", "1"), Event("Encounter/b", "1")))
    inbox.done([inbox.claim("me", 1)[0].id], "me")
    clock.pass_(KEPT + 1)
    inbox.forget()
    assert inbox.count() == {"waiting": 1, "claimed": 0, "done": 0, "set-aside": 0}


def test_the_age_is_that_of_the_oldest_that_waits(inbox: Inbox, clock: Clock) -> None:
    assert inbox.oldest() == 0
    inbox.accept(told(Event("Encounter/a", "1")))
    clock.pass_(30)
    inbox.accept(told(Event("Encounter/b", "1")))
    assert inbox.oldest() == 30


def test_many_hands_take_every_event_once(engine: Engine) -> None:
    inbox = Inbox(engine)
    inbox.accept([Notification(tuple(Event(f"Encounter/e{number}", "1") for number in range(400)))])
    taken: Counter[int] = Counter()
    lock = threading.Lock()

    def work(name: str) -> None:
        while batch := inbox.claim(name, 7):
            with lock:
                taken.update(each.id for each in batch)
            inbox.done([each.id for each in batch], name)

    threads = [threading.Thread(target=work, args=(f"worker{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 400
    assert set(taken.values()) == {1}
    assert inbox.count()["done"] == 400
