"""The sweep of the look-back window: the same as `groupbill run --from --to --write`, in the running service."""

from __future__ import annotations

import time
from datetime import timedelta

from ..host import Host
from ..on_server import sweep
from ..server.days import Days
from .logs import logger
from .parts import Parts


class Unfinished(Exception):
    """The sweep did not come to its end."""


def sweep_back(parts: Parts, host: Host) -> None:
    """Compare what should be with what is, over all days of the look-back window, and repair it.

    Errors:
        Unfinished: something could not be read or written, or the service is to end; the next sweep goes on there.
        ServerError: the server refuses us, or has not answered for a while.
    """
    today = host.today()
    first = today - timedelta(days=parts.settings.look_back_days)
    work = sweep(host, parts.server, write=True, today=today)
    days = Days(parts.server, first, today, write=True, today=today)

    def done(_days: int) -> None:
        if parts.stop.is_set():
            raise Unfinished("the service is to end")

    count = 0
    for session in days.over(work, done):
        parts.metrics.reconciled([session], 0.0, time.time())
        count += 1
    logger("sweep").info("swept", sessions=count, corrections_held=work.corrections_held, trouble=work.trouble)
    if work.trouble:
        raise Unfinished("something could not be read or written")
