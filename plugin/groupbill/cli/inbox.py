"""`groupbill inbox list | retry | drop`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from ..service.store import open_store, store_of
from ..service.waiting import drop, listed, retry
from ..settings import Settings


def list_inbox(settings: Path | None, store: str | None) -> str:
    """What waits and what was set aside, as a table."""
    found = listed(_engine(settings, store))
    if not found:
        return "Nothing waits.\n"
    rows = [
        (each.id, "" if each.id == each.reference else each.reference, each.state, _age(each.age), each.reason)
        for each in found
    ]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(4)]
    lines = ["".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)) + row[4] for row in rows]
    return "".join(line.rstrip() + "\n" for line in lines)


def retry_inbox(settings: Path | None, store: str | None, ids: list[str]) -> str:
    """Let what was set aside wait again."""
    return f"{retry(_engine(settings, store), ids)} will be tried again.\n"


def drop_inbox(settings: Path | None, store: str | None, ids: list[str]) -> str:
    """Forget what was set aside."""
    return f"{drop(_engine(settings, store), ids)} dropped.\n"


def _engine(settings: Path | None, store: str | None) -> Engine:
    return open_store(store_of(Settings.load(settings), store))


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"
