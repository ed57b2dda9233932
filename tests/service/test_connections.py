"""Callers who are slow, or say nothing at all: many of them keep others from the service for a while only."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests
from running_service import RunningService, example_server

from groupbill.service.connections import FIRST
from groupbill.service.requests import LONGEST

MOST = 260
"""More than are taken at once."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("connections")
    (folder / "groupbill.toml").write_text('timezone = "America/Chicago"\n')
    with example_server() as base:
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        made.start()
        yield made
        made.kill()


@pytest.mark.parametrize("words", [b"", b"POST /hook HT"], ids=["nothing", "half a header"])
def test_many_callers_who_ask_for_nothing_are_sent_away(service: RunningService, words: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(MOST):
            caller = stack.enter_context(closing(socket.create_connection(("127.0.0.1", service.port))))
            caller.sendall(words)
        end = time.monotonic() + FIRST + 30
        while requests.post(service.endpoint, headers=service.signed, timeout=30).status_code != 200:
            assert time.monotonic() < end, "the service is theirs for ever"
            time.sleep(0.5)


def test_a_body_that_does_not_come_is_a_408(service: RunningService) -> None:
    with closing(socket.create_connection(("127.0.0.1", service.port), timeout=LONGEST + 30)) as caller:
        shown = f"Authorization: {service.secret}"
        lines = ["POST /hook HTTP/1.1", "Host: x", shown, "Content-Length: 1000", "", "{"]
        caller.sendall("\r\n".join(lines).encode())
        with caller.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 408 ")
            answer.read()  # to its end: the connection is closed
