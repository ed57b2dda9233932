"""A case that a test can check."""

from __future__ import annotations

from dataclasses import dataclass

from .case import Case
from .outcome import Target, run_case


@dataclass(frozen=True, slots=True)
class Checkable:
    """A case with `check`."""

    case: Case

    def check(self, target: Target) -> None:
        """Fail the test with the differences; skip it where the case can't be run."""
        import pytest

        __tracebackhide__ = True
        result = run_case(self.case, target)
        if result.skipped is not None:
            pytest.skip(f"{self.case.name}: {result.skipped}")
        if result.differences:
            pytest.fail("\n".join([f"{self.case.name}: {self.case.title}", *result.differences]), pytrace=False)
