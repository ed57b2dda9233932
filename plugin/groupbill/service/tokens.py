"""JWTs of CDS clients (CDS Hooks 2.0, "Trusting CDS Clients"): allowed issuer, exact audience, in time, used once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from sqlalchemy import Engine, delete

from ..errors import UsageError
from .guard import Denied
from .issuers import Issuer
from .store import tokens, upsert

ALGORITHMS = ["RS384", "ES384", "RS256", "RS512", "ES256", "ES512"]
"""Asymmetric ones only: a client must not be able to sign with something that we know."""
LEEWAY = 10
"""Seconds by which clocks may differ."""
LONGEST = 600
"""Seconds for which a token may be good."""


class Tokens:
    """The clients that are trusted, and the tokens that were seen."""

    def __init__(self, engine: Engine, issuers: Mapping[str, str], audience: str) -> None:
        """Nothing is fetched yet.

        Args:
            engine: Of the store: a token seen by one process is known to all.
            issuers: URL or file of the keys (JWKS) by `iss`.
            audience: Base URL of the service as clients know it.

        Errors:
            UsageError: the extra `smart` is not installed, or no audience is set.
        """
        try:
            import jwt  # noqa: F401
        except ModuleNotFoundError:
            raise UsageError("cds.issuers: needs an extra: pip install 'groupbill[smart]'") from None
        if not audience:
            raise UsageError("settings: cds.url is needed with cds.issuers: the URL under which clients call")
        self._engine, self._audience = engine, audience.rstrip("/")
        self._issuers = {name: Issuer(place) for name, place in issuers.items()}

    def check(self, headers: Mapping[str, str], path: str) -> None:
        """Let a request pass.

        Args:
            headers: Of the request.
            path: Of the service; with the base it is the audience.

        Errors:
            Denied: no token (401), or one that is not good (403); which check failed is not told.
        """
        import jwt

        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Denied(401, "login")
        try:
            head = jwt.get_unverified_header(token)
            issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
            key = self._issuers[issuer].key(head.get("kid"))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[each for each in ALGORITHMS if each == head.get("alg")],
                audience=self._audience + path,
                issuer=issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "jti", "iss", "aud"], "verify_iat": True},
            )
            expires = float(claims["exp"])
        except Exception:  # noqa: BLE001 - whatever is wrong with a token, the answer is the same
            raise Denied(403, "forbidden") from None
        late = expires > time.time() + LONGEST + LEEWAY
        if late or not self._first(issuer, str(claims["jti"]), expires):
            raise Denied(403, "forbidden")

    def _first(self, issuer: str, name: str, expires: float) -> bool:
        """Whether the token was not seen before; remembered until it expires."""
        now = time.time()
        row = {
            "key": hashlib.sha256(f"{issuer}\n{name}".encode()).hexdigest(),
            "until": expires + LEEWAY,
        }
        with self._engine.begin() as connection:
            connection.execute(delete(tokens).where(tokens.c.until < now))
            insert = upsert(self._engine, tokens).values(row).on_conflict_do_nothing().returning(tokens.c.key)
            return connection.execute(insert).first() is not None
