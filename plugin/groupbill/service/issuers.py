"""Public keys of the issuers of tokens, kept for a while: strangers could make us fetch them at every call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..fhir import json

if TYPE_CHECKING:
    from jwt import PyJWK, PyJWKSet

KEPT = 300.0
"""Seconds after which keys are fetched again."""
AGAIN = 10.0
"""Seconds between two attempts at least, also for a key that is not known: it may be a new one, or nobody's."""
LAST = 3600.0
"""Seconds for which keys are good where the issuer does not answer."""


class Issuer:
    """The keys of one issuer, from a URL or a file (JWKS, RFC 7517)."""

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is fetched yet; the clock counts seconds."""
        self._place, self._clock = place, clock
        self._lock = threading.Lock()
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched = self._tried = -LAST

    def key(self, name: str | None) -> PyJWK:
        """The key of a `kid`.

        Errors:
            LookupError: there is no such key, or the issuer has not answered for long.
        """
        with self._lock:
            now = self._clock()
            wanted = name not in self._keys or now - self._fetched >= KEPT
            if wanted and now - self._tried >= AGAIN:
                self._tried = now
                self._look(now)
            if now - self._fetched >= LAST:
                self._keys = {}
            return self._keys[name]

    def _look(self, now: float) -> None:
        try:
            found = self._read().keys
        except Exception:  # noqa: BLE001 - whatever an issuer answers, what is known of it goes on for a while
            return
        names = [key.key_id for key in found]
        self._keys = {key.key_id: key for key in found if names.count(key.key_id) == 1}
        self._fetched = now

    def _read(self) -> PyJWKSet:
        import jwt
        import requests

        if self._place.startswith(("https://", "http://")):
            answer = requests.get(self._place, timeout=5, allow_redirects=False)
            answer.raise_for_status()
            return jwt.PyJWKSet.from_dict(answer.json())
        return jwt.PyJWKSet.from_dict(json.loads(Path(self._place).read_bytes()))
