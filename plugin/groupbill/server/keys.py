"""Private keys for signed assertions: PEM, JWK or JWK Set, from the environment or from the file that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .secret import secret

ALGORITHMS = ("RS384", "ES384")
"""What SMART asks a client to be able to do."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One private key."""

    key: Any
    kid: str | None
    algorithm: str

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A signed JWT of these claims."""
        import jwt

        headers = {"typ": "JWT"} if self.kid is None else {"typ": "JWT", "kid": self.kid}
        return jwt.encode(dict(claims), self.key, algorithm=self.algorithm, headers=headers)


def signing_keys(variable: str, key_id: str | None, algorithm: str | None) -> list[SigningKey]:
    """The keys that a variable holds or whose file it names; the one called `key_id` first.

    Errors:
        UsageError: the extra `smart` is not installed, or there is no usable private key. The text never shows it.
    """
    try:
        import jwt  # noqa: F401
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ModuleNotFoundError:
        raise UsageError('sign-in: SMART needs an extra: pip install "groupbill[smart]"') from None
    text = secret(variable)
    try:
        if not text.startswith(("-----BEGIN", "{")):
            text = Path(text).read_text(encoding="utf-8").strip()
        if text.startswith("{"):
            keys = _of_set(json.loads(text))
        else:
            keys = [_signing(load_pem_private_key(text.encode(), None), key_id)]
    except (OSError, ValueError, TypeError, KeyError) as error:
        kind = type(error).__name__
        raise UsageError(f"sign-in: {variable} holds no usable private key (PEM, JWK or JWK Set): {kind}") from None
    keys = [key for key in keys if algorithm in (None, key.algorithm)]
    if not keys or (key_id is not None and key_id not in {key.kid for key in keys}):
        raise UsageError(f"sign-in: {variable} holds no private key for the key_id and algorithm of the settings")
    return sorted(keys, key=lambda key: key.kid != key_id if key_id is not None else False)


def _of_set(found: Mapping[str, Any]) -> list[SigningKey]:
    from jwt import PyJWK, PyJWTError

    keys = []
    for each in found["keys"] if "keys" in found else [found]:
        if "d" not in each:
            continue
        try:
            algorithm = "RS384" if each.get("kty") == "RSA" else "ES384"
            keys.append(_signing(PyJWK(dict(each), algorithm).key, each.get("kid")))
        except PyJWTError as error:
            raise ValueError("not a key") from error
    return keys


def _signing(key: Any, kid: str | None) -> SigningKey:
    """RSA signs RS384, P-384 signs ES384; others are refused."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, RSAPrivateKey):
        return SigningKey(key, kid, "RS384")
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp384r1":
        return SigningKey(key, kid, "ES384")
    raise ValueError("neither RSA nor P-384")
