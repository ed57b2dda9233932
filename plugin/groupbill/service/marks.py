"""When the duties of the service were last done; shared by all processes on a store."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, select, update

from .store import marks, upsert

LOOK = "look"
"""The look for changes that nobody reported."""
SWEEP = "sweep"
"""The nightly sweep."""


class Marks:
    """The times in one store."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        """Use the tables of `open_store`."""
        self._engine, self._clock = engine, clock

    def at(self, name: str) -> float:
        """Seconds of the epoch; on first sight now, so that nothing is due at once."""
        with self._engine.begin() as connection:
            row = {"name": name, "at": self._clock(), "wanted": False}
            connection.execute(upsert(self._engine, marks).values(row).on_conflict_do_nothing())
            return float(connection.execute(select(marks.c.at).where(marks.c.name == name)).scalar_one())

    def wanted(self, name: str) -> bool:
        """Whether somebody asked for it since it was last begun."""
        with self._engine.begin() as connection:
            return bool(connection.execute(select(marks.c.wanted).where(marks.c.name == name)).scalar())

    def want(self, name: str) -> None:
        """It is due, whenever it was last done."""
        self.at(name)
        with self._engine.begin() as connection:
            connection.execute(update(marks).where(marks.c.name == name).values(wanted=True))

    def begun(self, name: str) -> None:
        """What is asked for from now on is asked for anew."""
        with self._engine.begin() as connection:
            connection.execute(update(marks).where(marks.c.name == name).values(wanted=False))

    def done(self, name: str, at: float) -> None:
        """It was done; `at` is when it began."""
        with self._engine.begin() as connection:
            connection.execute(update(marks).where(marks.c.name == name).values(at=at))
