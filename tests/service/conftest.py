"""Stores on both databases, a clock that is set, and servers of others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "servers"))
sys.path.insert(0, str(HERE))
from clock import Clock  # noqa: E402
from postgres import postgres  # noqa: E402
from required import started  # noqa: E402
from running import SERVERS  # noqa: E402

from groupbill.service.store import metadata, open_store  # noqa: E402


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """A PostgreSQL of this test session."""
    with ExitStack() as stack:
        yield started(stack, "postgres", postgres())


@pytest.fixture(scope="session")
def medplum() -> Iterator[str]:
    """The quickest real server with Subscriptions."""
    with ExitStack() as stack:
        yield started(stack, "medplum", SERVERS["medplum"]())


@pytest.fixture(scope="session")
def poor() -> Iterator[str]:
    """A server without Subscriptions."""
    with ExitStack() as stack:
        yield started(stack, "poor", SERVERS["poor"]())


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'inbox.db'}"
        return
    url = request.getfixturevalue("database")
    yield url
    engine = open_store(url)
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def engine(store: str) -> Iterator[Engine]:
    made = open_store(store)
    yield made
    made.dispose()
