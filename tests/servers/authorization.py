"""An authorization server (npm `oidc-provider`) and a FHIR server that checks its tokens (Helios)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from running import CACHE, HERE, free_port, helios, need, npm_packages, process

VERSION = "9.13.3"
AUDIENCE = "urn:groupbill:tests"


def rsa(kid: str) -> dict[str, Any]:
    """A private JWK for RS384."""
    return _jwk(new_rsa_key(65537, 2048), kid)


def curve(kid: str) -> dict[str, Any]:
    """A private JWK for ES384."""
    return _jwk(new_curve_key(SECP384R1()), kid)


def _jwk(key: RSAPrivateKey | EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, RSAPrivateKey) else ECAlgorithm
    alg = "RS384" if isinstance(key, RSAPrivateKey) else "ES384"
    made = {**algorithm.to_jwk(key, as_dict=True), "kid": kid, "alg": alg, "use": "sig"}
    return {name: value for name, value in made.items() if name != "key_ops"}


def public(key: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a JWK that the authorization server may know."""
    return {name: value for name, value in key.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}


@contextmanager
def authorization(clients: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The issuer's URL, of a server that knows these clients: `{id: {"jwks": {"keys": [...]}, "scope": "..."}}`."""
    need("node", "npm")
    home = CACHE / f"oidc-provider-{VERSION}"
    npm_packages(home, f"oidc-provider@{VERSION}")
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(clients, file)
        file.flush()
        command = ["node", str(HERE / "authorization.mjs"), "--home", str(home), "--port", str(port)]
        command += ["--clients", file.name, "--audience", AUDIENCE]
        with process(command, f"http://127.0.0.1:{port}") as issuer:
            yield issuer


@contextmanager
def guarded(issuer: str) -> Iterator[str]:
    """The base of a Helios that asks for tokens of this issuer and looks at their SMART v2 scopes."""
    settings = {
        "HFS_AUTH_ENABLED": "true",
        "HFS_AUTH_JWKS_URL": f"{issuer}/jwks",
        "HFS_AUTH_ISSUER": issuer,
        "HFS_AUTH_AUDIENCE": AUDIENCE,
        "HFS_SMART_TOKEN_ENDPOINT": f"{issuer}/token",
        "HFS_SMART_JWKS_URL": f"{issuer}/jwks",
    }
    with helios(**settings) as base:
        yield base
