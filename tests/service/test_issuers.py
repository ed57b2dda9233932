"""The keys of an issuer: fetched once in a while, never at the wish of strangers, and kept while it is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from clock import Clock
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from groupbill.fhir.json import dumps
from groupbill.service.issuers import AGAIN, KEPT, LAST, Issuer


class Keys:
    """A server of keys: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.names, self.status, self.asked = ["one"], 200, 0

    def body(self) -> bytes:
        made = (
            ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True) for _ in self.names
        )
        keys = [{**key, "kid": name, "alg": "ES384"} for name, key in zip(self.names, made, strict=True)]
        return dumps({"keys": keys}) if self.status == 200 else b"<html>away</html>"


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def issuer(keys: Keys, clock: Clock) -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.asked += 1
            self.send_response(keys.status)
            self.end_headers()
            self.wfile.write(keys.body())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Issuer(f"http://127.0.0.1:{server.server_port}/jwks.json", clock)
    server.shutdown()
    server.server_close()


def test_keys_are_fetched_once_in_a_while(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    first = issuer.key("one")
    clock.pass_(KEPT - 1)
    assert issuer.key("one") is first
    assert keys.asked == 1
    clock.pass_(1)
    assert issuer.key("one") is not first
    assert keys.asked == 2


def test_a_new_key_is_found_at_its_first_token(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    issuer.key("one")
    keys.names = ["two"]
    clock.pass_(AGAIN)
    assert issuer.key("two").key_id == "two"
    with pytest.raises(LookupError):
        issuer.key("one")


def test_who_makes_up_keys_does_not_make_us_fetch_at_every_call(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    issuer.key("one")
    for number in range(100):
        clock.pass_(AGAIN / 10)
        with pytest.raises(LookupError):
            issuer.key(f"made-up-{number}")
    assert keys.asked == 11


def test_while_the_issuer_is_away_its_keys_are_good_for_an_hour(issuer: Issuer, keys: Keys, clock: Clock) -> None:
    issuer.key("one")
    keys.status = 503
    clock.pass_(LAST - 1)
    assert issuer.key("one").key_id == "one"
    clock.pass_(1)
    with pytest.raises(LookupError):
        issuer.key("one")
    keys.status = 200
    clock.pass_(AGAIN)
    assert issuer.key("one").key_id == "one"


def test_a_name_that_two_keys_have_is_no_name(issuer: Issuer, keys: Keys) -> None:
    keys.names = ["one", "one", "two"]
    with pytest.raises(LookupError):
        issuer.key("one")
    assert issuer.key("two").key_id == "two"
