"""Protocol tables: a client whose server is `responses`, and whose pauses are written down instead of waited for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from groupbill.server import Client

BASE = "https://ehr.example.org/fhir"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """What the server answers; a request that nobody expects fails."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def pauses() -> list[float]:
    """Seconds that the client would have waited."""
    return []


@pytest.fixture
def client(pauses: list[float]) -> Iterator[Client]:
    made = Client(BASE, retries=3, pause=pauses.append)
    yield made
    made.close()
