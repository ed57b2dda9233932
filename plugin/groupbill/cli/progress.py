"""A progress bar for long work, on a terminal's stderr only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .result import result

Advance = Callable[[], None]


@contextmanager
def progress(what: str, total: int | None = None, *, beside: bool = False) -> Iterator[Advance]:
    """Count work done; nothing is shown when stderr is no terminal.

    Args:
        what: Is done.
        total: How much there is, where that is known.
        beside: The result is printed meanwhile: on a terminal it is progress enough.
    """
    if not sys.stderr.isatty() or (beside and result().isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
