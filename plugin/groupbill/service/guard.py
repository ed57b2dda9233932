"""Who may notify, and how much: a secret compared in constant time, limits on size, depth and rate."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..fhir import json
from .outcome import FHIR_JSON

LARGEST = 4 * 1024 * 1024
"""Bytes of a body: notes may come with their text."""
RATE = 10_000.0
"""Requests a second that one process takes on average."""
BURST = 20_000.0
"""Requests that it takes at once after a quiet time."""

_JSON = frozenset({FHIR_JSON, "application/json", "application/json+fhir"})
_READABLE = _JSON | {"*/*", "application/*", "text/json", "json"}


class Denied(Exception):
    """A request that is not taken; `status` and `code` are all that a sender of notifications learns."""

    def __init__(self, status: int, code: str, expected: str = "") -> None:
        """HTTP status, a code of ValueSet issue-type, and what was expected, for callers who are told."""
        super().__init__(code)
        self.status, self.code, self.expected = status, code, expected


class TooLong(Denied):
    """A body that is too large."""

    def __init__(self) -> None:
        """Says how large one may be."""
        super().__init__(413, "too-long", f"expected at most {LARGEST} bytes")


class Guard:
    """The checks of one service."""

    def __init__(
        self,
        secret: str | None,
        *,
        rate: float = RATE,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a secret everybody on this machine may notify; see `serve`."""
        self._secret = None if secret is None else secret.encode()
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left, self._at = burst, clock()

    def admit(self) -> None:
        """Count a request.

        Errors:
            Denied: too many (503); the sender comes again.
        """
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            raise Denied(503, "throttled")
        self._left -= 1

    def signed(self, headers: Mapping[str, str]) -> bool:
        """Whether the sender must be told by the body: it sends a signature and no Authorization.

        Errors:
            Denied: neither is there (401), or the Authorization is wrong (403).
        """
        if self._secret is None:
            return False
        told = headers.get("authorization")
        if told is None:
            if "x-signature" not in headers:
                raise Denied(401, "login")
            return True
        scheme, _, token = told.partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" and token else told
        # Compared as hashes: `compare_digest` alone tells the length by its time.
        if not hmac.compare_digest(_hash(shown.encode()), _hash(self._secret)):
            raise Denied(403, "forbidden")
        return False

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Compare the signature of the raw bytes.

        Errors:
            Denied: it is not ours (403).
        """
        made = hmac.new(self._secret or b"", body, hashlib.sha256).hexdigest()
        told = headers.get("x-signature", "").strip().lower().removeprefix("sha256=")
        if not hmac.compare_digest(made.encode(), told.encode()):
            raise Denied(403, "forbidden")


def _hash(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def announced(headers: Mapping[str, str]) -> None:
    """Look at what the headers say about the body.

    Errors:
        Denied: too large (413).
    """
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        raise TooLong


def acceptable(accept: str, format: str | None) -> None:
    """Look at what the caller can read: JSON is all there is.

    Args:
        accept: Of the headers.
        format: The parameter `_format`, which counts before it.

    Errors:
        Denied: only something else (406).
    """
    listed = (accept or "*/*") if format is None else format.replace(" ", "+")
    if not any(each.partition(";")[0].strip().lower() in _READABLE for each in listed.split(",")):
        raise Denied(406, "not-supported", f"expected Accept: {FHIR_JSON}")


def parsed(headers: Mapping[str, str], body: bytes, *, exact: bool = False) -> Any:
    """The body as JSON, with `exact` amounts as they are written; None where there is none.

    Errors:
        Denied: another media type (415), no JSON or too deep (422).
    """
    if not body.strip():
        return None
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _JSON:
        raise Denied(415, "not-supported", f"expected Content-Type: {FHIR_JSON}")
    try:
        found = json.exact(body) if exact else json.loads(body, "")
    except (ValueError, RecursionError):
        raise Denied(422, "structure", "expected JSON") from None
    if found is None or json.too_deep(found):
        raise Denied(422, "structure", f"expected an object of at most {json.LEVELS} levels")
    return found
