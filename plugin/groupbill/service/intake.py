"""Between requests and the inbox: what arrives together is committed together, and only then acknowledged."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from .inbox import Inbox
from .metrics import Metrics
from .notification import Notification

WAITING = 2000
"""Requests that may wait for the disk; with more the sender is asked to come again."""


class Full(Exception):
    """Nothing was taken: too much waits, the store can't be written, or the service stops."""


class Intake:
    """One writer for all requests of a process."""

    def __init__(self, inbox: Inbox, metrics: Metrics) -> None:
        """Nothing runs until `start`."""
        self._inbox, self._metrics = inbox, metrics
        self._queue: asyncio.Queue[tuple[Notification, asyncio.Future[None]]] = asyncio.Queue(WAITING)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write, in the running event loop."""
        self._task = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write what waits and end."""
        await self._queue.join()
        if self._task is not None:
            self._task.cancel()
        self._writer.shutdown()

    async def put(self, notification: Notification) -> None:
        """Return when the notification is on the disk.

        Errors:
            Full: it is not, and must be sent again.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((notification, done))
        except asyncio.QueueFull:
            raise Full from None
        await done

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                told = [notification for notification, _ in batch]
                fresh = await loop.run_in_executor(self._writer, self._inbox.accept, told)
                self._metrics.accepted(sum(len(each.events) for each in told), fresh)
                problem = None
            except SQLAlchemyError:
                self._metrics.refused("store")
                problem = Full()
            for _, done in batch:
                if done.cancelled():
                    pass
                elif problem is None:
                    done.set_result(None)
                else:
                    done.set_exception(problem)
                self._queue.task_done()
