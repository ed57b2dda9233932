"""A clock that only the test sets."""

from __future__ import annotations


class Clock:
    """Seconds of the epoch."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds
