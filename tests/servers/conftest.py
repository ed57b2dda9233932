"""One running server per kind and test session; a test that needs one that can't run says what was missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from required import started
from running import SERVERS


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
