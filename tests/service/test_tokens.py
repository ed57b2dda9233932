"""JWTs of CDS clients: one good one, and every way in which a token is not good."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import Engine

from groupbill.errors import UsageError
from groupbill.fhir.json import dumps
from groupbill.service.guard import Denied
from groupbill.service.tokens import Tokens

ISSUER, BASE, PATH = "https://ehr.example", "https://groupbill.example", "/cds-services/groupbill-discharge"
KEY, OTHER = (ec.generate_private_key(ec.SECP384R1()) for _ in range(2))


@pytest.fixture
def tokens(engine: Engine, tmp_path: Path) -> Tokens:
    public = {**ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "one", "alg": "ES384", "use": "sig"}
    keys = tmp_path / "jwks.json"
    keys.write_bytes(dumps({"keys": [public]}))
    return Tokens(engine, {ISSUER: str(keys)}, BASE)


def token(key: Any = KEY, algorithm: str = "ES384", kid: str | None = "one", **claims: Any) -> str:
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": BASE + PATH, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())}
    said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(said, key, algorithm, headers={} if kid is None else {"kid": kid})


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


def test_a_good_token_passes_once(tokens: Tokens) -> None:
    good = bearer(token())
    tokens.check(good, PATH)
    with pytest.raises(Denied) as replayed:
        tokens.check(good, PATH)
    assert replayed.value.status == 403


def test_another_process_knows_the_token_too(tokens: Tokens, engine: Engine, tmp_path: Path) -> None:
    good = bearer(token())
    tokens.check(good, PATH)
    with pytest.raises(Denied):
        Tokens(engine, {ISSUER: str(tmp_path / "jwks.json")}, BASE).check(good, PATH)


def now(seconds: int) -> int:
    return int(time.time()) + seconds


BAD: dict[str, Callable[[], str]] = {
    "expired": lambda: token(exp=now(-60)),
    "good for a day": lambda: token(exp=now(86_400)),
    "good for a day, in words": lambda: token(exp=str(now(86_400))),
    "good for ever": lambda: token(exp=float("inf")),
    "issued in the future": lambda: token(iat=now(600), exp=now(900)),
    "another issuer": lambda: token(iss="https://elsewhere.example"),
    "another service": lambda: token(aud=f"{BASE}/cds-services/groupbill-booking"),
    "the base as audience": lambda: token(aud=BASE),
    "no audience": lambda: token(aud=None),
    "no name": lambda: token(jti=None),
    "no expiry": lambda: token(exp=None),
    "another key": lambda: token(OTHER),
    "a key that is not known": lambda: token(kid="two"),
    "no key named": lambda: token(kid=None),
    "signed with a shared secret": lambda: token("a shared secret of at least 32 bytes", "HS256"),
    "not signed": lambda: token("", "none"),
    "no token": lambda: "nonsense",
    "parts of one": lambda: token().rpartition(".")[0] + ".",
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_is_not_good_is_refused_without_a_reason(tokens: Tokens, name: str) -> None:
    with pytest.raises(Denied) as denied:
        tokens.check(bearer(BAD[name]()), PATH)
    assert (denied.value.status, denied.value.code) == (403, "forbidden")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer "}])
def test_without_a_token_one_is_asked_for(tokens: Tokens, headers: dict[str, str]) -> None:
    with pytest.raises(Denied) as denied:
        tokens.check(headers, PATH)
    assert denied.value.status == 401


def test_the_url_of_the_service_must_be_known(engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"cds\.url"):
        Tokens(engine, {ISSUER: "jwks.json"}, "")
