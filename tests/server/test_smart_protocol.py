"""SMART Backend Services word by word: discovery, assertion, caching, rotation, and what can go wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from groupbill.errors import Refused, Unreachable, UsageError
from groupbill.server import Client
from groupbill.server.scopes import scopes_for
from groupbill.server.smart import Smart

BASE = "https://ehr.example.org/fhir"
DISCOVERY = BASE + "/.well-known/smart-configuration"
TOKEN = "https://sign-in.example.org/token"
RSA, CURVE = new_rsa_key(65537, 2048), new_curve_key(SECP384R1())
Make = Callable[..., Smart]


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def jwk(key: RSAPrivateKey | EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key, as_dict=True), "kid": kid}


class Clock:
    """Seconds that a test moves on by itself, from now on: an assertion is good for minutes of the real clock."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, clock: Clock, pauses: list[float]) -> Make:
    """A sign-in with a key of ours."""

    def made(key: str = pem(RSA), **options: Any) -> Smart:
        monkeypatch.setenv("GROUPBILL_KEY", key)
        return Smart(BASE, "groupbill", "GROUPBILL_KEY", clock=clock, pause=pauses.append, **options)

    return made


def discovered(wire: responses.RequestsMock, **more: Any) -> None:
    wire.get(DISCOVERY, json={"token_endpoint": TOKEN, **more})


def granted(wire: responses.RequestsMock, token: str, **more: Any) -> None:
    wire.post(TOKEN, json={"access_token": token, "token_type": "bearer", "expires_in": 300, **more})


def asked(wire: responses.RequestsMock) -> list[dict[str, str]]:
    """The forms that were sent to the token endpoint."""
    bodies = [call.request.body for call in wire.calls if call.request.url == TOKEN]
    return [{name: each[0] for name, each in parse_qs(body.decode()).items()} for body in bodies]


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS384"), (CURVE, "ES384")])
def test_the_assertion_says_what_smart_asks_for(
    wire: responses.RequestsMock, make: Make, clock: Clock, key: Any, algorithm: str
) -> None:
    discovered(wire)
    granted(wire, "t1")
    assert make(pem(key), key_id="k1").token() == "t1"
    [form] = asked(wire)
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert form["scope"].split() == list(scopes_for())
    assertion = form["client_assertion"]
    assert jwt.get_unverified_header(assertion) == {"alg": algorithm, "kid": "k1", "typ": "JWT"}
    claims = jwt.decode(assertion, key.public_key(), algorithms=[algorithm], audience=TOKEN)
    assert claims["iss"] == claims["sub"] == "groupbill"
    assert 0 < claims["exp"] - int(clock.now) <= 300
    assert claims["jti"]


def test_a_token_is_fetched_once_and_again_shortly_before_it_ends(
    wire: responses.RequestsMock, make: Make, clock: Clock
) -> None:
    discovered(wire)
    granted(wire, "t1")
    granted(wire, "t2")
    sign = make()
    assert [sign.token(), sign.token()] == ["t1", "t1"]
    clock.now += 269
    assert sign.token() == "t1"
    clock.now += 2
    assert sign.token() == "t2"
    first, second = (
        jwt.decode(form["client_assertion"], options={"verify_signature": False}) for form in asked(wire)
    )
    assert first["jti"] != second["jti"]
    assert len([call for call in wire.calls if call.request.url == DISCOVERY]) == 1


@pytest.mark.parametrize("expires", [None, "soon", [], 300, "300"])
def test_a_token_whose_end_is_not_said_is_taken_for_five_minutes(
    wire: responses.RequestsMock, make: Make, clock: Clock, expires: object
) -> None:
    discovered(wire)
    granted(wire, "t1", expires_in=expires)
    granted(wire, "t2")
    sign = make()
    sign.token()
    clock.now += 260
    assert sign.token() == "t1"
    clock.now += 41
    assert sign.token() == "t2"


def test_a_401_leads_to_one_new_token_and_the_request_is_sent_again(
    wire: responses.RequestsMock, make: Make, clock: Clock
) -> None:
    discovered(wire)
    granted(wire, "t1")
    granted(wire, "t2")
    wire.get(BASE + "/Patient/p", json={"resourceType": "Patient", "id": "p"})
    client = Client(BASE, make())
    assert client.get("Patient/p") is not None
    wire.replace(responses.GET, BASE + "/Patient/p", status=401)
    clock.now += 10
    with pytest.raises(Refused) as raised:
        client.get("Patient/p")
    assert raised.value.status == 401
    sent = [call.request.headers["Authorization"] for call in wire.calls if "Patient" in str(call.request.url)]
    assert sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_the_token_does_not_leave_the_base(wire: responses.RequestsMock, make: Make) -> None:
    sign = make()
    request = requests.Request("GET", "https://elsewhere.example.org/fhir/Patient/p", auth=sign).prepare()
    assert "Authorization" not in request.headers
    assert len(wire.calls) == 0


