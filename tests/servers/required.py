"""What a test starts, or why it can't: in a module of its own, since many folders here have a `conftest`."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack

import pytest
from running import Missing


def started(stack: ExitStack, name: str, manager: AbstractContextManager[str]) -> str:
    """Where it runs, until the stack closes. What is missing is a skip, or a failure where all must run."""
    try:
        return stack.enter_context(manager)
    except Missing as reason:
        if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
            pytest.fail(f"{name} did not run: {reason}")
        pytest.skip(f"{name}: {reason}")
