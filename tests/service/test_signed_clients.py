"""CDS clients with tokens of their own, on a running service behind a proxy that has it under a path."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from running_service import RunningService, example_server

from groupbill.fhir.json import dumps

ISSUER, URL = "https://ehr.example", "https://billing.example/groupbill"
KEY = ec.generate_private_key(ec.SECP384R1())
DISCOVERY, DISCHARGE = "/cds-services", "/cds-services/groupbill-discharge"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("signed")
    public = {**ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "one", "alg": "ES384", "use": "sig"}
    (folder / "jwks.json").write_bytes(dumps({"keys": [public]}))
    (folder / "groupbill.toml").write_text(
        f'timezone = "America/Chicago"\n[cds]\nurl = "{URL}/"\nissuers = {{"{ISSUER}" = "{folder}/jwks.json"}}\n'
    )
    with example_server() as base:
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        made.start()
        yield made
        made.kill()


def signed(audience: str, **claims: object) -> dict[str, str]:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **claims}
    return {"Authorization": f"Bearer {jwt.encode(said, KEY, 'ES384', headers={'kid': 'one'})}"}


def discharge(service: RunningService, headers: dict[str, str]) -> int:
    body = {"hook": "encounter-discharge", "hookInstance": str(uuid.uuid4())}
    body["context"] = {"userId": "Practitioner/x", "patientId": "p", "encounterId": "none"}  # type: ignore[assignment]
    return requests.post(service.url + DISCHARGE, json=body, headers=headers, timeout=30).status_code


def test_a_token_for_the_service_as_clients_know_it_is_taken(service: RunningService) -> None:
    discovered = requests.get(service.url + DISCOVERY, headers=signed(URL + DISCOVERY), timeout=30)
    assert discovered.status_code == 200
    assert discharge(service, signed(URL + DISCHARGE)) == 412, "it is let in, and there is no such Encounter"


def test_discovery_wants_a_token_too(service: RunningService) -> None:
    assert requests.get(service.url + DISCOVERY, timeout=30).status_code == 401


def test_the_secret_of_the_fhir_server_is_no_token(service: RunningService) -> None:
    assert discharge(service, service.signed) == 403


@pytest.mark.parametrize("host", ["billing.example", "billing.example/cds-services?", "x/cds-services#"])
def test_a_token_for_another_service_is_refused_whatever_the_host_is_called(
    service: RunningService, host: str
) -> None:
    """The path of a URL that is put together from the Host header would be that of the other service."""
    assert discharge(service, {**signed(URL + DISCOVERY), "Host": host}) == 403


def test_a_token_is_good_once(service: RunningService) -> None:
    token = signed(URL + DISCHARGE)
    assert [discharge(service, token) for _ in range(2)] == [412, 403]


def test_an_expiry_in_words_is_no_fault_of_ours(service: RunningService) -> None:
    assert discharge(service, signed(URL + DISCHARGE, exp=str(int(time.time()) + 86_400))) == 403
