"""Between a FHIR server and the service: notifications come three times, out of order, and some never."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


class Relay:
    """Takes every notification as the service would, and does to it what networks do."""

    def __init__(self, endpoints: Sequence[str], *, copies: int = 1, drop: float = 0.0, delay: float = 0.0) -> None:
        """Several endpoints are taken in turn, as by a load balancer; a dropped one was answered all the same."""
        self._endpoints, self._copies, self._drop, self._delay = endpoints, copies, drop, delay
        self._random = random.Random(7)
        self._turn = 0
        self.taken = self.dropped = 0
        self._open: list[threading.Thread] = []
        self.endpoint = ""

    def worsen(self, *, copies: int, drop: float, delay: float) -> Relay:
        """From now on."""
        self._copies, self._drop, self._delay = copies, drop, delay
        return self

    def take(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        """The status to answer."""
        self.taken += 1
        handshake = b'"handshake"' in body
        if not handshake and self._random.random() < self._drop:
            self.dropped += 1
            return 200
        if self._copies == 1 and not self._delay:
            return self._send(method, path, headers, body)
        for _ in range(self._copies):
            wait = self._random.uniform(0, self._delay)
            thread = threading.Timer(wait, self._send, (method, path, headers, body))
            thread.daemon = True
            thread.start()
            self._open.append(thread)
        return 200

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        self._turn += 1
        endpoint = self._endpoints[self._turn % len(self._endpoints)]
        with suppress(requests.RequestException):
            return requests.request(method, endpoint + path, headers=headers, data=body, timeout=10).status_code
        return 503

    def drain(self) -> None:
        """Wait until everything that is on its way has arrived."""
        while self._open:
            self._open.pop().join()
        time.sleep(0.2)


@contextmanager
def relaying(relay: Relay) -> Iterator[Relay]:
    """Listen on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = {"authorization", "content-type", "x-signature", "x-medplum-deleted-resource"}
            headers = {name: value for name, value in self.headers.items() if name.lower() in kept}
            status = relay.take(self.command, self.path.removeprefix("/hook"), headers, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_DELETE = do_GET = _take

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    relay.endpoint = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
