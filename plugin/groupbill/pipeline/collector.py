"""The cyclic garbage collector during a run: it finds nothing, and looking for it takes up to half of the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG, MIDDLE, OLD = 100_000, 50, 1000
"""Allocations before a look at new values, and how often the older ones are looked at."""


@contextmanager
def unhurried() -> Iterator[None]:
    """Let the collector look more rarely inside the block.

    A run makes many values that stay and hardly a cycle; with Python's usual thresholds they are all scanned
    again and again. What an embedding process has set itself is put back afterwards.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG), max(before[1], MIDDLE), max(before[2], OLD))
    try:
        yield
    finally:
        gc.set_threshold(*before)
