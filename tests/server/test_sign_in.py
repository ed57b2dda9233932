"""Sign-in without a sign-in server: none, bearer, basic, and what the settings must hold for each."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import responses

from groupbill.errors import SettingsError, UsageError
from groupbill.server import Client, connect
from groupbill.settings import Settings

BASE = "https://ehr.example.org/fhir"


def settings(folder: Path, *lines: str) -> Settings:
    path = folder / "groupbill.toml"
    path.write_text("\n".join(('timezone = "America/Chicago"', "[server]", *lines)) + "\n")
    return Settings.load(path)


def signed(wire: responses.RequestsMock, client: Client) -> str | None:
    """The Authorization header of a request."""
    wire.get(BASE + "/Patient/p", status=404)
    assert client.get("Patient/p") is None
    found: str | None = wire.calls[-1].request.headers.get("Authorization")
    return found


@pytest.mark.parametrize("lines", [(), ('auth = "none"',)])
def test_without_sign_in_nothing_is_sent(
    wire: responses.RequestsMock, tmp_path: Path, lines: tuple[str, ...]
) -> None:
    assert signed(wire, connect(BASE, settings(tmp_path, *lines))) is None


def test_a_bearer_token_is_read_anew_for_each_request(
    wire: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_TOKEN", "one")
    client = connect(BASE, settings(tmp_path, 'auth = "bearer"', 'token_env = "EHR_TOKEN"'))
    assert signed(wire, client) == "Bearer one"
    monkeypatch.setenv("EHR_TOKEN", " two\n")
    assert signed(wire, client) == "Bearer two"


def test_a_user_and_password_are_sent_in_utf_8(
    wire: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBILL_PASSWORD", "pässwörd:1")
    client = connect(BASE, settings(tmp_path, 'auth = "basic"', 'user = "büro"'))
    expected = base64.b64encode("büro:pässwörd:1".encode()).decode()
    assert signed(wire, client) == f"Basic {expected}"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (('auth = "bearer"',), "GROUPBILL_TOKEN is not set"),
        (('auth = "bearer"', 'token_env = "EHR_TOKEN"'), "EHR_TOKEN is not set"),
        (('auth = "basic"',), "server.user is needed"),
        (('auth = "basic"', 'user = "me"'), "GROUPBILL_PASSWORD is not set"),
        (('auth = "mtls"',), "server.certificate is needed"),
        (('auth = "smart"',), "server.client_id is needed"),
        (('auth = "smart"', 'client_id = "me"'), "GROUPBILL_KEY is not set"),
    ],
)
def test_what_a_sign_in_lacks_is_named_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], says: str
) -> None:
    for variable in ("GROUPBILL_TOKEN", "GROUPBILL_PASSWORD", "GROUPBILL_KEY", "EHR_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(UsageError, match=says):
        connect(BASE, settings(tmp_path, *lines))


@pytest.mark.parametrize("key", ["certificate", "ca"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises((UsageError, SettingsError), match=key):
        connect(BASE, settings(tmp_path, f'{key} = "missing.pem"'))


@pytest.mark.parametrize("lines", [('auth = "kerberos"',), ('token = "secret"',), ("user = 3",)])
def test_an_unknown_sign_in_or_key_is_refused_by_name(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(tmp_path, *lines)
    assert "server" in str(raised.value)
    assert "secret" not in str(raised.value)
