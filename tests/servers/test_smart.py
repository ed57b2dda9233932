"""SMART Backend Services for real: oidc-provider gives the tokens, Helios checks them and their SMART v2 scopes."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from authorization import authorization, curve, guarded, public, rsa
from required import started
from worlds import TODAY, load, therapy
from writing import filed, trouble

from groupbill import Host
from groupbill.errors import Refused
from groupbill.server import Client, connect
from groupbill.server.scopes import READ, WRITTEN, scopes_for
from groupbill.settings import Settings

RSA, CURVE, STRANGE = rsa("rsa-1"), curve("ec-1"), rsa("never-registered")
CLIENTS = {
    "groupbill": {"jwks": {"keys": [public(RSA), public(CURVE)]}, "scope": " ".join(scopes_for())},
    "reader": {"jwks": {"keys": [public(RSA)]}, "scope": "system/Patient.rs"},
    "ehr": {"jwks": {"keys": [public(RSA)]}, "scope": "system/*.cruds"},
}
PATIENT = {"resourceType": "Patient", "id": "p1"}
CHARGE = {
    "resourceType": "ChargeItem",
    "id": "c1",
    "status": "billable",
    "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90853"}]},
    "subject": {"reference": "Patient/p1"},
}
Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """The issuer, and the base of the FHIR server that trusts it."""
    with ExitStack() as stack:
        issuer = started(stack, "oidc-provider", authorization(CLIENTS))
        yield issuer, started(stack, "helios", guarded(issuer))


@pytest.fixture
def sign_in(servers: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """A client that signs in by a settings file."""
    made: list[Client] = []

    def connected(key: str, name: str = "groupbill", *lines: str) -> Client:
        monkeypatch.setenv("GROUPBILL_KEY", key)
        file = tmp_path / "groupbill.toml"
        file.write_text("\n".join(("[server]", 'auth = "smart"', f'client_id = "{name}"', *lines)) + "\n")
        made.append(connect(servers[1], Settings.load(file)))
        return made[-1]

    yield connected
    for client in made:
        client.close()


def grants(issuer: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{issuer}/grants", timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def test_without_a_token_the_server_refuses(servers: tuple[str, str]) -> None:
    client = Client(servers[1])
    with pytest.raises(Refused) as raised:
        client.get("Patient/p1")
    assert raised.value.status == 401
    client.close()


@pytest.mark.parametrize("key", [RSA, CURVE], ids=["RS384", "ES384"])
def test_both_algorithms_of_smart_get_one_token_for_many_requests(
    servers: tuple[str, str], sign_in: Connect, key: dict[str, Any]
) -> None:
    before = len(grants(servers[0]))
    client = sign_in(json.dumps(key))
    for _ in range(3):
        assert client.get("Patient/nobody") is None
    assert grants(servers[0])[before:] == [{"client": "groupbill", "scope": " ".join(scopes_for())}]


def test_the_least_scopes_are_enough_to_read_and_to_write_and_for_no_more(sign_in: Connect) -> None:
    sign_in(json.dumps(RSA), "ehr", 'scopes = ["system/*.cruds"]').put(PATIENT)
    client = sign_in(json.dumps(RSA))
    for kind in (*READ, *WRITTEN):
        assert [each for each in client.search(f"{kind}?_id=nobody") if each["resourceType"] == kind] == []
    entry = {"fullUrl": "urn:uuid:1", "resource": CHARGE, "request": {"method": "PUT", "url": "ChargeItem/c1"}}
    [answer] = client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert (answer.reference, answer.status) == ("ChargeItem/c1", 201)
    changed = client.put({**CHARGE, "status": "aborted"}, answer.version)
    assert (changed.status, changed.version) == (200, "2")
    for forbidden in (lambda: client.put(PATIENT), lambda: client.delete("ChargeItem/c1")):
        with pytest.raises(Refused) as raised:
            forbidden()
        assert raised.value.status == 403


def test_the_least_scopes_are_enough_for_a_whole_write_back(
    servers: tuple[str, str], sign_in: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    ehr = sign_in(json.dumps(RSA), "ehr", 'scopes = ["system/*.cruds"]')
    world = load(ehr, therapy(2), folder, own_ids=False)
    file = folder / "groupbill.toml"
    file.write_text(file.read_text() + '\n[server]\nauth = "smart"\nclient_id = "groupbill"\n')
    settings = Settings.load(file)
    monkeypatch.setenv("GROUPBILL_KEY", json.dumps(CURVE))
    report = Host(settings).reconcile(servers[1], [world["Encounter/g0"]], write=True, today=TODAY)
    assert trouble(report) == []
    kinds = sorted(key.partition("/")[0] for key in filed(world))
    assert kinds == ["ChargeItem", "ChargeItem", "Claim", "Claim", "Provenance", "Provenance"]


def test_a_client_that_may_only_read_can_t_write_even_inside_a_transaction(sign_in: Connect) -> None:
    client = sign_in(json.dumps(RSA), "reader", 'scopes = ["system/Patient.rs"]')
    assert client.get("Patient/nobody") is None
    entry = {"fullUrl": "urn:uuid:1", "resource": CHARGE, "request": {"method": "PUT", "url": "ChargeItem/c1"}}
    with pytest.raises(Refused) as raised:
        client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert raised.value.status == 403


def test_scopes_that_the_client_is_not_granted_are_refused(sign_in: Connect) -> None:
    with pytest.raises(Refused, match="invalid_scope"):
        sign_in(json.dumps(RSA), "reader").get("Patient/nobody")


def test_a_key_that_the_authorization_server_does_not_know_is_refused(
    servers: tuple[str, str], sign_in: Connect
) -> None:
    with pytest.raises(Refused, match="invalid_client") as raised:
        sign_in(json.dumps(STRANGE)).get("Patient/nobody")
    assert raised.value.status == 401
    assert grants(servers[0])[-1] == {"error": "invalid_client"}


def test_a_new_key_beside_the_old_one_is_used_when_the_old_one_is_known_no_longer(sign_in: Connect) -> None:
    assert sign_in(json.dumps({"keys": [STRANGE, CURVE]})).get("Patient/nobody") is None


def test_a_key_in_a_file_can_be_exchanged_without_a_restart(
    servers: tuple[str, str], sign_in: Connect, tmp_path: Path
) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(RSA))
    client = sign_in(str(file))
    assert client.get("Patient/nobody") is None
    file.write_text(json.dumps(STRANGE))
    assert client.get("Patient/nobody") is None, "the token is still good"
    other = sign_in(str(file))
    with pytest.raises(Refused):
        other.get("Patient/nobody")
    file.write_text(json.dumps(CURVE))
    assert other.get("Patient/nobody") is None
