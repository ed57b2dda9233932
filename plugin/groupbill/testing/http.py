"""The in-memory server over HTTP on loopback: for tests of what happens when a plan is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..fhir import json
from .server import MemoryServer, StaleVersion

JSON = dict[str, Any]
_TYPES = ("ChargeItem", "Claim", "Task", "Provenance")
STATEMENT: JSON = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "kind": "instance",
    "software": {"name": "groupbill.testing"},
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "rest": [
        {
            "mode": "server",
            "interaction": [{"code": "transaction"}],
            "resource": [
                {
                    "type": each,
                    "interaction": [{"code": code} for code in ("read", "search-type", "create", "update")],
                    "versioning": "versioned-update",
                    "updateCreate": True,
                }
                for each in _TYPES
            ],
        }
    ],
}


@contextmanager
def serving(server: MemoryServer) -> Iterator[str]:
    """The base URL under which a server in memory answers, for `Host.reconcile`, until the block is left.

    It reads, searches as `MemoryServer.read` does, and takes transactions of PUTs; no more. What `transaction` of a
    subclass raises as ValueError is a refusal (422).
    """
    http = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (_Handler,), {"store": server, "turn": threading.Lock()})
    )
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/fhir"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    store: MemoryServer
    turn: threading.Lock
    """Held by the one request that is answered: the store knows nothing of threads."""

    def do_GET(self) -> None:
        """Statement, read or search."""
        asked = urlsplit(self.path)
        question = asked.path.removeprefix("/fhir/")
        with self.turn:
            if question == "metadata":
                self._answer(200, STATEMENT)
            elif "/" in question:
                found = self.store.get(question)
                self._answer(200, found) if found is not None else self._refuse(404, "not-found")
            else:
                try:
                    matches = self.store.read(f"{question}?{_parameters(asked.query)}")
                except ValueError:
                    self._refuse(400, "not-supported")
                    return
                self._answer(200, _searchset(matches))

    def do_POST(self) -> None:
        """A transaction."""
        bundle = json.exact(self.rfile.read(int(self.headers["Content-Length"])))
        with self.turn:
            known = [self.store.get(entry["request"]["url"]) for entry in bundle["entry"]]
            try:
                self.store.transaction(bundle)
            except StaleVersion:
                self._refuse(412, "conflict")
                return
            except ValueError:
                self._refuse(422, "invalid")
                return
            done = [self._done(entry, before is None) for entry, before in zip(bundle["entry"], known, strict=True)]
        self._answer(200, {"resourceType": "Bundle", "type": "transaction-response", "entry": done})

    def _done(self, entry: JSON, created: bool) -> JSON:
        url = entry["request"]["url"]
        stored = self.store.get(url) or {}
        version = stored["meta"]["versionId"]
        answer = {
            "status": "201 Created" if created else "200 OK",
            "location": f"{url}/_history/{version}",
            "etag": f'W/"{version}"',
        }
        return {"resource": stored, "response": answer}

    def _refuse(self, status: int, code: str) -> None:
        issue = {"severity": "error", "code": code}
        self._answer(status, {"resourceType": "OperationOutcome", "issue": [issue]})

    def _answer(self, status: int, resource: Any) -> None:
        data = json.dumps(resource)
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a URL holds identifiers."""


def _parameters(query: str) -> str:
    """Those that choose resources; how many are shown at a time is not kept."""
    return "&".join(
        f"{name}={value}" for name, value in parse_qsl(query) if not name.startswith("_") or name == "_id"
    )


def _searchset(matches: Any) -> JSON:
    entries = [{"resource": each, "search": {"mode": "match"}} for each in matches]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}