def test_a_key_file_that_is_exchanged_counts_from_the_next_token_on(
    wire: responses.RequestsMock, make: Make, clock: Clock, tmp_path: Path
) -> None:
    discovered(wire)
    granted(wire, "t1")
    file = tmp_path / "key.json"
    file.write_text(json.dumps(jwk(RSA, "old")))
    sign = make(str(file))
    sign.token()
    file.write_text(json.dumps({"keys": [jwk(CURVE, "new")]}))
    clock.now += 300
    sign.token()
    headers = [jwt.get_unverified_header(form["client_assertion"]) for form in asked(wire)]
    assert [(each["kid"], each["alg"]) for each in headers] == [("old", "RS384"), ("new", "ES384")]


def test_of_several_keys_the_named_one_goes_first_and_the_others_when_it_is_refused(
    wire: responses.RequestsMock, make: Make
) -> None:
    discovered(wire)
    wire.post(TOKEN, status=401, json={"error": "invalid_client"})
    granted(wire, "t1")
    keys = {"keys": [jwk(RSA, "one"), jwk(CURVE, "two")]}
    assert make(json.dumps(keys), key_id="two").token() == "t1"
    assert [jwt.get_unverified_header(form["client_assertion"])["kid"] for form in asked(wire)] == ["two", "one"]


def test_only_a_key_whose_algorithm_the_server_takes_is_used(wire: responses.RequestsMock, make: Make) -> None:
    discovered(wire, token_endpoint_auth_signing_alg_values_supported=["ES384"])
    granted(wire, "t1")
    make(json.dumps({"keys": [jwk(RSA, "one"), jwk(CURVE, "two")]})).token()
    assert [jwt.get_unverified_header(form["client_assertion"])["alg"] for form in asked(wire)] == ["ES384"]


def test_no_key_for_the_server_is_wrong_usage(wire: responses.RequestsMock, make: Make) -> None:
    discovered(wire, token_endpoint_auth_signing_alg_values_supported=["ES384"])
    with pytest.raises(UsageError, match="takes ES384; our key is for RS384"):
        make().token()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_of_the_token_endpoint_is_met_with_a_new_assertion(
    wire: responses.RequestsMock, make: Make, pauses: list[float], status: int
) -> None:
    discovered(wire)
    wire.post(TOKEN, status=status)
    granted(wire, "t1")
    assert make().token() == "t1"
    first, second = (
        jwt.decode(form["client_assertion"], options={"verify_signature": False}) for form in asked(wire)
    )
    assert first["jti"] != second["jti"]
    assert len(pauses) == 1


def test_a_token_endpoint_that_stays_broken_is_unreachable(
    wire: responses.RequestsMock, make: Make, pauses: list[float]
) -> None:
    discovered(wire)
    wire.post(TOKEN, status=503)
    with pytest.raises(Unreachable):
        make().token()
    assert (len(asked(wire)), len(pauses)) == (3, 2)


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ({}, "names no token endpoint"),
        ({"token_endpoint": 3}, "names no token endpoint"),
        ({"token_endpoint": "/token"}, "names no token endpoint"),
        ({"token_endpoint": "http://sign-in.example.org/token"}, "not https"),
    ],
)
def test_a_configuration_that_can_t_be_used_is_refused(
    wire: responses.RequestsMock, make: Make, configuration: dict[str, Any], says: str
) -> None:
    wire.get(DISCOVERY, json=configuration)
    with pytest.raises(Refused, match=says):
        make().token()


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": 3}])
def test_an_answer_without_a_token_is_refused(
    wire: responses.RequestsMock, make: Make, answer: dict[str, Any]
) -> None:
    discovered(wire)
    wire.post(TOKEN, json=answer)
    with pytest.raises(Refused, match="no access token"):
        make().token()


@pytest.mark.parametrize(
    ("capabilities", "scope"),
    [
        (["permission-v1"], "system/Claim.write"),
        (["permission-v1", "permission-v2"], "system/Claim.crus"),
        (["permission-v2"], "system/Claim.crus"),
        (None, "system/Claim.crus"),
    ],
)
def test_scopes_are_in_the_words_that_the_server_knows(
    wire: responses.RequestsMock, make: Make, capabilities: list[str] | None, scope: str
) -> None:
    discovered(wire, capabilities=capabilities)
    granted(wire, "t1")
    make().token()
    assert scope in asked(wire)[0]["scope"].split()


def test_scopes_of_the_settings_are_asked_for_as_they_are(wire: responses.RequestsMock, make: Make) -> None:
    discovered(wire)
    granted(wire, "t1")
    make(scopes=["system/*.cruds"]).token()
    assert asked(wire)[0]["scope"] == "system/*.cruds"


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        "{}",
        '{"keys": []}',
        json.dumps({"keys": [{"kty": "RSA", "n": "x", "e": "AQAB", "d": "secret-part"}]}),
        pem(new_curve_key(SECP256R1())),
        pem(Ed25519PrivateKey.generate()),
        "-----BEGIN PRIVATE KEY-----\nsecret-part\n-----END PRIVATE KEY-----",
    ],
)
def test_what_is_no_key_for_us_is_wrong_usage_and_not_shown(make: Make, key: str) -> None:
    with pytest.raises(UsageError) as raised:
        make(key)
    assert "GROUPBILL_KEY" in str(raised.value)
    assert "secret-part" not in str(raised.value)
    assert "no key" not in str(raised.value)
