"""Leases: one holder at a time for a lane or a duty; one that went silent loses it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Engine, and_, delete, select, update

from ..server.process import is_dead, this_process
from .inbox import LEASE
from .store import events, leases, upsert


class Holders:
    """Names under which a process holds work: each lives as long as the piece of work that it was made for.

    What could not be given back, because the store was away, is nobody's after a while; under a name that lives as
    long as the process it would be renewed for ever.
    """

    def __init__(self) -> None:
        """Nothing is held."""
        self.process = f"{this_process()}#{uuid.uuid4().hex[:12]}"
        """How all of them begin."""
        self._numbers, self._live = count(1), set[str]()

    @contextmanager
    def one(self) -> Iterator[str]:
        """A new one, for the piece of work inside the block."""
        name = f"{self.process}/{next(self._numbers)}"
        self._live.add(name)
        try:
            yield name
        finally:
            self._live.discard(name)

    def live(self) -> set[str]:
        """Those whose work is not finished."""
        return self._live.copy()


class Leases:
    """The leases in one store."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        """Use the tables of `open_store`."""
        self._engine, self._clock = engine, clock

    def take(self, name: str, holder: str) -> bool:
        """Whether the holder has it now."""
        now = self._clock()
        row = {"name": name, "holder": holder, "until": now + LEASE}
        statement = upsert(self._engine, leases).values(row)
        with self._engine.begin() as connection:
            taken = connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"],
                    set_={"holder": holder, "until": now + LEASE},
                    where=leases.c.until < now,
                ).returning(leases.c.name)
            )
            return taken.first() is not None

    def give_back(self, name: str, holder: str) -> None:
        """It is anybody's."""
        with self._engine.begin() as connection:
            connection.execute(delete(leases).where(and_(leases.c.name == name, leases.c.holder == holder)))

    def renew(self, holder: str) -> None:
        """The holder lives."""
        with self._engine.begin() as connection:
            mine = leases.c.holder == holder
            connection.execute(update(leases).where(mine).values(until=self._clock() + LEASE))

    def release_dead(self) -> None:
        """What processes of this machine held that are no more is anybody's at once."""
        with self._engine.begin() as connection:
            for table in (leases, events):
                held = select(table.c.holder).where(table.c.holder != "").distinct()
                dead = [each for each in connection.execute(held).scalars() if is_dead(each.partition("#")[0])]
                free = {"until": 0.0}
                connection.execute(update(table).where(table.c.holder.in_(dead)).values(free))

    def release(self, process: str) -> None:
        """Give back everything that the holders of a process have."""
        with self._engine.begin() as connection:
            connection.execute(delete(leases).where(leases.c.holder.startswith(process, autoescape=True)))
