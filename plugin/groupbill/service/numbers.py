"""Event numbers of topic subscriptions: what did not arrive is looked up (Subscriptions Backport, "Handling errors").

Notifications may overtake each other, and some servers count anew after a restart; both are told apart from a loss by
waiting and by looking whether the change was new.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, and_, delete, select

from .notification import Kind, Notification
from .store import gaps, subscriptions, upsert

WIDEST = 1000
"""Missing numbers that are remembered one by one; after a wider jump everything since is looked up."""
FIRST = 5
"""Numbers with which a server that counts anew begins."""
REPEATED = 100
"""Numbers back to which a notification may be a late repetition."""
EVERYTHING = -1
"""Stands among the missing numbers for: look up everything since the last sign of life."""


def note(engine: Engine, connection: Connection, told: Notification, fresh: bool, now: float) -> None:
    """Remember the numbers of a notification and the gap before them.

    Args:
        engine: For the dialect.
        connection: In the transaction that accepts the notification.
        told: Names its subscription.
        fresh: Whether any of its events was new.
        now: Seconds of the epoch.
    """
    name = str(told.subscription)
    last = connection.execute(
        select(subscriptions.c.number).where(subscriptions.c.reference == name).with_for_update()
    ).scalar()
    numbers = sorted({event.number for event in told.events if event.number is not None})
    known = {row[0] for row in connection.execute(select(gaps.c.number).where(gaps.c.subscription == name))}
    restarted = told.kind is Kind.HANDSHAKE or (fresh and _restarted(last, told, known.issuperset(numbers)))
    reached = _reached(None if restarted else last, told, numbers)
    missing = [EVERYTHING] if restarted and last is not None else _missing(last, numbers, reached)
    row = {"reference": name, "number": reached, "seen": now, "looked": now}
    connection.execute(
        upsert(engine, subscriptions)
        .values(row)
        .on_conflict_do_update(index_elements=["reference"], set_={"number": reached, "seen": now})
    )
    arrived = and_(gaps.c.subscription == name, gaps.c.number.in_(numbers))
    connection.execute(delete(gaps).where(arrived))
    if missing:
        rows = [{"subscription": name, "number": number, "noticed": now} for number in missing]
        connection.execute(upsert(engine, gaps).values(rows).on_conflict_do_nothing())


def _restarted(last: int | None, told: Notification, late: bool) -> bool:
    """Whether the server counts anew: a number far below that nobody missed, with a change that is new.

    One a little below is taken for a repetition, which without a version looks like a change.
    """
    if not last or late or told.total is None:
        return False
    return told.total < last and (told.total <= FIRST or told.total < last - REPEATED)


def _reached(last: int | None, told: Notification, numbers: list[int]) -> int:
    known = [*numbers, *([told.total] if told.total is not None else [])]
    return max([*known, last or 0])


def _missing(last: int | None, numbers: list[int], reached: int) -> list[int]:
    """Numbers between the last one and what was reached that are not in the notification.

    Of a subscription that is seen for the first time, what came earlier is the sweep's.
    """
    if last is None:
        return []
    if reached - last > WIDEST:
        return [EVERYTHING]
    return [number for number in range(last + 1, reached + 1) if number not in numbers]
