"""One running server per kind and test session; a test that needs one that can't run says what was missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from running import SERVERS, Missing


def started(stack: ExitStack, name: str, manager: AbstractContextManager[str]) -> str:
    """Where it runs, until the stack closes. What is missing is a skip, or a failure where all must run."""
    try:
        return stack.enter_context(manager)
    except Missing as reason:
        if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
            pytest.fail(f"{name} did not run: {reason}")
        pytest.skip(f"{name}: {reason}")


@pytest.fixture(scope="session", params=sorted(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Kind and base URL of a running server."""
    with ExitStack() as stack:
        yield request.param, started(stack, request.param, SERVERS[request.param]())


@pytest.fixture(scope="session")
def medplum() -> Iterator[str]:
    """The base of a Medplum, for what one server is enough for."""
    with ExitStack() as stack:
        yield started(stack, "medplum", SERVERS["medplum"]())
