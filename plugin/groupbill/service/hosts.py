"""Hosts for requests: each is used by one request at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue

from ..host import Host


class Hosts:
    """As many as may work at once; made when they are first needed."""

    def __init__(self, make: Callable[[], Host], most: int = 2) -> None:
        """`make` opens one under the settings of the site."""
        self._make = make
        self._free: LifoQueue[Host | None] = LifoQueue()
        for _ in range(most):
            self._free.put(None)

    @contextmanager
    def borrow(self) -> Iterator[Host]:
        """One that nobody else uses; waits until one is free."""
        host = self._free.get()
        try:
            host = host or self._make()
            yield host
        finally:
            self._free.put(host)
