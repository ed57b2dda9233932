"""Requests to one server: a pooled session, time limits, retries within bounds, and no token to anybody else."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError
from urllib3.util import Retry

from ..errors import Refused, ServerError, Unknown, Unreachable
from ..fhir import json
from ..version import VERSION
from .faults import fault

log = logging.getLogger("groupbill.server")

JSON = "application/fhir+json"
_FRESH = "no-cache"
"""Without it HAPI answers a search with what the same one found up to a minute ago (its default; measured)."""
PAUSE = 60.0
"""Longest time in seconds to wait before asking again; a server that wants more is taken as unreachable."""
_BEFORE = (
    requests.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
)
_CONNECT = (NewConnectionError, ConnectTimeoutError, ProxyError)


class Kind(Enum):
    """What may be sent again."""

    READ = "read"
    """Changes nothing: after faults of the connection, the server and the body, also a conflict in the server."""
    REPEATABLE = "repeatable"
    """A write that has the same effect when it arrives twice: after an error answer, never after silence."""
    DEFERRED = "deferred"
    """A transaction with a part that must not arrive twice: when the server said "later" (429, 503)."""
    ONCE = "once"
    """A bare POST: only when it could not be sent."""


_AGAIN = {
    # A read does not conflict with anything: 409 and 412 to one come of a proxy or of a database under load.
    Kind.READ: frozenset({408, 409, 412, 425, 429, 500, 502, 503, 504}),
    Kind.REPEATABLE: frozenset({429, 500, 502, 503, 504}),
    Kind.DEFERRED: frozenset({429, 503}),
    Kind.ONCE: frozenset[int](),
}


class Reply:
    """Status, headers and body of an answer that is no error."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        """Keep them; `body` is parsed JSON, None where there was none or it could not be read."""
        self.status = status
        self.headers = headers
        self.body = body


class _NoSignIn(AuthBase):
    """Keeps requests from taking a password out of ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Transport:
    """One server's session; may be used by several threads."""

    def __init__(  # noqa: PLR0913 - the parts of a connection
        self,
        auth: AuthBase | None,
        *,
        timeout: tuple[float, float],
        base: str | None = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        retries: int = 4,
        backoff: float = 0.25,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is sent yet.

        Args:
            auth: Sign-in; one with a method `renew()` is asked for a new token after a 401, once per request.
            timeout: Seconds to connect, and between two pieces of an answer.
            base: Where all requests go, if it is one place.
            verify: Whether to check the server's certificate, or the file of the authorities to trust.
            cert: Our certificate, or certificate and key.
            retries: How often one request is sent again at most.
            backoff: Seconds before the second repetition; doubled each time, with as much jitter.
            pause: Waits; tests give another.
        """
        self.session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=32)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.headers.update({"Accept": JSON, "Cache-Control": _FRESH, "User-Agent": f"groupbill/{VERSION}"})
        self.session.auth = auth or _NoSignIn()
        # Proxies and authorities of the environment are looked up once: it takes as long as a small request.
        self._sent_with: dict[str, Any] = {"verify": verify, "cert": cert}
        if base is not None:
            self._sent_with = dict(self.session.merge_environment_settings(base, {}, None, verify, cert))
            self.session.trust_env = False
        self._auth = auth
        self._timeout = timeout
        self._pause = pause
        self._retry = Retry(
            total=retries,
            allowed_methods=None,
            backoff_factor=backoff,
            backoff_jitter=backoff,
            backoff_max=10,
            raise_on_status=False,
        )

    def send(
        self,
        method: str,
        url: str,
        kind: Kind,
        what: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        bundled: bool = False,
    ) -> Reply:
        """Send one request, again where that is safe.

        Args:
            method: HTTP method.
            url: Inside the server's base; redirects are not followed.
            kind: What may be sent again.
            what: Method and type for messages, without any value.
            data: Body.
            headers: Further headers.
            bundled: Whether it is a transaction, in which a 400 may stand for the 412 of an entry.

        Errors:
            ServerError: one of its kinds, when the answer is an error or none came.
        """
        retry, renewed, correlation = self._retry, False, str(uuid.uuid4())
        while True:
            named = {**(headers or {}), "X-Request-Id": str(uuid.uuid4()), "X-Correlation-Id": correlation}
            try:
                answer = self._ask(method, url, what, data, named)
            except requests.RequestException as error:
                problem = _broken(error, what, kind)
                if kind is Kind.READ or not isinstance(problem, Unknown):
                    retry = self._again(retry, problem, error, None)
                    continue
                raise problem from None
            if answer.status_code == 401 and not renewed and self._renew():
                renewed = True
                continue
            reply = _read(answer, what, kind, bundled)
            if isinstance(reply, Reply):
                return reply
            garbled = kind is Kind.READ and answer.ok and isinstance(reply, Unreachable)
            if not garbled and answer.status_code not in _AGAIN[kind]:
                raise reply
            retry = self._again(retry, reply, None, answer)

    def _ask(
        self, method: str, url: str, what: str, data: bytes | None, headers: Mapping[str, str]
    ) -> requests.Response:
        started = time.perf_counter()
        # `verify` of a session gives way to REQUESTS_CA_BUNDLE of the environment, that of a request does not.
        answer = self.session.request(
            method, url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False, **self._sent_with
        )
        spent = (time.perf_counter() - started) * 1000
        log.debug("%s: %d in %.0f ms, request %s", what, answer.status_code, spent, headers["X-Request-Id"])
        return answer

    def _again(
        self, retry: Retry, problem: ServerError, error: Exception | None, answer: requests.Response | None
    ) -> Retry:
        """Wait as long as the server says, else a little longer each time; give up after the last repetition."""
        if isinstance(error, requests.exceptions.SSLError):
            raise problem from None
        try:
            if answer is None:
                retry, asked = retry.increment(error=HTTPError()), None
            else:
                retry = retry.increment(response=answer.raw)
                asked = _retry_after(retry, answer)
        except HTTPError:
            raise problem from None
        if asked is not None and asked > PAUSE:
            raise problem from None
        wait = (asked or retry.get_backoff_time()) + random.uniform(0, retry.backoff_factor)
        log.info("%s; again in %.1f s", problem, wait)
        self._pause(wait)
        return retry

    def _renew(self) -> bool:
        """A new token, where the sign-in knows how to get one."""
        renew = getattr(self._auth, "renew", None)
        return bool(renew is not None and renew())

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def _retry_after(retry: Retry, answer: requests.Response) -> float | None:
    """Seconds that the server asks us to wait (a number or a date), None where it does not say."""
    try:
        return retry.parse_retry_after(answer.headers["Retry-After"])
    except (KeyError, HTTPError):
        return None


def _broken(error: requests.RequestException, what: str, kind: Kind) -> ServerError:
    """What a failed exchange means: nothing was sent, or it is not known what became of it."""
    if _unsent(error):
        return Unreachable(f"{what}: no connection ({type(error).__name__})")
    if kind is Kind.READ:
        return Unreachable(f"{what}: no usable answer ({type(error).__name__})")
    return Unknown(f"{what}: sent, but no usable answer came ({type(error).__name__})")


def _unsent(error: requests.RequestException) -> bool:
    if isinstance(error, _BEFORE):
        return True
    reason = error.args[0] if error.args else None
    return isinstance(getattr(reason, "reason", reason), _CONNECT)


def _read(answer: requests.Response, what: str, kind: Kind, bundled: bool) -> Reply | ServerError:
    """The reply, or the problem."""
    written, status, body = kind is not Kind.READ, answer.status_code, answer.content
    try:
        parsed = json.loads(body, "Claim") if body.strip() else None
        readable = parsed is None or isinstance(parsed, dict)
    except ValueError:
        parsed, readable = None, False
    if status >= 300:
        return fault(what, status, parsed if readable and parsed else body, written=written, bundled=bundled)
    if readable:
        return Reply(status, answer.headers, parsed)
    if "html" in answer.headers.get("Content-Type", "") and "Location" not in answer.headers:
        return Refused(f"{what}: the answer is a web page, not FHIR", status=status)
    if written:
        return Reply(status, answer.headers, None)
    return Unreachable(f"{what}: the answer can't be read", status=status)
