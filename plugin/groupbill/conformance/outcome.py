"""Cases run one by one, and what became of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..errors import GroupBillError
from .case import Case, Step


class Target(Protocol):
    """What the cases are run against."""

    name: str
    """`library`, or the base of a server."""

    def refuses(self, case: Case) -> str | None:
        """Why a case can't be run here, None when it can."""

    def begin(self, case: Case) -> None:
        """Start from nothing."""

    def carry_out(self, step: Step) -> Iterator[str]:
        """Let a step happen; the differences to what it expects."""

    def end(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case."""

    case: Case
    differences: tuple[str, ...] = ()
    skipped: str | None = None
    """Why it was not run."""
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """pass, fail or skip."""
        if self.skipped is not None:
            return "skip"
        return "fail" if self.differences else "pass"


def run_case(case: Case, target: Target) -> Result:
    """One case from its first step to its first difference."""
    reason = target.refuses(case)
    if reason is not None:
        return Result(case=case, skipped=reason)
    start = time.monotonic()
    differences: list[str] = []
    try:
        target.begin(case)
        for number, step in enumerate(case.steps, 1):
            differences = [f"step {number}: {each}" for each in target.carry_out(step)]
            if differences:
                break
    except GroupBillError as error:
        differences.append(f"{type(error).__name__}: {error}")
    finally:
        differences += _ended(target)
    return Result(case=case, differences=tuple(differences), seconds=time.monotonic() - start)


def _ended(target: Target) -> list[str]:
    try:
        target.end()
    except GroupBillError as error:
        return [f"not cleaned up: {error}"]
    return []


def run_cases(
    cases: Iterable[Case], target: Target, advance: Callable[[Result], None] = lambda result: None
) -> list[Result]:
    """All cases, each for itself; `advance` is told of every result."""
    results = []
    for case in cases:
        result = run_case(case, target)
        advance(result)
        results.append(result)
    return results
