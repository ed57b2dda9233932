"""A proxy before a real FHIR server that counts requests and does to them what networks and servers do.

It stands on loopback, forwards word by word, and writes its own address in the place of the server's, so that links
to the next page come back through it.
"""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SILENCE = 7.0
"""Seconds a `TIMEOUT` says nothing; the client under test must be less patient."""


class Fault(Enum):
    """What happens to one request."""

    BUSY = 429
    BROKEN = 500
    AWAY = 503
    STALE = 412
    CONFLICT = 409
    RESET = "reset before the server saw it"
    LOST = "reset after the server has committed"
    TIMEOUT = "silence after the server has committed"
    BROKEN_AFTER = "500 after the server has committed"
    SLOW = "the body in small pieces"
    CUT = "a body that ends before its length"
    HALF = "half of the JSON, as if it were all"


class Refusal(Enum):
    """What a server says for good; asking again changes nothing."""

    SIGNED_OUT = 401
    FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, counted from 1."""

    number: int
    method: str
    path: str

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method in ("POST", "PUT", "PATCH", "DELETE") and "_search" not in self.path


Plan = Callable[[Request], Fault | Refusal | None]


def at_random(rate: float, seed: int, faults: tuple[Fault, ...] = tuple(Fault)) -> Plan:
    """One of the faults at this share of the requests."""
    dice, lock = random.Random(seed), threading.Lock()

    def plan(request: Request) -> Fault | None:
        with lock:
            return dice.choice(faults) if dice.random() < rate else None

    return plan


class FaultProxy(ThreadingHTTPServer):
    """Forwards to a server; `plan` says what happens to a request, `before` and `after` are told of it.

    `answered` gets the bodies as well: the one that was sent, and the server's.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, base: str, plan: Plan = lambda request: None) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(base)
        self.plan = plan
        self.before: Callable[[Request], None] = lambda request: None
        self.after: Callable[[Request], None] = lambda request: None
        self.answered: Callable[[Request, bytes, bytes], None] = lambda request, body, answer: None
        self.seen: list[Request] = []
        self.done: list[tuple[Request, Fault | Refusal]] = []
        self._lock = threading.Lock()

    @property
    def origin(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def base(self) -> str:
        """The server's base by way of the proxy."""
        return self.origin + self.upstream.path

    def counted(self, method: str, path: str) -> Request:
        """The request, with its number."""
        with self._lock:
            request = Request(len(self.seen) + 1, method, path)
            self.seen.append(request)
        return request

    def clear(self) -> None:
        """Count from 1 again."""
        with self._lock:
            self.seen, self.done = [], []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultProxy

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = self.server.counted(self.command, self.path)
        fault = self.server.plan(request)
        if fault is not None:
            self.server.done.append((request, fault))
        self.server.before(request)
        if fault is Fault.RESET:
            return self._reset()
        if fault is not None and isinstance(fault.value, int):
            return self._answer(fault.value, {"Retry-After": "1"} if fault.value in (429, 503) else {}, b"")
        status, headers, answer = self._forward(body)
        self.server.after(request)
        self.server.answered(request, body, answer)
        return self._spoil(fault, status, headers, answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """The server's answer, with our address in the place of its own."""
        upstream = self.server.upstream
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        connection = http.client.HTTPConnection(upstream.netloc, timeout=120)
        try:
            connection.request(self.command, self.path, body or None, {**headers, "Host": upstream.netloc})
            answer = connection.getresponse()
            theirs = f"{upstream.scheme}://{upstream.netloc}"
            found = {
                name: value.replace(theirs, self.server.origin)
                for name, value in answer.getheaders()
                if name.lower() not in _HOP
            }
            return answer.status, found, answer.read().replace(theirs.encode(), self.server.origin.encode())
        finally:
            connection.close()

    def _spoil(self, fault: Fault | Refusal | None, status: int, headers: dict[str, str], body: bytes) -> None:
        match fault:
            case Fault.LOST:
                self._reset()
            case Fault.TIMEOUT:
                time.sleep(SILENCE)
                self._reset()
            case Fault.BROKEN_AFTER:
                self._answer(500, {}, b"<html>Internal Server Error</html>")
            case Fault.SLOW:
                self._answer(status, headers, body, pieces=5)
            case Fault.CUT:
                self._answer(status, headers, body[: len(body) // 2], length=len(body))
                self._reset()
            case Fault.HALF:
                self._answer(status, headers, body[: len(body) // 2])
            case _:
                self._answer(status, headers, body)

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, *, pieces: int = 1, length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        size = max(1, -(-len(body) // pieces))
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            if pieces > 1:
                time.sleep(0.02)

    def _reset(self) -> None:
        """Close so that the client sees a connection reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD)
        self.rfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


_OWN = frozenset({"host", "accept-encoding", "connection", "content-length"})
_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})


@contextmanager
def proxied(base: str, plan: Plan = lambda request: None) -> Iterator[FaultProxy]:
    """A running proxy before the server at this base."""
    with FaultProxy(base, plan) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()
