"""Between requests and the inbox: what arrives together is committed together, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .inbox import Inbox
from .logs import fault, logger
from .metrics import Metrics
from .notification import Notification

Waiting = tuple[Notification, asyncio.Future[None]]
WAITING = 2000
"""Requests that may wait for the disk; with more the sender is asked to come again."""


class Full(Exception):
    """Nothing was taken: too much waits, the store can't be written, or the service stops."""


class Intake:
    """One writer for all requests of a process."""

    def __init__(self, inbox: Inbox, metrics: Metrics) -> None:
        """Nothing runs until `start`."""
        self._inbox, self._metrics = inbox, metrics
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(WAITING)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._task: asyncio.Task[None] | None = None
        self._log = logger("intake")

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
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            if not await self._commit(batch) and len(batch) > 1:
                for each in batch:
                    await self._commit([each])
            for _, done in batch:
                if not done.done():
                    done.set_exception(Full())
                self._queue.task_done()

    async def _commit(self, batch: Sequence[Waiting]) -> bool:
        """Write some in one transaction; whether that could be done."""
        told = [notification for notification, _ in batch]
        try:
            fresh = await asyncio.get_running_loop().run_in_executor(self._writer, self._inbox.accept, told)
        except Exception as error:  # noqa: BLE001 - the writer outlives a store that is away for a while
            self._log.error("not written down", error=fault(error), notifications=len(batch))
            return False
        self._metrics.accepted(sum(len(each.events) for each in told), fresh)
        for _, done in batch:
            if not done.done():
                done.set_result(None)
        return True
