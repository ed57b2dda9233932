"""Sign-in by the keys of `[server]`: none, bearer, basic, mutual TLS, SMART Backend Services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from requests.auth import AuthBase

from ..errors import UsageError
from ..settings import Settings
from .address import base_url
from .client import Client
from .scopes import scopes_for
from .secret import secret

TOKEN, PASSWORD, KEY = "GROUPBILL_TOKEN", "GROUPBILL_PASSWORD", "GROUPBILL_KEY"
"""Environment variables where the settings name no other."""


class Bearer(AuthBase):
    """A token from the environment, read anew for every request so that it can be exchanged."""

    def __init__(self, variable: str) -> None:
        """Refuse an empty variable at once.

        Errors:
            UsageError: nothing in it.
        """
        self._variable = variable
        secret(variable)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token."""
        request.headers["Authorization"] = f"Bearer {secret(self._variable)}"
        return request


class Basic(AuthBase):
    """User and password, in UTF-8."""

    def __init__(self, user: str, variable: str) -> None:
        """Take the password from the environment.

        Errors:
            UsageError: nothing in it.
        """
        self._basic = requests.auth.HTTPBasicAuth(user.encode(), secret(variable).encode())

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add user and password."""
        signed: requests.PreparedRequest = self._basic(request)
        return signed


def connect(base: str, settings: Settings, **options: Any) -> Client:
    """A client that signs in as the settings say.

    Args:
        base: Base URL of the server.
        settings: Their `[server]` table.
        options: Further arguments of `Client`.

    Errors:
        UsageError: a setting or a secret is missing, or the extra `smart` is not installed.
    """
    keys = settings.server
    base = base_url(base)
    verify = _file(keys, "ca") if "ca" in keys else True
    cert = None
    if "certificate" in keys or settings.server_auth == "mtls":
        certificate = _file(keys, "certificate")
        cert = (certificate, _file(keys, "key")) if "key" in keys else certificate
    return Client(base, _auth(base, settings, verify), verify=verify, cert=cert, **options)


def scopes_asked(settings: Settings) -> tuple[str, ...]:
    """The SMART scopes that are asked for: those of the settings, else the least that is needed."""
    return tuple(settings.server.get("scopes", ())) or scopes_for()


def _auth(base: str, settings: Settings, verify: bool | str) -> AuthBase | None:
    keys = settings.server
    match settings.server_auth:
        case "bearer":
            return Bearer(keys.get("token_env", TOKEN))
        case "basic":
            return Basic(_needed(keys, "user", "basic"), keys.get("password_env", PASSWORD))
        case "smart":
            from .smart import Smart

            return Smart(
                base,
                _needed(keys, "client_id", "smart"),
                keys.get("key_env", KEY),
                key_id=keys.get("key_id"),
                algorithm=keys.get("algorithm"),
                scopes=keys.get("scopes", ()),
                verify=verify,
            )
        case _:
            return None


def _needed(keys: Mapping[str, Any], name: str, auth: str) -> str:
    value = keys.get(name)
    if not value:
        raise UsageError(f"settings: server.{name} is needed for auth = {auth!r}")
    return str(value)


def _file(keys: Mapping[str, Any], name: str) -> str:
    path = Path(_needed(keys, name, "mtls"))
    if not path.is_file():
        raise UsageError(f"settings: server.{name}: no such file: {path}")
    return str(path)
