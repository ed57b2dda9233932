"""One FHIR server, connected: the client, what it can, how it is written to, and the outbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from ..facts import Facts, Window, facts_of, sessions_between
from ..model import Resource
from ..settings import Settings
from .capability import Capability, capability_of
from .client import Client
from .learned import Learned
from .outbox import Outbox
from .reading import Reader
from .sign_in import connect
from .sinks import Sink, choose

READERS = 8
"""Searches that are asked at the same time."""


class Server:
    """A FHIR server that sessions are read from and written back to. Threads may share it; close it at the end."""

    def __init__(
        self, client: Client, capability: Capability, sink: Sink | None, outbox: Outbox | None, settings: Settings
    ) -> None:
        """See `open`; without sink and outbox nothing can be written."""
        self.client = client
        self.capability = capability
        self.sink = sink
        self.outbox = outbox
        self._settings = settings
        self._reader = Reader(client)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="groupbill-read")
        self._pools: dict[int, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        base: str,
        settings: Settings,
        *,
        write: bool = False,
        store: str | None = None,
        export: Path | None = None,
    ) -> Server:
        """Connect and see what the server can.

        Args:
            base: Base URL.
            settings: Their `[server]` table is for the sign-in.
            write: Whether anything may be written.
            store: Database URL of the outbox; else `GROUPBILL_STORE`, else a file beside the settings.
            export: Where an export goes, if the server takes no ChargeItems or Claims.

        Errors:
            UsageError: a URL, a setting or a secret can't be used.
            ServerError: the server could not be reached, or can't be written to.
        """
        client = connect(base, settings)
        try:
            learned = Learned.beside(settings)
            capability = learned.about(capability_of(client))
            client.lists = capability.transaction or capability.batch
            sink = choose(client, capability, export=export, learned=learned) if write else None
            outbox = Outbox.of(settings, client.base, store) if write else None
        except BaseException:
            client.close()
            raise
        return cls(client, capability, sink, outbox, settings)

    def read(self, question: str) -> list[Resource]:
        """By reference (`Patient/p1`) or search (`Encounter?part-of=Encounter/g1`)."""
        return self._reader.read(question)

    def facts(self, asked: frozenset[str]) -> Facts:
        """Everything that the bills of these sessions depend on; see `facts_of`."""
        return facts_of(asked, self.read, self._settings, self._readers.map)

    def sessions_between(self, first: date, last: date) -> Window:
        """The sessions of a range of days; see `sessions_between` of the facts."""
        return sessions_between(first, last, self.read, self._settings, self._readers.map)

    def look_up(self, questions: list[str]) -> list[Resource]:
        """What several searches and references find."""
        return [each for found in self._readers.map(self.read, questions) for each in found]

    def writers(self, count: int) -> Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]:
        """`map`, or that of so many threads that write at the same time."""
        if count <= 1:
            return map
        with self._lock:
            if count not in self._pools:
                self._pools[count] = ThreadPoolExecutor(count, thread_name_prefix="groupbill-writer")
            return self._pools[count].map

    def notes(self) -> list[str]:
        """What a person should know about how the server was read."""
        return self._reader.notes

    def close(self) -> None:
        """Close the connections."""
        for pool in (self._readers, *self._pools.values()):
            pool.shutdown(wait=False, cancel_futures=True)
        self.client.close()
        if self.outbox is not None:
            self.outbox.close()

    def __enter__(self) -> Server:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
