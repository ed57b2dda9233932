"""One running server per kind and test session; a test that needs one that can't run says what was missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from running import SERVERS, Missing


@pytest.fixture(scope="session", params=sorted(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Kind and base URL of a running server."""
    with ExitStack() as stack:
        try:
            base = stack.enter_context(SERVERS[request.param]())
        except Missing as reason:
            if os.environ.get("GROUPBILL_REQUIRE_SERVERS"):
                pytest.fail(f"{request.param} did not run: {reason}")
            pytest.skip(f"{request.param}: {reason}")
        yield request.param, base
