"""SMART Backend Services (HL7 SMART App Launch 2.2): client credentials with a signed assertion (extra `smart`)."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase

from ..errors import Refused, Unknown, Unreachable, UsageError
from .address import encrypted, inside
from .keys import ALGORITHMS, SigningKey, signing_keys
from .scopes import granular, scopes_for
from .transport import Kind, Transport

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ACCEPT = {"Accept": "application/json"}
LIFETIME = 240
"""Seconds an assertion is good for; SMART allows at most 300."""
WAITS = (0.5, 2.0)
"""Seconds before a token is asked for again, give or take a half."""
SHORTEST = 300
"""Seconds a token is taken to be good for when the server does not say (SMART: at most an hour, 300 is usual)."""


class Smart(AuthBase):
    """Signs every request with an access token, fetched when needed and kept until shortly before it expires.

    The key is read from the environment (or the file that it names) for every assertion, so a key can be rotated
    without a restart: put the new one beside the old one, under another `kid`. Of several keys the one named by
    `key_id`, else the first, is tried first; the others when the server knows it no longer.
    """

    def __init__(  # noqa: PLR0913 - the keys of the settings
        self,
        base: str,
        client_id: str,
        key_env: str,
        *,
        key_id: str | None = None,
        algorithm: str | None = None,
        scopes: Sequence[str] = (),
        verify: bool | str = True,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked yet, but the key is looked at.

        Errors:
            UsageError: the extra is not installed, or the key can't be used.
        """
        self._base, self._client_id, self._key_env = base, client_id, key_env
        self._key_id, self._algorithm, self._scopes = key_id, algorithm, tuple(scopes)
        self._http = Transport(None, timeout=(5, 30), verify=verify)
        self._clock, self._pause = clock, pause
        self._lock = threading.Lock()
        self._token, self._until, self._from = "", 0.0, 0.0
        self._found: Mapping[str, Any] | None = None
        self._keys()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token, to requests within the base only."""
        if inside(str(request.url), self._base) is not None:
            request.headers["Authorization"] = f"Bearer {self.token()}"
        return request

    def token(self) -> str:
        """The access token, a new one where the last is about to expire.

        Errors:
            ServerError: the authorization server refused or could not be reached.
        """
        with self._lock:
            if self._clock() >= self._until:
                self._fetch()
            return self._token

    def renew(self) -> bool:
        """A new token after a 401, unless another thread has just fetched one. True: ask again."""
        with self._lock:
            if self._clock() - self._from > 1:
                self._found = None
                self._fetch()
            return True

    def _fetch(self) -> None:
        found = self._discovered()
        keys = self._keys()
        refused: Refused | None = None
        for key in keys:
            try:
                answer = self._patiently(found, key)
                break
            except Refused as error:
                refused = error
        else:
            raise refused or Refused("sign-in: no key")
        self._keep(answer)

    def _patiently(self, found: Mapping[str, Any], key: SigningKey) -> Mapping[str, Any]:
        """The answer of the authorization server, asked again with a new assertion after a fault."""
        for wait in WAITS:
            try:
                return self._ask(found, key)
            except Unreachable:
                self._pause(wait * random.uniform(0.5, 1.5))
        return self._ask(found, key)

    def _keep(self, answer: Mapping[str, Any]) -> None:
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise Refused("sign-in: the answer holds no access token")
        self._token, self._from = token, self._clock()
        try:
            seconds = float(answer.get("expires_in", SHORTEST))
        except (TypeError, ValueError):
            seconds = SHORTEST
        self._until = self._from + seconds - min(30, seconds / 10)

    def _ask(self, found: Mapping[str, Any], key: SigningKey) -> Mapping[str, Any]:
        """One token request; never repeated as it is, since an assertion is good for once."""
        endpoint, now = str(found["token_endpoint"]), int(self._clock())
        claims = {"iss": self._client_id, "sub": self._client_id, "aud": endpoint, "iat": now, "exp": now + LIFETIME}
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(self._scopes or scopes_for(granular(found))),
            "client_assertion_type": ASSERTION,
            "client_assertion": key.sign({**claims, "jti": str(uuid.uuid4())}),
        }
        data = urlencode(form).encode()
        headers = {**_ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            return self._http.send("POST", endpoint, Kind.ONCE, "sign-in", data=data, headers=headers).body or {}
        except Unknown as error:  # a token more or less does no harm: nothing is unknown about it
            raise Unreachable(str(error), status=error.status) from None

    def _discovered(self) -> Mapping[str, Any]:
        """What `.well-known/smart-configuration` says, read once, and again after a 401."""
        if self._found is None:
            url = f"{self._base}/.well-known/smart-configuration"
            reply = self._http.send("GET", url, Kind.READ, "GET smart-configuration", headers=_ACCEPT)
            found = reply.body or {}
            endpoint = found.get("token_endpoint")
            if not isinstance(endpoint, str) or not endpoint.startswith(("http://", "https://")):
                raise Refused("sign-in: smart-configuration names no token endpoint")
            if not encrypted(endpoint):
                raise Refused("sign-in: the token endpoint is not https")
            self._found = found
        return self._found

    def _keys(self) -> list[SigningKey]:
        """Our keys, the named one first, those with an algorithm that the server takes before the others."""
        keys = signing_keys(self._key_env, self._key_id, self._algorithm)
        listed = (self._found or {}).get("token_endpoint_auth_signing_alg_values_supported")
        taken = listed if isinstance(listed, list) and listed else ALGORITHMS
        fitting = [key for key in keys if key.algorithm in taken]
        if not fitting:
            ours = keys[0].algorithm
            raise UsageError(f"sign-in: the server takes {', '.join(map(str, taken))}; our key is for {ours}")
        return fitting
