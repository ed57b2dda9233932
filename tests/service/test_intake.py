"""Between requests and the inbox: together where it can be, alone where it must, and never acknowledged too early."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from groupbill.service.inbox import Inbox
from groupbill.service.intake import Full, Intake
from groupbill.service.metrics import Metrics
from groupbill.service.notification import Event, Notification
from groupbill.service.store import open_store


class Choosy(Inbox):
    """An inbox on a store that can't keep one of the notifications."""

    commits = 0

    def accept(self, notifications: Sequence[Notification]) -> int:
        self.commits += 1
        if any(event.reference == "Slot/bad" for each in notifications for event in each.events):
            raise ValueError("no such character")
        return super().accept(notifications)


def told(name: str) -> Notification:
    return Notification((Event(f"Slot/{name}", "1"),))


@pytest.fixture
def inbox(tmp_path: Path) -> Choosy:
    return Choosy(open_store(f"sqlite:///{tmp_path / 'inbox.db'}"))


async def put(inbox: Inbox, names: Sequence[str]) -> list[BaseException | None]:
    intake = Intake(inbox, Metrics())
    waiting = [asyncio.ensure_future(intake.put(told(name))) for name in names]
    await asyncio.sleep(0)
    intake.start()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    await intake.stop()
    return found


def test_what_waits_together_is_committed_together(inbox: Choosy) -> None:
    assert asyncio.run(put(inbox, [f"s{number}" for number in range(200)])) == [None] * 200
    assert inbox.commits == 1
    assert inbox.count()["waiting"] == 200


def test_one_that_can_not_be_kept_does_not_take_the_others_with_it(inbox: Choosy) -> None:
    first, bad, last = asyncio.run(put(inbox, ["first", "bad", "last"]))
    assert (first, last) == (None, None)
    assert isinstance(bad, Full)
    assert inbox.count()["waiting"] == 2


def test_with_too_much_waiting_the_sender_is_asked_to_come_again(
    inbox: Choosy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbill.service.intake.WAITING", 2)
    found = asyncio.run(put(inbox, ["one", "two", "three"]))
    assert [type(each) for each in found] == [type(None), type(None), Full]
