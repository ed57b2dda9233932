"""From one event to the sessions that it concerns; the resource is read again, whatever the notification held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine, delete, insert, select

from ..facts import asked, lane_of
from ..host import Host
from ..model import Change, Read, Resource, Wait
from .agenda import Agenda
from .marks import LOOK, Marks
from .notification import ANYTHING, Event
from .store import traces


class Poison(Exception):
    """An event that can't be handled; the text is for a person and holds no patient data."""


class Looking:
    """Puts events on the agenda."""

    def __init__(self, engine: Engine, agenda: Agenda) -> None:
        """Use the tables of `open_store`."""
        self._engine, self._agenda, self._marks = engine, agenda, Marks(engine)

    def at(self, event: Event, host: Host, read: Read, today: date) -> None:
        """Put the sessions of an event on the agenda: those it concerns now, and those it concerned before.

        An event that does not say what changed makes the look at everything that changed due.

        Errors:
            ServerError: the FHIR server refused or could not be reached.
            Poison: a plugin crashed.
        """
        if event.reference == ANYTHING:
            self._marks.want(LOOK)
            return
        change = Change(reference=event.reference, after=next(iter(read(event.reference)), None))
        effects, crashes = host.effects(change, read=read, today=today)
        if crashes:
            raise Poison("; ".join(sorted({f"{each.code}: {each.message}" for each in crashes})))
        now = dict(lane_of(each, read) for each in asked(effects, today, read))
        before = self._traced(event.reference)
        self._agenda.add({**before, **now})
        for effect in effects:
            if isinstance(effect, Wait):
                root, lane = lane_of(effect.session, read)
                self._agenda.wait(root, lane, effect.until.timestamp())
        # A resource that is gone keeps its trace: it may be restored, and told of twice.
        if now and now != before:
            self._trace(event.reference, now)

    def _traced(self, reference: str) -> dict[str, str]:
        with self._engine.begin() as connection:
            rows = connection.execute(select(traces).where(traces.c.reference == reference)).all()
        return {row.session: row.lane for row in rows}

    def _trace(self, reference: str, lanes: dict[str, str]) -> None:
        rows = [{"reference": reference, "session": each, "lane": lane} for each, lane in sorted(lanes.items())]
        with self._engine.begin() as connection:
            connection.execute(delete(traces).where(traces.c.reference == reference))
            connection.execute(insert(traces), rows)


def remembering(read: Read) -> Read:
    """The same reader, asked each question once; for events that are looked at together."""
    known: dict[str, Sequence[Resource]] = {}

    def once(question: str) -> Sequence[Resource]:
        if question not in known:
            known[question] = read(question)
        return known[question]

    return once
